// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package layout is the study of row- against column-major order, as a list of its parts.
package layout

import (
	_ "embed"

	"toll/goside/study"
	"toll/goside/study/layout/held"
	"toll/goside/study/layout/walk"
	"toll/goside/study/layout/ways"
)

//go:embed head.md
var head string

// Study is toll layout.
var Study = study.Study{
	Name:  "layout",
	Title: "Row- against column-major",
	Short: "Study row- against column-major, and what a border makes of the wrong one",
	About: `Layout verifies every loop order in every language, then measures what memory layout costs: the wrong loop order from
cache to memory, transposing first, and how a matrix is held in Go. What the caches miss is counted by the processor,
where it has counters for that, or simulated with --cachegrind. It takes less than three minutes on two cores;
--full goes on to squares of 8192, and takes half an hour and 8 GB of memory.`,
	Example: `  toll layout --part matrices,transpose
  toll layout --part points --full -o points.txt.gz`,
	Page:   "LAYOUT.md",
	Head:   head,
	Lead:   "layout-penalty",
	Claims: "Claims of the book",
	Parts:  []study.Part{walk.Part, ways.Part, held.Part},
}
