// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package kernels studies how far each kernel is from the hardware's speed: the ladder from the plain loop to the tuned
// kernel in rungs, the same ends of it in each language and on several threads, and the fastest ways from Python beside them.
package kernels

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"time"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/limits"
	"toll/goside/via/thread"
)

// benchmark is the name of the benchmark.
const benchmark = "Ladder"

//go:embed head.md
var head string

// Study is toll kernels.
var Study = study.Study{
	Name:  "kernels",
	Title: "From the plain loop to the hardware's speed",
	Short: "Measure what each trick of the tuned kernels gives, and how near to the machine's limits they come",
	About: `Kernels verifies the plain and the tuned kernels, and times them in interleaved rounds with the machine's limits: C's
ladder from the plain loop to the tuned kernel, a rung for each trick; the plain and the tuned kernels of each language,
on one thread and on several; and the fastest routes from Python. It takes about six minutes on two cores.`,
	Example: `  toll kernels --quick
  toll kernels --kernel julia -o julia.txt.gz`,
	Page:   "KERNELS.md",
	Head:   head,
	Lead:   "julia",
	Prefix: "kernels-",
	Parts:  []study.Part{Part},
}

// Part is the ladders.
var Part = study.Part{
	Name: "kernels",
	Experiments: []study.Experiment{
		{Name: "ladders", Free: true, Quick: 50 * time.Second, Full: 6 * time.Minute, Run: run},
	},
	Benchmarks: []string{benchmark},
	Facts:      []string{"item", "items"},
	Sections:   []func(*page.Page){juliaSection, diffusionSection, olsSection, limits.Print},
	Answers:    answers,
	Pictures:   pictures,
}

// Rounds of a run, and visits of a subject in a round.
const (
	rounds, visits           = 9, 5
	quickRounds, quickVisits = 6, 3
)

// run verifies the routes of the ladders and times those that hold. What is wrong is an error beside the times of the others.
func run(lab *study.Lab) ([]measure.Series, error) {
	problems, err := chosen(lab)
	if err != nil {
		return nil, err
	}
	routes := routesOf(problems)
	results, err := verify(lab, problems, routes)
	if err != nil {
		return nil, err
	}
	wrong := study.Wrong(results)
	for k := range results {
		if r := &results[k]; r.Verdict() == conform.Unavailable {
			_ = lab.Available(r.Reason())
		}
	}
	subjects, err := subjectsOf(problems, results, lab.Threads)
	if err == nil && len(subjects) == 0 {
		err = fmt.Errorf("kernels: %w: nothing to time: no route holds what was verified", seam.ErrUnavailable)
	}
	if err != nil {
		return nil, errors.Join(wrong, err)
	}
	limits.Say(lab, lab.Threads)
	more, err := limits.Subjects(lab.Threads, subjects)
	if err := lab.Available(err); err != nil {
		return nil, errors.Join(wrong, err)
	}
	lab.SayPython()
	lab.SayTeams(routes)
	lab.SayBuilds(routes)
	rounds, visits := rounds, visits
	if !lab.Full {
		rounds, visits = quickRounds, quickVisits
	}
	series, err := lab.MeasureIn(append(subjects, more...), study.Batch, rounds, visits)
	return series, errors.Join(wrong, err)
}

// routesOf returns the routes of the problems' rows that there are.
func routesOf(problems []problem) []*seam.Route {
	return slices.DeleteFunc(slices.Clone(registry.All()), func(r *seam.Route) bool {
		return !slices.ContainsFunc(problems, func(p problem) bool { return p.has(r) })
	})
}

// verify runs each problem, as it is timed, on each of its routes; native ones run the cases of the conformance suite besides. A
// result is of a route on a problem's kernel and layout.
func verify(lab *study.Lab, problems []problem, routes []*seam.Route) ([]conform.Result, error) {
	var native []*seam.Route
	var kernels []string
	for _, r := range routes {
		if r.Via != pythonVia {
			native = append(native, r)
		}
	}
	for _, p := range problems {
		kernels = append(kernels, p.Kernel)
	}
	results, err := lab.Verify(native, kernels)
	if err != nil {
		return nil, err
	}
	lab.Progress.Begin("verifying what is timed")
	for k := range problems {
		p := &problems[k]
		of := slices.DeleteFunc(slices.Clone(routes), func(r *seam.Route) bool { return !p.has(r) })
		timed := conform.Verify(of, []kernel.Case{p.whole}, &conform.Watch{Done: lab.Done, Progress: func(done, all int, on string) {
			lab.Progress.On(on)
			lab.Progress.Step(done, all)
		}})
		if lab.Stopped() {
			return nil, measure.ErrStopped
		}
		results = joined(results, timed)
	}
	return results, nil
}

// joined returns results with more, whose cases are added to those of the same route, kernel and layout. A route that does not
// offer a kernel has no result of it.
func joined(results, more []conform.Result) []conform.Result {
	for _, m := range more {
		if m.Err == nil && m.Cases == 0 {
			continue
		}
		at := slices.IndexFunc(results, func(r conform.Result) bool {
			return r.Route == m.Route && (m.Err != nil || r.Kernel == m.Kernel && r.Layout == m.Layout)
		})
		if at < 0 {
			results = append(results, m)
			continue
		}
		results[at].Cases += m.Cases
		results[at].Failures = append(results[at].Failures, m.Failures...)
	}
	return results
}

// subjectsOf returns each problem on each route that holds and offers it. All routes share a problem's memory; parallel
// languages use that many threads. The plain loop in C is entered once more, for the noise floor.
func subjectsOf(problems []problem, results []conform.Result, threads int) ([]measure.Subject, error) {
	var subjects []measure.Subject
	for k := range problems {
		p := &problems[k]
		timed := p.New(threads)
		verified := measure.Fact{Key: "verified", Value: study.Verification(&p.Problem, results)}
		for _, r := range study.Holding(results) {
			if !p.has(r) || !slices.ContainsFunc(results, func(v conform.Result) bool { return v.Route == r && study.Verifies(&v, &p.Problem) }) {
				continue
			}
			library, err := r.Open()
			if err != nil {
				return nil, err
			}
			if timed.Reset != nil {
				timed.Reset()
			}
			thread.Do(func() { err = timed.Run(&library.Funcs, timed.Least) })
			switch {
			case errors.Is(err, kernel.ErrNotOffered):
				continue
			case err != nil:
				return nil, fmt.Errorf("kernels: %s on %s: %w", p.Kernel, r.Name(), err)
			}
			name := study.Name(&p.Problem, r.Lang, r.Via)
			facts := append(p.facts(timed, r), verified)
			s := measure.Subject{
				Name: name.String(), Facts: facts, Group: facts[0].Value, Reset: timed.Reset,
				Run:   func(n int) error { return timed.Run(&library.Funcs, n) },
				Least: timed.Least, Parks: study.Parks(r),
			}
			subjects = append(subjects, s)
			if r.Lang == plain {
				name.Entry = record.EntryAgain
				s.Name = name.String()
				subjects = append(subjects, s)
			}
		}
	}
	return subjects, nil
}
