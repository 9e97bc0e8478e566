// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package bench times every kernel and call on every route against each other, with the machine's limits in the same rounds.
// toll bench and go test -bench time the same subjects.
package bench

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"time"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/level"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/limits"
	"toll/goside/via/thread"
)

//go:embed head.md
var head string

// Study is toll bench.
var Study = study.Study{
	Name:  "bench",
	Title: "Kernels and calls, on every route",
	Short: "Verify every route, then time all of them against each other",
	About: `Bench verifies every route and times those that hold in interleaved rounds on the book's own problem sizes, with the
machine's limits in the same rounds. Unless --route says otherwise, kernels are timed in the plain languages, in the tuned
ones (-simd, -fast) and through the fastest bindings of Python, and calls in the plain languages.`,
	Example: `  toll bench --quick
  toll bench --kernel julia --route '*/cgo,*/purego' -o julia.txt.gz`,
	Page:  "RESULTS.md",
	Head:  head,
	Parts: []study.Part{Part},
	Foot:  (*page.Page).Warnings,
	Board: board,
}

// Part is the matrix of routes.
var Part = study.Part{
	Name: "bench",
	Experiments: []study.Experiment{
		{Name: "routes", Free: true, Quick: 70 * time.Second, Full: 5 * time.Minute, Run: run},
	},
	Benchmarks: append([]string{record.LimitsName}, study.OfRoutes...),
	Sections:   []func(*page.Page){tables, limits.Print, legend},
}

// rounds are those that toll bench takes by default.
const rounds = 31

// run verifies the routes, and times those that hold. What fails is an error beside the times of the others.
func run(lab *study.Lab) ([]measure.Series, error) {
	kernels := lab.Kernels
	if kernels == nil {
		kernels = []string{"*"}
	}
	routes, err := standard(kernels)
	if lab.Routes != nil {
		routes, err = registry.Match(lab.Routes)
	}
	if err != nil {
		return nil, err
	}
	results, err := lab.Verify(routes, kernels)
	if err != nil {
		return nil, err
	}
	wrong := study.Wrong(results)
	sayUnforced(lab, results)
	if lab.Routes == nil {
		results = withoutCalls(results)
	}
	lab.SayTeams(routes)
	subjects, err := Subjects(results, registry.Baseline, lab.Threads)
	if err != nil {
		return nil, errors.Join(wrong, err)
	}
	if len(subjects) == 0 && wrong == nil { // what is neither wrong nor timed is unavailable
		for k := range results {
			if reason := results[k].Reason(); reason != nil {
				return nil, reason
			}
		}
	}
	if len(subjects) == 0 {
		return nil, errors.Join(wrong, errors.New("nothing to time: no route holds what was verified"))
	}
	if !lab.NoLimits {
		limits.Say(lab, lab.Threads)
		more, err := limits.Subjects(lab.Threads, subjects)
		if err := lab.Available(err); err != nil {
			return nil, errors.Join(wrong, err)
		}
		subjects = append(subjects, more...)
	}
	lab.SayBuilds(routes)
	sayMore(lab, results)
	series, err := lab.MeasureIn(subjects, study.Batch, rounds, study.Visits)
	return series, errors.Join(wrong, err)
}

// bindings are the fastest ways to call compiled code from Python, on one thread and on several, see toll book.
var bindings = study.OnCPython("numpy", "numba", "numba-prange", "pythran", "cython-memoryview", "cython-static")

// standard returns the routes that are timed unless others are asked for: the plain languages and the tuned ones, and the
// fastest bindings of Python. What computes all iterations of a Julia set (-brute) is compared with what does not, and needs
// one crossing for that. Calls are timed on the plain languages alone, since those of the others are the same.
func standard(kernels []string) ([]*seam.Route, error) {
	routes := slices.Clone(registry.Native())
	if !slices.ContainsFunc(kernel.Problems(), func(p kernel.Problem) bool {
		ok, _ := study.Matches(kernels, p.Kernel)
		return ok && p.Study == "Kernels"
	}) {
		return routes, nil
	}
	via, err := study.NativeVia()
	if err != nil {
		return nil, err
	}
	for _, r := range registry.Tuned() {
		if !level.Brute(r.Lang) || r.Via == via || r.Via == "direct" {
			routes = append(routes, r)
		}
	}
	python, err := registry.Match(bindings)
	return append(routes, python...), err
}

// withoutCalls returns the results without the calls that [standard] leaves out. A route of which one fails keeps it, and is not
// timed.
func withoutCalls(results []conform.Result) []conform.Result {
	return slices.DeleteFunc(results, func(r conform.Result) bool {
		return r.Kernel == "call" && r.Holds() && !slices.Contains(registry.Native(), r.Route)
	})
}

// sayUnforced says why the tuned languages are left out if they are at the level that is forced.
func sayUnforced(lab *study.Lab, results []conform.Result) {
	for k := range results {
		r := &results[k]
		if _, tuned := level.Plain(r.Route.Lang); tuned && level.Forced() != "" && r.Verdict() == conform.Unavailable {
			_ = lab.Available(r.Reason())
			return
		}
	}
}

// sayMore adds to the record at which level the tuned languages run, and which CPython, if any of them hold.
func sayMore(lab *study.Lab, results []conform.Result) {
	for _, r := range study.Holding(results) {
		_, tuned := level.Plain(r.Lang)
		if _, named := level.Split(r.Lang); tuned && named == "" {
			lab.Say("simd", level.Chosen())
		}
		if r.Via == "cpython" {
			lab.SayPython()
		}
	}
}

// Subjects returns every problem on every route that holds what was verified and offers it. All routes share
// a problem's memory, so that it lies alike for all; parallel languages use that many threads. In each
// problem one route, baseline or else the first, is entered once more under another name (see [Again]): what
// the two differ by is noise.
func Subjects(verified []conform.Result, baseline string, threads int) ([]measure.Subject, error) {
	routes := study.Holding(verified)
	var subjects []measure.Subject
	for _, p := range kernel.Problems() {
		if !slices.ContainsFunc(verified, func(r conform.Result) bool { return study.Verifies(&r, &p) }) {
			continue
		}
		timed := p.New(threads)
		verification := measure.Fact{Key: "verified", Value: study.Verification(&p, verified)}
		var twice *measure.Subject
		for _, r := range routes {
			if !slices.ContainsFunc(verified, func(v conform.Result) bool { return v.Route == r && study.Verifies(&v, &p) }) {
				continue
			}
			library, err := r.Open()
			if err != nil {
				return nil, err
			}
			thread.Do(func() { err = timed.Run(&library.Funcs, timed.Least) })
			switch {
			case errors.Is(err, kernel.ErrNotOffered):
				continue
			case err != nil:
				return nil, fmt.Errorf("study: %s on %s: %w", p.Kernel, r.Name(), err)
			}
			facts := append(study.FactsFor(&p, timed, r.Lang), verification)
			s := measure.Subject{
				Name:  study.Name(&p, r.Lang, r.Via).String(),
				Facts: facts,
				Group: facts[0].Value,
				Reset: timed.Reset,
				Run:   func(n int) error { return timed.Run(&library.Funcs, n) },
				Least: timed.Least,
				Parks: study.Parks(r),
			}
			subjects = append(subjects, s)
			if twice == nil || r.Name() == baseline {
				again := study.Name(&p, r.Lang, r.Via)
				again.Entry = record.EntryAgain
				s.Name = again.String()
				twice = &s
			}
		}
		if twice != nil {
			subjects = append(subjects, *twice)
		}
	}
	return subjects, nil
}
