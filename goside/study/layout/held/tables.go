// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package held

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study/layout/ways"
)

// layoutMeans says what a language does with a matrix of either layout; the others have loops for both.
var layoutMeans = map[string]string{
	"blas":            "dgemv is told which it is",
	"lapack-nrhs":     "copied to right-hand sides, whichever it is",
	"python":          "copied to lists, whichever it is",
	"numpy":           "a strided view, walked as memory lies",
	"f2py-copy":       "copied by f2py unless it is column-major",
	"lstsq-apply-raw": "each line is an array, strided or not, that lstsq copies",
	"lstsq-apply":     "each line is a Series, that lstsq copies",
	"lstsq-iloc":      "each line is a Series, that lstsq copies",
	"lstsq-iterrows":  "each line is a Series, that lstsq copies",
	"lstsq-numba":     "each line is an array, strided or not",
	"lstsq-engine":    "each line is an array, strided or not",
	"sklearn":         "each line is an array that scikit-learn copies",
}

const bothLoops = "nothing: it has loops for both"

// frame finds the rows of what routes make of either layout.
type frame struct{ rows []*record.Row }

func frameOf(p *page.Page) *frame { return &frame{p.Rows(FrameName)} }

func (t *frame) find(kernel, route, layout, n, way string) *record.Row {
	for _, r := range t.rows {
		if r.Kernel == kernel && r.Route() == route && r.Layout == layout && r.N == n && r.Facts["way"] == way {
			return r
		}
	}
	return nil
}

// ratio returns how many times as long the column-major one takes.
func (t *frame) ratio(kernel, route, n string) (measure.Interval, bool) {
	row, col := t.find(kernel, route, "row", n, ways.WayGiven), t.find(kernel, route, "col", n, ways.WayGiven)
	if row == nil || col == nil || len(row.Samples) != len(col.Samples) {
		return measure.Interval{}, false
	}
	return measure.Ratio(col.Wall(), row.Wall()), true
}

// problems returns the sizes of a kernel's rows, in the record's order, and the routes of each.
func (t *frame) problems(kernel string) (sizes []string, routes map[string][]string) {
	routes = map[string][]string{}
	for _, r := range t.rows {
		if r.Kernel != kernel || r.Again() {
			continue
		}
		if routes[r.N] == nil {
			sizes = append(sizes, r.N)
		}
		if !slices.Contains(routes[r.N], r.Route()) {
			routes[r.N] = append(routes[r.N], r.Route())
		}
	}
	return sizes, routes
}

func GivenTables(p *page.Page) {
	t := frameOf(p)
	if len(t.rows) == 0 {
		return
	}
	p.Heading("What each route makes of the other layout")
	p.Explain("The same matrix, given row-major and column-major. The observations of the book are made as 14 rows of 100,000 users and then transposed, which in NumPy moves nothing: " +
		"what arrives is a view whose rows are strided, a column-major matrix. Where each line takes a call of Python's, the first 1,000 lines of it are fitted.")
	for _, kernel := range []string{"diffusion", "ols"} {
		sizes, routes := t.problems(kernel)
		for _, n := range sizes {
			givenTable(p, t, kernel, n, routes[n])
		}
	}
}

