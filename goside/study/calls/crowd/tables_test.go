// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package crowd

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

func crowdRow(op, lang, via string, n int, wall, p50, p99, p999, longest, ran, threads float64) measure.Series {
	name := record.Name{Study: concurrencyName, Op: op, Lang: lang, Via: via, N: strconv.Itoa(n)}
	return pagetest.Eight(name.String(), wall, p50, "p50-ns", p99, "p99-ns", p999, "p999-ns", longest, "max-ns", ran, "goroutines-run", threads, "threads")
}

// again returns the series' second entry, whose times are in each round so many times as long.
func again(s measure.Series, scale float64) measure.Series {
	name := record.ParseName(s.Subject.Name)
	name.Entry = record.EntryAgain
	subject := *s.Subject
	subject.Name = name.String()
	s.Subject, s.Samples = &subject, append([]measure.Sample(nil), s.Samples...)
	for k := range s.Samples {
		s.Samples[k].Wall *= scale
	}
	return s
}

func loadRow(name string, wall, p99, longest, cut, stop, gc, gcCut, threads float64) measure.Series {
	return pagetest.Eight("Neighbours/op="+name, wall, p99, "tick-p99-ns", longest, "tick-max-ns", cut, "tick-cut",
		20e3, "work-p50-ns", 30e3, "work-p99-ns", stop/2, "gc-pause-p50-ns", stop, "gc-pause-max-ns", gc, "gc-wall-ns",
		gcCut, "gc-cut", threads, "threads")
}

func TestConcurrencySection(t *testing.T) {
	one := crowdRow("not", "go", "direct", 1, 2, 30, 40, 50, 1e5, 1, 5)
	series := []measure.Series{
		one, again(one, 1.05),
		crowdRow("not", "go", "direct", 100, 2.06, 30, 40, 50, 1e5, 6, 5),
		crowdRow("not", "c", "cgo", 1, 30, 50, 90, 200, 1e5, 1, 6),
		crowdRow("not", "c", "cgo", 100, 15, 50, 90, 300, 2e7, 7, 9),
		crowdRow("not", "c", "purego", 1, 300, 50, 90, 400, 1e5, 1, 6),
		crowdRow("not", "c", "purego", 100, 600, 50, 90, 300, 2e7, 7, 8),
		crowdRow("clock", "go", "direct", 1, 60, 31, 41, 51, 1e6, 1, 5),
	}
	text := pagetest.Printed(t, concurrencyTables, series...)
	pagetest.Holds(t, text, "noise floor of 5%,",
		"| cgo, 1 goroutine | 32.2 | 31.1 ns ±3% | 1 |",
		"| cgo, 100 goroutines | 64.4 | 15.5 ns ±3% | 2.00 ±0% |",
		"| plain Go, 100 goroutines | 469 | 2.13 ns ±3% | ~0.97 ±0% |",
		"| cgo, 1 goroutine | 50.0 ns | 90.0 ns | 200 ns | 100 µs | 1 | 6 | 40 | 3 |",
		"| cgo, 100 goroutines | 50.0 ns | 90.0 ns | 300 ns | 20.0 ms | 7 | 9 | 40 | 3 |",
		"| clock alone, 1 goroutine | 31.0 ns | 41.0 ns | 51.0 ns | 1.00 ms | 1 | 5 | – | – |",
		"Throughput of 100 goroutines relative to 1: plain Go 0.97x (0.97 to 0.97), indistinguishable from 1; "+
			"cgo 2.00x (2.00 to 2.00); purego's RegisterFunc 0.50x (0.50 to 0.50).",
		"P99.9 of a single call with 100 goroutines, beside the one with 1: plain Go 50.0 ns, indistinguishable from 50.0 ns; "+
			"cgo 300 ns, longer than 200 ns; purego's RegisterFunc 300 ns, shorter than 400 ns.",
		"Most threads of the Go runtime with 100 goroutines: plain Go 5; cgo 9; purego's RegisterFunc 8.")
	if n := strings.Count(text, "| plain Go, 1 goroutine |"); n != 2 {
		t.Errorf("%d lines for what was entered twice, want one in each of two tables:\n%s", n, text)
	}
	pagetest.Holds(t, pagetest.Printed(t, concurrencyTables, one, again(one, 1), crowdRow("not", "go", "direct", 2, 1, 30, 40, 50, 1e5, 2, 5)),
		"Throughput of 2 goroutines relative to 1: plain Go 2.00x (2.00 to 2.00).")

	text = pagetest.Printed(t, concurrencyTables, crowdRow("not", "c", "cgo", 1, 30, 50, 90, 200, 1e5, 1, 6))
	pagetest.Holds(t, text, "noise floor of unknown size,", "it says nothing of scaling")
	if text := pagetest.Printed(t, concurrencyTables, loadRow("idle/lang=go/via=direct/n=0", 1e5, 2e5, 3e5, 0, 1e5, 1e6, 0, 5)); text != "" {
		t.Errorf("without rows of the benchmark it prints %s", text)
	}
	narrow(t, concurrencyTables, append(series, crowdRow("not", "c", "trampoline", 1000, 30, 50, 90, 200, 1e5, 1000, 12))...)
	sourced(t, concurrencyTables, series...)
}

