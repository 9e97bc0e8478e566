// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package profile

import (
	"image/color"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"toll/goside/chart"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study"
)

// altOf says what the pictures show.
var altOf = map[string]string{
	"go": "Bars of Go programs, one for each crossing and profiler: the share of the time that the profiler gives to the native function by name, " +
		"to the call, to the program's own work and to anything else, and what it loses; a line marks the true share of native code",
	"python": "Bars of Python programs, one for each binding and profiler: the share of the time that the profiler gives to the native function by name, " +
		"to the call, to the program's own work and to anything else, and what it loses; a line marks the true share of native code",
}

var pictures = []study.Picture{
	{Name: "go", Alt: altOf["go"], Draw: func(r *record.Record) (*chart.Picture, error) {
		return drawShares(goRows(pageOf(r)), "Go programs")
	}},
	{Name: "python", Alt: altOf["python"], Draw: func(r *record.Record) (*chart.Picture, error) {
		return drawShares(pythonRows(pageOf(r)), "Python programs")
	}},
}

func pageOf(r *record.Record) *page.Page { return page.New(io.Discard, r, page.Style{}) }

// parts are what bars are made of, from the left. They differ in lightness, too.
var barParts = []struct {
	unit, says string
	of         color.RGBA
}{
	{namedShare, "native function, by name", color.RGBA{0x0B, 0x4F, 0x8A, 0xFF}},
	{callShare, "at the call, without its name", color.RGBA{0x7F, 0xB2, 0xE5, 0xFF}},
	{outsideShare, "elsewhere", color.RGBA{0xD5, 0x5E, 0x00, 0xFF}},
	{lostShare, "lost", color.RGBA{0xF2, 0xD2, 0xA2, 0xFF}},
	{ownShare, "the program's own work", color.RGBA{0xC9, 0xC9, 0xC9, 0xFF}},
}

// drawShares draws a bar for each row, and between programs a gap that names the next.
func drawShares(rows []*record.Row, title string) (*chart.Picture, error) {
	if len(rows) == 0 {
		return nil, chart.ErrNothing
	}
	var labels []string
	var of []*record.Row // nil: the name of a program
	heads := &plotter.Labels{Offset: vg.Point{Y: -vg.Points(4)}}
	last := ""
	for _, r := range rows {
		if name := programName(r); name != last {
			heads.XYs, heads.Labels = append(heads.XYs, plotter.XY{X: 0, Y: float64(len(of))}), append(heads.Labels, name)
			heads.TextStyle = append(heads.TextStyle, chart.TextStyle(11.5))
			labels, of, last = append(labels, ""), append(of, nil), name
		}
		labels, of = append(labels, toolName(toolOf(r))), append(of, r)
	}
	p := chart.Rows(title+": what profilers say", "per cent of the time", labels)
	p.Add(heads)
	legend := plot.NewLegend()
	legend.TextStyle, legend.Top, legend.Left, legend.Padding = chart.TextStyle(11), true, true, vg.Points(3)
	var below *plotter.BarChart
	for _, part := range barParts {
		values := make(plotter.Values, len(of))
		for k, r := range of {
			if r != nil {
				values[k] = max(0, middle(r, part.unit))
			}
		}
		bar := &plotter.BarChart{Values: values, Width: vg.Points(11), Color: part.of, Horizontal: true}
		if below != nil {
			bar.StackOn(below)
		}
		p.Add(bar)
		legend.Add(part.says, bar)
		below = bar
	}
	mark := draw.LineStyle{Color: color.Black, Width: vg.Points(1.6)}
	for k, r := range of {
		if r == nil {
			continue
		}
		x, y := middle(r, trueShare), float64(k)
		p.Add(&plotter.Line{XYs: plotter.XYs{{X: x, Y: y - 0.48}, {X: x, Y: y + 0.48}}, LineStyle: mark})
	}
	legend.Add("the true share of native code", &plotter.Line{LineStyle: mark})
	p.X.Min, p.X.Max, p.X.Tick.Marker = 0, 100, plot.TickerFunc(chart.EvenTicks)
	const width, foot = 675, 112 // points
	height := vg.Points(foot + 64 + 15*float64(len(labels)))
	return &chart.Picture{Width: width, Height: height, Paint: func(c draw.Canvas) {
		chart.Whiten(c)
		p.Draw(draw.Crop(c, vg.Points(8), -vg.Points(16), vg.Points(foot), -vg.Points(8)))
		at := draw.Crop(c, vg.Points(40), 0, 0, 0)
		at.Max.Y = c.Min.Y + vg.Points(foot)
		legend.Draw(at)
	}}, nil
}
