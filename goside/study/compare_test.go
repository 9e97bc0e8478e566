// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study"
)

// compared returns what became of the rows, and fails the test if that cannot be told.
func compared(t *testing.T, before, after *record.Record) *study.Comparison {
	t.Helper()
	c, err := study.Compare(before, after)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func printed(c *study.Comparison, all bool) string {
	var text bytes.Buffer
	c.Print(&text, all, func(v study.Verdict) string { return string(v) })
	return text.String()
}

// twoRuns returns two records of nine routes whose noise is 1 %; in the second, all are 20 % slower, as by a
// machine that changed, and those whose names are given by a tenth more.
func twoRuns(t *testing.T, slowed ...string) (before, after *record.Record) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	run := func(scale float64, slowed []string) *record.Record {
		var all []measure.Series
		for _, kernel := range []string{"julia", "diffusion"} {
			add := func(lang, entry string) {
				by := scale
				if slices.Contains(slowed, kernel+" "+lang) {
					by *= 1.1
				}
				var ns []float64
				for range 41 {
					ns = append(ns, by*1e5*(1+0.01*rng.NormFloat64()))
				}
				name := record.Name{Study: "Kernels", Kernel: kernel, Lang: lang, Via: "cgo", N: "1", Entry: entry}
				all = append(all, pagetest.One(name.String(), pagetest.Problem(kernel, "step", "", "", "", ""), ns...))
			}
			for _, lang := range []string{"go", "c", "rust", "fortran", "ada", "c-omp", "rust-par", "go-par", "ada-omp"} {
				add(lang, "")
			}
			add("c", record.EntryAgain)
		}
		all = append(all, pagetest.One("Limits/op=call/lang=go/via=direct/n=1", nil, pagetest.Times(scale)...))
		return pagetest.Written(t, []measure.Fact{{Key: "cpu", Value: "x"}, {Key: "seed", Value: "1"}}, all)
	}
	return run(1, nil), run(1.2, slowed)
}

func TestCompare(t *testing.T) {
	before, after := twoRuns(t, "julia rust")
	c := compared(t, before, after)
	if len(c.Rows) != 18 {
		t.Errorf("%d rows are compared, want 18 without second entries and limits", len(c.Rows))
	}
	for k := range c.Rows {
		r := &c.Rows[k]
		if slowed := r.New.Kernel == "julia" && r.New.Lang == "rust"; r.Slower() != slowed || r.Faster() {
			t.Errorf("%v: %+v, want only rust's julia slower", r.New.Name, r.Change)
		}
	}
	if worse := c.Worse(0.05); len(worse) != 1 || worse[0].New.Lang != "rust" {
		t.Errorf("%d rows are worse by 5 %%, want rust's julia", len(worse))
	}
	if worse := c.Worse(0.15); len(worse) != 0 {
		t.Errorf("%d rows are worse by 15 %%, want none", len(worse))
	}
	text := printed(c, false)
	pagetest.Holds(t, text, "│ julia               │    5 │", "│ julia, parallel     │    4 │", "│ julia   │ rust/cgo │", "slower │",
		"limits, whose code is the same: +20.0% time", "Rows compared: 18, in geometric mean: +2", "Beyond noise: 1 slower, 0 faster.")
	pagetest.Lacks(t, text, "Warning", "not compared", "│ none")
	for line := range strings.Lines(text) {
		if n := len([]rune(line)); n > 121 {
			t.Errorf("%d columns, want at most 120: %s", n-1, line)
		}
	}
	if got := strings.Count(printed(c, true), "/cgo "); got != 18 {
		t.Errorf("%d rows listed, want all 18:\n%s", got, text)
	}
	same := compared(t, before, before)
	if worse := same.Worse(0); len(worse) != 0 || len(same.Differ) != 0 {
		t.Errorf("a record differs from itself: %v, %v", worse, same.Differ)
	}
}

// TestCompareFloor: a route that differs from itself by so much shows that a change of another by less is none.
func TestCompareFloor(t *testing.T) {
	before, after := twoRuns(t, "julia rust")
	for k := range after.Rows {
		r := &after.Rows[k]
		for s := range r.Samples {
			if r.Kernel == "julia" && r.Again() {
				r.Samples[s].Wall *= 1.15
			}
		}
	}
	c := compared(t, before, after)
	for _, r := range c.Rows {
		if r.Slower() || r.Faster() {
			t.Errorf("%v: %+v, want no change beyond the floor of 15 %%", r.New.Name, r.Change)
		}
	}
}

