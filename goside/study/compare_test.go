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

// twoRuns returns two records of nine routes whose noise is 1 %; in the second, all are 20 % slower, as by a
// machine that changed, and those whose names are given by a tenth more.
func twoRuns(t *testing.T, slowed ...string) (before, after *record.Record) {
	rng := rand.New(rand.NewPCG(1, 1))
	run := func(scale float64, slowed []string) *record.Record {
		var all []measure.Series
		for _, kernel := range []string{"julia", "diffusion"} {
			for _, lang := range []string{"go", "c", "rust", "fortran", "ada", "c-omp", "rust-par", "go-par", "ada-omp", "c/again"} {
				name := record.Name{Study: "Kernels", Kernel: kernel, Via: "cgo", N: "1"}
				name.Lang, name.Entry, _ = strings.Cut(lang, "/")
				by := scale
				if slices.Contains(slowed, kernel+" "+lang) {
					by *= 1.1
				}
				var ns []float64
				for range 41 {
					ns = append(ns, by*1e5*(1+0.01*rng.NormFloat64()))
				}
				all = append(all, pagetest.One(name.String(), pagetest.Problem(kernel, "step", "", "", "", ""), ns...))
			}
		}
		all = append(all, pagetest.One("Limits/op=call/lang=go/via=direct/n=1", nil, pagetest.Times(scale)...))
		return pagetest.Written(t, []measure.Fact{{Key: "cpu", Value: "x"}, {Key: "seed", Value: "1"}}, all)
	}
	return run(1, nil), run(1.2, slowed)
}

func TestCompare(t *testing.T) {
	before, after := twoRuns(t, "julia rust")
	c, err := study.Compare(before, after)
	if err != nil {
		t.Fatal(err)
	}
	for k := range c.Rows {
		r := &c.Rows[k]
		if slowed := r.New.Kernel == "julia" && r.New.Lang == "rust"; r.Slower() != slowed || r.Faster() {
			t.Errorf("%s: %+v, want only rust's julia slower", r.New.Name.String(), r.Change)
		}
	}
	if worse := c.Worse(0.05); len(worse) != 1 || worse[0].New.Lang != "rust" {
		t.Errorf("%d rows are worse by 5 %%, want rust's julia", len(worse))
	}
	if worse := c.Worse(0.15); len(worse) != 0 {
		t.Errorf("%d rows are worse by 15 %%, want none", len(worse))
	}
	var text bytes.Buffer
	c.Print(&text, false)
	for _, want := range []string{
		"│ julia               │    5 │", "│ julia, parallel     │    4 │", "│ rust/cgo │", "slower │",
		"limits, whose code is the same: +20.0% time", "All 18 rows in geometric mean: +2", "Beyond noise: 1 slower, 0 faster.",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in:\n%s", want, text.String())
		}
	}
	text.Reset()
	c.Print(&text, true)
	if got := strings.Count(text.String(), "/cgo "); got != 18 {
		t.Errorf("%d rows listed, want all 18:\n%s", got, text.String())
	}
	same, err := study.Compare(before, before)
	if err != nil {
		t.Fatal(err)
	}
	if worse := same.Worse(0); len(worse) != 0 || len(same.Differ) != 0 {
		t.Errorf("a record differs from itself: %v, %v", worse, same.Differ)
	}
}

// TestCompareOthers: what cannot be compared is said.
func TestCompareOthers(t *testing.T) {
	before, after := twoRuns(t)
	after.Facts[0].Value = "y"
	after.Facts[1].Value = "2" // another seed is no difference
	after.Rows = after.Rows[3:]
	c, err := study.Compare(before, after)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"cpu: x, now y"}, c.Differ); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if c.OnlyOld != 3 || c.Only != 0 {
		t.Errorf("%d rows only old, %d only new, want 3 and 0", c.OnlyOld, c.Only)
	}
	var text bytes.Buffer
	c.Print(&text, false)
	for _, want := range []string{"Warning: the records differ in cpu: x, now y.", "      ? │", "Not compared: 3 rows that only the old record has, 0 that only the new one has."} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in:\n%s", want, text.String())
		}
	}
	after.Rows[0].Samples = after.Rows[0].Samples[:5]
	if _, err := study.Compare(before, after); err == nil || !strings.Contains(err.Error(), "want at least 6") {
		t.Errorf("5 samples gave %v, want an error that says how many", err)
	}
	after.Rows = nil
	if _, err := study.Compare(before, after); err == nil {
		t.Error("records without a common row were compared")
	}
}
