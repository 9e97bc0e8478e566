// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package book makes the tables of High Performance Python again, with Go's routes beside Python's.
package book

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"time"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/borders"
	"toll/goside/via/thread"
)

//go:embed head.md
var head string

// Study is toll book.
var Study = study.Study{
	Name:  "book",
	Short: "Make the book's tables on this machine, with Go's routes beside Python's",
	About: `Book makes the tables of High Performance Python again: its ways to compile a Julia set and to fit lines, and
the table that its bindings to C, Fortran and Rust lack. Each row is verified by one run of the whole problem, then
timed in interleaved rounds with Toll's routes from Go; besides, what a call costs on the border between Go
and Python, and on that between Python and native code. Rows whose run takes longer than a second are timed on a
part of the problem, and marked; with --full on the whole. It takes less than five minutes on two cores.`,
	Page:  "PYTHON.md",
	Head:  head,
	Parts: []study.Part{borders.Part, Part},
}

// Part is the book's tables.
var Part = study.Part{
	Name:        "book",
	Experiments: []study.Experiment{{Name: "tables", Free: true, Quick: 3 * time.Minute, Full: 20 * time.Minute, Run: run}},
	Benchmarks:  []string{BookName},
	Facts:       []string{"missing", "tenth"},
	Sections:    []func(*page.Page){tables},
	Answers:     answers(),
}

// rounds keep the whole below five minutes.
const rounds = 9

// run verifies the routes and times those that hold. What fails is an error beside the times of the others.
func run(lab *study.Lab) ([]measure.Series, error) {
	patterns := lab.Routes
	if patterns == nil {
		patterns = []string{"*/*"}
	}
	routes, err := registry.Match(append(slices.Clone(patterns), registry.Baseline))
	if err != nil {
		return nil, err
	}
	routes = slices.DeleteFunc(routes, func(r *seam.Route) bool { return !InBook(r) })
	lab.SayPython()
	var subjects []measure.Subject
	var compiled []measure.Series
	var wrong error
	thread.Do(func() { subjects, compiled, wrong, err = Subjects(routes, lab.Full, lab.Threads, lab.Progress) })
	if err != nil {
		return nil, errors.Join(wrong, err)
	}
	if len(subjects) == 0 {
		return nil, errors.Join(wrong, fmt.Errorf("nothing to time: none of the %d routes holds a problem of the book's tables", len(routes)))
	}
	lab.SayTeams(routes)
	lab.SayBuilds(routes)
	series, err := lab.MeasureIn(subjects, study.Batch, rounds, study.Visits)
	return append(series, compiled...), errors.Join(wrong, err)
}
