// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package grain

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"

	"toll/goside/chart"
	"toll/goside/record"
)

// alt says what the picture shows.
const alt = "Time per item against items per call, for each kernel and crossing: the curves fall until the work hides the call"

// draw draws a panel for each kernel, with the time of an item against the items in one call, both in powers of ten, and a
// line for each crossing.
func draw(r *record.Record) (*chart.Picture, error) {
	all := grainsOf(r)
	if len(all) == 0 {
		return nil, chart.ErrNothing
	}
	crossings := crossingsIn(all) // so that a crossing looks the same in every panel
	var panels []*plot.Plot
	for _, g := range all {
		panel, err := g.panel(crossings)
		if err != nil {
			return nil, err
		}
		panels = append(panels, panel)
	}
	t := chart.Tile(panels)
	return &chart.Picture{Width: vg.Length(t.Cols) * 5.5 * vg.Inch, Height: vg.Length(t.Rows) * 4 * vg.Inch, Paint: t.Draw}, nil
}

// altOne says what the picture of one kernel shows.
const altOne = "Time per fit against fits per call: the curve of each crossing falls until the work hides the call"

// drawOne draws the panel of one kernel, whose item is so little work that the crossing can be seen for long.
func drawOne(r *record.Record) (*chart.Picture, error) {
	all := grainsOf(r)
	k := slices.IndexFunc(all, func(g *grains) bool { return g.kernel == "ols" })
	if k < 0 {
		return nil, chart.ErrNothing
	}
	panel, err := all[k].panel(crossingsIn(all))
	if err != nil {
		return nil, err
	}
	panel.Title.Text = "Least squares, fits of 14 observations: time per fit"
	return &chart.Picture{Width: 8.5 * vg.Inch, Height: 3.6 * vg.Inch, Paint: panel.Draw}, nil
}

// panel draws one kernel.
func (g *grains) panel(crossings []string) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = g.kernel
	p.Title.TextStyle.Font.Size = vg.Points(13)
	p.X.Label.Text = g.item + "s per call"
	p.Y.Label.Text = "ns per " + g.item
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.TickerFunc(ticks), plot.TickerFunc(ticks)
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{225}, color.Gray{225}
	p.Add(grid)
	p.Legend.Top, p.Legend.XOffs = true, vg.Points(-6)
	p.Legend.Padding = vg.Points(2)
	least, most := math.Inf(1), 0.0
	for k, crossing := range crossings {
		var points plotter.XYs
		for _, size := range g.sizes {
			if r := g.rows[crossing][size]; r != nil && median(r) > 0 {
				points = append(points, plotter.XY{X: float64(size), Y: median(r)})
				least, most = min(least, median(r)), max(most, median(r))
			}
		}
		if points == nil {
			continue
		}
		line, marks, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, fmt.Errorf("grain: picture of %s through %s: %w", g.kernel, crossing, err)
		}
		line.Color, line.Width = plotutil.DarkColors[k%len(plotutil.DarkColors)], vg.Points(1.3)
		marks.Color, marks.Shape, marks.Radius = line.Color, plotutil.Shape(k), vg.Points(3)
		p.Add(line, marks)
		p.Legend.Add(crossing, line, marks)
	}
	// Whole powers of ten, so that there are ticks to read, and differences of a few per cent look like it.
	p.X.Min = math.Pow(10, math.Floor(math.Log10(float64(g.sizes[0]))))
	p.X.Max = math.Pow(10, math.Ceil(math.Log10(float64(g.sizes[len(g.sizes)-1]))))
	p.Y.Min, p.Y.Max = math.Pow(10, math.Floor(math.Log10(least))), math.Pow(10, math.Ceil(math.Log10(most)))
	return p, nil
}

// ticks returns ticks at the powers of ten, with their numbers, and between them without.
func ticks(least, most float64) []plot.Tick { return chart.LogTicks(least, most, 1) }
