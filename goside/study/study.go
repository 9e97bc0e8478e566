// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package study turns routes and problems into what package measure times: the experiments.
package study

import (
	"errors"
	"fmt"
	"runtime"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/seam"
)

// Benchmark returns every problem on every route that is open and offers it. All routes share a problem's
// memory, so that it lies alike for all; parallel languages use that many threads.
func Benchmark(routes []*seam.Route, threads int) ([]measure.Subject, error) {
	var subjects []measure.Subject
	for _, p := range kernel.Problems() {
		timed := p.New(threads)
		for _, r := range routes {
			library, err := r.Open()
			if err != nil {
				continue
			}
			switch err := timed.Run(&library.Funcs, timed.Least); {
			case errors.Is(err, kernel.ErrNotOffered):
				continue
			case err != nil:
				return nil, fmt.Errorf("study: %s on %s: %w", p.Kernel, r.Name(), err)
			}
			subjects = append(subjects, measure.Subject{
				Name:  name(&p, r),
				Reset: timed.Reset,
				Run:   func(n int) error { return timed.Run(&library.Funcs, n) },
				Least: timed.Least,
			})
		}
	}
	return subjects, nil
}

// name returns the benchmark's name, in Go's key=value form.
func name(p *kernel.Problem, r *seam.Route) string {
	name := fmt.Sprintf("%s/kernel=%s/lang=%s/via=%s", p.Study, p.Kernel, r.Lang, r.Via)
	if p.Layout != "" {
		name += "/layout=" + p.Layout
	}
	name += "/n=" + p.N
	if procs := runtime.GOMAXPROCS(0); procs > 1 { // as package testing does
		name += fmt.Sprintf("-%d", procs)
	}
	return name
}
