// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package compilers studies whether the kernels return the same bits, and how fast they are, when other compilers compile them,
// with other flags. scripts/compilers.sh makes the builds.
package compilers

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/via/thread"
)

// benchmark is the name of the benchmark.
const benchmark = "Compilers"

//go:embed head.md
var head string

// Study is toll compilers.
var Study = study.Study{
	Name:  "compilers",
	Title: "Other compilers, other flags",
	Short: "Verify and time the kernels as other compilers build them, with other flags",
	About: `Compilers opens the builds that scripts/compilers.sh has made, runs the conformance suite over each, and times the book's
kernels in interleaved rounds, relative to the build of scripts/build.sh. Builds that break the rule of toll.h on purpose are
timed, too, and shown beside those that mend them. Without other builds it measures the default alone.`,
	Example: `  toll compilers
  toll compilers --full -o compilers.txt.gz`,
	Page:  "COMPILERS.md",
	Head:  head,
	Parts: []study.Part{Part},
}

// Part is the builds.
var Part = study.Part{
	Name: "compilers",
	Experiments: []study.Experiment{
		{Name: "native", Quick: 4 * time.Minute, Full: 10 * time.Minute, Run: runNative},
		{Name: "go", Free: true, Quick: time.Minute, Full: 2 * time.Minute, Run: runGo},
	},
	Benchmarks: []string{benchmark},
	Facts:      []string{"compiler", "flags", "rule", "bits", "differs"},
	Sections:   []func(*page.Page){keeping, breaking, lacking},
	Answers:    answers,
}

// native are the languages of libraries.
var native = []string{"c", "c-simd", "fortran", "rust"}

// Rounds of a run by default and with --full, and visits of a subject in a round.
const rounds, fullRounds, visits = record.Fewest, 21, 9

// route is a build with its route and what was verified of it.
type route struct {
	build
	*seam.Route
	results []conform.Result
}

// runNative verifies and times the libraries. They share the arguments.
func runNative(lab *study.Lab) ([]measure.Series, error) {
	routes, missing := open(lab, native, "*")
	if len(routes) == 0 {
		return nil, missing
	}
	var subjects []measure.Subject
	for k := range problems {
		p := &problems[k]
		timed, err := p.in(nil)
		if err != nil {
			return nil, err
		}
		for _, r := range routes {
			s, err := r.subjects(p, timed)
			if err != nil {
				return nil, err
			}
			subjects = append(subjects, s...)
		}
	}
	return measured(lab, subjects, missing)
}

// runGo verifies and times the workers in Go, each in a process of its own. Arguments lie in the memory that it shares.
func runGo(lab *study.Lab) ([]measure.Series, error) {
	routes, missing := open(lab, []string{"go"}, "*")
	if len(routes) == 0 {
		return nil, missing
	}
	var subjects []measure.Subject
	for k := range problems {
		p := &problems[k]
		for _, r := range routes {
			library, err := r.Open()
			if err != nil {
				return nil, err
			}
			timed, err := p.in(library.Memory)
			if err != nil {
				return nil, fmt.Errorf("compilers: %s: %w", r.name, err)
			}
			s, err := r.subjects(p, timed)
			if err != nil {
				return nil, err
			}
			subjects = append(subjects, s...)
		}
	}
	return measured(lab, subjects, missing)
}

// measured times the subjects. Beside their times it returns what was missing before.
func measured(lab *study.Lab, subjects []measure.Subject, missing error) ([]measure.Series, error) {
	rounds := rounds
	if lab.Full {
		rounds = fullRounds
	}
	series, err := lab.MeasureIn(subjects, study.Batch, rounds, visits)
	if err != nil {
		return series, err
	}
	return series, missing
}

