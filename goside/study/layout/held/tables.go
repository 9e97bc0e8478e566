// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package held

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study/layout/ways"
)

//go:embed text.md
var text string

var prose = page.NewProse(text)

// layoutMeans says what a language does with a matrix of either layout; the others have loops for both.
var layoutMeans = map[string]string{
	"blas":            "dgemv is told which",
	"lapack-nrhs":     "copies to right-hand sides",
	"python":          "copies to lists",
	"numpy":           "a strided view",
	"f2py-copy":       "copies row-major",
	"lstsq-apply-raw": "lstsq copies an array",
	"lstsq-apply":     "lstsq copies a Series",
	"lstsq-iloc":      "lstsq copies a Series",
	"lstsq-iterrows":  "lstsq copies a Series",
	"lstsq-numba":     "each line is an array",
	"lstsq-engine":    "each line is an array",
	"sklearn":         "scikit-learn copies",
}

const bothLoops = "loops for both"

// frame finds the rows of what routes make of either layout.
type frame struct{ rows []*record.Row }

func newFrame(p *page.Page) *frame { return &frame{p.Rows(frameName)} }

// find returns the row of what a route makes of a layout, nil if there is none.
func (t *frame) find(kernel, route, layout, n, way string) *record.Row {
	for _, r := range t.rows {
		if r.Entry == "" && r.Kernel == kernel && r.Route() == route && r.Layout == layout && r.N == n && r.Get("way") == way {
			return r
		}
	}
	return nil
}

// ratio returns how many times as long the column-major one takes.
func (t *frame) ratio(kernel, route, n string) (measure.Interval, bool) {
	return record.WallRatio(t.find(kernel, route, "col", n, ways.Given), t.find(kernel, route, "row", n, ways.Given))
}

// problems returns the sizes of a kernel's rows, in the record's order, and the routes of each.
func (t *frame) problems(kernel string) (sizes []string, routes map[string][]string) {
	routes = map[string][]string{}
	for _, r := range t.rows {
		if r.Kernel != kernel || r.Entry != "" {
			continue
		}
		sizes = record.AppendNew(sizes, r.N)
		routes[r.N] = record.AppendNew(routes[r.N], r.Route())
	}
	return sizes, routes
}

// floor returns the noise floor of a problem.
func (t *frame) floor(kernel, n string) float64 {
	return record.Floor(slices.DeleteFunc(slices.Clone(t.rows), func(r *record.Row) bool { return r.Kernel != kernel || r.N != n }))
}

func givenTables(p *page.Page) {
	t := newFrame(p)
	if len(t.rows) == 0 {
		return
	}
	p.Heading("What each route makes of the other layout")
	p.Tell(prose, "given", nil)
	for _, kernel := range []string{"diffusion", "ols"} {
		sizes, routes := t.problems(kernel)
		for _, n := range sizes {
			givenTable(p, t, kernel, n, routes[n])
		}
	}
}

func givenTable(p *page.Page, t *frame, kernel, n string, routes []string) {
	title := fmt.Sprintf("A step of diffusion on %s x %s", n, n)
	header := []string{"route", "row-major", "column-major", "ratio", "what it does"}
	if kernel == "ols" {
		title = fmt.Sprintf("Fits of %s of the book's lines", n)
		header = []string{"route", "row-major", "column-major", "ratio", "wrong way", "transposed", "what it does"}
	}
	var lines [][]page.Cell
	var slower, faster []string
	for _, route := range routes {
		ratio, ok := t.ratio(kernel, route, n)
		if !ok {
			continue
		}
		wall := func(layout, way string) page.Cell {
			r := t.find(kernel, route, layout, n, way)
			if r == nil {
				return page.Cell{}
			}
			return page.Figure(page.Nanoseconds(measure.Median(r.Wall()).Median), r)
		}
		row, col := wall("row", ways.Given), wall("col", ways.Given)
		over := page.Figure(page.Factor(ratio.Median), slices.Concat(col.From, row.From)...)
		switch named := fmt.Sprintf("%s (%sx)", route, over.Text); {
		case !ratio.Differs(t.floor(kernel, n)):
			over.Text = "~" + over.Text
		case ratio.Median > 1.1:
			slower = append(slower, named)
		case ratio.Median < 1/1.1:
			faster = append(faster, named)
		}
		line := []page.Cell{page.Word(route), row, col, over}
		if kernel == "ols" {
			line = append(line, wall("col", ways.Interchanged), wall("col", ways.Transposed))
		}
		lang, _, _ := strings.Cut(route, "/")
		what := layoutMeans[lang]
		if what == "" {
			what = bothLoops
		}
		lines = append(lines, append(line, page.Word(what)))
	}
	if lines == nil {
		return
	}
	p.Grid(title+": column-major over row-major (~: indistinguishable)", header, lines)
	p.Say("%s", sayGiven(slower, faster))
}

