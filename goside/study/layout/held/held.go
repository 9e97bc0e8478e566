// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package held studies how a matrix is held: as a slice, as rows, as a view that is transposed, and complex numbers as pairs
// or as two arrays; and what each costs at the border.
package held

import (
	"time"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/registry"
	"toll/goside/study"
	"toll/goside/study/layout/walk"
	"toll/goside/study/layout/ways"
)

// Part is how a matrix is held.
var Part = study.Part{
	Name: "held",
	Experiments: []study.Experiment{
		{Name: "frame", Quick: 12 * time.Second, Full: 30 * time.Second, Run: func(lab *study.Lab) ([]measure.Series, error) {
			lab.SayPython()
			names := frameLanguages(lab.Full)
			routes, err := registry.Match(names)
			if err != nil {
				return nil, err
			}
			lab.Progress.Begin("verifying")
			subjects, err := frameSubjects(lab, routes, names)
			if err != nil {
				return nil, err
			}
			return lab.MeasureIn(subjects, study.Batch/2, walk.Rounds, 1)
		}},
		{Name: "matrices", Quick: 5 * time.Second, Full: 20 * time.Second, Run: func(lab *study.Lab) ([]measure.Series, error) {
			crossings, _, err := registry.Crossings()
			if err != nil {
				return nil, err
			}
			routes, err := registry.Match(ways.Routes)
			if err != nil {
				return nil, err
			}
			lab.Progress.Begin("verifying")
			subjects, release, err := matrixSubjects(lab, routes, crossings, matrixSizes(lab.Full))
			if err != nil {
				return nil, err
			}
			defer release()
			return lab.MeasureIn(subjects, study.Batch/2, walk.Rounds, 3)
		}},
		{Name: "points", Quick: 15 * time.Second, Full: 40 * time.Second, Run: func(lab *study.Lab) ([]measure.Series, error) {
			results, err := walk.Verify(lab, "julia")
			if err != nil {
				return nil, err
			}
			lab.Progress.Begin("verifying")
			subjects, err := pointSubjects(lab, study.Holding(results), lab.Full)
			if err != nil {
				return nil, err
			}
			return lab.MeasureIn(subjects, study.Batch/2, walk.Rounds, 3)
		}},
	},
	Benchmarks: []string{frameName, matricesName, pointsName},
	Sections:   []func(*page.Page){givenTables, matrixTables, pointTables},
	Answers: []page.Question{
		{Text: "What becomes of a transposed view?", Answer: answerView},
		{Text: "How should Go hold a matrix?", Answer: answerMatrix},
	},
}
