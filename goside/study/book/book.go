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

// benchmark is the name of the benchmark.
const benchmark = "Book"

//go:embed head.md
var head string

// Study is toll book.
var Study = study.Study{
	Name:  "book",
	Title: "Go, CPython, native code",
	Short: "Make the book's tables on this machine, with Go's routes beside Python's",
	About: `Book makes the tables of High Performance Python again: its ways to compile a Julia set and to fit lines. It adds
the table that the book lacks, of its bindings to C, Fortran and Rust. One run of the whole problem verifies each row.
Then the rows are timed in interleaved rounds, with Toll's routes from Go beside them. A row whose run takes longer
than a second is timed on a part of the problem, and marked; with --full it is timed on the whole. The command also
measures what a call costs on the border between Go and Python, and on that between Python and native code. It takes
less than six minutes on two cores.`,
	Example: `  toll book --route 'python/*,cython*/*,*/direct'
  toll book --route 'c/*,rust/*' --full -o book.txt.gz`,
	Page:   "PYTHON.md",
	Head:   head,
	Lead:   "borders",
	Claims: "Claims of the book",
	// Toll calls has the first part, too.
	Prefix: "python-",
	Parts:  []study.Part{borders.Part, Part},
}

// Part is the book's tables.
var Part = study.Part{
	Name:        "book",
	Experiments: []study.Experiment{{Name: "tables", Free: true, Quick: 3 * time.Minute, Full: 20 * time.Minute, Run: run}},
	Benchmarks:  []string{benchmark},
	Facts:       []string{"missing", "tenth"},
	Sections:    []func(*page.Page){printTables},
	Answers:     answers(),
	Claims:      claims,
	Pictures:    []study.Picture{{Name: "book", Alt: alt, Draw: drawTables}, {Name: "returns", Alt: altReturns, Draw: drawReturns}},
}

// rounds keep the whole below six minutes.
const rounds = 9

// run verifies the routes of the tables and times those that hold.
func run(lab *study.Lab) ([]measure.Series, error) {
	patterns := lab.Routes
	if patterns == nil {
		patterns = []string{"*/*"}
	}
	routes, err := registry.Match(append(slices.Clone(patterns), registry.Baseline))
	if err != nil {
		return nil, err
	}
	return verifyAndTime(lab, slices.DeleteFunc(routes, func(r *seam.Route) bool { return !inTables(r) }))
}

// verifyAndTime verifies routes and times those that hold. What is wrong is an error beside the times of the others.
func verifyAndTime(lab *study.Lab, routes []*seam.Route) ([]measure.Series, error) {
	lab.SayPython()
	var all []measure.Subject
	var compiled []measure.Series
	var wrong, err error
	thread.Do(func() { all, compiled, wrong, err = subjects(routes, lab) })
	if err != nil {
		return nil, joined(wrong, err)
	}
	if len(all) == 0 {
		return nil, joined(wrong, fmt.Errorf("book: %w: nothing to time: none of the %d routes holds a problem of the tables", seam.ErrUnavailable, len(routes)))
	}
	lab.SayTeams(routes)
	lab.SayBuilds(routes)
	series, err := lab.MeasureIn(all, study.Batch, rounds, study.Visits)
	return append(series, compiled...), joined(wrong, err)
}

// joined joins a wrong result with another error, which is told but not wrapped: if it were seam.ErrUnavailable, the whole
// would count as something that is only left out.
func joined(wrong, err error) error {
	if wrong != nil && err != nil {
		return fmt.Errorf("%w\n%s", wrong, err.Error())
	}
	return errors.Join(wrong, err)
}
