// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package try is the study of a user's own function: what a call costs through each crossing, and whether all return the same
// bits. It runs the function in child processes only, by packages program and harness, so whatever the function does is a row of
// the answer.
//
// A [Request] is what a user asked for. It is prepared (what is to be called, and with what), built, and run as a study. What
// it finds out is all in the record: what fails is a fact of a row that has no times.
package try

import (
	_ "embed"

	"toll/goside/page"
	"toll/goside/study"
	"toll/goside/try/ladder"
)

//go:embed head.md
var head string

// Study shows records of toll try. What measures is made for each request, see [Request.Study].
var Study = study.Study{
	Name:  "try",
	Title: "A function of your own",
	Short: "Measure a function of your own library through each crossing",
	About: `Try calls functions of your own shared library through each crossing, verifies that all return the same bits, and measures
what a call costs and how much of it is the border. The functions run in child processes only.`,
	Page:  "TRIED.md",
	Head:  head,
	Lead:  "try",
	Parts: []study.Part{Part},
}

// Part is all of it.
var Part = study.Part{
	Name:       "try",
	Benchmarks: append([]string{callName, borderName, crowdName, heldName}, ladder.Benchmarks...),
	Facts: append([]string{"function", "from", "convention", "arguments", "of-all", "left", "failed", "differs", "crowded", "noticed"},
		ladder.Facts...),
	Sections: []func(*page.Page){callTables, crowdTables, breakEvenTables, ladder.Section, failureList, noticedList},
	Answers: []page.Question{
		{Text: "How to call it?", Answer: answerHow},
		{Text: "Is it worth leaving Go?", Answer: answerGo},
		{Text: "What does a process of its own cost?", Answer: answerProcess},
		{Text: "And with other versions of Go?", Answer: ladder.Answer},
		{Text: "Does it hold?", Answer: answerHolds},
	},
	Pictures: []study.Picture{{Name: "try", Alt: pictureAlt, Draw: drawCalls}},
}
