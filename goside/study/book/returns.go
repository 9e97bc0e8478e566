// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import (
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
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
)

// effort is a kernel's ways from the least effort to the most, as the book takes them.
type effort struct {
	title, kernel string
	steps         []struct{ what, route string }
}

var efforts = []effort{
	{"The Julia set", "julia", []struct{ what, route string }{
		{"CPython, as it is", "python/cpython"},
		{"PyPy instead", "pypy/process"},
		{"Cython, compiled as it is", "cython-pure/cpython"},
		{"Cython, with types", "cython/cpython"},
		{"Cython, without abs", "cython-expanded/cpython"},
		{"Numba on NumPy arrays", "numba-expanded/cpython"},
		{"Cython with OpenMP", "cython-guided/cpython"},
		{"C, called by Go", "c/cgo"},
		{"C with OpenMP", "c-omp/cgo"},
	}},
	{"100,000 lines", "ols", []struct{ what, route string }{
		{"lstsq, iterrows", "lstsq-iterrows/cpython"},
		{"lstsq, apply", "lstsq-apply/cpython"},
		{"lstsq, apply(raw=True)", "lstsq-apply-raw/cpython"},
		{"lstsq, Numba", "lstsq-numba/cpython"},
		{"lstsq, engine=\"numba\"", "lstsq-engine/cpython"},
		{"the same in parallel", "lstsq-engine-par/cpython"},
		{"closed form, NumPy", "numpy/cpython"},
		{"closed form, Numba", "numba/cpython"},
		{"closed form, C", "c/cgo"},
		{"closed form, C with OpenMP", "c-omp/cgo"},
	}},
}

const altReturns = "How many times as fast each step of effort makes the Julia set and the book's lines, on a logarithmic axis, and by how much it is faster than the best of the steps above it"

// step is a step with its times, in ns.
type step struct {
	what   string
	figure figure
	faster float64 // than the first
	gain   float64 // over the best before
}

// taken returns the steps that the record has, from the first on, which it must have.
func (e *effort) taken(p *page.Page) []step {
	var all []step
	best := math.Inf(1)
	for _, s := range e.steps {
		layout := "row"
		if e.kernel == "julia" {
			layout = ""
		}
		f := figureOf(p.Baseline, p.Rows(benchmark), e.kernel, layout, s.route)
		if f.row == nil {
			if all == nil {
				return nil
			}
			continue
		}
		x := step{what: s.what, figure: f, faster: 1, gain: 1}
		if all != nil {
			x.faster, x.gain = all[0].figure.time.Median/f.time.Median, best/f.time.Median
		}
		best = min(best, f.time.Median)
		all = append(all, x)
	}
	return all
}

// drawReturns draws what each step of effort gives.
func drawReturns(r *record.Record) (*chart.Picture, error) {
	p := page.New(io.Discard, r, page.Style{Baseline: registry.Baseline})
	var names []string
	var bars []plot.Plotter
	var titles, behind plotter.Labels
	most := 1.0
	for k := range efforts {
		steps := efforts[k].taken(p)
		if len(steps) < 2 {
			continue
		}
		write(&titles, 1, float64(len(names)), efforts[k].title, chart.TextStyle(11.5), draw.XLeft)
		names = append(names, "")
		for _, s := range steps {
			y := float64(len(names))
			names = append(names, s.what)
			most = max(most, s.faster)
			bars = append(bars, &plotter.Line{XYs: plotter.XYs{{X: 1, Y: y}, {X: max(s.faster, 1.02), Y: y}},
				LineStyle: draw.LineStyle{Color: dot.Color, Width: vg.Points(9)}})
			text := page.Nanoseconds(s.figure.time.Median)
			if s.faster != 1 {
				text += fmt.Sprintf(", %sx; %sx the best above", page.Significant(s.faster), page.Significant(s.gain))
			}
			write(&behind, max(s.faster, 1), y, text, label, draw.XLeft)
		}
	}
	if names == nil {
		return nil, chart.ErrNothing
	}
	panel := chart.Rows("", "times as fast as the first of each", names)
	panel.X.Scale, panel.X.Min, panel.X.Max = plot.LogScale{}, 1, most*40
	panel.X.Tick.Marker = plot.TickerFunc(func(least, most float64) []plot.Tick { return chart.LogTicks(least, most, 1) })
	const up = 1.5 // texts in the middle of a row are drawn below it
	titles.Offset, behind.Offset = vg.Point{X: vg.Points(4), Y: up}, vg.Point{X: vg.Points(6), Y: up}
	panel.Add(slices.Concat(bars, []plot.Plotter{&titles, &behind})...)
	const width, head, row = 675, 34, 17 // points
	return &chart.Picture{Width: width, Height: vg.Points(head + 50 + row*float64(len(names))), Paint: func(c draw.Canvas) {
		chart.Whiten(c)
		title := chart.TextStyle(15)
		title.Color, title.XAlign, title.YAlign = color.Black, draw.XCenter, draw.YTop
		c.FillText(title, vg.Point{X: c.Center().X, Y: c.Max.Y - vg.Points(8)}, "Diminishing returns: what each further step gives")
		panel.Draw(draw.Crop(c, vg.Points(8), -vg.Points(12), vg.Points(8), -vg.Points(head)))
	}}, nil
}
