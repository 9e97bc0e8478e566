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
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"toll/goside/chart"
	"toll/goside/record"
)

// alt says what the picture shows.
const alt = "Time per item against items per call, for each kernel and crossing: the curves fall until the work hides the call; on each is marked where overhead is a half and a tenth"

// drawAll draws a panel for each kernel, with the time of an item against the items in one call, both in powers of ten, and a
// line for each crossing.
func drawAll(r *record.Record) (*chart.Picture, error) {
	all := slices.DeleteFunc(grainsOf(r), func(g *grains) bool { return g.tuned })
	return picture(all, crossingsIn(all), 9.35*vg.Inch, 3.3*vg.Inch)
}

// altOne says what the picture of one kernel shows.
const altOne = "Time per fit against fits per call: the curve of each crossing falls until the work hides the call; on each is marked where overhead is a half and a tenth"

// drawOne draws the panel of one kernel, whose item is so little work that the crossing can be seen for long.
func drawOne(r *record.Record) (*chart.Picture, error) {
	all := slices.DeleteFunc(grainsOf(r), func(g *grains) bool { return g.tuned })
	crossings := crossingsIn(all)
	ols := slices.DeleteFunc(all, func(g *grains) bool { return g.kernel != "ols" })
	return picture(ols, crossings, 7.5*vg.Inch, 3.6*vg.Inch)
}

// altTuned says what the picture of plain and tuned code shows.
const altTuned = "Time per item against items per call, for each kernel in plain and in tuned C, through cgo and purego: where an item takes less, a call must carry more"

// drawTuned draws a panel for each kernel, with plain and tuned C through the crossings that most programs use.
func drawTuned(r *record.Record) (*chart.Picture, error) {
	all := grainsOf(r)
	var both []*grains
	for _, g := range all {
		of := g.plainOf(all)
		if !g.tuned || of == nil {
			continue
		}
		together := &grains{kernel: g.kernel, item: g.item, sizes: g.sizes, rows: map[string]map[int]*record.Row{}}
		for _, from := range []*grains{of, g} {
			for _, via := range []string{"cgo", "purego"} {
				crossing := map[bool]string{false: plain, true: tuned}[from.tuned] + "/" + via
				if rows := from.rows[crossing]; rows != nil {
					together.rows[crossing] = rows
					together.crossings = append(together.crossings, crossing)
				}
			}
		}
		both = append(both, together)
	}
	return picture(both, crossingsIn(both), 9.35*vg.Inch, 3.3*vg.Inch)
}

// evenMarks are how the break-evens are marked that a picture shows, and how its legend names them.
var evenMarks = []struct {
	share float64
	shape draw.GlyphDrawer
	name  string
}{
	{0.5, draw.CircleGlyph{}, "50 % of the time is overhead"},
	{0.1, chart.Diamond{}, "10 % of it"},
}

// picture draws a panel for each kernel above a legend. Crossings are those of the record, so that one looks the same in every
// panel and picture.
func picture(all []*grains, crossings []string, width, height vg.Length) (*chart.Picture, error) {
	if len(all) == 0 {
		return nil, chart.ErrNothing
	}
	var panels []*plot.Plot
	for _, g := range all {
		panels = append(panels, g.panel(crossings))
	}
	var keys, evenKeys []chart.Key
	shown := crossingsIn(all)
	for k, crossing := range crossings {
		if line, mark := look(k); slices.Contains(shown, crossing) {
			keys = append(keys, chart.Key{Text: crossing, Line: line, Glyph: &mark})
		}
	}
	for _, m := range evenMarks {
		evenKeys = append(evenKeys, chart.Key{Text: m.name, Glyph: &draw.GlyphStyle{Color: color.Gray{70}, Shape: m.shape, Radius: evenRadius}})
	}
	return chart.Panels(panels, width, height, keys, evenKeys), nil
}

const evenRadius = vg.Length(4.2)

// look returns how the line and the points of a crossing look.
func look(crossing int) (draw.LineStyle, draw.GlyphStyle) {
	mark := chart.Mark(crossing)
	mark.Radius = 2
	return draw.LineStyle{Color: mark.Color, Width: vg.Points(1.5)}, mark
}

// panel draws one kernel.
func (g *grains) panel(crossings []string) *plot.Plot {
	p := plot.New()
	small := chart.TextStyle(11.5).Font
	p.Title.Text, p.Title.TextStyle.Font, p.Title.Padding = fmt.Sprintf("%s: ns per %s", g.kernel, g.item), chart.TextStyle(13).Font, vg.Points(6)
	p.X.Label.Text, p.X.Label.TextStyle.Font = g.item+"s per call", small
	p.X.Tick.Label.Font, p.Y.Tick.Label.Font = small, small
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.TickerFunc(ticks), plot.TickerFunc(ticks)
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{225}, color.Gray{225}
	p.Add(grid)
	least, most := math.Inf(1), 0.0
	var marks []plot.Plotter // above all lines
	for k, crossing := range crossings {
		var points plotter.XYs
		for _, r := range g.rowsOf(crossing) {
			if ns := median(r); ns > 0 {
				points = append(points, plotter.XY{X: r.Number("grain"), Y: ns})
				least, most = min(least, ns), max(most, ns)
			}
		}
		if points == nil {
			continue
		}
		line, mark := look(k)
		chart.AddLine(p, points, points, line, mark)
		marks = append(marks, g.evenMarks(crossing, points[0].X, points[len(points)-1].X, mark)...)
	}
	p.Add(marks...)
	// Whole powers of ten, so that there are ticks to read, and differences of a few per cent look like it.
	p.X.Min = math.Pow(10, math.Floor(math.Log10(float64(g.sizes[0]))))
	p.X.Max = math.Pow(10, math.Ceil(math.Log10(float64(g.sizes[len(g.sizes)-1]))))
	p.Y.Min, p.Y.Max = math.Pow(10, math.Floor(math.Log10(least))), math.Pow(10, math.Ceil(math.Log10(most)))
	return p
}

// evenMarks marks the break-evens of a crossing, by the fit to its times, where its grains reach from first to last.
func (g *grains) evenMarks(crossing string, first, last float64, style draw.GlyphStyle) []plot.Plotter {
	l, ok := g.fit(crossing)
	if !ok || !l.resolved() {
		return nil
	}
	var marks []plot.Plotter
	for _, m := range evenMarks {
		items := l.even.Median * workFor(m.share)
		if items < first || items > last {
			continue
		}
		at := plotter.XYs{{X: items, Y: l.item.Median + l.overhead.Median/items}}
		for _, of := range []struct {
			color  color.Color
			radius vg.Length
		}{{color.White, evenRadius + 1.5}, {style.Color, evenRadius}} {
			marks = append(marks, &plotter.Scatter{XYs: at, GlyphStyle: draw.GlyphStyle{Color: of.color, Shape: m.shape, Radius: of.radius}})
		}
	}
	return marks
}

// ticks returns ticks at the powers of ten, with their numbers, and between them without.
func ticks(least, most float64) []plot.Tick { return chart.LogTicks(least, most, 1) }
