// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package walk studies loop order: every walk through a square in every language, from cache to memory, and what the caches
// miss, by the processor's counters or simulated.
package walk

import (
	"fmt"
	"io"
	"runtime"
	"time"

	"toll/goside/chart"
	"toll/goside/conform"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/limits"
	"toll/goside/valgrind"
)

// Part is loop order.
var Part = study.Part{
	Name: "walk",
	Experiments: []study.Experiment{
		{Name: "loops", Quick: 75 * time.Second, Full: 20 * time.Minute, Run: loops},
		{Name: "counters", Quick: 20 * time.Second, Full: 3 * time.Minute, Run: counters},
		{Name: "cachegrind", Asked: true, Quick: 40 * time.Second, Full: 40 * time.Second, Run: cachegrind},
	},
	Benchmarks: []string{loopsName, missesName},
	Facts:      []string{"source"},
	Sections:   []func(*page.Page){tables, causeTables},
	Answers: []page.Question{
		{Text: "What does the wrong loop order cost?", Answer: answerLoops},
		{Text: "Is it the order, or where the lines lie?", Answer: answerPadding},
	},
	Claims:   claims,
	Pictures: pictures(),
	Children: []study.Child{{Name: "walk", Run: child}},
}

// Rounds keep toll layout below three minutes, and let an interval leave out the best and the worst; with --full a
// round takes minutes.
const Rounds = 9

func pictures() []study.Picture {
	var all []study.Picture
	for _, k := range kernels {
		all = append(all, study.Picture{
			Name: "layout-" + k,
			Alt:  "Time of an element of " + k + " over the side of the square, for each language and each walk",
			Draw: func(r *record.Record) (*chart.Picture, error) { return loopsPicture(r, k) },
		})
	}
	return append(all, study.Picture{
		Name: penaltyName,
		Alt:  "Time of interchanged loops relative to matched ones, as a heat map",
		Draw: penaltyPicture,
	})
}

// loops times every walk in the languages of one thread, in the same rounds the machine's limits, and with --full, in rounds
// of their own and at the default sizes, the parallel languages.
func loops(lab *study.Lab) ([]measure.Series, error) {
	results, err := Verify(lab, kernels...)
	if err != nil {
		return nil, err
	}
	teams := []int{1}
	if lab.Full && runtime.GOMAXPROCS(0) > 1 {
		teams = append(teams, runtime.GOMAXPROCS(0))
	}
	var all []measure.Series
	for _, threads := range teams {
		lab.Progress.Begin("verifying walks")
		subjects, err := loopSubjects(study.Holding(results), lab.Squares("walk", loopSizes(lab.Full && threads == 1)), threads, lab)
		if err != nil {
			return all, err
		}
		if threads > 1 {
			var routes []*seam.Route
			for k := range results {
				routes = append(routes, results[k].Route)
			}
			lab.SayTeams(routes)
		} else {
			limits.Say(lab, runtime.GOMAXPROCS(0))
			bounds, err := limits.Subjects(runtime.GOMAXPROCS(0), nil)
			if err := lab.Available(err); err != nil {
				return all, err
			}
			subjects = append(subjects, bounds...)
		}
		series, err := lab.MeasureIn(subjects, study.Batch/2, Rounds, 3)
		all = append(all, series...)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// Verify verifies the routes that may walk in both orders.
func Verify(lab *study.Lab, kernels ...string) ([]conform.Result, error) {
	via, err := study.NativeVia()
	if err != nil {
		return nil, err
	}
	results, err := lab.Match([]string{"go/direct", "go-par/direct", "c*/" + via, "fortran*/" + via, "rust*/" + via}, kernels...)
	if err != nil {
		return nil, err
	}
	return results, study.Wrong(results)
}

// child walks under callgrind, on a route. Each walk makes two parts: one that ends with a pass to warm up, and one that is a
// single pass. It prints how many elements that pass visits.
func child(out io.Writer, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("walk: the child has the arguments %q, want a route and walks", args)
	}
	routes, err := registry.Match(args[:1])
	if err != nil {
		return err
	}
	library, err := routes[0].Open()
	if err != nil {
		return err
	}
	var walks []walk
	for _, arg := range args[1:] {
		w, err := parseWalk(arg)
		if err != nil {
			return err
		}
		walks = append(walks, w)
	}
	for _, w := range newWalkRuns(walks, &library.Funcs) {
		for range 2 {
			if err := w.Run(); err != nil {
				return err
			}
			valgrind.CountFromHere()
		}
		fmt.Fprintln(out, w.Elements)
	}
	return nil
}
