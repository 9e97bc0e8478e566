// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernels

import (
	"fmt"
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"toll/goside/chart"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study"
)

// pictures are the kernels' ladders, and sketches of the chief tricks.
var pictures = []study.Picture{
	ladderPicture("julia"), ladderPicture("diffusion"), ladderPicture("ols"),
	compaction.picture(), disc.picture(), tiles.picture(),
}

// altOf says what the picture of a kernel's ladder shows.
func altOf(kernel string) string {
	return "Times of the kernel " + kernel + " on a logarithmic axis: in C a dot for each rung from the plain loop to the tuned kernel, " +
		"each with the limit that it is held against; below, plain and tuned in each language, on one thread and on several, and the fastest from Python"
}

func ladderPicture(kernel string) study.Picture {
	return study.Picture{Name: kernel, Alt: altOf(kernel), Draw: func(r *record.Record) (*chart.Picture, error) { return drawLadders(r, kernel) }}
}

// The marks. A plain loop is a ring, a tuned one or a rung a dot, a limit a bar.
var (
	dotColor   = color.RGBA{0x1B, 0x4F, 0x8A, 0xFF}
	ringColor  = color.RGBA{0xB4, 0x4A, 0x00, 0xFF}
	boxColor   = color.RGBA{0x5A, 0x5A, 0x5A, 0xFF}
	limitColor = color.RGBA{0x0B, 0x7A, 0x53, 0xFF}

	ring  = draw.GlyphStyle{Color: ringColor, Radius: vg.Points(4.5), Shape: draw.CircleGlyph{}}
	hole  = draw.GlyphStyle{Color: color.White, Radius: vg.Points(3), Shape: draw.CircleGlyph{}}
	dot   = draw.GlyphStyle{Color: dotColor, Radius: vg.Points(4), Shape: draw.CircleGlyph{}}
	box   = draw.GlyphStyle{Color: boxColor, Radius: vg.Points(3.5), Shape: draw.BoxGlyph{}}
	limit = draw.GlyphStyle{Color: limitColor, Radius: vg.Points(5.5), Shape: upright{}}

	label = chart.TextStyle(10.5)
)

// upright is a bar that stands on its point.
type upright struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (upright) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	c.StrokeLine2(draw.LineStyle{Color: style.Color, Width: vg.Points(2)}, at.X, at.Y-style.Radius, at.X, at.Y+style.Radius)
}

// rows are the rows of a panel: times of an item, in ns.
type rows struct {
	group                     *group
	threads                   string // of parallel languages
	names                     []string
	plain, own, limits, boxes plotter.XYs
	steps, spans              []plot.Plotter // from rung to rung or from plain to tuned; from a limit to its row
	whiskers                  []chart.Span   // of the own times
	gains, shares             plotter.Labels
}

// drawLadders draws a panel for each of the kernel's problems.
func drawLadders(r *record.Record, kernel string) (*chart.Picture, error) {
	groups := groupsOf(page.New(io.Discard, r, page.Style{}), kernel)
	if groups == nil {
		return nil, chart.ErrNothing
	}
	const width, head, rowHeight, frame = 675, 34, 17, 62 // points
	tiles := draw.Tiles{Cols: 1, Rows: len(groups), PadY: vg.Points(12)}
	var panels [][]*plot.Plot
	height := float64(head)
	for _, g := range groups {
		of := rows{group: g, threads: r.Get("threads")}
		of.ladder(ladders[kernel])
		of.families()
		of.fromPython()
		panels = append(panels, []*plot.Plot{of.panel()})
		height += frame + 12 + rowHeight*float64(len(of.names))
	}
	return &chart.Picture{Width: width, Height: vg.Points(height), Paint: func(c draw.Canvas) {
		chart.Whiten(c)
		legend(c, c.Max.Y-vg.Points(16))
		for k, line := range plot.Align(panels, tiles, draw.Crop(c, vg.Points(8), -vg.Points(12), vg.Points(8), -vg.Points(head))) {
			panels[k][0].Draw(line[0])
		}
	}}, nil
}

// perItem returns the row's time of an item, in ns, with its interval.
func perItem(r *record.Row) chart.Span {
	i, items := measure.Median(r.Wall()), max(1, r.Number("items"))
	return chart.Span{Median: i.Median / items, Lo: i.Lo / items, Hi: i.Hi / items}
}

// row adds a row, and returns its place.
func (d *rows) row(name string) float64 {
	d.names, d.whiskers = append(d.names, name), append(d.whiskers, chart.Span{})
	return float64(len(d.names) - 1)
}

// dot adds the mark of a rung or a tuned kernel in the last row, with its limit and share.
func (d *rows) dot(r *record.Row, y float64) plotter.XY {
	span := perItem(r)
	at := plotter.XY{X: span.Median, Y: y}
	d.own, d.whiskers[int(y)] = append(d.own, at), span
	if share, _, ok := d.group.share(r); ok {
		bound := plotter.XY{X: at.X * share.Median, Y: y}
		d.limits = append(d.limits, bound)
		d.spans = append(d.spans, &plotter.Line{XYs: plotter.XYs{bound, at}, LineStyle: draw.LineStyle{Color: limitColor, Width: vg.Points(0.8), Dashes: chart.Dashed}})
		write(&d.shares, 0, y, page.Share(share.Median), draw.XRight)
	}
	return at
}

// right returns the right end of a mark with its interval.
func (d *rows) right(at plotter.XY) float64 {
	if hi := d.whiskers[int(at.Y)].Hi; !math.IsInf(hi, 0) {
		return max(at.X, hi)
	}
	return at.X
}

