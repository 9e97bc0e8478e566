// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package beside

import (
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
const alt = "Time of a call against the bytes of the slice that it reads or writes, with a line for cgo and for each way to another process"

// drawn are the ways of the picture: few enough to be told apart. Those that are dashed are of another's kind, and have its
// colour.
var drawn = []struct {
	way    string
	colour int
	dashed bool
}{
	{"c/" + baseline, 0, false}, {"c/process", 1, false}, {"python/process", 1, true}, {"c/socket", 2, false}, {"c/shm", 3, false},
	{"c/shm-spin", 3, true}, {"c/shm-memory", 4, false}, {"go/grpc", 5, false}, {"go/netrpc", 5, true},
}

// drawAll draws a panel for what is read and one for what is written, with the time of a call against bytes, both in powers.
func drawAll(r *record.Record) (*chart.Picture, error) {
	s := newPassed(page.New(io.Discard, r, page.Style{}))
	var panels []*plot.Plot
	seen := map[string]bool{}
	for _, of := range []struct{ op, title string }{{"sum", "all read"}, {"fill", "all written"}} {
		if panel := s.panel(of.op, of.title, seen); panel != nil {
			panels = append(panels, panel)
		}
	}
	if panels == nil {
		return nil, chart.ErrNothing
	}
	least, most := panels[0].Y.Min, panels[0].Y.Max
	for _, p := range panels {
		least, most = min(least, p.Y.Min), max(most, p.Y.Max)
	}
	for _, p := range panels { // so that they can be compared
		p.Y.Min, p.Y.Max = least, most
	}
	var keys []chart.Key
	for k, of := range drawn {
		if line, mark := look(k); seen[of.way] {
			keys = append(keys, chart.Key{Text: called(of.way), Line: line, Glyph: &mark})
		}
	}
	return chart.Panels(panels, 9.35*vg.Inch, 3.6*vg.Inch, keys), nil
}

// look returns how the line and the points of one that is drawn look.
func look(k int) (draw.LineStyle, draw.GlyphStyle) {
	mark := chart.Mark(drawn[k].colour)
	mark.Radius = 2.2
	line := draw.LineStyle{Color: mark.Color, Width: vg.Points(1.5)}
	if drawn[k].dashed {
		line.Dashes = chart.Dashed
	}
	return line, mark
}

// panel draws a function, and notes the ways that it has; nil if there are none.
func (s *passed) panel(op, title string, seen map[string]bool) *plot.Plot {
	p := plot.New()
	small := chart.TextStyle(11.5).Font
	p.Title.Text, p.Title.TextStyle.Font, p.Title.Padding = title+": time of a call", chart.TextStyle(13).Font, vg.Points(6)
	p.X.Label.Text, p.X.Label.TextStyle.Font = "bytes of the slice", small
	p.X.Tick.Label.Font, p.Y.Tick.Label.Font = small, small
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.TickerFunc(byteTicks), plot.TickerFunc(timeTicks)
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{225}, color.Gray{225}
	p.Add(grid)
	sizes := s.sizes(op)
	slices.SortFunc(sizes, func(a, b string) int { return number(a) - number(b) })
	found := false
	for k, of := range drawn {
		var points plotter.XYs
		for _, n := range sizes {
			if r := s.row(of.way, op, n); r != nil {
				if ns := measure.Median(r.Wall()).Median; ns > 0 {
					points = append(points, plotter.XY{X: float64(number(n)), Y: ns})
				}
			}
		}
		if points != nil {
			line, mark := look(k)
			chart.AddLine(p, points, points, line, mark)
			seen[of.way], found = true, true
		}
	}
	if !found {
		return nil
	}
	return p
}

// byteTicks are at 8 B and each 32 times as many, named in binary units.
func byteTicks(least, most float64) (all []plot.Tick) {
	for x := 8.0; x <= most; x *= 32 {
		if x >= least {
			all = append(all, plot.Tick{Value: x, Label: page.Binary(x)})
		}
	}
	return all
}

// timeTicks are at the powers of ten, named in units of time.
func timeTicks(least, most float64) (all []plot.Tick) {
	for e := math.Floor(math.Log10(least)); e <= math.Ceil(math.Log10(most)); e++ {
		if t := math.Pow(10, e); t >= least && t <= most {
			all = append(all, plot.Tick{Value: t, Label: timeNames[int(e)]})
		}
	}
	return all
}

var timeNames = map[int]string{0: "1 ns", 1: "10 ns", 2: "100 ns", 3: "1 µs", 4: "10 µs", 5: "100 µs", 6: "1 ms", 7: "10 ms", 8: "100 ms", 9: "1 s"}
