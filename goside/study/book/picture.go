// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import (
	"fmt"
	"image/color"
	"io"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"toll/goside/chart"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
)

// alt says what the picture shows.
const alt = "The times that the book publishes, and beside each the time here, on a logarithmic axis; below each table's rows the time of C called by cgo"

// The marks: a published time is a ring around a hole, so that a time here that is nearly the same is seen in it.
var (
	ring   = draw.GlyphStyle{Color: color.RGBA{0xB4, 0x4A, 0x00, 0xFF}, Radius: vg.Points(5), Shape: draw.CircleGlyph{}}
	hole   = draw.GlyphStyle{Color: color.White, Radius: vg.Points(3.5), Shape: draw.CircleGlyph{}}
	dot    = draw.GlyphStyle{Color: color.RGBA{0x1B, 0x4F, 0x8A, 0xFF}, Radius: vg.Points(3), Shape: draw.CircleGlyph{}}
	square = draw.GlyphStyle{Color: color.Gray{90}, Radius: vg.Points(3), Shape: draw.BoxGlyph{}}
)

// dumbbells are rows of tables: a published time and the time here, in s, joined by a line.
type dumbbells struct {
	names                    []string
	published, here, without plotter.XYs
	joined                   []plot.Plotter
	spans                    []chart.Span   // of the times here
	titles, ratios           plotter.Labels // of tables, at the left end; at the right end
	before, behind           plotter.Labels // to the left of marks, and to the right
}

// drawTables draws the published rows of the book's tables.
func drawTables(r *record.Record) (*chart.Picture, error) {
	p := page.New(io.Discard, r, page.Style{Baseline: registry.Baseline})
	var d dumbbells
	for k := range published {
		d.table(p, &published[k])
	}
	if d.published == nil {
		return nil, chart.ErrNothing
	}
	panel := d.panel()
	const width, head, row = 675, 50, 17 // points
	height := vg.Points(head + 50 + row*float64(len(d.names)))
	return &chart.Picture{Width: width, Height: height, Paint: func(c draw.Canvas) {
		chart.Whiten(c)
		title := chart.TextStyle(15)
		title.XAlign, title.YAlign = draw.XCenter, draw.YTop
		c.FillText(title, vg.Point{X: c.Center().X, Y: c.Max.Y - vg.Points(8)}, "The book's tables: published, and here")
		legend(c, c.Max.Y-vg.Points(38))
		panel.Draw(draw.Crop(c, vg.Points(8), -vg.Points(12), vg.Points(8), -vg.Points(head)))
	}}, nil
}

// table adds the rows of a table that have something published, and the baseline below them.
func (d *dumbbells) table(p *page.Page, t *bookTable) {
	python, others := t.figures(p, p.Rows(benchmark))
	if python == nil || t.each != "" {
		return
	}
	y, grey := d.row(""), label
	grey.Color = color.Gray{70}
	write(&d.titles, 0, y, t.title, chart.TextStyle(11.5), draw.XLeft)
	write(&d.ratios, 0, y, "here / published", grey, draw.XRight)
	for k := range python {
		if f := &python[k]; f.published != "" || f.times > 0 {
			d.dumbbell(f, python)
		}
	}
	for k := range others {
		if f := &others[k]; f.route == p.Baseline && f.row != nil {
			y, x := d.row(f.what), f.time.Median/1e9
			d.without = append(d.without, plotter.XY{X: x, Y: y})
			write(&d.behind, x, y, page.Nanoseconds(f.time.Median), label, draw.XLeft)
		}
	}
}

// row adds a row, and returns its place.
func (d *dumbbells) row(name string) float64 {
	d.names, d.spans = append(d.names, name), append(d.spans, chart.Span{})
	return float64(len(d.names) - 1)
}

