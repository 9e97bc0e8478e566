// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package study turns verified routes and problems into what package measure times: the experiments. toll
// bench and go test -bench time the same subjects.
package study

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/seam"
	"toll/goside/via/thread"
)

// LimitsName is the study that is not of routes but of the machine.
const LimitsName = "Limits"

// OfRoutes are the studies that toll bench makes.
var OfRoutes = []string{"Kernels", "Call"}

// Again is what the second name of a route that is entered twice has after the language's.
const Again = "-again"

// Benchmark returns every problem on every route that holds what was verified and offers it. All routes share
// a problem's memory, so that it lies alike for all; parallel languages use that many threads. In each
// problem one route, baseline or else the first, is entered once more under another name (see [Again]): what
// the two differ by is noise.
func Benchmark(verified []conform.Result, baseline string, threads int) ([]measure.Subject, error) {
	routes := Holding(verified)
	var subjects []measure.Subject
	for _, p := range kernel.Problems() {
		if !slices.ContainsFunc(verified, func(r conform.Result) bool { return verifies(&r, &p) }) {
			continue
		}
		timed := p.New(threads)
		facts := append(Facts(&p, timed), measure.Fact{Key: "verified", Value: verification(&p, verified)})
		var twice *measure.Subject
		for _, r := range routes {
			if !slices.ContainsFunc(verified, func(v conform.Result) bool { return v.Route == r && verifies(&v, &p) }) {
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
			s := measure.Subject{
				Name:  name(&p, r.Lang, r.Via),
				Facts: facts,
				Reset: timed.Reset,
				Run:   func(n int) error { return timed.Run(&library.Funcs, n) },
				Least: timed.Least,
				Parks: parks(r),
			}
			subjects = append(subjects, s)
			if twice == nil || r.Name() == baseline {
				s.Name = name(&p, r.Lang+Again, r.Via)
				twice = &s
			}
		}
		if twice != nil {
			subjects = append(subjects, *twice)
		}
	}
	return subjects, nil
}

// Holding returns the routes of which all that was verified holds.
func Holding(verified []conform.Result) []*seam.Route {
	bad := map[*seam.Route]bool{}
	var routes []*seam.Route
	for k := range verified {
		r := &verified[k]
		bad[r.Route] = bad[r.Route] || !r.Holds()
		if !slices.Contains(routes, r.Route) {
			routes = append(routes, r.Route)
		}
	}
	return slices.DeleteFunc(routes, func(r *seam.Route) bool { return bad[r] })
}

// parks reports whether a call on that route waits for other goroutines, or for another process.
func parks(r *seam.Route) bool { return r.Lang == "go-par" || r.Via == "process" }

// name returns the benchmark's name, in Go's key=value form.
func name(p *kernel.Problem, lang, via string) string {
	name := fmt.Sprintf("%s/kernel=%s/lang=%s/via=%s", p.Study, p.Kernel, lang, via)
	if p.Layout != "" {
		name += "/layout=" + p.Layout
	}
	return name + "/n=" + p.N
}

// Facts returns what the record says of a problem: which it is, what an operation is, the bytes of memory that it is
// done on, and the work in one.
func Facts(p *kernel.Problem, timed *kernel.Timed) []measure.Fact {
	problem := p.Kernel
	if p.Layout != "" {
		problem += " " + p.Layout
	}
	facts := []measure.Fact{{Key: "problem", Value: problem + " n=" + p.N}, {Key: "op", Value: p.Op}}
	for _, w := range []struct {
		key   string
		value float64
	}{{"set", float64(timed.Set)}, {"reads", timed.Work.Reads}, {"writes", timed.Work.Writes}, {"flops", timed.Work.Flops}} {
		if w.value > 0 {
			facts = append(facts, measure.Fact{Key: w.key, Value: strconv.FormatFloat(w.value, 'f', -1, 64)})
		}
	}
	return facts
}

// verifies reports whether the result is of the cases that verify the problem.
func verifies(r *conform.Result, p *kernel.Problem) bool {
	return r.Kernel == p.Verified() && strings.Trim(r.Layout, "-") == p.Layout
}

// verification returns how each route's rows of a problem were verified: "bit-identical in 60 cases: c/cgo
// rust/cgo; within bound in 20 cases: blas/netlib". Routes without it are not named.
func verification(p *kernel.Problem, verified []conform.Result) string {
	var verdicts []string
	routes := map[string][]string{}
	for k := range verified {
		r := &verified[k]
		if !verifies(r, p) {
			continue
		}
		verdict := fmt.Sprintf("%s in %d cases", r.Verdict(), r.Cases)
		if len(r.Failures) > 0 {
			verdict = fmt.Sprintf("%s in %s", r.Verdict(), r.Failed())
		}
		if routes[verdict] == nil {
			verdicts = append(verdicts, verdict)
		}
		routes[verdict] = append(routes[verdict], r.Route.Name())
	}
	for k, verdict := range verdicts {
		verdicts[k] = verdict + ": " + strings.Join(routes[verdict], " ")
	}
	return strings.Join(verdicts, "; ")
}
