// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package borders studies the two borders of Go, CPython and native code: what Go pays to call Python, and what Python pays
// to call compiled code by each binding.
package borders

import (
	"time"

	"toll/goside/page"
	"toll/goside/study"
)

// Part is both borders.
var Part = study.Part{
	Name:        "borders",
	Experiments: []study.Experiment{{Name: "python", Free: true, Quick: 25 * time.Second, Full: 90 * time.Second, Run: run}},
	Benchmarks:  []string{PythonName},
	Sections:    []func(*page.Page){Tables},
	Answers:     []page.Question{{Text: "And through Python?", Answer: AnswerPython}},
}