// TestCompareOthers: what cannot be compared is said.
func TestCompareOthers(t *testing.T) {
	before, after := twoRuns(t)
	after.Facts[0].Value = "y"
	after.Facts[1].Value = "2" // another seed is no difference
	before.Facts = append(before.Facts, measure.Fact{Key: "simd", Value: "avx512"})
	after.Facts = append(after.Facts, measure.Fact{Key: "simd", Value: "avx2"})
	after.Rows = after.Rows[3:]
	c := compared(t, before, after)
	if diff := cmp.Diff([]string{"cpu: x, now y", "simd: avx512, now avx2"}, c.Differ); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if c.OnlyOld != 3 || c.Only != 0 {
		t.Errorf("%d rows only old, %d only new, want 3 and 0", c.OnlyOld, c.Only)
	}
	pagetest.Holds(t, printed(c, false), "Warning: the records differ in cpu: x, now y.", "      ? │",
		"Rows not compared: 3 of the old record only, 0 of the new one only.")
	if c := compared(t, after, before); c.OnlyOld != 0 || c.Only != 3 {
		t.Errorf("%d rows only old, %d only new, want 0 and 3", c.OnlyOld, c.Only)
	}
	after.Facts = append(after.Facts, measure.Fact{Key: "interrupted", Value: "in routes, by what ended the process"})
	pagetest.Holds(t, printed(compared(t, before, after), false), "Warning: the records differ in completeness: complete, now cut short in routes, by what ended the process.")
	pagetest.Holds(t, printed(compared(t, after, after), false), "completeness: cut short in routes, by what ended the process, now cut short in")
	after.Rows[0].Samples = after.Rows[0].Samples[:5]
	if _, err := study.Compare(before, after); err == nil || !strings.Contains(err.Error(), "want at least 6") {
		t.Errorf("5 samples gave %v, want an error that says how many", err)
	}
	after.Rows = nil
	if _, err := study.Compare(before, after); err == nil {
		t.Error("records without a common row were compared")
	}
}

// TestCompareUnjudged: what says that it is not to be compared is not, nor is a call made beside a subject.
func TestCompareUnjudged(t *testing.T) {
	run := func(scale float64) *record.Record {
		unjudged := append(pagetest.Problem("build", "build", "", "", "", ""), measure.Fact{Key: "unjudged", Value: "few rounds"})
		return pagetest.Written(t, nil, []measure.Series{
			pagetest.One("Call/op=noop/lang=c/via=cgo/n=1", nil, pagetest.Times(5)...),
			pagetest.One("Call/op=noop/lang=c/via=cgo/n=1/entry=reference", nil, pagetest.Times(5*scale)...),
			pagetest.One("Builds/op=build/lang=c/via=cgo/n=1", unjudged, scale, scale),
		})
	}
	c := compared(t, run(1), run(2))
	if len(c.Rows) != 1 || c.Rows[0].New.Op != "noop" || c.OnlyOld != 0 || c.Only != 0 || len(c.Worse(0)) != 0 {
		t.Errorf("compared are %+v, want the first row alone, unchanged", c)
	}
}

// TestCompareCounts: of instructions no times are known. No machine drifts in its counts, so what all routes have in common is a
// change, too.
func TestCompareCounts(t *testing.T) {
	run := func(counts map[string]float64) *record.Record {
		var all []measure.Series
		for _, op := range []string{"noop", "add"} {
			for _, lang := range []string{"go", "c", "rust", "ada"} {
				count, found := counts[op+" "+lang]
				if !found {
					continue
				}
				s := pagetest.One("Instructions/op="+op+"/lang="+lang+"/via=cgo/n=1", pagetest.Problem(op+" n=1", "call", "", "", "", ""), pagetest.Times(0)...)
				for k := range s.Samples {
					s.Samples[k].More = []measure.Value{{Value: count + float64(k%2), Unit: "instructions/op"}, {Value: 1e6, Unit: "long-run-instructions"}}
				}
				all = append(all, s)
			}
		}
		return pagetest.Written(t, nil, all)
	}
	before := run(map[string]float64{"noop go": 100, "noop c": 200, "noop rust": 300, "noop ada": 400, "add c": 1000})
	after := run(map[string]float64{"noop go": 110, "noop c": 220, "noop rust": 330, "noop ada": 440, "add c": 900})
	c := compared(t, before, after)
	if worse := c.Worse(0.05); len(worse) != 4 {
		t.Errorf("%d rows are worse by 5 %%, want all four of noop", len(worse))
	}
	text := printed(c, false)
	pagetest.Holds(t, text, "│ noop n=1 │    4 │  +10.0% │  none │      4 │      0 │", "│ add n=1  │    1 │  -10.0% │  none │      0 │      1 │",
		"│ noop n=1 │   go/cgo │  100 instructions/op │ 110 instructions/op │ +10.0% │ +10.0% │ ±0.9% │ slower │", "Beyond noise: 4 slower, 1 faster.")
	for line := range strings.Lines(text) {
		if n := len([]rune(line)); n > 121 {
			t.Errorf("%d columns, want at most 120: %s", n-1, line)
		}
	}
	if worse := compared(t, before, before).Worse(0); len(worse) != 0 {
		t.Errorf("a record differs from itself: %v", worse)
	}
}