func givenTable(p *page.Page, t *frame, kernel, n string, routes []string) {
	title := fmt.Sprintf("A step of diffusion on %s x %s", n, n)
	header := []string{"route", "row-major", "column-major", "times", "what it does with either"}
	if kernel == "ols" {
		title = fmt.Sprintf("Fits of %s of the book's lines", n)
		header = []string{"route", "row-major", "the book's view", "times", "the wrong way", "transposed first", "what it does with either"}
	}
	var lines [][]string
	var slower, faster []string
	for _, route := range routes {
		ratio, ok := t.ratio(kernel, route, n)
		if !ok {
			continue
		}
		wall := func(layout, way string) string {
			r := t.find(kernel, route, layout, n, way)
			if r == nil {
				return ""
			}
			return page.Nanoseconds(measure.Median(r.Wall()).Median)
		}
		mark := ""
		if !ratio.Differs(t.floor(kernel, n)) {
			mark = "~"
		} else if ratio.Median > 1.1 {
			slower = append(slower, fmt.Sprintf("%s (%s)", route, page.Factor(ratio.Median)))
		} else if ratio.Median < 1/1.1 {
			faster = append(faster, fmt.Sprintf("%s (%s)", route, page.Factor(ratio.Median)))
		}
		line := []string{route, wall("row", ways.WayGiven), wall("col", ways.WayGiven), mark + page.Factor(ratio.Median)}
		if kernel == "ols" {
			line = append(line, wall("col", ways.WayInterchanged), wall("col", ways.WayTransposed))
		}
		lang, _, _ := strings.Cut(route, "/")
		what := layoutMeans[lang]
		if what == "" {
			what = bothLoops
		}
		lines = append(lines, append(line, what))
	}
	if lines == nil {
		return
	}
	p.Grid(title+": column-major over row-major (~: no difference)", header, lines)
	text := "By more than a tenth, column-major is slower through " + orNone(slower) + ", and faster through " + orNone(faster) + "."
	p.Say("%s", text)
}

func orNone(names []string) string {
	if names == nil {
		return "none"
	}
	return strings.Join(names, ", ")
}

// floor returns the noise floor of a problem.
func (t *frame) floor(kernel, n string) float64 {
	return record.Floor(slices.DeleteFunc(slices.Clone(t.rows), func(r *record.Row) bool { return r.Kernel != kernel || r.N != n }))
}

// matrixTable finds the rows of how matrices are held.
type matrixTable struct{ rows []*record.Row }

func (t *matrixTable) find(route, n, held, passed, steps string) *record.Row {
	for _, r := range t.rows {
		if r.Route() == route && r.N == n && r.Facts["held"] == held && r.Facts["passed"] == passed && r.Facts["steps"] == steps {
			return r
		}
	}
	return nil
}

// added returns what a way to hold and pass a matrix adds to a call that passes a flat slice, in ns a call of no step.
func (t *matrixTable) added(route, n, held, passed string) (measure.Interval, bool) {
	r, flat := t.find(route, n, held, passed, "0"), t.find(route, n, "flat", "pointer", "0")
	if r == nil || flat == nil || len(r.Samples) != len(flat.Samples) {
		return measure.Interval{}, false
	}
	return measure.Median(record.Minus(r.Wall(), flat.Wall())), true
}

// matrixRoutes are the crossings that matrices are handed over by.
var matrixRoutes = []string{"go/direct", "c/cgo", "c/purego"}

func matrixRows(p *page.Page) *matrixTable { return &matrixTable{p.Rows(MatricesName)} }

func (t *matrixTable) sizes() []string {
	var sizes []string
	for _, r := range t.rows {
		if !slices.Contains(sizes, r.N) {
			sizes = append(sizes, r.N)
		}
	}
	return sizes
}