func neighbourSeries() []measure.Series {
	idle := loadRow("idle/lang=go/via=direct/n=0", 100e3, 200e3, 300e3, 0, 100e3, 1e6, 0, 5)
	return []measure.Series{
		idle, again(idle, 1.1),
		loadRow("spin/lang=go/via=direct/n=2/call=1us", 20e6, 30e6, 40e6, 1, 5e6, 90e6, 1, 6),
		loadRow("spin/lang=c/via=cgo/n=2/call=1us", 105e3, 200e3, 300e3, 0, 200e3, 2e6, 0, 7),
		loadRow("sleep/lang=go/via=direct/n=100/call=100ms", 100e3, 200e3, 300e3, 0, 100e3, 1e6, 0, 6),
		loadRow("sleep/lang=c/via=cgo/n=100/call=100ms", 300e3, 400e3, 500e3, 0, 100e3, 1e6, 0, 105),
	}
}

func TestNeighboursSection(t *testing.T) {
	series := neighbourSeries()
	text := pagetest.Printed(t, neighbourTables, series...)
	pagetest.Holds(t, text, "noise floor of 10%,",
		"| idle program | 104 µs ±3% | 1 | 200 µs | 300 µs |",
		"| 2 × 1 µs busy, plain Go | ≥ 20.7 ms ±3% | 200.00 ±0% | ≥ 30.0 ms | ≥ 40.0 ms |",
		"| 2 × 1 µs busy, cgo | 109 µs ±3% | ~1.05 ±0% |",
		"| 100 × 100 ms asleep, cgo | 310 µs ±3% | 3.00 ±0% | 400 µs |",
		"| idle program | 20.0 µs | 30.0 µs | 50.0 µs | 100 µs | 1.00 ms | 5 |",
		"| 2 × 1 µs busy, plain Go | ≥ 20.0 µs | ≥ 30.0 µs | 2.50 ms | 5.00 ms | ≥ 90.0 ms | 6 |",
		"In the idle program the tick is 104 µs late at the median and 200 µs at P99.",
		"Loads whose P99 is longer, with intervals apart: plain Go 1 of 2 loads; cgo 1 of 2 loads.",
		"Median tick relative to the same load in plain Go: cgo sooner under 1 of 2 loads, later under 1.",
		"The tick is latest beside 2 × 1 µs busy, plain Go: ≥ 30.0 ms at P99.",
		"A round's longest stop by a collection is 100 µs in the idle program, and longest beside 2 × 1 µs busy, plain Go: 5.00 ms.",
		"runtime.GC takes 1.00 ms in the idle program, and longest beside 2 × 1 µs busy, plain Go: ≥ 90.0 ms.",
		"The idle program has 5 threads; 100 × 100 ms asleep makes the most: plain Go 6; cgo 105.")
	if n := strings.Count(text, "| idle program |"); n != 2 {
		t.Errorf("%d lines for what was entered twice, want one in each of two tables:\n%s", n, text)
	}
	sourced(t, neighbourTables, series...)
	alone := pagetest.Printed(t, neighbourTables, series[0], series[3]) // no pair, no load in plain Go, one load
	pagetest.Holds(t, alone, "noise floor of unknown size,", "| ~1.05 ±0% |", "apart: cgo 0 of 1 load.")
	pagetest.Lacks(t, alone, "relative to the same load")
	if text := pagetest.Printed(t, neighbourTables, crowdRow("not", "c", "cgo", 1, 30, 50, 90, 200, 1e5, 1, 6)); text != "" {
		t.Errorf("without rows of the benchmark it prints %s", text)
	}
	narrow(t, neighbourTables, append(series, loadRow("sleep/lang=c/via=purego/n=1000/call=100ms", 300e3, 400e3, 500e3, 0, 100e3, 1e6, 0, 105))...)
}

