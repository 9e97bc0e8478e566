// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package instructions

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/studytest"
)

func TestReadRuns(t *testing.T) {
	text := "# callgrind format\npart: 1\nevents: Ir\nfn=(1) totals\ntotals: 16793542\n\n" +
		"totals: 1130\ntotals: 12130\ntotals: 1125\ntotals: 12500\ntotals: 1130\ntotals: 12125\ntotals: 348\n"
	got, err := readRuns(text, 1)
	if want := (took{1125, 12125}); err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("got %v and %v, want %v", got, err, want)
	}
	for _, c := range []struct{ old, new, want string }{
		{text, "", "has 0 parts, want 8"},
		{"totals: 348\n", "", "has 7 parts, want 8"},
		{"totals: 348\n", "totals: 348\ntotals: 348\n", "has 9 parts, want 8"},
		{"totals: 1125\n", "totals:\n", `has the line "totals:"`},
		{"totals: 1125\n", "totals: 11 25\n", `has the line "totals: 11 25"`},
		{"totals: 1125\n", "totals: 1e3\n", `has the line "totals: 1e3"`},
		{"totals: 1125\n", "totals: 0\n", "counted 0 instructions in a short run"},
		{"totals: 12125\n", "totals: 1125\n", "and 1125 in a long one"},
	} {
		_, err := readRuns(strings.Replace(text, c.old, c.new, 1), 1)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: got %v, want an error with %q", c.new, c.old, err, c.want)
		}
	}
}

func TestTally(t *testing.T) {
	counted := &tally{route: seam.NewRoute("c", "x", nil), functions: callProblems()[:2]}
	add := func(noop, not took) { counted.runs = append(counted.runs, []took{noop, not}) }
	add(took{100, 10100}, took{3000, 128000})
	add(took{101, 10099}, took{3000, 128100})
	if !counted.agrees() {
		t.Errorf("%+v disagrees", counted.runs)
	}
	add(took{100, 10100}, took{3000, 129000})
	if counted.agrees() {
		t.Errorf("%+v agrees, want it to disagree by 1/128", counted.runs)
	}
	rows := pagetest.Written(t, nil, series([]*tally{counted}, nil)).Of(Name)
	if len(rows) != 2 || rows[0].Name.String() != "Instructions/op=noop/lang=c/via=x/n=1" || len(rows[0].Samples) != 3 {
		t.Fatalf("rows are %+v, want two of three samples", rows)
	}
	if perCall, spread := least(rows[0]); perCall != 9.999 || !(spread < 0.001) {
		t.Errorf("got %v instructions a call with a spread of %v, want 9.999 and next to none", perCall, spread)
	}
	if perCall, spread := least(rows[1]); perCall != 125 || spread != 1.0/128 {
		t.Errorf("got %v instructions a call with a spread of %v, want 125 and 1/128", perCall, spread)
	}
}

func TestTables(t *testing.T) {
	var all []*tally
	for _, lang := range []string{"go", "c"} {
		all = append(all, &tally{route: seam.NewRoute(lang, "x", nil), functions: callProblems(), runs: [][]took{
			{{100, 1100}, {100, 2100}, {100, 3150}, {100, 50100}}, {{100, 1110}, {100, 2100}, {100, 3150}, {100, 50100}},
		}})
	}
	all[1].functions, all[1].runs = all[1].functions[:2], [][]took{{{200, 4250}, {200, 5250}}}
	text := pagetest.Printed(t, tables, series(all, nil)...)
	pagetest.Holds(t, text, "| route | noop | not | add | sum 1000 |", "| go/x | 1 | 2 | 3.1 | 1000 |", "| c/x | 4.1 | 5.1 | | |", "The most was 0.9% more (go/x noop).")
	if text := pagetest.Printed(t, tables, pagetest.One("Other/op=x/n=1", nil, 1)); text != "" {
		t.Errorf("a record without counts shows %q", text)
	}
}

