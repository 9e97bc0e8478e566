// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package held

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/study/layout/ways"
)

// ViewSeries returns fits of so many of the book's lines, given row- and column-major, by route.
func ViewSeries(n int, walls map[string][2]float64) []measure.Series {
	var all []measure.Series
	for route, wall := range walls {
		lang, via, _ := strings.Cut(route, "/")
		for k, layout := range []string{"row", "col"} {
			name := fmt.Sprintf("%s/kernel=ols/lang=%s/via=%s/layout=%s/n=%d/way=given", FrameName, lang, via, layout, n)
			all = append(all, pagetest.One(name, nil, pagetest.Times(wall[k])...))
		}
	}
	slices.SortFunc(all, func(a, b measure.Series) int { return strings.Compare(a.Subject.Name, b.Subject.Name) })
	return all
}

func TestLayoutGiven(t *testing.T) {
	all := ViewSeries(1000, map[string][2]float64{
		"c/cgo": {100, 200}, "c-again/cgo": {104, 208}, "go/direct": {100, 103}, "rust/cgo": {100, 106}, "numpy/cpython": {100, 40}, "f2py-copy/cpython": {100, 150},
	})
	text := pagetest.PrintedSection(t, GivenTables, all...)
	pagetest.Holds(t, text,
		"Fits of 1000 of the book's lines: column-major over row-major",
		"| c/cgo | 100 ns | 200 ns | 2.0 | | | nothing: it has loops for both |",
		"| go/direct | 100 ns | 103 ns | ~1.03 |", "| rust/cgo | 100 ns | 106 ns | 1.06 |", // a second entry of C is off by 4 %
		"| numpy/cpython | 100 ns | 40.0 ns | 0.40 | | | a strided view, walked as memory lies |", "| copied by f2py unless it is column-major |",
		"By more than a tenth, column-major is slower through c/cgo (2.0), f2py-copy/cpython (1.50), and faster through numpy/cpython (0.40).")
	pagetest.Lacks(t, text, "again", "diffusion on")

	some := ViewSeries(1000, map[string][2]float64{"c/cgo": {100, 100}, "go/direct": {100, 105}})
	for k := range some { // one layout of go is missing, and c has other ways, too
		if strings.Contains(some[k].Subject.Name, "lang=go/via=direct/layout=col") {
			some[k].Subject.Name = strings.Replace(some[k].Subject.Name, "lang=go/via=direct", "lang=c/via=cgo", 1)
			some[k].Subject.Name = strings.Replace(some[k].Subject.Name, ways.Given, ways.Transposed, 1)
		}
	}
	text = pagetest.PrintedSection(t, GivenTables, some...)
	pagetest.Holds(t, text, "| c/cgo | 100 ns | 100 ns | ~1.00 | | 105 ns |", "slower through none, and faster through none.")
	pagetest.Lacks(t, text, "go/direct")
	if text := pagetest.PrintedSection(t, GivenTables); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
}

// heldSeries returns a row of the study of matrices by c/cgo.
func heldSeries(n int, held, passed string, steps int, wall float64) measure.Series {
	return pagetest.One(fmt.Sprintf("%s/kernel=diffusion/lang=c/via=cgo/layout=row/n=%d/held=%s/passed=%s/steps=%d", MatricesName, n, held, passed, steps), nil, pagetest.Times(wall)...)
}

func MatrixSeries(n int) []measure.Series {
	return []measure.Series{
		heldSeries(n, "flat", "pointer", 0, 50), heldSeries(n, "dense", "pointer", 0, 60), heldSeries(n, "dense-slice", "pointer", 0, 149),
		heldSeries(n, "rows", "copy", 0, 5050), heldSeries(n, "rows", "table", 0, 1050), heldSeries(n, "rows-one", "pointer", 0, 151),
		heldSeries(n, "flat", "pointer", 1, 1000), heldSeries(n, "rows", "table-kept", 1, 1500),
	}
}

func TestLayoutMatrices(t *testing.T) {
	text := pagetest.PrintedSection(t, MatrixTables, MatrixSeries(64)...)
	pagetest.Holds(t, text,
		"| 64 x 64, held as | go/direct, no step | one step | c/cgo, no step | one step |",
		"| []float64, row after row | | | 50.0 ns ± 0% | 1.00 µs ± 0% |", "| the same: table and pins made once for all calls | | | | 1.50 µs ± 0% |",
		"At 64 x 64 by c/cgo, a mat.Dense and a slice of one add less than 100 ns a call to that of a flat slice; "+
			"more is added by rows cut from one slice (101 ns), rows that are copied (5.00 µs) and a table and pins for each call (1.00 µs).")
	pagetest.Lacks(t, text, "an array of arrays add", "[n][n]float64")
	pagetest.Holds(t, pagetest.PrintedSection(t, MatrixTables, heldSeries(8, "flat", "pointer", 0, 50), heldSeries(8, "rows", "table", 0, 1050)),
		"At 8 x 8 by c/cgo, more is added by a table and pins for each call (1.00 µs).")
	pagetest.Holds(t, pagetest.PrintedSection(t, MatrixTables, heldSeries(8, "dense", "pointer", 0, 50)), "The record has too few rows to tell.")
	record := pagetest.Written(t, nil, MatrixSeries(64))
	pagetest.Holds(t, AnswerMatrix(pagetest.PrinterOf(record)), "In one slice, with a stride. At 64 x 64", "A step on rows by themselves takes 1.50 times as long as on a flat slice, once the table is made.")
	if text := AnswerMatrix(pagetest.PrinterOf(pagetest.Written(t, nil, []measure.Series{heldSeries(8, "flat", "pointer", 0, 50)}))); text != "" {
		t.Errorf("of one way to hold a matrix the answer is %q, want none", text)
	}
	if text := pagetest.PrintedSection(t, MatrixTables); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
}

// PointSeries returns a row of the study of points for each way that they are held, or one if split is 0.
func PointSeries(lang string, n, maxiter int, interleaved, split float64) measure.Series {
	points, wall := "interleaved", interleaved
	if split > 0 {
		points, wall = "split", split
	}
	return pagetest.One(fmt.Sprintf("%s/kernel=julia/lang=%s/via=cgo/n=%d/points=%s/maxiter=%d", PointsName, lang, n, points, maxiter), nil, pagetest.Times(wall)...)
}

func TestLayoutPoints(t *testing.T) {
	text := pagetest.PrintedSection(t, PointTables,
		PointSeries("c", 500, 1, 2, 0), PointSeries("c", 500, 1, 2, 3), PointSeries("c-again", 500, 1, 2.2, 0),
		PointSeries("go", 500, 1, 4, 0), PointSeries("go", 500, 1, 4, 4.2),
		PointSeries("c", 500, 300, 200, 0), PointSeries("c", 500, 300, 200, 180), PointSeries("go", 500, 300, 200, 0))
	pagetest.Holds(t, text,
		"| ns a point, and split over interleaved | 500², 1 | 500², 300 |",
		"| c | 2.00 1.50 | 200 0.90 |", "| go | 4.00 ~1.05 | |", // C's second entry is off by 10 %
		"Split parts take between 0.90 and 1.50 times interleaved ones' time; in 2 of 3 cells the two can be told apart.")
	pagetest.Lacks(t, text, "again")
	pagetest.Lacks(t, pagetest.PrintedSection(t, PointTables, PointSeries("c", 500, 1, 2, 0)), "Split parts take")
	if text := pagetest.PrintedSection(t, PointTables); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
}