// sourced fails the test if a figure that a section prints does not say its rows.
func sourced(t *testing.T, section func(*page.Page), series ...measure.Series) {
	t.Helper()
	var b bytes.Buffer
	section(page.New(&b, pagetest.CallsRecord(t, series...), page.Style{Markdown: true, HTML: &page.HTML{ID: "x"}}))
	pagetest.Sourced(t, b.String())
}

// narrow fails the test if what a section prints does not fit a terminal.
func narrow(t *testing.T, section func(*page.Page), series ...measure.Series) {
	t.Helper()
	var b bytes.Buffer
	section(page.New(&b, pagetest.CallsRecord(t, series...), page.Style{}))
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 120 {
			t.Errorf("%d columns, want at most 120: %s", n, line)
		}
	}
}

func TestAnswers(t *testing.T) {
	answer := func(of func(*page.Page) string, series ...measure.Series) string {
		return of(pagetest.PrinterOf(pagetest.CallsRecord(t, series...)))
	}
	var calls []measure.Series
	for k, n := range []int{1, 2, 1000} {
		calls = append(calls, crowdRow("not", "go", "direct", n, 2/float64(k+1), 30, 40, 50, 1e5, 1, 5))
	}
	if got, want := answer(answerGoroutines, calls...), "With GOMAXPROCS=2, throughput relative to one goroutine: plain Go 2.00x with 2 goroutines and 3.00x with 1000."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for k, n := range []int{1, 2, 1000} {
		calls = append(calls, crowdRow("not", "c", "trampoline", n, 20/float64(k+1), 30, 40, 50, 1e5, 1, 5))
	}
	if got := answer(answerGoroutines, calls...); !strings.HasSuffix(got, "; the trampoline 2.00x with 2 goroutines and 3.00x with 1000.") {
		t.Errorf("%q, want it to end with the trampoline's throughput", got)
	}
	if got := answer(answerGoroutines, calls[:2]...); got != "" {
		t.Errorf("without 1000 goroutines: %q, want nothing", got)
	}
	series := append(neighbourSeries(), loadRow("spin/lang=go/via=direct/n=2/call=100ms", 20e6, 30e6, 40e6, 0, 5e6, 90e6, 1, 6),
		loadRow("spin/lang=c/via=cgo/n=2/call=100ms", 200e3, 300e3, 40e6, 0, 5e6, 90e6, 1, 6))
	want := "While 2 goroutines compute for 100 ms at a time, another's tick is late by 207 µs (P99: 300 µs) if the computing is in C, " +
		"and by 20.7 ms (P99: 30.0 ms) if it is in Go; in an idle program, by 104 µs (P99: 200 µs). While 100 goroutines sleep in C, " +
		"the program has 105 threads, where an idle one has 5, and the tick is late by 310 µs (P99: 400 µs)."
	if got := answer(answerNeighbours, series...); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := answer(answerNeighbours, neighbourSeries()...); got != "" {
		t.Errorf("without loads of 100 ms: %q, want nothing", got)
	}
}