// dumbbell adds a row of a table.
func (d *dumbbells) dumbbell(f *figure, all []figure) {
	y := d.row(f.what)
	write(&d.ratios, 0, y, f.ofPublished(all).Text, label, draw.XRight)
	was, known := f.seconds()
	if known {
		d.published = append(d.published, plotter.XY{X: was, Y: y})
	}
	if f.row == nil {
		if known {
			write(&d.behind, was, y, f.publishedCell(), label, draw.XLeft)
		}
		d.ratios.Labels[len(d.ratios.Labels)-1] = f.timeCell()
		return
	}
	is := f.time.Median / 1e9
	d.here = append(d.here, plotter.XY{X: is, Y: y})
	d.spans[int(y)] = chart.Span{Median: is, Lo: f.time.Lo / 1e9, Hi: f.time.Hi / 1e9}
	left, right := plotter.XY{X: was, Y: y}, plotter.XY{X: is, Y: y}
	before, behind := f.publishedCell(), page.Nanoseconds(f.time.Median)
	if x, of := f.multiple(all); of != nil {
		left.X, before = is, fmt.Sprintf("published as %s, here %s x", before, page.Significant(x))
	} else if !known {
		left.X, before = is, ""
	} else if is < was {
		left, right, before, behind = right, left, behind, before
	}
	d.joined = append(d.joined, &plotter.Line{XYs: plotter.XYs{left, right}, LineStyle: draw.LineStyle{Color: color.Gray{150}, Width: vg.Points(2)}})
	write(&d.before, left.X, y, before, label, draw.XRight)
	write(&d.behind, right.X, y, behind, label, draw.XLeft)
}

var label = chart.TextStyle(10.5)

// write adds a text at a place.
func write(to *plotter.Labels, x, y float64, text string, style draw.TextStyle, align draw.XAlignment) {
	style.XAlign, style.YAlign = align, draw.YCenter
	to.XYs, to.Labels, to.TextStyle = append(to.XYs, plotter.XY{X: x, Y: y}), append(to.Labels, text), append(to.TextStyle, style)
}

// panel draws all rows on one axis.
func (d *dumbbells) panel() *plot.Plot {
	p := chart.Rows("", "s", d.names)
	least, most, _, _ := plotter.XYRange(slices.Concat(d.published, d.here, d.without))
	// Room for a label at the left, for one and a ratio at the right.
	p.X.Scale, p.X.Min, p.X.Max = plot.LogScale{}, least/4, most*25
	p.X.Tick.Marker = plot.TickerFunc(func(least, most float64) []plot.Tick { return chart.LogTicks(least, most, 1) })
	for k := range d.titles.XYs {
		d.titles.XYs[k].X = p.X.Min
	}
	for k := range d.ratios.XYs {
		d.ratios.XYs[k].X = p.X.Max
	}
	const up = 1.5 // texts in the middle of a row are drawn below it
	d.before.Offset, d.behind.Offset = vg.Point{X: vg.Points(-8), Y: up}, vg.Point{X: vg.Points(8), Y: up}
	d.titles.Offset, d.ratios.Offset = vg.Point{X: vg.Points(4), Y: up}, vg.Point{Y: up}
	p.Add(d.joined...)
	marks := func(at plotter.XYs, style draw.GlyphStyle) { p.Add(&plotter.Scatter{XYs: at, GlyphStyle: style}) }
	marks(d.published, ring)
	marks(d.published, hole)
	p.Add(chart.Whiskers(d.spans))
	marks(d.here, dot)
	marks(d.without, square)
	p.Add(&d.titles, &d.ratios, &d.before, &d.behind)
	return p
}

// legend says what the marks are.
func legend(c draw.Canvas, y vg.Length) {
	style := chart.TextStyle(11)
	style.YAlign = draw.YCenter
	x := c.Min.X + vg.Points(150)
	for _, key := range []struct {
		text   string
		glyphs []draw.GlyphStyle
	}{
		{"published", []draw.GlyphStyle{ring, hole}},
		{"here, through Python, with its 95 % interval", []draw.GlyphStyle{dot}},
		{"here, without Python", []draw.GlyphStyle{square}},
	} {
		for _, glyph := range key.glyphs {
			c.DrawGlyph(glyph, vg.Point{X: x, Y: y})
		}
		c.FillText(style, vg.Point{X: x + vg.Points(9), Y: y}, key.text)
		x += style.Width(key.text) + vg.Points(28)
	}
}
