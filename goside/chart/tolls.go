// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Toll is what a call costs: a median in ns, and its interval, which may be infinite.
type Toll struct {
	Name           string
	Median, Lo, Hi float64
	Border         float64 // the part of the median that is drawn apart; 0: none
}

var (
	tollBar   = color.RGBA{0x3b, 0x6e, 0xa8, 0xff}
	tollWork  = color.RGBA{0x9d, 0xbd, 0xdf, 0xff} // behind the border
	tollNoise = color.RGBA{0xf2, 0xc4, 0x6d, 0xff}
	tollSpan  = draw.LineStyle{Color: color.RGBA{0x14, 0x2b, 0x47, 0xff}, Width: vg.Points(1.5)}
)

// Lengths in points. A wide picture has its labels beside the bars, a narrow one above them.
const (
	tollNarrow   = 400 // what is narrower is narrow
	tollPad      = 6
	tollBarHigh  = 17
	tollPitch    = 29  // from bar to bar
	tollLabel    = 20  // the height of a label above its bar
	tollCap      = 3.5 // half the height of an interval's ends
	tollThinnest = 1   // of a noise band that can be seen
)

// Tolls draws a bar for each toll, on a logarithmic scale, with its interval and, around its end, the band of noise: floor is
// how far apart two timings of one call may be, as a part of it.
func Tolls(tolls []Toll, floor float64, width vg.Length) *Picture {
	narrow := width < vg.Points(tollNarrow)
	text := keyText
	text.YAlign = draw.YCenter

	var labels, figures vg.Length
	least, most, split := math.Inf(1), 0.0, false
	for k := range tolls {
		t := &tolls[k]
		lo, hi := t.span()
		least, most, split = min(least, lo), max(most, hi), split || t.Border > 0
		if t.Border > 0 {
			least = min(least, t.Border)
		}
		if !math.IsInf(floor, 0) { // the band of noise has room, too
			least, most = min(least, t.Median/(1+floor)), max(most, t.Median*(1+floor))
		}
		labels, figures = max(labels, text.Width(t.Name)), max(figures, text.Width(nanoseconds(t.Median)))
	}
	least = math.Pow(10, math.Floor(math.Log10(least*0.9))) // no bar is of no length
	pitch, left := vg.Points(tollPitch), vg.Points(tollPad)+labels+vg.Points(10)
	if narrow {
		pitch, left = pitch+vg.Points(tollLabel), vg.Points(tollPad)
	}
	legend := lined(tollKeys(floor, split), width-vg.Points(tollPad)-left)
	bars, foot := vg.Length(len(tolls))*pitch, vg.Points(tollPad+axisHeight+keyHeight*float64(len(legend)))
	return &Picture{width, bars + foot + vg.Points(tollPad), func(c draw.Canvas) {
		Whiten(c)
		x0, x1 := c.Min.X+left, c.Max.X-vg.Points(tollPad+10)-figures
		x := func(ns float64) vg.Length {
			return x0 + (x1-x0)*vg.Length(math.Log(ns/least)/math.Log(most/least))
		}
		bottom := c.Min.Y + foot
		timeAxis(c, x, least, most, bottom, bottom+bars)
		y := bottom + bars
		for k := range tolls {
			y -= pitch
			tolls[k].draw(c, x, x0, y+vg.Points((tollPitch-tollBarHigh)/2), floor, split, text)
			at := vg.Point{X: c.Min.X + vg.Points(tollPad), Y: y + vg.Points(tollPitch)/2}
			if narrow {
				at.Y += vg.Points(tollLabel)
			}
			c.FillText(text, at, tolls[k].Name)
		}
		legend.drawFrom(c, x0, c.Min.Y+vg.Points(tollPad+keyHeight*(float64(len(legend))-0.5)))
	}}
}

// span returns the interval, or the median if there is none.
func (t *Toll) span() (lo, hi float64) {
	if math.IsInf(t.Hi-t.Lo, 0) || t.Lo <= 0 {
		return t.Median, t.Median
	}
	return t.Lo, t.Hi
}

// draw draws the bar above y. If bars are split, one without a border is all work.
func (t *Toll) draw(c draw.Canvas, x func(float64) vg.Length, from, y vg.Length, floor float64, split bool, text draw.TextStyle) {
	lo, hi := t.span()
	top, middle, end := y+vg.Points(tollBarHigh), y+vg.Points(tollBarHigh)/2, x(t.Median)
	right := x(hi)
	fill := func(color color.Color, x0, y0, x1, y1 vg.Length) {
		c.FillPolygon(color, []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}})
	}
	if split {
		fill(tollWork, from, y, end, top)
	} else {
		fill(tollBar, from, y, end, top)
	}
	if t.Border > 0 {
		fill(tollBar, from, y, x(t.Border), top)
	}
	if !math.IsInf(floor, 0) {
		half := max(x(t.Median*(1+floor))-end, vg.Points(tollThinnest)/2)
		fill(tollNoise, end-half, y-vg.Points(3), end+half, top+vg.Points(3))
		right = max(right, end+half)
	}
	if lo < hi {
		c.StrokeLine2(tollSpan, x(lo), middle, x(hi), middle)
		for _, at := range []vg.Length{x(lo), x(hi)} {
			c.StrokeLine2(tollSpan, at, middle-vg.Points(tollCap), at, middle+vg.Points(tollCap))
		}
	}
	c.FillText(text, vg.Point{X: right + vg.Points(7), Y: middle}, nanoseconds(t.Median))
}

func tollKeys(floor float64, split bool) []Key {
	keys := []Key{{Text: "95 % interval", Line: tollSpan}}
	if split {
		keys = append([]Key{{Text: "border", Line: draw.LineStyle{Color: tollBar, Width: vg.Points(9)}},
			{Text: "work of the function", Line: draw.LineStyle{Color: tollWork, Width: vg.Points(9)}}}, keys...)
	}
	if math.IsInf(floor, 0) {
		return keys
	}
	return append(keys, Key{Text: fmt.Sprintf("noise: one call timed twice, ±%.2g %%", 100*floor), Line: draw.LineStyle{Color: tollNoise, Width: vg.Points(9)}})
}
