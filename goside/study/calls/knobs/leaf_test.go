// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study/studytest"
	"toll/goside/via/trampoline"
)

func TestLeafSubjects(t *testing.T) {
	crossings := []calls.Crossing{
		{Name: "direct", Lang: "go", Funcs: calls.Go()}, {Name: "trampoline", Lang: "c", Funcs: calls.Go()},
		{Name: "purego", Lang: "c", Funcs: &calls.Funcs{Not: func(x int64) int64 { return ^x }}}, {Name: "wasm", Lang: "c", Funcs: calls.Go()},
	}
	noop := func(int) error { return nil }
	byName := []calls.Knob{
		{Kernel: "noop", Via: "cgo", Directives: "none", Memory: "none", Thread: "free", Symbol: "static", N: 1, Run: noop},
		{Kernel: "noop", Via: "cgo", Directives: "noescape", Memory: "none", Thread: "free", Symbol: "static", N: 1, Run: noop},
		{Kernel: "noop", Via: "cgo", Directives: "both", Memory: "none", Thread: "free", Symbol: "static", N: 1, Run: noop},
	}
	var names []string
	for _, s := range leafSubjects(crossings, calls.Go(), byName) {
		names = append(names, strings.TrimPrefix(s.Name, "Leaf/op="))
		for _, n := range []int{1, 2, 7} {
			if err := s.Run(n); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
	}
	want := []string{
		"add/lang=go/via=direct/n=1/form=usual", "add/lang=c/via=trampoline/n=1/form=usual", "add/lang=c/via=trampoline/n=1/form=leaf",
		"noop/lang=go/via=direct/n=1/form=usual", "noop/lang=c/via=trampoline/n=1/form=usual", "noop/lang=c/via=trampoline/n=1/form=leaf",
		"noop/lang=c/via=trampoline/n=1/form=leaf/entry=again", "noop/lang=c/via=cgo/n=1/form=named", "noop/lang=c/via=cgo/n=1/form=eased",
		"not/lang=go/via=direct/n=1/form=usual", "not/lang=c/via=trampoline/n=1/form=usual", "not/lang=c/via=purego/n=1/form=usual",
		"not/lang=c/via=trampoline/n=1/form=leaf",
		"sum/lang=go/via=direct/n=8/form=usual", "sum/lang=c/via=trampoline/n=8/form=usual", "sum/lang=c/via=trampoline/n=8/form=leaf",
	}
	if !slices.Equal(names, want) {
		t.Errorf("the subjects are\n%s\nwant\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
	for _, l := range leafLoops(&calls.Funcs{
		Not: func(x int64) int64 { return x }, Add: func(x, y float64) float64 { return x }, Sum: func([]float64) float64 { return 0 },
	}) {
		if l.op != "noop" && l.run(3) == nil {
			t.Errorf("%s returns what is wrong, and there is no error", l.op)
		}
	}
}

// TestLeafCalls makes real leaf calls.
func TestLeafCalls(t *testing.T) {
	leaves, err := trampoline.OpenLeaf()
	studytest.Available(t, err)
	for _, l := range leafLoops(leaves) {
		if l.run == nil {
			t.Errorf("there is no leaf call of %s, want one", l.op)
		} else if err := l.run(1001); err != nil {
			t.Error(err)
		}
	}
}

// TestStall has calls that stop the world for as long as they take, and others that do not.
func TestStall(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	var most atomic.Int64
	sleep := &calls.Funcs{Spin: func(ns int64) {
		most.Store(max(most.Load(), ns))
		time.Sleep(time.Duration(ns))
	}}
	plan := stallPlan{
		Plan:  measure.Plan{Rounds: 2, Seed: 1, Clock: measure.MachineClock()},
		calls: []time.Duration{2 * time.Millisecond, 4 * time.Millisecond},
	}
	crossings := []calls.Crossing{{Name: "trampoline", Lang: "c", Funcs: sleep}, {Name: "wasm", Lang: "c", Funcs: sleep}, {Name: "cgo", Lang: "c", Funcs: &calls.Funcs{}}}
	before := runtime.NumGoroutine()
	series, err := plan.measure(crossings, sleep, studytest.Counted(t, 10))
	if err != nil {
		t.Fatal(err)
	}
	studytest.GoroutinesBack(t, before)
	var names []string
	for _, s := range series {
		names = append(names, strings.TrimPrefix(s.Subject.Name, "Stall/op="))
		for _, sample := range s.Samples {
			if stop := sample.Get("stop-ns"); stop <= 0 || stop > sample.Wall || sample.Get("memstats-ns") <= 0 {
				t.Errorf("%s: %v ns, %v, want a stop, shorter than that, and a time of ReadMemStats", s.Subject.Name, sample.Wall, sample.More)
			}
			if call, took := record.ParseName(s.Subject.Name), sample.Get("call-ns"); call.Op == "spin" && took < 2e6 {
				t.Errorf("%s: the call took %v ns", s.Subject.Name, took)
			}
		}
	}
	want := []string{
		"idle/lang=go/via=direct/n=1",
		"spin/lang=c/via=trampoline/n=1/form=usual/call=2ms", "spin/lang=c/via=trampoline/n=1/form=leaf/call=2ms",
		"spin/lang=c/via=trampoline/n=1/form=usual/call=4ms", "spin/lang=c/via=trampoline/n=1/form=leaf/call=4ms",
	}
	if !slices.Equal(names, want) || most.Load() != 4e6 {
		t.Errorf("the rows are\n%s\nand the longest call is of %d ns, want\n%s\nand 4 ms", strings.Join(names, "\n"), most.Load(), strings.Join(want, "\n"))
	}
	runtime.GOMAXPROCS(1)
	if _, err := plan.measure(crossings, sleep, studytest.Silent); err == nil || !strings.Contains(err.Error(), "GOMAXPROCS is 1") {
		t.Errorf("on one processor: %v, want an error that says so", err)
	}
}

// TestDuring has something that stops only when the call has begun, beside a call that ends only when it has.
func TestDuring(t *testing.T) {
	plan := stallPlan{Plan: measure.Plan{Clock: measure.MachineClock()}}
	begun, stopped := make(chan struct{}), make(chan struct{})
	plan.during(func(int64) { close(begun); <-stopped }, time.Microsecond, func() { <-begun; close(stopped) })
}

// leafRows are made-up rows of no-ops and one int64.
func leafRows() []measure.Series {
	one := func(op, lang, via, form string, ns, objects float64) measure.Series {
		s := pagetest.Eight("Leaf/op="+op+"/lang="+lang+"/via="+via+"/n=1/form="+form, ns)
		for k := range s.Samples {
			s.Samples[k].Bytes, s.Samples[k].Allocs = 8*objects, objects
		}
		return s
	}
	first := one("noop", "c", "trampoline", "leaf", 2.5, 0)
	again := one("noop", "c", "trampoline", "leaf/entry=again", 2.55, 0)
	return []measure.Series{
		first, again,
		one("noop", "go", "direct", "usual", 1.25, 0),
		one("noop", "c", "trampoline", "usual", 20, 0),
		one("noop", "c", "cgo", "usual", 20.1, 0),
		one("noop", "c", "cgo", "named", 19, 0),
		one("noop", "c", "cgo", "eased", 22, 0),
		one("not", "c", "trampoline", "usual", 20, 0),
		one("not", "c", "purego", "usual", 200, 3),
	}
}

// stallRows are made-up rows of calls of 10 and 100 ms.
func stallRows() []measure.Series {
	one := func(name string, gc, stop, reading, took float64) measure.Series {
		return pagetest.Eight("Stall/op="+name, gc, stop, "stop-ns", reading, "memstats-ns", took, "call-ns")
	}
	return []measure.Series{
		one("idle/lang=go/via=direct/n=1", 100e3, 20e3, 15e3, 1),
		one("spin/lang=go/via=direct/n=1/form=usual/call=10ms", 300e3, 60e3, 50e3, 10.1e6),
		one("spin/lang=c/via=cgo/n=1/form=usual/call=10ms", 105e3, 21e3, 16e3, 10.1e6),
		one("spin/lang=c/via=trampoline/n=1/form=leaf/call=10ms", 9e6, 9e6, 9e6, 10.1e6),
		one("spin/lang=c/via=trampoline/n=1/form=usual/call=10ms", 105e3, 21e3, 16e3, 10.1e6),
		one("spin/lang=c/via=trampoline/n=1/form=usual/call=100ms", 105e3, 22e3, 16e3, 105e6),
		one("spin/lang=c/via=trampoline/n=1/form=leaf/call=100ms", 96e6, 95e6, 90e6, 105e6),
	}
}

func TestLeafTables(t *testing.T) {
	all := append(leafRows(), stallRows()...)
	pagetest.Holds(t, pagetest.Printed(t, leafTables, all...),
		"noise floor of 2%, which is found by timing the leaf's",
		"| plain Go | 1.29 ±3% | | | | 0.06 ±0% |",
		"| trampoline as a leaf | 2.59 ±3% | | | | 0.12 ±0% |",
		"| trampoline | 20.7 ±3% | 20.7 ±3% | | | 1 |",
		"| cgo | 20.8 ±3% | | | | ~1.00 ±0% |",
		"| purego, RegisterFunc | | 207 ±3% | | | |",
		"A leaf call without argument takes 2.59 ns. Against others: 1.29 ns more (plain Go); 18.1 ns less (trampoline); "+
			"20.2 ns less (cgo by its name, both directives); 17.1 ns less (cgo by its name); 18.2 ns less (cgo).",
		"| idle program | 104 µs ±3% | 20.0 µs ±0% | | 15.0 µs ±0% |",
		"| 10 ms, plain Go | 310 µs ±3% | 60.0 µs ±0% | 0.59% | 50.0 µs ±0% |",
		"| 100 ms, trampoline as a leaf | 99.4 ms ±3% | 95.0 ms ±0% | 90% | 90.0 ms ±0% |",
		"Beside a leaf call of 105 ms a collection stops the program for 95.0 ms, and beside a usual call of the same length for 22.0 µs. "+
			"Never the default: what stops the world stops every goroutine until a leaf call returns,")
	fitsATerminal(t, leafTables, all...)
	pagetest.Sourced(t, html(t, leafTables, all))

	if text := pagetest.Printed(t, leafTables, fast(plain("noop"), 20)); text != "" {
		t.Errorf("of a record without leaf calls is printed %q, want nothing", text)
	}
	for k := range all {
		text := pagetest.Printed(t, leafTables, all[k:k+1]...)
		pagetest.Lacks(t, text, "%!(", "NaN", "Inf", "Never the default")
	}
	short := stallRows() // a leaf call that stops nothing
	for k := range short[6].Samples {
		short[6].Samples[k].More[0].Value = 22e3
	}
	text := pagetest.Printed(t, leafTables, short...)
	pagetest.Holds(t, text, "a collection stops the program for 22.0 µs, and beside a usual call of the same length for 22.0 µs.")
	pagetest.Lacks(t, text, "Never the default")
}

func TestLeafAnswer(t *testing.T) {
	answer := func(series ...measure.Series) string {
		return answerLeaf(pagetest.PrinterOf(pagetest.CallsRecord(t, series...)))
	}
	want := "A leaf call takes 2.59 ns where the trampoline's usual call takes 20.7 ns. Beside a leaf call of 105 ms a collection stops the program for 95.0 ms,"
	if got := answer(append(leafRows(), stallRows()...)...); !strings.HasPrefix(got, want) {
		t.Errorf("%q, want it to begin with %q", got, want)
	}
	if got := answer(leafRows()...) + answer(stallRows()...); got != "" {
		t.Errorf("of the half of what is needed: %q, want nothing", got)
	}
}

func TestLeafClaims(t *testing.T) {
	judge := func(of func(*page.Page) (string, string), series ...measure.Series) string {
		found, verdict := of(pagetest.PrinterOf(pagetest.CallsRecord(t, series...)))
		return found + ": " + verdict
	}
	times := leafRows()
	for _, c := range []struct {
		name   string
		claim  func(*page.Page) (string, string)
		series []measure.Series
		want   string
	}{
		{"leaf", fasterLeaf, times, "a no-op takes 2.59 ns as a leaf and 20.8 ns by cgo: 8.0 times as fast: holds, but by less: 8.0 times as fast, not 13"},
		{"single digit", singleDigit, times, "a leaf call without argument, by Toll's own assembly, takes 2.59 ns: holds"},
		{"collection", delaysCollection, stallRows(), "beside a leaf call of 105 ms runtime.GC takes 99.4 ms, beside a usual call 109 µs: holds"},
		{"collection in time", delaysCollection, stallRows()[:5], "beside a leaf call of 10.1 ms runtime.GC takes 9.31 ms, beside a usual call 109 µs: holds"},
		{"no leaf", fasterLeaf, times[2:], ": "},
		{"no stall", delaysCollection, times, ": "},
		{"unknown noise", fasterLeaf, slices.Delete(leafRows(), 1, 2), "a no-op takes 2.59 ns as a leaf and 20.8 ns by cgo: 8.0 times as fast: does not hold"},
	} {
		if got := judge(c.claim, c.series...); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
