// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package profile

import (
	"errors"
	"testing"

	"toll/goside/chart"
	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

// shareOf is a series of one run of a program that spends 60 % in the kernel.
func shareOf(lang, via, tool string, named, call, own, outside float64) measure.Series {
	s := sees{named, call, own, outside}
	return measure.Series{
		N: 1, Subject: &measure.Subject{Name: nameOf(shareName, "julia", lang, via, tool).String(), Facts: factsOf("julia", lang+"/"+via)},
		Samples: []measure.Sample{s.sample(&truth{Native: 60, Total: 100, NativeWall: 60, Wall: 100}, via == onPython, 50)},
	}
}

// timed is a series of two runs of a book's program.
func timed(kernel, n, tool string, ns ...float64) measure.Series {
	name := nameOf(costName, kernel, "python", onPython, tool)
	name.N = n
	return pagetest.One(name.String(), []measure.Fact{{Key: "problem", Value: kernel + n}}, ns...)
}

func example() []measure.Series {
	all := []measure.Series{
		shareOf("c", "cgo", goPprof, 0, 58, 40, 0), shareOf("c", "cgo", goResolved, 59, 0, 40, 0),
		shareOf("c", "wasm", goPprof, 0, 0, 40, 60), shareOf("c", "wasm", perf, 0, 0, 40, 60),
		shareOf("c-omp", "cgo", goResolved, 30, 0, 40, 0), shareOf("c-omp", "cgo", goPprof, 0, 15, 40, 15),
		shareOf("capi", onPython, cprofile, 60, 0, 40, 0), shareOf("ctypes", onPython, cprofile, 0, 60, 40, 0), shareOf("capi", onPython, pyspy, 0, 50, 50, 0),
		timed("julia", "300", alone, 100e6, 100e6), timed("julia", "300", cprofile, 250e6, 250e6),
	}
	s := &said{}
	s.keep("julia", cprofile, 20, []part{{code: "old"}})
	s.keep("julia", cprofile, 300, []part{{code: "escape_counts (julia.py:13)", share: 70, calls: 1}})
	s.keep("julia", cprofile, 200, []part{{code: "old"}})
	return append(all, s.series()...)
}

func TestTables(t *testing.T) {
	text := pagetest.Printed(t, shareSection, example()...)
	pagetest.Holds(t, text,
		"| c/cgo, pprof | 60% | 0% | 58% | 40% | 0% | 2% | -60 | -2 |",
		"| c/cgo, pprof with native frames | 60% | 59% | 0% | 40% | 0% | 1% | -1 | -1 |",
		"| c/wasm, perf | 60% | 0% | 0% | 40% | 60% | 0% | -60 | -60 |",
		"| capi, cProfile | 60% | 60% | 0% | 40% | 0% | 0% | +0 | +0 | | capi, py-spy |")
	pagetest.Holds(t, pagetest.Printed(t, bookSection, example()...), "| no profiler | 100 ms |", "| cProfile | 2.5x |",
		"| cProfile: escape_counts (julia.py:13) | 70% | 1 | |")
}

// TestLacking: the page says which tool is missing, and why.
func TestLacking(t *testing.T) {
	r := pagetest.Written(t, []measure.Fact{{Key: "lacks-" + perf, Value: "there is no command perf"}}, example())
	var said string
	p := pagetest.PrinterOf(r)
	w := &writer{}
	p.Writer = w
	shareSection(p)
	said = w.text
	pagetest.Holds(t, said, "perf is not in this table: there is no command perf.")
}

type writer struct{ text string }

func (w *writer) Write(b []byte) (int, error) {
	w.text += string(b)
	return len(b), nil
}

func TestAnswers(t *testing.T) {
	p := pagetest.PrinterOf(pagetest.Written(t, nil, example()))
	for k, want := range []string{
		"It names no native function. The truth is about 60%. At the call, without a name, it shows: c/cgo 58% and c-omp/cgo 15%. " +
			"As runtime._ExternalCode, or under no name at all, it shows: c/wasm 60% and c-omp/cgo 15%. It loses: c-omp/cgo 30%.",
		"pprof with native frames names the native function of c/cgo; the share is off by -1 points. It names a part of the share of c-omp/cgo (30%).",
		"perf names no native function.",
		"cProfile names the native function of capi; the share is off by +0 points. It names none of ctypes. py-spy names no native function.",
		"The book's programs take this many times as long under them, from program to program: cProfile 2.5x to 2.5x.",
	} {
		if got := answers[k].Answer(p); got != want {
			t.Errorf("%s\n%s\nwant\n%s", answers[k].Text, got, want)
		}
	}
	empty := pagetest.PrinterOf(&record.Record{})
	for _, q := range answers {
		if got := q.Answer(empty); got != "" {
			t.Errorf("%s: a record of nothing says %q, want nothing", q.Text, got)
		}
	}
}

func TestPictures(t *testing.T) {
	for _, picture := range pictures {
		drawn, err := picture.Draw(pagetest.Written(t, nil, example()))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := drawn.Encode("svg"); err != nil {
			t.Errorf("%s: %v", picture.Name, err)
		}
		if _, err := picture.Draw(&record.Record{}); !errors.Is(err, chart.ErrNothing) {
			t.Errorf("%s of nothing: %v, want nothing to draw", picture.Name, err)
		}
	}
}
