// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Rows returns an empty panel with a row for each name: the k-th from the top is at y = k.
func Rows(title, unit string, names []string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.Title.TextStyle, p.Title.Padding = title, TextStyle(12.5), vg.Points(4)
	p.Title.TextStyle.XAlign, p.Title.TextStyle.YAlign = draw.XCenter, draw.YTop
	small := TextStyle(11).Font
	p.X.Label.Text, p.X.Label.TextStyle.Font = unit, small
	p.X.Tick.Label.Font, p.Y.Tick.Label.Font = small, small
	p.X.Tick.Length, p.X.Padding = vg.Points(4), 0
	ticks := make([]plot.Tick, len(names))
	for k, name := range names {
		ticks[k] = plot.Tick{Value: float64(k), Label: name}
	}
	p.Y.Tick.Marker, p.Y.Tick.Length, p.Y.Tick.Width = plot.ConstantTicks(ticks), 0, 0
	p.Y.Scale, p.Y.Min, p.Y.Max = plot.InvertedScale{Normalizer: plot.LinearScale{}}, -0.6, float64(len(names))-0.4
	grid := plotter.NewGrid()
	grid.Horizontal.Width, grid.Vertical.Color = 0, color.Gray{225}
	p.Add(grid)
	return p
}

// Span is a value with its interval.
type Span struct{ Median, Lo, Hi float64 }

// known reports whether the interval has two ends: that of too few rounds has none.
func (s Span) known() bool { return s.Lo < s.Hi && !math.IsInf(s.Lo, 0) && !math.IsInf(s.Hi, 0) }

// Whiskers returns the k-th interval in the k-th row, without those that are not known.
func Whiskers(spans []Span) *plotter.XErrorBars {
	bars := &plotter.XErrorBars{LineStyle: draw.LineStyle{Color: color.Black, Width: vg.Points(0.8)}, CapWidth: vg.Points(5)}
	for k, s := range spans {
		if s.known() {
			bars.XYs = append(bars.XYs, plotter.XY{X: s.Median, Y: float64(k)})
			bars.XErrors = append(bars.XErrors, struct{ Low, High float64 }{s.Median - s.Lo, s.Hi - s.Median})
		}
	}
	return bars
}

// EvenTicks returns four to ten ticks at multiples of 1, 2 or 5 times a power of ten.
func EvenTicks(least, most float64) []plot.Tick {
	step := rounded((most-least)/10, true)
	var ticks []plot.Tick
	for k := math.Ceil(least/step-1e-9) + 0; k*step <= most*(1+1e-9); k++ {
		ticks = append(ticks, plot.Tick{Value: k * step, Label: fmt.Sprintf("%.10g", k*step)})
	}
	return ticks
}