// sayGiven says through which routes column-major is slower, and faster, by more than a tenth.
func sayGiven(slower, faster []string) string {
	switch {
	case slower == nil && faster == nil:
		return "Through no route do the layouts differ by more than a tenth."
	case faster == nil:
		return fmt.Sprintf("Column-major takes over a tenth longer through %s; through none is it a tenth faster.", page.Joined(slower))
	case slower == nil:
		return fmt.Sprintf("Column-major is over a tenth faster through %s; through none does it take a tenth longer.", page.Joined(faster))
	}
	return fmt.Sprintf("Column-major takes over a tenth longer through %s. It is over a tenth faster through %s.", page.Joined(slower), page.Joined(faster))
}

// matrixTable finds the rows of how matrices are held.
type matrixTable struct{ rows []*record.Row }

func newMatrixTable(p *page.Page) *matrixTable {
	return &matrixTable{record.Find(p.Rows(matricesName), "*")}
}

// find returns the row of a way to hold and pass a matrix, nil if there is none.
func (t *matrixTable) find(route, n, held, passed, steps string) *record.Row {
	for _, r := range t.rows {
		if r.Route() == route && r.N == n && r.Get("held") == held && r.Get("passed") == passed && r.Get("steps") == steps {
			return r
		}
	}
	return nil
}

// added returns what a way to hold and pass a matrix adds to a call that passes a flat slice, in ns a call of no step.
func (t *matrixTable) added(route, n, held, passed string) (measure.Interval, bool) {
	e, ok := record.EffectOf(t.find(route, n, held, passed, "0"), t.find(route, n, "flat", "pointer", "0"), 0)
	return e.Ns, ok
}

// matrixRoutes are the crossings that matrices are handed over by.
var matrixRoutes = []string{"go/direct", "c/cgo", "c/purego"}

// sizes returns the sides, in the record's order.
func (t *matrixTable) sizes() []string {
	var sizes []string
	for _, r := range t.rows {
		sizes = record.AppendNew(sizes, r.N)
	}
	return sizes
}

func matrixTables(p *page.Page) {
	t := newMatrixTable(p)
	if len(t.rows) == 0 {
		return
	}
	p.Heading("How to hold a matrix in Go")
	p.Tell(prose, "matrices", nil)
	for _, n := range t.sizes() {
		for _, of := range []struct{ steps, title string }{{"0", "no step: the border alone"}, {"1", "one step"}} {
			var lines [][]page.Cell
			for _, m := range matrixWays {
				line := page.Words(m.what)
				for _, route := range matrixRoutes {
					var cell page.Cell
					if r := t.find(route, n, m.held, m.passed, of.steps); r != nil {
						cell = page.Figure(page.TimeAndSpread(measure.Median(r.Wall())), r)
					}
					line = append(line, cell)
				}
				lines = append(lines, line)
			}
			p.Lines(fmt.Sprintf("%s x %s, %s", n, n, of.title), append([]string{"held as"}, matrixRoutes...), lines)
		}
		said := t.sayAdded(t.border(n), n)
		if said == "" {
			said = "The record has too few rows to tell."
		}
		p.Say("%s", said)
	}
}

// border returns the route that sentences are about: cgo's, if the record has it.
func (t *matrixTable) border(n string) string {
	if t.find("c/cgo", n, "flat", "pointer", "0") == nil && t.find("c/purego", n, "flat", "pointer", "0") != nil {
		return "c/purego"
	}
	return "c/cgo"
}

