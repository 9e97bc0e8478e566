// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Fit is a line through observations at 0, 1, 2 ...
type Fit struct {
	Name             string
	Slope, Intercept float64
	Observed         []float64
}

// Fits is a picture of some lines, each with its observations.
type Fits struct {
	Title, X, Y string
	All         []Fit
}

// fitStyles are told apart by the colour-blind, and in print by their glyphs.
var fitStyles = []struct {
	colour color.Color
	glyph  draw.GlyphDrawer
}{
	{color.RGBA{213, 94, 0, 255}, draw.CircleGlyph{}},
	{color.RGBA{90, 90, 90, 255}, draw.BoxGlyph{}},
	{color.RGBA{0, 114, 178, 255}, draw.PyramidGlyph{}},
}

// Picture draws them, with a legend of their names.
func (f *Fits) Picture() (*Picture, error) {
	if len(f.All) < 1 || len(f.All) > len(fitStyles) {
		return nil, fmt.Errorf("chart: %d lines in a picture, want 1 to %d", len(f.All), len(fitStyles))
	}
	p := plot.New()
	p.Title.Text, p.Title.TextStyle.Font = f.Title, TextStyle(17).Font
	p.Title.Padding = vg.Points(8)
	p.X.Label.Text, p.Y.Label.Text = f.X, f.Y
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font, axis.Tick.Label.Font = TextStyle(13).Font, TextStyle(12).Font
		axis.Padding = 0
	}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{232}, color.Gray{232}
	p.Add(grid)
	var keys []Key
	for k, fit := range f.All {
		if len(fit.Observed) < 2 {
			return nil, fmt.Errorf("chart: the line %s has %d observations, want at least 2", fit.Name, len(fit.Observed))
		}
		observed := make(plotter.XYs, len(fit.Observed))
		for day, y := range fit.Observed {
			observed[day] = plotter.XY{X: float64(day), Y: y}
		}
		last := float64(len(observed) - 1)
		line := plotter.XYs{{X: 0, Y: fit.Intercept}, {X: last, Y: fit.Intercept + fit.Slope*last}}
		for _, points := range []plotter.XYs{observed, line} {
			if _, err := plotter.CopyXYs(points); err != nil {
				return nil, fmt.Errorf("chart: the line %s: %w, want finite numbers", fit.Name, err)
			}
		}
		style := fitStyles[k]
		glyph := draw.GlyphStyle{Color: style.colour, Radius: vg.Points(4), Shape: style.glyph}
		thin := draw.LineStyle{Color: style.colour, Width: vg.Points(0.7), Dashes: []vg.Length{vg.Points(2), vg.Points(2)}}
		thick := draw.LineStyle{Color: style.colour, Width: vg.Points(2.2)}
		AddLine(p, observed, observed, thin, glyph)
		p.Add(&plotter.Line{XYs: line, LineStyle: thick})
		keys = append(keys, Key{Text: fit.Name, Line: thick, Glyph: &glyph})
		for _, point := range slices.Concat(observed, line) {
			p.X.Min, p.X.Max = min(p.X.Min, point.X), max(p.X.Max, point.X)
			p.Y.Min, p.Y.Max = min(p.Y.Min, point.Y), max(p.Y.Max, point.Y)
		}
	}
	p.X.Min, p.X.Max = p.X.Min-0.3, p.X.Max+0.3
	p.Y.Min, p.Y.Max = min(0, p.Y.Min), math.Ceil(p.Y.Max*4+0.2)/4
	p.X.Tick.Marker = plot.TickerFunc(wholeTicks)

	const width = 8.5 * vg.Inch
	legend := Flow(keys, 0) // one below the other: so do the lines lie
	foot := vg.Points(keyHeight*float64(len(legend)) + 10)
	return &Picture{Width: width, Height: 5.2*vg.Inch + foot, Paint: func(c draw.Canvas) {
		Whiten(c)
		p.Draw(draw.Crop(c, vg.Points(10), -vg.Points(16), foot, -vg.Points(10)))
		legend.draw(c, c.Min.Y+foot-vg.Points(keyHeight)/2)
	}}, nil
}

// wholeTicks returns ticks at whole numbers, of which at most fifteen have one written.
func wholeTicks(least, most float64) []plot.Tick {
	each := int(most-max(0, math.Ceil(least)))/15 + 1
	var ticks []plot.Tick
	for n := max(0, int(math.Ceil(least))); float64(n) <= most; n += each {
		ticks = append(ticks, plot.Tick{Value: float64(n), Label: fmt.Sprint(n)})
	}
	return ticks
}
