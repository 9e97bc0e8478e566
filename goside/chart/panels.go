// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Panels returns panels of that height, two beside each other, above legends, each of which begins a line.
func Panels(panels []*plot.Plot, width, height vg.Length, legends ...[]Key) *Picture {
	const margin = 14 // points
	t := Tile(panels)
	var legend Legend
	for _, keys := range legends {
		legend = append(legend, lined(keys, width-vg.Points(2*margin))...)
	}
	foot := vg.Points(keyHeight*float64(len(legend)) + 8)
	return &Picture{width, vg.Length(t.Rows)*height + foot, func(c draw.Canvas) {
		Whiten(c)
		t.Draw(draw.Crop(c, 0, 0, foot, 0))
		legend.drawFrom(c, c.Min.X+vg.Points(margin), c.Min.Y+foot-vg.Points(keyHeight)/2)
	}}
}
