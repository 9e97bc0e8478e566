// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package ways studies what can be done with a matrix whose layout is not the callee's: interchange the loops, transpose
// first and back, or leave it to a route that copies; and what to transpose with.
package ways

import (
	"slices"
	"time"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/registry"
	"toll/goside/study"
	"toll/goside/study/layout/walk"
)

// Part is ways to handle the other layout.
var Part = study.Part{
	Name: "ways",
	Experiments: []study.Experiment{
		{Name: "ways", Quick: 20 * time.Second, Full: 4 * time.Minute, Run: func(lab *study.Lab) ([]measure.Series, error) {
			lab.SayPython()
			routes, err := registry.Match(slices.Concat(Routes, wayPython, []string{"gonum/direct", "blas/netlib"}))
			if err != nil {
				return nil, err
			}
			lab.Progress.Begin("verifying")
			subjects, err := waySubjects(lab, routes, lab.Squares("ways", waySizes(lab.Full)))
			if err != nil {
				return nil, err
			}
			return lab.MeasureIn(subjects, study.Batch/2, walk.Rounds, 1)
		}},
		{Name: "transpose", Quick: 12 * time.Second, Full: 5 * time.Minute, Run: func(lab *study.Lab) ([]measure.Series, error) {
			lab.SayPython()
			via, err := study.NativeVia()
			if err != nil {
				return nil, err
			}
			results, err := lab.Match([]string{"*/direct", "c/" + via, "fortran/" + via, "rust/" + via, "blas/netlib"}, "transpose")
			if err != nil {
				return nil, err
			}
			if err := study.Wrong(results); err != nil {
				return nil, err
			}
			lab.Progress.Begin("verifying")
			subjects, err := transposeSubjects(lab, study.Holding(results), lab.Squares("transpose", transposeSizes(lab.Full)))
			if err != nil {
				return nil, err
			}
			return lab.MeasureIn(subjects, study.Batch/2, walk.Rounds, 3)
		}},
	},
	Benchmarks: []string{waysName, transposeName},
	Sections:   []func(*page.Page){tables, transposerTables},
	Answers: []page.Question{
		{Text: "Transpose first, or walk the wrong way?", Answer: answerTranspose},
		{Text: "And with what?", Answer: answerTransposers},
		{Text: "Must a C array be copied for Fortran?", Answer: answerFortran},
	},
	Claims:   claims,
	Pictures: pictures,
}

var pictures = []study.Picture{{
	Name: "layout-transpose",
	Alt:  "Time of an element over the side of the square, for what transposes",
	Draw: transposePicture,
}}
