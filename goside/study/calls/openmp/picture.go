// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package openmp

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"toll/goside/chart"
	"toll/goside/measure"
	"toll/goside/record"
)

// alt says what the picture shows.
const alt = "Threads of the process, and calls a second, against the number of goroutines that call at once: by OpenMP, by OpenMP from one locked thread, by Rust and by Go"

// lines are what the picture compares.
var lines = []struct{ name, lang, by string }{
	{"c-omp", "c-omp", byEach}, {"c-omp, from one thread", "c-omp", byOne}, {"go-par", "go-par", byEach}, {"rust-par", "rust-par", byEach},
}

// drawCallers draws a panel of threads and one of calls a second, of the first job, against the number of callers.
func drawCallers(r *record.Record) (*chart.Picture, error) {
	all := groupsOf(r.Of(gridName))
	if len(all) == 0 {
		return nil, chart.ErrNothing
	}
	var keys []chart.Key
	threads, calls := panel("threads of the process, at most"), panel("calls a second, "+all[0].job)
	for k, of := range lines {
		g := find(all, all[0].job, of.lang, of.by)
		if g == nil {
			continue
		}
		mark := chart.Mark(k + 1)
		line := draw.LineStyle{Color: mark.Color, Width: vg.Points(1.5)}
		keys = append(keys, chart.Key{Text: of.name, Line: line, Glyph: &mark})
		for _, on := range []struct {
			panel *plot.Plot
			of    func(*record.Row) float64
		}{
			{threads, func(r *record.Row) float64 { return r.More("threads-most").Median }},
			{calls, func(r *record.Row) float64 { return 1e9 / measure.Median(r.Wall()).Median }},
		} {
			var points plotter.XYs
			for _, r := range g.rows {
				if y := on.of(r); y > 0 {
					points = append(points, plotter.XY{X: r.Number("callers"), Y: y})
				}
			}
			if points != nil {
				chart.AddLine(on.panel, points, points, line, mark)
			}
		}
	}
	if keys == nil {
		return nil, chart.ErrNothing
	}
	for _, p := range []*plot.Plot{threads, calls} { // whole powers of ten, so that there are ticks to read
		p.X.Min, p.X.Max = 1, math.Pow(2, math.Ceil(math.Log2(max(2, p.X.Max))))
		p.Y.Min, p.Y.Max = math.Pow(10, math.Floor(math.Log10(p.Y.Min))), math.Pow(10, math.Ceil(math.Log10(p.Y.Max)))
	}
	return chart.Panels([]*plot.Plot{threads, calls}, 9.35*vg.Inch, 3.3*vg.Inch, keys), nil
}

// panel returns an empty panel, whose axes are logarithmic.
func panel(title string) *plot.Plot {
	p := plot.New()
	small := chart.TextStyle(11.5).Font
	p.Title.Text, p.Title.TextStyle.Font, p.Title.Padding = title, chart.TextStyle(13).Font, vg.Points(6)
	p.X.Label.Text, p.X.Label.TextStyle.Font = "callers", small
	p.X.Tick.Label.Font, p.Y.Tick.Label.Font = small, small
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker = plot.ConstantTicks{{Value: 1, Label: "1"}, {Value: 2, Label: "2"}, {Value: 4, Label: "4"}, {Value: 8, Label: "8"}, {Value: 16, Label: "16"}, {Value: 32, Label: "32"}}
	p.Y.Tick.Marker = plot.TickerFunc(func(least, most float64) []plot.Tick { return chart.LogTicks(least, most, 1) })
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{225}, color.Gray{225}
	p.Add(grid)
	return p
}
