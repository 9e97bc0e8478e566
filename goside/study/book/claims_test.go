// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import (
	"errors"
	"io"
	"testing"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
)

// linesSeries are ways to fit lines, in s: here Dask's processes are twice as fast as raw=True, and Swifter is slower.
func linesSeries() []measure.Series {
	facts := testProblem("ols row n=100000", "within bound in 1 cases: dask/process swifter/process", "")
	once := func(op string, seconds float64) measure.Series {
		name := "Book/op=" + op + "/lang=dask/via=process/n=2"
		return pagetest.One(name, testProblem(op+" n=2", "", ""), pagetest.Times(1e9*seconds)...)
	}
	of := func(route string, seconds float64) measure.Series {
		return pagetest.One("Book/kernel=ols/"+route+"/layout=row/n=100000", facts, pagetest.Times(1e9*seconds)...)
	}
	return []measure.Series{
		of("lang=lstsq-iterrows/via=cpython", 4), of("lang=lstsq-apply-raw/via=cpython", 2), of("lang=numpy/via=cpython", 0.004),
		of("lang=dask/via=process", 1), of("lang=dask-threads/via=process", 1), of("lang=swifter/via=process", 4),
		once(startOp, 3), once(callOp, 0.025),
	}
}

func TestClaims(t *testing.T) {
	p := page.New(io.Discard, pagetest.Written(t, pagetest.Facts, linesSeries()), page.Style{Baseline: "c/cgo"})
	for k, want := range []struct{ found, verdict string }{
		{"2.00 times as fast: 1.00 s against 2.00 s", "holds, but by less here"},
		{"1.00 times as fast: 1.00 s against 1.00 s", "no difference here"},
		{"0.500 times as fast: 4.00 s against 2.00 s", "does not hold"},
		{"4.00 times as fast: 1.00 s against 4.00 s", "holds"},
	} {
		if found, verdict := claims[k].Here(p); found != want.found || verdict != want.verdict {
			t.Errorf("%s: %q, %q, want %q, %q", claims[k].Text, found, verdict, want.found, want.verdict)
		}
	}
	none := page.New(io.Discard, pagetest.Written(t, nil, others()), page.Style{Baseline: "c/cgo"})
	if found, _ := claims[0].Here(none); found != "" {
		t.Errorf("without Dask there is %q, want nothing", found)
	}
}

func TestFrames(t *testing.T) {
	pagetest.Holds(t, words(t, linesSeries()),
		"| lstsq, Dask, processes | dask/process | 0.23 x raw | 1.00 s ±0% | 2.17x |",
		"lstsq, Dask, processes takes 0.500 times as long as lstsq-apply-raw (published: about 0.23).",
		"Started once, before; the times do not include it: 3.00 s for dask/process.",
		"A call that fits 2 lines takes 25.0 ms of dask/process: what a call costs besides its lines.")
}

func TestReturns(t *testing.T) {
	drawn := func() (*chart.Picture, error) { return drawReturns(pagetest.Written(t, nil, linesSeries())) }
	charttest.WantTexts(t, charttest.DrawnText(t, drawn), 1, "100,000 lines", "4.00 s", "2.00 s, 2.00x; 2.00x the best above",
		"4.00 ms, 1000x; 500x the best above", "closed form, NumPy")
	if _, err := drawReturns(pagetest.Written(t, nil, others())); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("without the lines the error is %v, want %v", err, chart.ErrNothing)
	}
}
