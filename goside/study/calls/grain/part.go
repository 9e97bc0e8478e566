// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package grain studies how much work a call must carry: kernels called on more and more items at a time.
package grain

import (
	"time"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/registry"
	"toll/goside/study"
)

// Part is the grain of a call.
var Part = study.Part{
	Name: "grain",
	Experiments: []study.Experiment{{Name: "grain", Quick: 15 * time.Second, Full: 90 * time.Second, Run: func(lab *study.Lab) ([]measure.Series, error) {
		routes, err := registry.Match([]string{"go/direct", "c/cgo", "c/purego", "c/syscalln"})
		if err != nil {
			return nil, err
		}
		results, err := study.Verify(routes, []string{"diffusion", "julia", "ols"})
		if err != nil {
			return nil, err
		}
		subjects, err := Subjects(study.Holding(results), lab.Full)
		if err != nil {
			return nil, err
		}
		return lab.Measure(subjects, study.Batch, 7, 1)
	}}},
	Benchmarks: []string{GrainName},
	Sections:   []func(*page.Page){Tables},
	Answers:    []page.Question{{Text: "How much work must a call carry?", Answer: AnswerGrain}},
	Pictures: []study.Picture{{
		Name: "grain",
		Alt:  "Time per item against items per crossing, for each kernel and crossing: the curves fall until the work hides the call",
		Draw: GrainPicture,
	}},
}