// TestLeavesOut: a route that is not there is said, one that is wrong is an error, and the others are counted.
func TestLeavesOut(t *testing.T) {
	route := func(lang string) *seam.Route {
		return seam.NewRoute(lang, "x", func() (*seam.Library, error) { return seam.NewLibrary(kernel.Go(), false, seam.Build{}), nil })
	}
	results := []conform.Result{
		{Route: route("a"), Err: fmt.Errorf("x: %w: nowhere", seam.ErrUnavailable)},
		{Route: route("b"), Kernel: "call", Cases: 7, Failures: []error{errors.New("got 0, want -1"), errors.New("got 1, want 2")}},
		{Route: route("c"), Kernel: "call", Cases: 7},
		{Route: route("d"), Err: errors.New("x: version 7, want 1")},
	}
	var said bytes.Buffer
	tallies, wrong := newTallies(&study.Lab{Stderr: &said}, results)
	if len(tallies) != 1 || tallies[0].route.Lang != "c" || len(tallies[0].functions) != len(callProblems()) {
		t.Errorf("counted are %+v, want c alone", tallies)
	}
	if said.String() != "toll: left out: x: unavailable: nowhere\n" {
		t.Errorf("said %q, want the route that is not there", said.String())
	}
	if wrong == nil || !strings.Contains(wrong.Error(), "b/x: 2 of 7 cases failed, the first: got 0, want -1") || !strings.Contains(wrong.Error(), "version 7, want 1") ||
		strings.Contains(wrong.Error(), "nowhere") {
		t.Errorf("got %v, want why b and d are wrong", wrong)
	}
}

// TestCount holds counts against each other, never against numbers: those of some processes against those of others, and of
// purego, whose processes disagree, two counts of as many as are made at least.
func TestCount(t *testing.T) {
	v := studytest.Valgrind(t)
	results, err := study.Match([]string{"go/direct", "c/cgo", "c/purego"}, "call")
	if err != nil {
		t.Fatal(err)
	}
	tallies, wrong := newTallies(&study.Lab{Stderr: t.Output()}, results)
	if wrong != nil {
		t.Fatal(wrong)
	}
	purego := tallies[len(tallies)-1]
	again := &tally{route: purego.route, functions: purego.functions}
	if err := count(v, append(slices.Clone(tallies), again), fewProcesses, studytest.Silent); err != nil {
		t.Fatal(err)
	}
	var order []string // of the routes, by what a call should cost
	counts := map[string]float64{}
	for _, counted := range tallies {
		order = append(order, counted.route.Name())
		some, others, within := counted.runs[:fewProcesses/2], counted.runs[fewProcesses/2:], 0.01
		if counted == purego {
			some, others, within = counted.runs, again.runs, 0.03 // so few processes need not meet with the same seeds, which are worth 1.3% a level
		}
		perCall := func(runs [][]took) []*record.Row {
			return pagetest.Written(t, nil, series([]*tally{{route: counted.route, functions: counted.functions, runs: runs}}, results)).Of(Name)
		}
		for k, r := range perCall(some) {
			first, _ := least(r)
			second, _ := least(perCall(others)[k])
			if !(math.Abs(second/first-1) < within) {
				t.Errorf("%s of %s: counted %.1f, then %.1f, want the same within %g%%", r.Op, r.Route(), first, second, 100*within)
			}
			counts[r.Route()+" "+r.Op] = min(first, second)
		}
	}
	if len(order) < 2 || purego.route.Name() != "c/purego" || len(counts) != 4*len(order) {
		t.Fatalf("counted %v, want 4 functions of go/direct, c/purego and, if there, c/cgo", counts)
	}
	last := 0.0
	for _, route := range order {
		noop, sum := counts[route+" noop"], counts[route+" sum"]
		if noop <= last {
			t.Errorf("%s: counted %.1f for noop, want more than %.1f, since %v is the order", route, noop, last, order)
		}
		if sum < noop+1000 {
			t.Errorf("%s: counted %.1f for noop and %.1f for sum, want 1000 more for 1000 elements", route, noop, sum)
		}
		last = noop
	}
}

func TestRepeatRefuses(t *testing.T) {
	for _, args := range [][]string{nil, {"go/direct"}, {"go/direct", "fft"}, {"go/nowhere", "noop"}} {
		if err := repeat(io.Discard, args); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}