// open opens the builds of these languages and verifies these kernels. What does not compile, is missing or does not open is said in the record.
// The error says what keeps all but the defaults, or even these, from being there.
func open(lab *study.Lab, langs []string, kernels ...string) (routes []*route, missing error) {
	builds, missing := built(langs)
	var fails, lacks []string
	var all []*seam.Route
	for _, b := range builds {
		what := fmt.Sprintf("%s %s (%s, %s)", b.lang, b.name, shortened(b.compiler), b.flags)
		switch b.status {
		case "fails":
			fails = append(fails, what+": "+b.note)
			continue
		case "missing":
			lacks = append(lacks, b.lang+" "+b.name)
			continue
		}
		r := &route{build: b, Route: seam.NewRoute(b.lang, b.via(), b.open)}
		library, err := r.Open()
		if err != nil && b.name == standard {
			return nil, errors.Join(missing, err)
		}
		if err != nil {
			fails = append(fails, what+": "+err.Error())
			continue
		}
		r.compiler = library.Build.Compiler
		if r.name == standard || r.lang == "c-simd" { // of which each level has flags of its own
			r.flags = strings.TrimPrefix(library.Build.Flags, "-std=c11 ")
		}
		routes, all = append(routes, r), append(all, r.Route)
	}
	if fails != nil {
		lab.Say("not-compiled-"+langs[0], strings.Join(fails, " | "))
	}
	if lacks != nil {
		lab.Say("missing-"+langs[0], strings.Join(lacks, ", "))
	}
	results, err := lab.Verify(all, kernels)
	if err != nil {
		return nil, errors.Join(missing, err)
	}
	for _, r := range routes {
		for k := range results {
			if results[k].Route == r.Route {
				r.results = append(r.results, results[k])
			}
		}
	}
	return routes, missing
}

// subjects returns the problem on the build; of the default, entered twice, for the noise floor.
func (r *route) subjects(p *problem, timed *kernel.Timed) ([]measure.Subject, error) {
	library, err := r.Open()
	if err != nil {
		return nil, err
	}
	if timed.Reset != nil {
		timed.Reset()
	}
	thread.Do(func() { err = timed.Run(&library.Funcs, timed.Least) })
	if err != nil {
		return nil, fmt.Errorf("compilers: %s of %s: %w", p.Kernel, r.name, err)
	}
	name := record.Name{Study: benchmark, Kernel: p.Kernel, Lang: r.lang, Via: r.via(), Layout: p.Layout, N: p.N,
		Keys: []record.Key{{Key: "build", Value: r.name}}}
	facts := append(study.Facts(&p.Problem, &kernel.Timed{}),
		measure.Fact{Key: "verified", Value: study.Verification(&p.Problem, r.results)},
		measure.Fact{Key: "compiler", Value: r.compiler}, measure.Fact{Key: "flags", Value: r.flags}, measure.Fact{Key: "rule", Value: r.rule},
		measure.Fact{Key: "bits", Value: bits(r.results, p.Kernel)})
	if first := first(r.results); first != "" {
		facts = append(facts, measure.Fact{Key: "differs", Value: first})
	}
	s := measure.Subject{Name: name.String(), Facts: facts, Group: p.Kernel + " " + r.lang, Reset: timed.Reset, Least: timed.Least,
		Run: func(n int) error { return timed.Run(&library.Funcs, n) }, Parks: r.lang == "go"}
	all := []measure.Subject{s}
	if r.name == standard {
		name.Entry = record.EntryAgain
		s.Name = name.String()
		all = append(all, s)
	}
	return all, nil
}

// bits returns in how many of a kernel's cases the results differ: "0 of 107".
func bits(results []conform.Result, kernel string) string {
	wrong, cases := 0, 0
	for k := range results {
		if results[k].Kernel == kernel {
			wrong, cases = wrong+len(results[k].Failures), cases+results[k].Cases
		}
	}
	return fmt.Sprintf("%d of %d", wrong, cases)
}

// first returns the first failure, on one line, "" if there is none. One in a kernel that is timed comes before others.
func first(results []conform.Result) string {
	says := ""
	for k := range results {
		r := &results[k]
		if len(r.Failures) == 0 {
			continue
		}
		text, _, _ := strings.Cut(strings.ReplaceAll(r.Failures[0].Error(), "\n", " "), " (-want +got)")
		if r.Kernel != "call" {
			return text
		}
		says = text
	}
	return says
}
