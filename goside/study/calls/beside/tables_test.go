// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package beside

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

func TestTables(t *testing.T) {
	text := pagetest.Printed(t, tables, madeSeries()...)
	pagetest.Holds(t, text,
		"| c/pipe | 10.0 µs ±0% | 10.0 µs ±0% | 10.0 µs ±0% |",
		"| c/pipe | 200 ±0% | 200 ±0% | 200 ±0% |",
		"| c/shm-spin | 10.00 ±0% |",
		"| c/shm-memory | 5.00 µs ±0% | 5.41 µs ±0% | 1.68 ms ±0% |",
		"| python/pipe | 20.0 µs ±0% | – |",
		"A call that passes nothing takes 50.0 ns through cgo, and by another process this many times as long: c/pipe 200; "+
			"c/socket 240; c/shm 100; c/shm-spin 10.0; c/shm-memory 100; go/shm 120; python/pipe 400; go/grpc 1800; go/netrpc 800.",
		"To read 16 MiB takes 1.68 ms by c/cgo, 16.8 ms by c/pipe,",
		"single calls of add through cgo: c/pipe 10000; c/socket 10000; c/shm 10000; c/shm-spin 100; ",
		"go/grpc 10000;")
	pagetest.Lacks(t, text, "c/process", "python/process")
	if text := pagetest.Printed(t, tables, madeStarved()...); text != "" {
		t.Errorf("without rows of the benchmark it prints %s", text)
	}
	alone := pagetest.Printed(t, tables, pagetest.One("Beside/op=sum/lang=c/via=shm/n=8", nil, 1, 2)) // no baseline, nothing else
	pagetest.Holds(t, alone, "| c/shm |")
	pagetest.Lacks(t, alone, "relative to cgo", "To read", "A call that")
	fits(t, tables, madeSeries()...)
}

func TestStarvedTables(t *testing.T) {
	text := pagetest.Printed(t, starvedTables, madeStarved()...)
	pagetest.Holds(t, text,
		"| shm-spin | 500 ns | 5.00 µs | 400 µs | 9.00 ms | 0.50 ±0% | 4.00 ms | 20.0 ms | 0.40 ±0% |",
		"The median call takes 500 ns by shm-spin and 5.00 µs by shm while nobody else works. "+
			"While 2 goroutines work, it takes 4.00 ms by shm-spin (P99 20.0 ms; 40% of the work is left) and "+
			"5.00 µs by shm (P99 50.0 µs; 80% of the work is left).")
	if text := pagetest.Printed(t, starvedTables, madeSeries()...); text != "" {
		t.Errorf("without rows of the benchmark it prints %s", text)
	}
	fits(t, starvedTables, madeStarved()...)
}

// fits fails the test if what a section prints does not fit a terminal, or if a figure does not say its rows.
func fits(t *testing.T, section func(*page.Page), series ...measure.Series) {
	t.Helper()
	var b bytes.Buffer
	section(page.New(&b, pagetest.CallsRecord(t, series...), page.Style{}))
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 120 {
			t.Errorf("%d columns, want at most 120: %s", n, line)
		}
	}
	b.Reset()
	section(page.New(&b, pagetest.CallsRecord(t, series...), page.Style{Markdown: true, HTML: &page.HTML{ID: "x", Draw: func(string) (string, error) { return "", nil }}}))
	pagetest.Sourced(t, b.String())
}

func TestAnswers(t *testing.T) {
	want := "A call of another process that passes nothing takes 10.0 µs by c/pipe, 12.0 µs by c/socket, 5.00 µs by c/shm, " +
		"500 ns by c/shm-spin and 90.0 µs by go/grpc; it takes 50.0 ns by c/cgo within this one. One that has 16 MiB read takes " +
		"16.8 ms by c/pipe, 8.40 ms by c/socket, 3.36 ms by c/shm, 1.68 ms by c/shm-memory, 84.0 ms by go/grpc and 1.68 ms by c/cgo."
	if got := answerWays(pageOf(t, madeSeries())); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := answerWays(pageOf(t, madeStarved())); got != "" {
		t.Errorf("without rows: %q, want nothing", got)
	}
	if got := answerSpinning(pageOf(t, madeSeries())); got != "" {
		t.Errorf("without rows: %q, want nothing", got)
	}
}

func TestClaim(t *testing.T) {
	judged := func(ns float64) (string, string) {
		return pluginTakes(pageOf(t, []measure.Series{pagetest.One("Beside/op=noop/lang=go/via=netrpc/n=1", nil, pagetest.Times(ns)...)}))
	}
	for ns, want := range map[float64]string{40e3: "holds", 100e3: "does not hold: 2.4 times as long here", 20e3: "does not hold: 2.1 times too high"} {
		if found, verdict := judged(ns); verdict != want || !strings.Contains(found, "by go/netrpc") {
			t.Errorf("%v ns: %q, %q, want %q", ns, found, verdict, want)
		}
	}
	if found, verdict := pluginTakes(pageOf(t, madeStarved())); found != "" || verdict != "" {
		t.Errorf("without rows: %q, %q, want nothing", found, verdict)
	}
}

func TestPicture(t *testing.T) {
	if _, err := drawAll(pagetest.CallsRecord(t, madeStarved()...)); err == nil {
		t.Error("a record without sizes is drawn, want an error")
	}
	drawn, err := drawAll(pagetest.CallsRecord(t, madeSeries()...))
	if err != nil {
		t.Fatal(err)
	}
	element, err := drawn.Element()
	if err != nil {
		t.Fatal(err)
	}
	pagetest.Holds(t, element, "8 MiB", "c/shm-memory", "python/pipe", "all written: time of a call")
	var none []measure.Series
	for _, s := range madeSeries() {
		if record.ParseName(s.Subject.Name).Op == "sum" && record.ParseName(s.Subject.Name).Via == "shm" {
			none = append(none, s)
		}
	}
	drawn, err = drawAll(pagetest.CallsRecord(t, none...))
	if err != nil {
		t.Fatal(err)
	}
	if element, err = drawn.Element(); err != nil {
		t.Fatal(err)
	}
	pagetest.Lacks(t, element, "c/socket", "all written")
}