// gain writes how many times as fast r is as old, in that format, to the right of x.
func (d *rows) gain(r, old *record.Row, x, y float64, format string) {
	if g, ok := d.group.gain(r, old); ok && r != old {
		write(&d.gains, x, y, fmt.Sprintf(format, page.Significant(g.Median)+"x"), draw.XLeft)
	}
}

// ladder adds a row for each rung.
func (d *rows) ladder(rungs []rung) {
	base := d.group.find(plain)
	var before *plotter.XY
	for _, step := range rungs {
		r := d.group.find(step.lang)
		if r == nil {
			continue
		}
		y := d.row(step.adds)
		at := d.dot(r, y)
		right := d.right(at)
		if before != nil { // a stair: down from the rung before, then to this one
			corner := plotter.XY{X: before.X, Y: y}
			d.steps = append(d.steps, line(*before, corner, at))
			right = max(right, corner.X)
		}
		d.gain(r, base, right, y, "%s")
		before = &at
	}
}

func line(points ...plotter.XY) *plotter.Line {
	return &plotter.Line{XYs: points, LineStyle: draw.LineStyle{Color: color.Gray{185}, Width: vg.Points(1.6)}}
}

// families adds a row for each family but that of the ladder.
func (d *rows) families() {
	for _, f := range families[1:] {
		r, old := d.group.find(f.tuned), d.group.find(f.plain)
		if r == nil && old == nil {
			continue
		}
		name := f.name
		if f.alone != "" {
			name += ", " + page.Count(d.threads, "thread")
		}
		y := d.row(name)
		var ends plotter.XYs
		if old != nil {
			at := plotter.XY{X: perItem(old).Median, Y: y}
			d.plain, ends = append(d.plain, at), append(ends, at)
		}
		if r != nil {
			ends = append(ends, d.dot(r, y))
		}
		if len(ends) == 2 {
			d.steps = append(d.steps, line(ends...))
			d.gain(r, old, max(ends[0].X, d.right(ends[1])), y, "%s")
		}
	}
}

// fromPython adds a row for the fastest from Python.
func (d *rows) fromPython() {
	all := d.group.pythons()
	if all == nil {
		return
	}
	y := d.row(all[0].Lang + ", from Python")
	at := plotter.XY{X: perItem(all[0]).Median, Y: y}
	d.boxes = append(d.boxes, at)
	d.gain(d.group.find(parallelC), all[0], at.X, y, parallelC+" is %s as fast")
}

// write adds a text at a place.
func write(to *plotter.Labels, x, y float64, text string, align draw.XAlignment) {
	style := label
	style.XAlign, style.YAlign = align, draw.YCenter
	to.XYs, to.Labels, to.TextStyle = append(to.XYs, plotter.XY{X: x, Y: y}), append(to.Labels, text), append(to.TextStyle, style)
}

// panel draws all rows on one axis.
func (d *rows) panel() *plot.Plot {
	item := d.group.rows[0].Facts["item"]
	p := chart.Rows(title(d.group.name(), "time of "+page.WithArticle(item)), "ns", d.names)
	least, most := math.Inf(1), 0.0
	for _, all := range []plotter.XYs{d.plain, d.own, d.limits, d.boxes} {
		for _, at := range all {
			least, most = min(least, at.X), max(most, d.right(at))
		}
	}
	// Room for a label and a share at the right.
	p.X.Scale, p.X.Min, p.X.Max = plot.LogScale{}, least/1.5, most*math.Pow(most/least, 0.35)
	p.X.Tick.Marker = plot.TickerFunc(func(least, most float64) []plot.Tick {
		if most/least < 100 {
			return chart.LogTicks(least, most, 1, 2, 5)
		}
		return chart.LogTicks(least, most, 1)
	})
	for k := range d.shares.XYs {
		d.shares.XYs[k].X = p.X.Max
	}
	const up = 1.5 // texts in the middle of a row are drawn below it
	d.gains.Offset, d.shares.Offset = vg.Point{X: vg.Points(8), Y: up}, vg.Point{X: vg.Points(-3), Y: up}
	p.Add(d.steps...)
	p.Add(d.spans...)
	marks := func(at plotter.XYs, style draw.GlyphStyle) { p.Add(&plotter.Scatter{XYs: at, GlyphStyle: style}) }
	marks(d.limits, limit)
	marks(d.plain, ring)
	marks(d.plain, hole)
	p.Add(chart.Whiskers(d.whiskers))
	marks(d.own, dot)
	marks(d.boxes, box)
	p.Add(&d.gains, &d.shares)
	return p
}

// legend says what the marks are.
func legend(c draw.Canvas, y vg.Length) {
	style := chart.TextStyle(11)
	style.YAlign = draw.YCenter
	x := c.Min.X + vg.Points(14)
	for _, key := range []struct {
		text   string
		glyphs []draw.GlyphStyle
	}{
		{"a rung in C, or tuned", []draw.GlyphStyle{dot}},
		{"plain", []draw.GlyphStyle{ring, hole}},
		{"from Python", []draw.GlyphStyle{box}},
		{"the machine's limit, and the share that is reached", []draw.GlyphStyle{limit}},
		{"2x: speed-up over plain", nil},
	} {
		for _, glyph := range key.glyphs {
			c.DrawGlyph(glyph, vg.Point{X: x, Y: y})
		}
		c.FillText(style, vg.Point{X: x + vg.Points(9), Y: y}, key.text)
		x += style.Width(key.text) + vg.Points(26)
	}
}
