// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/study/studytest"
)

func TestLockedSubjects(t *testing.T) {
	var most int
	var slept time.Duration
	f := calls.Go()
	f.Sleep = func(ns int64) {
		slept += time.Duration(ns)
		most = max(most, runtime.NumGoroutine())
	}
	before := runtime.NumGoroutine()
	var names []string
	for _, s := range lockedSubjects(f) {
		names = append(names, strings.TrimPrefix(s.Name, "Locked/op="))
		s.Reset()
		most = 0
		if err := s.Run(2); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		others := 0
		if strings.Contains(s.Name, "load=busy") {
			others = 4 * runtime.GOMAXPROCS(0)
		}
		if strings.Contains(s.Name, "op=sleep") && (slept != 100*time.Microsecond || most < before+others || others == 0 && most > before) {
			t.Errorf("%s slept for %v beside %d goroutines, want 100 µs beside %d", s.Name, slept, most-before, others)
		}
		slept = 0
	}
	want := []string{
		"noop/lang=c/via=cgo/n=1/load=idle/thread=free", "noop/lang=c/via=cgo/n=1/load=idle/thread=free/entry=again",
		"noop/lang=c/via=cgo/n=1/load=idle/thread=locked",
	}
	if len(names) != 18 || !slices.Equal(names[:3], want) {
		t.Errorf("there are %d subjects, the first\n%s\nwant 18, and\n%s", len(names), strings.Join(names[:3], "\n"), strings.Join(want, "\n"))
	}
	studytest.GoroutinesBack(t, before)
}

func lockedRows(locked ...float64) []measure.Series {
	var all []measure.Series
	names := []string{"noop/lang=c/via=cgo/n=1/load=idle", "spin/lang=c/via=cgo/n=1/load=idle", "sleep/lang=c/via=cgo/n=1/load=busy"}
	for k, scale := range locked {
		name, ns := "Locked/op="+names[k]+"/thread=", []float64{20, 1000, 200e3}[k]
		all = append(all, pagetest.Eight(name+"free", ns), pagetest.Eight(name+"free/entry=again", 1.1*ns), pagetest.Eight(name+"locked", scale*ns))
	}
	return all
}

func TestLockedTables(t *testing.T) {
	rows := lockedRows(1.05, 0.5, 3)
	pagetest.Holds(t, pagetest.Printed(t, lockedTables, rows...),
		"| no argument | 20.7 ns ±3% | 21.7 ns ±3% | ~1.05 ±0% |",
		"| busy for 1 µs | 1.03 µs ±3% | 518 ns ±3% | 0.50 ±0% |",
		"| asleep for 50 µs beside others | 207 µs ±3% | 621 µs ±3% | 3.00 ±0% |",
		"Locked, against free: 518 ns less (busy for 1 µs); 414 µs more (asleep for 50 µs beside others); "+
			"no difference beyond noise (no argument).")
	fitsATerminal(t, lockedTables, rows...)
	pagetest.Sourced(t, html(t, lockedTables, rows))
	if text := pagetest.Printed(t, lockedTables, rows[:2]...); text != "" {
		t.Errorf("without a locked goroutine is printed %q, want nothing", text)
	}
	for _, c := range []struct {
		locked  []float64
		verdict string
	}{
		{[]float64{0.4, 0.5, 1}, "holds"},
		{[]float64{0.85, 0.7, 1}, "does not hold in general: faster for 2 of 3, by 0.70 times the time at best"},
		{[]float64{0.5, 1, 1}, "does not hold in general: faster for 1 of 3, by 0.50 times the time at best"},
		{[]float64{1, 1.5, 1}, "does not hold: slower for 1 of 3, faster for none"},
		{[]float64{1, 0.95, 1}, "no difference beyond noise"},
	} {
		found, verdict := fasterLocked(pagetest.PrinterOf(pagetest.CallsRecord(t, lockedRows(c.locked...)...)))
		if verdict != c.verdict || !strings.HasPrefix(found, "time from a locked goroutine, relative to a free one: no argument ") {
			t.Errorf("%v: %q and %q, want %q", c.locked, found, verdict, c.verdict)
		}
	}
	if found, verdict := fasterLocked(pagetest.PrinterOf(pagetest.CallsRecord(t, leafRows()...))); found != "" || verdict != "" {
		t.Errorf("without calls from locked goroutines: %q and %q, want nothing", found, verdict)
	}
}

// fitsATerminal fails the test if what a section prints does not.
func fitsATerminal(t *testing.T, section func(*page.Page), series ...measure.Series) {
	t.Helper()
	var b bytes.Buffer
	section(page.New(&b, pagetest.CallsRecord(t, series...), page.Style{}))
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 120 {
			t.Errorf("%d columns, want at most 120: %s", n, line)
		}
	}
}

// html returns what a section prints for a page in HTML.
func html(t *testing.T, section func(*page.Page), series []measure.Series) string {
	t.Helper()
	var b bytes.Buffer
	section(page.New(&b, pagetest.CallsRecord(t, series...), page.Style{Markdown: true, HTML: &page.HTML{ID: "x"}}))
	return b.String()
}