// sayAdded says what holding a matrix otherwise than flat adds to a call, or nothing if the record cannot tell.
func (t *matrixTable) sayAdded(route, n string) string {
	var free, cost []string
	for _, m := range matrixWays {
		added, ok := t.added(route, n, m.held, m.passed)
		switch {
		case m.held == "flat" || !ok:
		case added.Median < 100:
			free = append(free, m.name)
		default:
			cost = append(cost, fmt.Sprintf("%s (%s)", m.name, page.Nanoseconds(added.Median)))
		}
	}
	var parts []string
	switch len(free) {
	case 0:
	case 1:
		parts = append(parts, free[0]+" adds less than 100 ns to a call")
	default:
		parts = append(parts, page.Joined(free)+" add less than 100 ns to a call")
	}
	if cost != nil {
		parts = append(parts, "more is added by "+page.Joined(cost))
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("Compared with a flat slice, at %s x %s through %s: %s.", n, n, route, strings.Join(parts, "; "))
}

// pointTable finds the rows of how points are held.
type pointTable struct {
	rows     map[pointRow]*record.Row // but for second entries
	problems []pointProblem
	langs    []string
	floors   map[pointProblem]float64
}

type (
	pointProblem struct{ n, maxiter string }
	pointRow     struct {
		lang string
		pointProblem
		held string
	}
)

func newPointTable(p *page.Page) *pointTable {
	t := &pointTable{rows: map[pointRow]*record.Row{}, floors: map[pointProblem]float64{}}
	of := map[pointProblem][]*record.Row{}
	for _, r := range p.Rows(pointsName) {
		q := pointProblem{r.N, r.Get("maxiter")}
		of[q] = append(of[q], r)
		if r.Entry == "" {
			t.rows[pointRow{r.Lang, q, r.Get("points")}] = r
			t.problems, t.langs = record.AppendNew(t.problems, q), record.AppendNew(t.langs, r.Lang)
		}
	}
	for q, rows := range of {
		t.floors[q] = record.Floor(rows)
	}
	return t
}

func pointTables(p *page.Page) {
	t := newPointTable(p)
	if t.problems == nil {
		return
	}
	p.Heading("Complex numbers: interleaved or split")
	p.Tell(prose, "points", fmt.Sprint(pointsLight))
	header := []string{"side, most iterations"}
	for _, q := range t.problems {
		header = append(header, fmt.Sprintf("%s², %s", q.n, q.maxiter))
	}
	var times, ratios [][]page.Cell
	least, most := math.Inf(1), 0.0
	apart, compared := 0, 0
	for _, lang := range t.langs {
		time, ratio := page.Words(lang), page.Words(lang)
		for _, q := range t.problems {
			whole, split := t.rows[pointRow{lang, q, "interleaved"}], t.rows[pointRow{lang, q, "split"}]
			i, ok := record.WallRatio(split, whole)
			if !ok {
				time, ratio = append(time, page.Cell{}), append(ratio, page.Cell{})
				continue
			}
			mark := "~"
			if compared++; i.Differs(t.floors[q]) {
				apart++
				mark = ""
			}
			least, most = min(least, i.Median), max(most, i.Median)
			time = append(time, page.Figure(page.Significant(measure.Median(whole.Wall()).Median), whole))
			ratio = append(ratio, page.Figure(fmt.Sprintf("%s%.2f", mark, i.Median), split, whole))
		}
		times, ratios = append(times, time), append(ratios, ratio)
	}
	if compared == 0 {
		return
	}
	p.Wide("Interleaved: ns a point", header, times)
	p.Wide("Split over interleaved (~: indistinguishable)", header, ratios)
	p.Say("%s", sayPoints(least, most, apart, compared))
}

// sayPoints says how much longer split points take, and in how many cells that is more than noise.
func sayPoints(least, most float64, apart, compared int) string {
	said := fmt.Sprintf("Split points take %.2fx", least)
	if to := fmt.Sprintf("%.2fx", most); to != fmt.Sprintf("%.2fx", least) {
		said += " to " + to
	}
	return said + fmt.Sprintf(" the time of interleaved ones; the difference exceeds noise in %d of %s.", apart, page.Count(fmt.Sprint(compared), "cell"))
}
