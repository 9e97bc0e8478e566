// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package borders

import (
	"cmp"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"

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
const alt = "What a call through Python takes, a bar for each binding: Go to Python, the GIL, and Python to native code, for a no-op and for a diffusion step, whose kernel stands beside it"

// The parts' colours differ in lightness, too, from those beside them.
var (
	firstColor  = color.RGBA{0xF2, 0xC4, 0x6D, 0xFF}
	gilColor    = color.RGBA{0x5A, 0x00, 0x14, 0xFF}
	secondColor = color.RGBA{0x4A, 0x7F, 0xD0, 0xFF}
	kernelColor = color.RGBA{0xC4, 0xC4, 0xC4, 0xFF}
)

// bar is what a call takes through a binding.
type bar struct {
	lang               string
	first, gil, second float64          // ns
	sum                measure.Interval // of these three
	share              string           // of the whole call that they are
	kernel             measure.Interval
}

// barOf returns the bar of a binding, from what its two borders take, the first with the GIL.
func (t *tables) barOf(lang string, first, second spent) bar {
	sum := make([]float64, len(first.rounds))
	for k := range sum {
		sum[k] = first.rounds[k] + second.rounds[k]
	}
	b := bar{lang: lang, gil: t.gil(), second: max(0, second.median()), sum: measure.Median(sum)}
	b.first = max(0, first.median()-b.gil)
	return b
}

// gil returns what it takes to take the GIL while it is free, 0 if the record does not tell.
func (t *tables) gil() float64 {
	if ns := t.took(gilKept).minus(t.took(crossing)).rounds; ns != nil {
		return max(0, record.MiddleOf(ns))
	}
	return 0
}

// bars returns those of no-ops and of steps, the shortest first.
func (t *tables) bars() (noops, steps []bar) {
	first := t.took(pythonNoop)
	for _, lang := range t.languagesVia(fromPython) {
		second := t.native(rowName("noop", "", fromPython, 1), lang)
		if first.rounds != nil && len(second.rounds) == len(first.rounds) {
			noops = append(noops, t.barOf(lang, first, second))
		}
	}
	for _, lang := range t.languagesVia(fromGo) {
		if s := t.split(lang); s.kernel.rounds != nil {
			b := t.barOf(lang, s.first, s.second)
			b.share, b.kernel = s.share(s.borders).Text, measure.Median(s.kernel.rounds)
			steps = append(steps, b)
		}
	}
	bySum := func(a, b bar) int { return cmp.Compare(a.sum.Median, b.sum.Median) }
	slices.SortStableFunc(noops, bySum)
	slices.SortStableFunc(steps, bySum)
	return noops, steps
}

// drawBars draws a panel of a no-op's parts, one of a step's, and the step's kernel beside it on an axis of its own, since it
// dwarfs the others.
func drawBars(r *record.Record) (*chart.Picture, error) {
	t := tablesOf(page.New(io.Discard, r, page.Style{}))
	noops, steps := t.bars()
	if steps == nil {
		return nil, chart.ErrNothing
	}
	left := [][]*plot.Plot{{nil}, {bordersPanel("One diffusion step of 512 x 512: both borders", steps)}}
	if noops != nil {
		left[0][0] = bordersPanel("A no-op: both borders", noops)
	}
	kernels := kernelPanel(steps, t.row(stepName("c", "cgo")))
	tiles := draw.Tiles{Rows: 2, Cols: 1, PadY: vg.Points(10)}
	const width, head, margin = 675, 34, 8 // points
	height := vg.Points(head + 2*70 + 17*float64(2*max(len(noops), len(steps))))
	return &chart.Picture{Width: width, Height: height, Paint: func(c draw.Canvas) {
		chart.Whiten(c)
		title := chart.TextStyle(15)
		title.XAlign, title.YAlign = draw.XCenter, draw.YTop
		c.FillText(title, vg.Point{X: c.Center().X, Y: c.Max.Y - vg.Points(8)}, "What a call from Go through Python takes")
		const middle = 0.63
		at := plot.Align(left, tiles, draw.Crop(c, margin, -(1-middle)*width, margin, -head))
		for k := range left {
			if left[k][0] != nil {
				left[k][0].Draw(at[k][0])
			}
		}
		beside := func(of draw.Canvas) draw.Canvas {
			of.Min.X, of.Max.X = c.Min.X+middle*width+margin, c.Max.X-margin
			return of
		}
		kernels.Draw(beside(at[1][0]))
		t.legend(beside(at[0][0]), steps)
	}}, nil
}

// bordersPanel draws the parts of bars, stacked.
func bordersPanel(title string, bars []bar) *plot.Plot {
	names, labels, most := make([]string, len(bars)), make([]string, len(bars)), 0.0
	parts := make([]plotter.Values, 3)
	sums, ends := make([]chart.Span, len(bars)), make([]float64, len(bars))
	for k := range bars {
		b := &bars[k]
		names[k], labels[k], sums[k] = b.lang, page.Nanoseconds(b.sum.Median), chart.Span(b.sum)
		ends[k] = b.first + b.gil + b.second
		if !math.IsInf(b.sum.Hi, 0) {
			ends[k] = max(ends[k], b.sum.Hi)
		}
		if b.share != "" {
			labels[k] += " (" + b.share + ")"
		}
		for j, ns := range []float64{b.first, b.gil, b.second} {
			parts[j] = append(parts[j], ns)
		}
		most = max(most, ends[k])
	}
	p := chart.Rows(title, "ns", names)
	var below *plotter.BarChart
	for j, of := range []color.Color{firstColor, gilColor, secondColor} {
		part := barChart(parts[j], of)
		if below != nil {
			part.StackOn(below)
		}
		p.Add(part)
		below = part
	}
	p.Add(chart.Whiskers(sums), barLabels(ends, labels))
	p.X.Min, p.X.Max, p.X.Tick.Marker = 0, 1.32*most, plot.TickerFunc(chart.EvenTicks)
	return p
}

// kernelPanel draws the kernels of steps, and a line at the time of the step without Python. A kernel that copies is cut if it
// is longer than the others.
func kernelPanel(steps []bar, without *record.Row) *plot.Plot {
	most := 0.0 // µs
	for k := range steps {
		if b := &steps[k]; most == 0 || !copies(b.lang) {
			most = max(most, b.kernel.Median/1e3)
		}
	}
	limit := 1.2 * most
	values, labels, ends := make(plotter.Values, len(steps)), make([]string, len(steps)), make([]float64, len(steps))
	spans := make([]chart.Span, len(steps))
	var cut plotter.XYs
	for k := range steps {
		i := steps[k].kernel
		values[k], labels[k], ends[k] = max(0, i.Median/1e3), page.Nanoseconds(max(0, i.Median)), limit
		if values[k] > limit {
			values[k], cut = limit, append(cut, plotter.XY{X: 0.9 * limit, Y: float64(k)})
		} else {
			spans[k] = chart.Span{Median: i.Median / 1e3, Lo: i.Lo / 1e3, Hi: i.Hi / 1e3}
		}
	}
	p := chart.Rows("… and its kernel", "µs", make([]string, len(steps)))
	p.Add(barChart(values, kernelColor), chart.Whiskers(spans), barLabels(ends, labels),
		&plotter.Scatter{XYs: cut, GlyphStyle: draw.GlyphStyle{Color: color.White, Radius: vg.Points(8), Shape: cutMark{}}})
	if without != nil {
		c := record.MiddleOf(without.Wall()) / 1e3
		p.Add(&plotter.Line{XYs: plotter.XYs{{X: c, Y: p.Y.Min}, {X: c, Y: p.Y.Max}},
			LineStyle: draw.LineStyle{Color: color.Black, Width: vg.Points(0.8), Dashes: chart.Dashed}})
	}
	p.X.Min, p.X.Max, p.X.Tick.Marker = 0, 1.35*limit, plot.TickerFunc(chart.EvenTicks)
	return p
}

// barChart returns bars from the left, one in each row.
func barChart(values plotter.Values, of color.Color) *plotter.BarChart {
	return &plotter.BarChart{Values: values, Width: vg.Points(11), Color: of, Horizontal: true}
}

// barLabels returns labels to the right of what ends there, one in each row.
func barLabels(ends []float64, labels []string) *plotter.Labels {
	all := &plotter.Labels{Labels: labels, Offset: vg.Point{X: vg.Points(5), Y: vg.Points(1.5)}} // up, since texts are drawn below the middle
	style := chart.TextStyle(10.5)
	style.YAlign = draw.YCenter
	for k, end := range ends {
		all.XYs = append(all.XYs, plotter.XY{X: end, Y: float64(k)})
		all.TextStyle = append(all.TextStyle, style)
	}
	return all
}

// cutMark is a slanted gap in a bar that is longer than is drawn.
type cutMark struct{}

func (cutMark) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	line := draw.LineStyle{Color: style.Color, Width: vg.Points(2)}
	for _, x := range []vg.Length{0, style.Radius / 2} {
		c.StrokeLine2(line, at.X+x-style.Radius/4, at.Y-style.Radius, at.X+x+style.Radius/4, at.Y+style.Radius)
	}
}

