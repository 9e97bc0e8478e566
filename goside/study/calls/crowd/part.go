// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package crowd studies calls in a program that does other things: calls by many goroutines at once, and what calls do to
// the rest of the program.
package crowd

import (
	"time"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/study"
)

// Part is many goroutines, and neighbours.
var Part = study.Part{
	Name: "crowd",
	Experiments: []study.Experiment{
		{Name: "concurrency", Free: true, Quick: 22 * time.Second, Full: 140 * time.Second, Run: func(lab *study.Lab) ([]measure.Series, error) {
			crossings, _, err := lab.Crossings()
			if err != nil {
				return nil, err
			}
			return Concurrency(crossings, lab.Full, lab.Seed, lab.Progress)
		}},
		{Name: "neighbours", Free: true, Quick: 33 * time.Second, Full: 13 * time.Minute, Run: func(lab *study.Lab) ([]measure.Series, error) {
			crossings, _, err := lab.Crossings()
			if err != nil {
				return nil, err
			}
			return Neighbours(crossings, lab.Full, lab.Seed, lab.Progress)
		}},
	},
	Benchmarks: []string{"Concurrency", "Neighbours"},
	Sections:   []func(*page.Page){ConcurrencyTables, NeighbourTables},
	Answers: []page.Question{
		{Text: "Does cgo scale with goroutines?", Answer: AnswerGoroutines},
		{Text: "What does a long C call do to the rest of the program?", Answer: AnswerNeighbours},
	},
}
