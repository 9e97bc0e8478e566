// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package payloads studies what can be passed in a call, on every crossing: times, allocations, callbacks and the room for
// them, and a linear model of the cost.
package payloads

import (
	"io"
	"os"
	"time"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/study"
)

// Part is what is passed.
var Part = study.Part{
	Name: "payloads",
	Experiments: []study.Experiment{
		{Name: "payloads", Quick: 30 * time.Second, Full: 75 * time.Second, Run: func(lab *study.Lab) ([]measure.Series, error) {
			crossings, checked, err := lab.Crossings()
			if err != nil {
				return nil, err
			}
			all, err := subjects(crossings, checked)
			if err != nil {
				return nil, err
			}
			return lab.Measure(all, study.CallBatch, 11, 3)
		}},
		{Name: "slots", Free: true, Quick: time.Second, Full: time.Second, Run: func(lab *study.Lab) ([]measure.Series, error) {
			exe, err := os.Executable()
			if err != nil {
				return nil, err
			}
			return fillSlotsIn(exe, []string{"child", "slots"}, 6, lab.Done, lab.Progress.Step)
		}},
	},
	Benchmarks: []string{benchmark, slotsBenchmark},
	Facts:      []string{"group", "ints", "doubles", "results", "read", "written", "copied", "callbacks", "refusal"},
	Sections:   []func(*page.Page){tables, batchTables, slotTables, modelTables},
	Answers: []page.Question{
		{Text: "Which crossing?", Answer: answerCrossings},
		{Text: "What does an argument cost?", Answer: answerArguments},
		{Text: "Does batching pay?", Answer: answerBatches},
		{Text: "And a callback?", Answer: answerCallbacks},
		{Text: "Can one predict it?", Answer: answerModel},
	},
	Claims:   claims,
	Pictures: []study.Picture{{Name: "payloads", Alt: alt, Draw: draw}},
	Children: []study.Child{{Name: "slots", Run: func(out io.Writer, _ []string) error { return fillSlots(out) }}},
}
