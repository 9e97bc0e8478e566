// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"golang.org/x/perf/benchunit"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Colors tell series apart, also for who does not tell red from green. Marks do so without colour.
var (
	Colors = []color.RGBA{{0x5f, 0x66, 0x70, 255}, {0x1f, 0x5f, 0xa8, 255}, {0xd5, 0x5e, 0x00, 255}, {0x0b, 0x7a, 0x53, 255}, {0x8a, 0x3f, 0xa0, 255}, {0xa0, 0x7a, 0x00, 255},
		{0xc0, 0x2a, 0x5e, 255}, {0x12, 0x8c, 0xa0, 255}}
	Marks = []draw.GlyphDrawer{Diamond{}, draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{}, draw.PlusGlyph{}, draw.RingGlyph{}, draw.TriangleGlyph{}}
)

// Diamond is a square on its corner.
type Diamond struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (Diamond) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	r := 1.2 * style.Radius
	c.FillPolygon(style.Color, []vg.Point{{X: at.X - r, Y: at.Y}, {X: at.X, Y: at.Y + r}, {X: at.X + r, Y: at.Y}, {X: at.X, Y: at.Y - r}})
}

// Mark returns how the points of the series at a place in a list look.
func Mark(series int) draw.GlyphStyle {
	return draw.GlyphStyle{Color: Colors[series%len(Colors)], Shape: Marks[series%len(Marks)], Radius: vg.Points(3.6)}
}

// Dotted is what was measured of one thing: a time in ns for each series, NaN if there is none.
type Dotted struct {
	Name  string
	Times []float64
}

// Lengths in points.
const (
	dotPad    = 6
	dotPitch  = 20 // from line to line
	dotMargin = 8  // beside the outermost dots
)

// Dots draws a line for each thing, on one logarithmic scale, with a dot for each series.
func Dots(things []Dotted, series []string, width vg.Length) *Picture {
	text := TextStyle(11.5)
	text.YAlign = draw.YCenter
	var labels vg.Length
	least, most := math.Inf(1), 0.0
	for _, t := range things {
		labels = max(labels, text.Width(t.Name))
		lo, hi := t.span()
		least, most = min(least, lo), max(most, hi)
	}
	keys := make([]Key, len(series))
	for k, name := range series {
		glyph := Mark(k)
		keys[k] = Key{Text: name, Glyph: &glyph}
	}
	legend := lined(keys, width-vg.Points(2*dotPad))
	lines, foot := vg.Points(dotPitch)*vg.Length(len(things)), vg.Points(dotPad+axisHeight+keyHeight*float64(len(legend)))
	least, most = math.Pow(10, math.Floor(math.Log10(least))), most*1.01
	return &Picture{width, lines + foot + vg.Points(dotPad), func(c draw.Canvas) {
		Whiten(c)
		x0, x1 := c.Min.X+labels+vg.Points(2*dotPad+dotMargin), c.Max.X-vg.Points(dotPad+dotMargin)
		x := func(ns float64) vg.Length {
			return x0 + (x1-x0)*vg.Length(math.Log(ns/least)/math.Log(most/least))
		}
		bottom := c.Min.Y + foot
		timeAxis(c, x, least, most, bottom, bottom+lines)
		span := draw.LineStyle{Color: color.Gray{200}, Width: vg.Points(2)}
		for k, t := range things {
			y := bottom + lines - vg.Points(dotPitch)*(vg.Length(k)+0.5)
			c.FillText(text, vg.Point{X: c.Min.X + vg.Points(dotPad), Y: y}, t.Name)
			lo, hi := t.span()
			c.StrokeLine2(span, x(lo), y, x(hi), y)
			for at, ns := range t.Times {
				if !math.IsNaN(ns) {
					c.DrawGlyphNoClip(Mark(at), vg.Point{X: x(ns), Y: y})
				}
			}
		}
		legend.drawFrom(c, c.Min.X+vg.Points(dotPad), c.Min.Y+vg.Points(dotPad+keyHeight*(float64(len(legend))-0.5)))
	}}
}

// span returns the least and the greatest time.
func (t *Dotted) span() (lo, hi float64) {
	lo, hi = math.Inf(1), 0
	for _, ns := range t.Times {
		if !math.IsNaN(ns) {
			lo, hi = min(lo, ns), max(hi, ns)
		}
	}
	return lo, hi
}

// axisHeight is the room in points that timeAxis takes below what it is drawn for.
const axisHeight = 38

// timeAxis draws, from bottom to top, a line at each power of ten, and below what it is.
func timeAxis(c draw.Canvas, x func(ns float64) vg.Length, least, most float64, bottom, top vg.Length) {
	line := draw.LineStyle{Color: color.Gray{226}, Width: vg.Points(0.75)}
	small := TextStyle(10.5)
	small.Color, small.XAlign, small.YAlign = color.Gray{95}, draw.XCenter, draw.YCenter
	free := c.Min.X
	for ns := least; ns <= most; ns *= 10 {
		c.StrokeLine2(line, x(ns), bottom, x(ns), top)
		half := small.Width(powerOfTen(ns)) / 2
		if at := max(x(ns), c.Min.X+half); at-half >= free {
			c.FillText(small, vg.Point{X: at, Y: bottom - vg.Points(9)}, powerOfTen(ns))
			free = at + half + vg.Points(6)
		}
	}
	c.FillText(small, vg.Point{X: (x(least) + x(most)) / 2, Y: bottom - vg.Points(24)}, "time of a call, logarithmic scale")
}

// lined returns a legend whose lines are as full as there is room.
func lined(keys []Key, room vg.Length) Legend {
	var l Legend
	var used vg.Length
	for _, key := range keys {
		if used += key.width(); l == nil || used > room {
			l, used = append(l, nil), key.width()
		}
		l[len(l)-1] = append(l[len(l)-1], key)
		used += vg.Points(keyBetween)
	}
	return l
}

// drawFrom draws the legend from y down and from x to the right, its lines not in columns.
func (l Legend) drawFrom(c draw.Canvas, x, y vg.Length) {
	for _, line := range l {
		at := x
		for _, key := range line {
			key.draw(c, at, y)
			at += key.width() + vg.Points(keyBetween)
		}
		y -= vg.Points(keyHeight)
	}
}

// nanoseconds shows a time with three digits: "26.1 ns".
func nanoseconds(ns float64) string {
	scale := benchunit.CommonScale([]float64{ns * 1e-9}, benchunit.Decimal)
	return strconv.FormatFloat(ns*1e-9/scale.Factor, 'f', max(0, scale.Prec-1), 64) + " " + scale.Prefix + "s"
}

// powerOfTen shows a power of ten: "100 ns".
func powerOfTen(ns float64) string {
	scale := benchunit.CommonScale([]float64{ns * 1e-9}, benchunit.Decimal)
	return fmt.Sprintf("%.3g %ss", ns*1e-9/scale.Factor, scale.Prefix)
}