func MatrixTables(p *page.Page) {
	t := matrixRows(p)
	if len(t.rows) == 0 {
		return
	}
	p.Heading("How to hold a matrix in Go")
	p.Explain("What it takes to have C do diffusion on two matrices, by how Go holds them. No step is the border alone: looking into the matrix, the check of arguments, copying or making " +
		"tables, and the call. cgo wants rows pinned that a table points to, and looks at each pin. A step adds the kernel, which reads rows by pointer where it is given a table.")
	for _, n := range t.sizes() {
		header := []string{n + " x " + n + ", held as"}
		for _, route := range matrixRoutes {
			header = append(header, route+", no step", "one step")
		}
		var lines [][]string
		for _, m := range MatrixRows {
			line, any := []string{m.What}, false
			for _, route := range matrixRoutes {
				for _, steps := range []string{"0", "1"} {
					cell := ""
					if r := t.find(route, n, m.Held, m.Passed, steps); r != nil {
						cell, any = page.Nanoseconds(measure.Median(r.Wall()).Median)+" "+strings.TrimSpace(page.Spread(measure.Median(r.Wall()))), true
					}
					line = append(line, cell)
				}
			}
			if any {
				lines = append(lines, line)
			}
		}
		p.Grid("", header, lines)
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
	for _, m := range MatrixRows {
		if m.Held == "flat" {
			continue
		}
		added, ok := t.added(route, n, m.Held, m.Passed)
		if !ok {
			continue
		}
		name := matrixNames[m.Held+" "+m.Passed]
		if added.Median < 100 {
			free = append(free, name)
		} else {
			cost = append(cost, fmt.Sprintf("%s (%s)", name, page.Nanoseconds(added.Median)))
		}
	}
	if free == nil && cost == nil {
		return ""
	}
	var parts []string
	if free != nil {
		parts = append(parts, page.Joined(free)+" add less than 100 ns a call to that of a flat slice")
	}
	if cost != nil {
		parts = append(parts, "more is added by "+page.Joined(cost))
	}
	return fmt.Sprintf("At %s x %s by %s, %s.", n, n, route, strings.Join(parts, "; "))
}

var matrixNames = map[string]string{
	"dense pointer": "a mat.Dense", "dense-slice pointer": "a slice of one", "array pointer": "an array of arrays", "rows-one pointer": "rows cut from one slice",
	"rows copy": "rows that are copied", "rows table": "a table and pins for each call", "rows table-kept": "a table that is kept",
}

func PointTables(p *page.Page) {
	rows := p.Rows(PointsName)
	if len(rows) == 0 {
		return
	}
	type problem struct{ n, maxiter string }
	var problems []problem
	var langs []string
	find := map[string]*record.Row{}
	for _, r := range rows {
		q := problem{r.N, r.Facts["maxiter"]}
		find[strings.Join([]string{r.Lang, q.n, q.maxiter, r.Facts["points"]}, " ")] = r
		if !slices.Contains(problems, q) {
			problems = append(problems, q)
		}
		if !r.Again() && !slices.Contains(langs, r.Lang) {
			langs = append(langs, r.Lang)
		}
	}
	p.Heading("Complex numbers: interleaved or split")
	p.Explain(fmt.Sprintf("The Julia set's points as complex numbers, real and imaginary part side by side, or as two arrays. With at most %d iteration a point is so light that memory shows; with the book's 300 "+
		"it is not. The loops take one point at a time, so that no vector unit gains from split parts.", PointsLight))
	header := []string{"ns a point, and split over interleaved"}
	for _, q := range problems {
		header = append(header, fmt.Sprintf("%s², %s", q.n, q.maxiter))
	}
	var lines [][]string
	least, most := math.Inf(1), 0.0
	told, compared := 0, 0
	for _, lang := range langs {
		line := []string{lang}
		for _, q := range problems {
			whole, split := find[strings.Join([]string{lang, q.n, q.maxiter, "interleaved"}, " ")], find[strings.Join([]string{lang, q.n, q.maxiter, "split"}, " ")]
			if whole == nil || split == nil || len(whole.Samples) != len(split.Samples) {
				line = append(line, "")
				continue
			}
			ratio := measure.Ratio(split.Wall(), whole.Wall())
			floor := 0.0
			if again, c := find[strings.Join([]string{"c" + record.Again, q.n, q.maxiter, "interleaved"}, " ")], find[strings.Join([]string{"c", q.n, q.maxiter, "interleaved"}, " ")]; again != nil && c != nil && len(again.Samples) == len(c.Samples) {
				floor = measure.Ratio(again.Wall(), c.Wall()).Floor()
			}
			mark := ""
			compared++
			if ratio.Differs(floor) {
				told++
			} else {
				mark = "~"
			}
			least, most = min(least, ratio.Median), max(most, ratio.Median)
			line = append(line, fmt.Sprintf("%s  %s%s", page.Significant(measure.Median(whole.Wall()).Median), mark, strconv.FormatFloat(ratio.Median, 'f', 2, 64)))
		}
		lines = append(lines, line)
	}
	p.Grid("side and most iterations (~: no difference)", header, lines)
	if compared == 0 {
		return
	}
	p.Say("Split parts take between %.2f and %.2f times interleaved ones' time; in %d of %d cells the two can be told apart.", least, most, told, compared)
}