// legend says what the colours are, and how to read the bars.
func (t *tables) legend(c draw.Canvas, steps []bar) {
	l := plot.NewLegend()
	l.TextStyle, l.Top, l.Left, l.Padding = chart.TextStyle(11), true, true, vg.Points(4)
	add := func(of color.Color, text string) { l.Add(text, barChart(nil, of)) }
	add(firstColor, "Go → Python, to an empty function")
	if gil := t.gil(); gil > 0 {
		add(gilColor, fmt.Sprintf("taking the GIL while it is free: %s", page.Nanoseconds(gil)))
	}
	add(secondColor, "Python → native, the binding")
	add(kernelColor, "kernel, what is left of the step")
	c.Max.Y -= vg.Points(24)
	l.Draw(c)
	style := chart.TextStyle(10.5)
	style.Color, style.YAlign = color.Gray{70}, draw.YTop
	y := c.Max.Y - vg.Points(82)
	for _, text := range t.remarks(steps) {
		c.FillText(style, vg.Point{X: c.Min.X, Y: y}, text)
		y -= vg.Points(15)
	}
}

// remarks say how to read the bars.
func (t *tables) remarks(steps []bar) []string {
	said := []string{
		"Whiskers: 95 % intervals.",
		"A no-op's parts are timed apart and added.",
		"In brackets: the borders' share of the step.",
	}
	if without := t.row(stepName("c", "cgo")); without != nil {
		said = append(said, fmt.Sprintf("Dashed: the step by cgo without Python, %s.", page.Nanoseconds(record.MiddleOf(without.Wall()))))
	}
	for k := range steps {
		if lang := steps[k].lang; copies(lang) {
			said = append(said, lang+" also copies arrays in its kernel.")
		}
	}
	return said
}
