// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package crowd studies calls in a program that does other things: calls by many goroutines at once, and what calls do to
// the rest of the program.
package crowd

import (
	"time"

	"toll/goside/page"
	"toll/goside/study"
)

// Part is many goroutines, and neighbours.
var Part = study.Part{
	Name: "crowd",
	Experiments: []study.Experiment{
		{Name: "concurrency", Free: true, Quick: 24 * time.Second, Full: 150 * time.Second, Run: concurrency},
		{Name: "neighbours", Free: true, Quick: 33 * time.Second, Full: 4 * time.Minute, Run: neighbours},
	},
	Benchmarks: []string{concurrencyName, neighboursName},
	Sections:   []func(*page.Page){concurrencyTables, neighbourTables},
	Answers: []page.Question{
		{Text: "Does cgo scale with goroutines?", Answer: answerGoroutines},
		{Text: "What does a long C call do to the rest of the program?", Answer: answerNeighbours},
	},
}
