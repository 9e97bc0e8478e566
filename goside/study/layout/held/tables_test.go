// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package held

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study/layout/ways"
)

// givenSeries returns what a route makes of a matrix; a language that ends with "-again" is a second entry.
func givenSeries(kernelName, route, layout string, n int, way string, wall float64) measure.Series {
	name := record.Name{Study: frameName, Kernel: kernelName, Layout: layout, N: strconv.Itoa(n), Keys: []record.Key{{Key: "way", Value: way}}}
	name.Lang, name.Via, _ = strings.Cut(route, "/")
	if first, ok := strings.CutSuffix(name.Lang, "-again"); ok {
		name.Lang, name.Entry = first, record.EntryAgain
	}
	return pagetest.One(name.String(), nil, pagetest.Times(wall)...)
}

// viewSeries returns fits of that many of the book's lines, given row- and column-major, by route.
func viewSeries(n int, walls map[string][2]float64) []measure.Series {
	var all []measure.Series
	for route, wall := range walls {
		for k, layout := range []string{"row", "col"} {
			all = append(all, givenSeries("ols", route, layout, n, ways.Given, wall[k]))
		}
	}
	slices.SortFunc(all, func(a, b measure.Series) int { return strings.Compare(a.Subject.Name, b.Subject.Name) })
	return all
}

func TestLayoutGiven(t *testing.T) {
	all := viewSeries(1000, map[string][2]float64{
		"c/cgo": {100, 200}, "c-again/cgo": {104, 208}, "go/direct": {100, 103}, "rust/cgo": {100, 106}, "numpy/cpython": {100, 40}, "f2py-copy/cpython": {100, 150},
	})
	text := pagetest.PrintedSection(t, givenTables, all...)
	pagetest.Holds(t, text,
		"Fits of 1000 of the book's lines: column-major over row-major",
		"| c/cgo | 100 ns | 200 ns | 2.0 | | | loops for both |",
		"| go/direct | 100 ns | 103 ns | ~1.03 |", "| rust/cgo | 100 ns | 106 ns | 1.06 |", // a second entry of C is off by 4 %
		"| numpy/cpython | 100 ns | 40.0 ns | 0.40 | | | a strided view |", "| copies row-major |",
		"Column-major takes over a tenth longer through c/cgo (2.0x) and f2py-copy/cpython (1.50x). It is over a tenth faster through numpy/cpython (0.40x).")
	pagetest.Lacks(t, text, "again", "diffusion on")

	text = pagetest.PrintedSection(t, givenTables, viewSeries(1000, map[string][2]float64{"c/cgo": {100, 200}, "numpy/cpython": {100, 40}})...)
	pagetest.Holds(t, text, "| c/cgo | 100 ns | 200 ns | ~2.0 |", "Through no route do the layouts differ by more than a tenth.") // without a second entry nothing differs

	some := append(viewSeries(1000, map[string][2]float64{"c/cgo": {100, 100}}), givenSeries("ols", "go/direct", "row", 1000, ways.Given, 100),
		givenSeries("ols", "c/cgo", "col", 1000, ways.Transposed, 105))
	text = pagetest.PrintedSection(t, givenTables, some...)
	pagetest.Holds(t, text, "| c/cgo | 100 ns | 100 ns | ~1.00 | | 105 ns |", "Through no route do")
	pagetest.Lacks(t, text, "go/direct")
	step := []measure.Series{givenSeries("diffusion", "blas/netlib", "row", 64, ways.Given, 10), givenSeries("diffusion", "blas/netlib", "col", 64, ways.Given, 9)}
	pagetest.Holds(t, pagetest.PrintedSection(t, givenTables, step...), "A step of diffusion on 64 x 64: column-major", "| blas/netlib | 10.0 ns | 9.00 ns | ~0.90 | dgemv is told which |")
	if text := pagetest.PrintedSection(t, givenTables); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
}

