// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package openmp studies goroutines that call OpenMP code: how many threads of the operating system that makes, what it costs,
// how to hold it, and what OpenMP's environment variables change.
package openmp

import (
	"time"

	"toll/goside/page"
	"toll/goside/study"
)

// The benchmarks: of the grid, and of OpenMP's environment variables.
const (
	gridName     = "OpenMP"
	settingsName = "OpenMPSettings"
)

// Part is callers of OpenMP code, and OpenMP's settings.
var Part = study.Part{
	Name: "openmp",
	Experiments: []study.Experiment{
		{Name: "callers", Free: true, Quick: 20 * time.Second, Full: 4 * time.Minute, Run: grid},
		{Name: "settings", Free: true, Quick: 15 * time.Second, Full: 2 * time.Minute, Run: settings},
	},
	Benchmarks: []string{gridName, settingsName},
	Sections:   []func(*page.Page){gridTables, settingsTables},
	Answers: []page.Question{
		{Text: "Several goroutines call OpenMP code: how many threads, and what does it cost?", Answer: answerCallers},
		{Text: "Which of OpenMP's environment variables matter?", Answer: answerSettings},
	},
	Pictures: []study.Picture{{Name: "openmp", Alt: alt, Draw: drawCallers}},
	Children: []study.Child{{Name: "openmp", Run: child}},
}
