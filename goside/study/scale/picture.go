// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package scale

import (
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"toll/goside/chart"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// alt says what the picture shows.
const alt = "Tasks a second against workers, both in powers of two: measured dots rise along the model's line, and stay level once the scheduler has no time for more"

// throughput is a measured number of tasks a second, with its interval.
type throughput struct {
	plotter.XYs
	plotter.YErrors
}

// drawSaturation draws the throughput of tasks that sleep against the number of workers.
func drawSaturation(r *record.Record) (*chart.Picture, error) {
	s, ok := saturationOf(r.Of(benchmark))
	if !ok {
		return nil, chart.ErrNothing
	}
	p := plot.New()
	small := chart.TextStyle(11.5).Font
	p.Title.Text, p.Title.TextStyle.Font, p.Title.Padding = "tasks of "+page.Nanoseconds(s.nap)+" a second", chart.TextStyle(13).Font, vg.Points(6)
	p.X.Label.Text, p.X.Label.TextStyle.Font = "workers", small
	p.X.Tick.Label.Font, p.Y.Tick.Label.Font = small, small
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{225}, color.Gray{225}
	p.Add(grid)
	var measured throughput
	least, most := math.Inf(1), 0.0
	for _, row := range s.rows {
		each := perSecond(measure.Median(row.Wall()))
		measured.XYs = append(measured.XYs, plotter.XY{X: workersOf(row), Y: each.Median})
		down, up := each.Median-each.Lo, each.Hi-each.Median
		if math.IsInf(each.Hi, 0) || math.IsInf(each.Lo, 0) || each.Lo <= 0 {
			down, up = 0, 0
		}
		measured.YErrors = append(measured.YErrors, struct{ Low, High float64 }{down, up})
		least, most = min(least, each.Median), max(most, each.Median)
	}
	first, last := measured.XYs[0].X, measured.XYs[len(measured.XYs)-1].X
	model := plotter.XYs{{X: first, Y: s.predicted(first)}}
	if full := s.full(); full > first && full < last {
		model = append(model, plotter.XY{X: full, Y: s.predicted(full)})
	}
	model = append(model, plotter.XY{X: last, Y: s.predicted(last)})
	most = max(most, s.predicted(last))
	ideal := plotter.XYs{{X: first, Y: 1e9 * first / s.nap}, {X: last, Y: 1e9 * last / s.nap}}
	gray := draw.LineStyle{Color: color.Gray{170}, Width: vg.Points(1.2), Dashes: chart.Dashed}
	mark := chart.Mark(0)
	mark.Radius = 3.5
	modelled := draw.LineStyle{Color: mark.Color, Width: vg.Points(1.5)}
	p.Add(&plotter.Line{XYs: ideal, LineStyle: gray}, &plotter.Line{XYs: model, LineStyle: modelled})
	bars, err := plotter.NewYErrorBars(measured)
	if err != nil {
		return nil, err
	}
	bars.Color, bars.Width = mark.Color, vg.Points(1)
	p.Add(bars, &plotter.Scatter{XYs: measured.XYs, GlyphStyle: mark})
	p.X.Min, p.X.Max = first/1.2, last*1.2
	p.Y.Min, p.Y.Max = min(least, s.predicted(first))/1.4, most*2
	p.X.Tick.Marker = plot.TickerFunc(doublings)
	p.Y.Tick.Marker = plot.TickerFunc(func(least, most float64) []plot.Tick { return chart.LogTicks(least, most, 1, 2, 5) })
	keys := []chart.Key{
		{Text: "measured, with its interval", Glyph: &mark},
		{Text: "the model", Line: modelled},
		{Text: "an engine that costs nothing", Line: gray},
	}
	return chart.Panels([]*plot.Plot{p}, 7.5*vg.Inch, 4*vg.Inch, keys), nil
}

// doublings returns a tick for each power of two.
func doublings(least, most float64) []plot.Tick {
	var ticks []plot.Tick
	for x := math.Exp2(math.Ceil(math.Log2(least))); x <= most; x *= 2 {
		ticks = append(ticks, plot.Tick{Value: x, Label: strconv.FormatFloat(x, 'f', -1, 64)})
	}
	return ticks
}