func TestSayGiven(t *testing.T) {
	for want, of := range map[string][2][]string{
		"Through no route do the layouts differ by more than a tenth.":                                                 {nil, nil},
		"Column-major takes over a tenth longer through a (2.0x); through none is it a tenth faster.":                  {{"a (2.0x)"}, nil},
		"Column-major is over a tenth faster through a (0.5x) and b (0.4x); through none does it take a tenth longer.": {nil, {"a (0.5x)", "b (0.4x)"}},
		"Column-major takes over a tenth longer through a (2.0x). It is over a tenth faster through b (0.4x).":         {{"a (2.0x)"}, {"b (0.4x)"}},
	} {
		if got := sayGiven(of[0], of[1]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAnswerView(t *testing.T) {
	const takes = "Fitting the book's 100,000 lines through a transposed view, relative to row-major storage, takes: "
	for _, c := range []struct {
		walls map[string][2]float64
		want  string
	}{
		{map[string][2]float64{"rust/cgo": {1, 2}}, ""},
		{map[string][2]float64{"c/cgo": {10, 20}}, takes + "c/cgo 2.0x (indistinguishable)."},
		{map[string][2]float64{"c/cgo": {10, 20}, "c-again/cgo": {10.1, 20}}, takes + "c/cgo 2.0x."},
		{map[string][2]float64{"c/cgo": {10, 10}, "c-again/cgo": {10.1, 10.1}, "numpy/cpython": {30, 15}}, takes + "c/cgo 1.00x (indistinguishable), numpy/cpython 0.50x."},
	} {
		if got := answerView(pagetest.PrinterOf(pagetest.Written(t, nil, viewSeries(100000, c.walls)))); got != c.want {
			t.Errorf("the answer is\n%s\nwant\n%s", got, c.want)
		}
	}
}

// heldSeries returns a row of the study of matrices by c/cgo.
func heldSeries(n int, held, passed string, steps int, wall float64) measure.Series {
	name := record.Name{Study: matricesName, Kernel: "diffusion", Lang: "c", Via: "cgo", Layout: "row", N: strconv.Itoa(n),
		Keys: []record.Key{{Key: "held", Value: held}, {Key: "passed", Value: passed}, {Key: "steps", Value: strconv.Itoa(steps)}}}
	return pagetest.One(name.String(), nil, pagetest.Times(wall)...)
}

func matrixSeries(n int) []measure.Series {
	return []measure.Series{
		heldSeries(n, "flat", "pointer", 0, 50), heldSeries(n, "dense", "pointer", 0, 60), heldSeries(n, "dense-slice", "pointer", 0, 149),
		heldSeries(n, "rows", "copy", 0, 5050), heldSeries(n, "rows", "table", 0, 1050), heldSeries(n, "rows-one", "pointer", 0, 151),
		heldSeries(n, "flat", "pointer", 1, 1000), heldSeries(n, "rows", "table-kept", 1, 1500),
	}
}

func TestLayoutMatrices(t *testing.T) {
	text := pagetest.PrintedSection(t, matrixTables, matrixSeries(64)...)
	pagetest.Holds(t, text,
		"**64 x 64, no step: the border alone** | held as | go/direct | c/cgo | c/purego |", "**64 x 64, one step** | held as |",
		"| []float64, row after row | | 50.0 ns ±0% | |", "| []float64, row after row | | 1.00 µs ±0% | |", "| the same: pointers and pins made once for all calls | | 1.50 µs ±0% | |",
		"Compared with a flat slice, at 64 x 64 through c/cgo: a mat.Dense and a slice of one add less than 100 ns to a call; "+
			"more is added by rows cut from one slice (101 ns), a copy of separate rows (5.00 µs) and a table and pins for each call (1.00 µs).")
	pagetest.Lacks(t, text, "an array of arrays", "[n][n]float64")
	pagetest.Holds(t, pagetest.PrintedSection(t, matrixTables, heldSeries(8, "flat", "pointer", 0, 50), heldSeries(8, "rows", "table", 0, 1050)),
		"at 8 x 8 through c/cgo: more is added by a table and pins for each call (1.00 µs).")
	pagetest.Holds(t, pagetest.PrintedSection(t, matrixTables, heldSeries(8, "flat", "pointer", 0, 50), heldSeries(8, "array", "pointer", 0, 50)),
		"at 8 x 8 through c/cgo: an array of arrays adds less than 100 ns to a call.")
	pagetest.Holds(t, pagetest.PrintedSection(t, matrixTables, heldSeries(8, "dense", "pointer", 0, 50)), "The record has too few rows to tell.")
	if text := pagetest.PrintedSection(t, matrixTables); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
}

func TestAnswerMatrix(t *testing.T) {
	answer := func(series ...measure.Series) string {
		return answerMatrix(pagetest.PrinterOf(pagetest.Written(t, nil, series)))
	}
	pagetest.Holds(t, answer(matrixSeries(64)...), "In one slice, with a stride. Compared with a flat slice, at 64 x 64 through c/cgo: a mat.Dense",
		" With a table that is kept, one step takes 1.50x as long as on a flat slice.")
	pagetest.Holds(t, answer(append(matrixSeries(2048), matrixSeries(512)[:5]...)...), "at 512 x 512")
	pagetest.Lacks(t, answer(append(matrixSeries(2048), matrixSeries(512)[:5]...)...), "one step")
	if text := answer(heldSeries(8, "flat", "pointer", 0, 50)); text != "" {
		t.Errorf("of one way to hold a matrix the answer is %q, want none", text)
	}
}

// pointSeries returns a row of the study of points.
func pointSeries(lang string, n, maxiter int, points string, wall float64) measure.Series {
	name := record.Name{Study: pointsName, Kernel: "julia", Lang: lang, Via: "cgo", N: strconv.Itoa(n),
		Keys: []record.Key{{Key: "points", Value: points}, {Key: "maxiter", Value: strconv.Itoa(maxiter)}}}
	if first, ok := strings.CutSuffix(lang, "-again"); ok {
		name.Lang, name.Entry = first, record.EntryAgain
	}
	return pagetest.One(name.String(), nil, pagetest.Times(wall)...)
}

func TestLayoutPoints(t *testing.T) {
	text := pagetest.PrintedSection(t, pointTables,
		pointSeries("c", 500, 1, "interleaved", 2), pointSeries("c", 500, 1, "split", 3), pointSeries("c-again", 500, 1, "interleaved", 2.2),
		pointSeries("go", 500, 1, "interleaved", 4), pointSeries("go", 500, 1, "split", 4.2),
		pointSeries("c", 500, 300, "interleaved", 200), pointSeries("c", 500, 300, "split", 180), pointSeries("go", 500, 300, "interleaved", 200),
		pointSeries("c-again", 500, 300, "interleaved", 200))
	pagetest.Holds(t, text,
		"| side, most iterations | 500², 1 | 500², 300 |",
		"| c | 2.00 | 200 |", "| c | 1.50 | 0.90 |", "| go | 4.00 | |", "| go | ~1.05 | |", // C's second entry is off by 10 %
		"Split points take 0.90x to 1.50x the time of interleaved ones; the difference exceeds noise in 2 of 3 cells.")
	pagetest.Lacks(t, text, "again")
	one := []measure.Series{pointSeries("c", 500, 1, "interleaved", 2), pointSeries("c", 500, 1, "split", 3)}
	pagetest.Holds(t, pagetest.PrintedSection(t, pointTables, one...), "| c | ~1.50 |", // without a second entry nothing differs
		"Split points take 1.50x the time of interleaved ones; the difference exceeds noise in 0 of 1 cell.")
	pagetest.Lacks(t, pagetest.PrintedSection(t, pointTables, one[0]), "Split points take", "| c |")
	if text := pagetest.PrintedSection(t, pointTables); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
}

func TestSayPoints(t *testing.T) {
	for want, of := range map[string][2]float64{
		"Split points take 1.00x the time of interleaved ones; the difference exceeds noise in 1 of 2 cells.":           {0.999, 1.002},
		"Split points take 1.05x to 11.05x the time of interleaved ones; the difference exceeds noise in 1 of 2 cells.": {1.05, 11.05},
	} {
		if got := sayPoints(of[0], of[1], 1, 2); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
