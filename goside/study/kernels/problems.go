// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernels

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

// steps are those of a run of diffusion: enough to fuse, and too few for the block's edge to reach denormals.
const steps = 100

// largeSide is that of a grid which no cache holds.
const largeSide = 4096

// plain is the language that ladders begin at.
const plain = "c"

// pythonVia is the crossing of the rows from Python.
const pythonVia = "cpython"

// rung is a step of a ladder.
type rung struct{ lang, adds string }

// ladders lead, in C and on one thread, from the plain loop to the tuned kernel.
var ladders = map[string][]rung{
	"julia": {
		{plain, "the plain loop"},
		{"c-simd-rung1", "one vector at a time"},
		{"c-simd-rung2", "vectors interleaved"},
		{"c-simd-brute", "survivors compacted"},
		{"c-simd", "the certificate"},
	},
	"diffusion": {
		{plain, "the plain loop"},
		{"c-simd-rung1", "neighbours in registers"},
		{"c-simd", "steps fused"},
	},
	"ols": {
		{plain, "the plain loop"},
		{"c-simd-rung1", "one vector at a time"},
		{"c-simd", "unrolled, overlapped"},
	},
}

// family is a language's plain kernels, and its tuned ones; brute does each iteration of a Julia set. alone is the tuned
// language of the same kind on one thread, "" if the family itself is.
type family struct{ name, plain, brute, tuned, alone string }

// families are those of all languages.
var families = []family{
	{"C", plain, "c-simd-brute", "c-simd", ""},
	{"Fortran", "fortran", "fortran-simd-brute", "fortran-simd", ""},
	{"Rust", "rust", "rust-simd-brute", "rust-simd", ""},
	{"Go", "go", "go-fast-brute", "go-fast", ""},
	{"C, OpenMP", "c-omp", "", parallelC, "c-simd"},
	{"Rust", "rust-par", "", "rust-simd-par", "rust-simd"},
	{"Go", "go-par", "", "go-fast-par", "go-fast"},
}

// parallelC is the language that the fastest rows from Python are compared with.
const parallelC = "c-simd-omp"

// pythons are the languages from Python that may be the fastest.
var pythons = map[string][]string{
	"julia":     {"numba-prange", "pythran", "cython-guided", "cython-static"},
	"diffusion": {"numba", "numba-prange", "pythran", "cython-memoryview", "numpy"},
	"ols":       {"numba", "numba-prange", "pythran", "cython-memoryview", "numpy"},
}

// slower are those of them that are no faster than others, and are left out where a run takes seconds.
var slower = []string{"numpy", "cython-memoryview"}

// problem is one that is timed.
type problem struct {
	kernel.Problem
	whole kernel.Case // which verifies it
	item  string      // of which an operation has so many
	items int
	slow  bool // too slow for a quick run, and for all from Python
}

// problemsOf returns all of them.
func problemsOf() ([]problem, error) {
	all := []problem{
		{item: "iteration", items: kernel.JuliaSum},
		{item: "cell", items: square(kernel.DiffusionSize - 2), whole: kernel.DiffusionCase(kernel.DiffusionSize, steps, kernel.Row)},
		{item: "cell", items: square(largeSide - 2), whole: kernel.DiffusionCase(largeSide, steps, kernel.Row), slow: true},
		{item: "row", items: kernel.OLSRows},
		{item: "row", items: kernel.OLSRows},
	}
	for k, of := range []struct{ kernel, layout string }{{"julia", ""}, {"diffusion", "row"}, {"diffusion", "row"}, {"ols", "row"}, {"ols", "col"}} {
		p := &all[k]
		if of.kernel == "diffusion" {
			side := kernel.DiffusionSize
			if p.slow {
				side = largeSide
			}
			p.Problem = kernel.DiffusionProblem(benchmark, side, steps, kernel.Row)
			continue
		}
		for _, timed := range kernel.Problems() {
			if timed.Kernel == of.kernel && timed.Layout == of.layout {
				p.Problem = timed
				p.Study = benchmark
			}
		}
		for _, c := range kernel.Cases() {
			if c.Kernel == of.kernel && strings.Trim(c.Layout, "-") == of.layout && strings.HasPrefix(c.Name, "the book's") {
				p.whole = c
			}
		}
		if p.New == nil || p.whole.New == nil {
			return nil, fmt.Errorf("kernels: %s %s is no problem, or no case of it is named the book's", of.kernel, of.layout)
		}
	}
	return all, nil
}

func square(n int) int { return n * n }

// chosen returns the problems of the kernels that the run is asked for.
func chosen(lab *study.Lab) ([]problem, error) {
	all, err := problemsOf()
	if err != nil {
		return nil, err
	}
	var some []problem
	for _, p := range all {
		asked := lab.Kernels == nil
		if !asked {
			if asked, err = study.Matches(lab.Kernels, p.Kernel); err != nil {
				return nil, err
			}
		}
		if asked && (lab.Full || !p.slow) {
			some = append(some, p)
		}
	}
	if some == nil {
		return nil, seam.Usagef("no kernel matches %q, want diffusion, julia, ols or patterns", lab.Kernels)
	}
	return some, nil
}

// has reports whether one of the problem's rows is of that route.
func (p *problem) has(r *seam.Route) bool {
	if r.Via == pythonVia {
		return slices.Contains(pythons[p.Kernel], r.Lang) && (!p.slow || !slices.Contains(slower, r.Lang))
	}
	if r.Via != "cgo" && r.Via != "direct" {
		return false
	}
	return slices.ContainsFunc(ladders[p.Kernel], func(step rung) bool { return step.lang == r.Lang }) ||
		slices.ContainsFunc(families, func(f family) bool {
			return slices.Contains([]string{f.plain, f.tuned}, r.Lang) || p.Kernel == "julia" && f.brute == r.Lang
		})
}

// facts returns what the record says of the problem on a route. Rows from Python have no work: they are not held against limits.
func (p *problem) facts(timed *kernel.Timed, r *seam.Route) []measure.Fact {
	facts := study.FactsFor(&p.Problem, timed, r.Lang)
	if r.Via == pythonVia {
		facts = study.Facts(&p.Problem, &kernel.Timed{})
	}
	return append(facts, measure.Fact{Key: "item", Value: p.item}, measure.Fact{Key: "items", Value: strconv.Itoa(p.items)})
}

// nameOf returns what a problem of the record is called in tables and sentences.
func nameOf(r *record.Row) string {
	switch r.Kernel {
	case "julia":
		return "Julia " + squared(r.N)
	case "diffusion":
		return "diffusion " + squared(r.N)
	}
	return "OLS" + map[string]string{"row": " by rows", "col": " by columns"}[r.Layout]
}

// squared shows the side of a square that is written as a number.
func squared(n string) string { return n + "²" }
