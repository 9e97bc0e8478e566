// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package calls is the study of what a call costs, as a list of its parts.
package calls

import (
	_ "embed"

	"toll/goside/study"
	"toll/goside/study/borders"
	"toll/goside/study/calls/beside"
	"toll/goside/study/calls/copies"
	"toll/goside/study/calls/crowd"
	"toll/goside/study/calls/firstuse"
	"toll/goside/study/calls/grain"
	"toll/goside/study/calls/knobs"
	"toll/goside/study/calls/openmp"
	"toll/goside/study/calls/payloads"
	"toll/goside/study/calls/points"
)

//go:embed head.md
var head string

// Study is toll calls.
var Study = study.Study{
	Name:  "calls",
	Title: "What a call costs",
	Short: "Study what a call costs, on every crossing",
	About: `Calls verifies what comes back of every kind of argument on every crossing, then measures what calls cost.
It takes about six minutes on two cores, and with --full about forty-five.`,
	Example: `  toll calls --part slots
  toll calls --part grain,python --full -o calls.txt.gz`,
	Page:     "OVERHEAD.md",
	Head:     head,
	Lead:     "grain-ols",
	Claims:   "Published claims",
	Headline: headline,
	Board:    board,
	Pictures: []study.Picture{{Name: "tolls", Alt: tollsAlt, Draw: drawBoard}},
	Parts: []study.Part{payloads.Part, beside.Part, points.Part, knobs.Part, crowd.Part, grain.Part, copies.Part, openmp.Part, borders.Part,
		firstuse.Part},
}
