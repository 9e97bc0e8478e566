// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package profile

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/page"
	"toll/goside/record"
)

var answers = []page.Question{
	{Text: "What does Go's profiler see of native code?", Answer: answerPprof},
	{Text: "What do native frames add?", Answer: answerResolved},
	{Text: "What does perf see?", Answer: answerPerf},
	{Text: "What do Python's profilers see of native code?", Answer: answerPython},
	{Text: "What do the book's profilers cost?", Answer: answerCosts},
}

// noticed is the share of a program's time, in per cent, from which on it is worth a word.
const noticed = 5

// seen lists what plain pprof says in a unit, program by program where it is noticed: "c/cgo 62%".
func seen(rows []*record.Row, unit string) string {
	var all []string
	for _, r := range rows {
		if share := middle(r, unit); toolOf(r) == goPprof && share >= noticed {
			all = append(all, programName(r)+" "+inPercent(share))
		}
	}
	return page.Joined(all)
}

// sight is of which programs a tool names the native function, wholly, in part or not at all, and what it is off by in the first case.
type sight struct {
	wholly, partly, not []string
	least, most         float64 // points
}

// off says what it is off by.
func (s *sight) off() string {
	if least, most := points(s.least), points(s.most); least != most {
		return least + " to " + most
	}
	return points(s.least)
}

// Shares of the true one from which on a native function counts as named wholly, and in part.
const (
	wholly = 0.75
	partly = 0.1
)

func sightOf(rows []*record.Row, tool string) sight {
	s := sight{least: math.Inf(1), most: math.Inf(-1)}
	for _, r := range rows {
		if toolOf(r) != tool {
			continue
		}
		switch name, of := programName(r), middle(r, namedShare)/middle(r, trueShare); {
		case of >= wholly:
			s.wholly = append(s.wholly, name)
			s.least, s.most = min(s.least, nameError(r)), max(s.most, nameError(r))
		case of >= partly:
			s.partly = append(s.partly, fmt.Sprintf("%s (%s)", name, inPercent(middle(r, namedShare))))
		default:
			s.not = append(s.not, name)
		}
	}
	return s
}

// foreign leaves out the program whose kernel is written in Go.
func foreign(rows []*record.Row) []*record.Row {
	var all []*record.Row
	for _, r := range rows {
		if r.Lang != "go" {
			all = append(all, r)
		}
	}
	return all
}

func answerPprof(p *page.Page) string {
	rows := foreign(goRows(p))
	if !slices.ContainsFunc(rows, func(r *record.Row) bool { return toolOf(r) == goPprof }) {
		return ""
	}
	said := "It names no native function. "
	if s := sightOf(rows, goPprof); s.wholly != nil || s.partly != nil {
		said = "It names the native function of " + page.Joined(append(s.wholly, s.partly...)) + ". "
	}
	said += "The truth is about 60%."
	for _, part := range []struct{ what, unit string }{
		{"At the call, without a name, it shows", callShare},
		{"As runtime._ExternalCode, or under no name at all, it shows", outsideShare},
		{"It loses", lostShare},
	} {
		if all := seen(rows, part.unit); all != "" {
			said += " " + part.what + ": " + all + "."
		}
	}
	return said
}

func answerResolved(p *page.Page) string { return says(foreign(goRows(p)), goResolved) }
func answerPerf(p *page.Page) string {
	inGo, inPython := says(foreign(goRows(p)), perf), says(pythonRows(p), perf)
	switch {
	case inGo == "":
		return inPython
	case inPython == "":
		return inGo
	}
	return "In Go programs: " + inGo + " In Python programs: " + inPython
}

// says returns which programs' native function a tool names, and what it is off by.
func says(rows []*record.Row, tool string) string {
	s := sightOf(rows, tool)
	var said []string
	name := toolName(tool) + " "
	if s.wholly != nil {
		said = append(said, fmt.Sprintf("%snames the native function of %s; the share is off by %s points.", name, page.Joined(s.wholly), s.off()))
		name = "It "
	}
	if s.partly != nil {
		said = append(said, fmt.Sprintf("%snames a part of the share of %s.", name, page.Joined(s.partly)))
		name = "It "
	}
	switch {
	case s.not == nil:
	case said == nil:
		said = append(said, name+"names no native function.")
	default:
		said = append(said, "It names none of "+page.Joined(s.not)+".")
	}
	return strings.Join(said, " ")
}

func answerPython(p *page.Page) string {
	var all []string
	for _, tool := range pythonTools {
		if tool == perf {
			continue
		}
		if said := says(pythonRows(p), tool); said != "" {
			all = append(all, said)
		}
	}
	return strings.Join(all, " ")
}

func answerCosts(p *page.Page) string {
	rows := p.Rows(costName)
	var all []string
	for _, tool := range bookTools[1:] {
		least, most := math.Inf(1), 0.0
		for _, r := range rows {
			if toolOf(r) != tool {
				continue
			}
			for _, base := range rows {
				if toolOf(base) != alone || base.Kernel != r.Kernel || base.N != r.N {
					continue
				}
				if ratio, ok := record.WallRatio(r, base); ok {
					least, most = min(least, ratio.Median), max(most, ratio.Median)
				}
			}
		}
		if most > 0 {
			all = append(all, fmt.Sprintf("%s %sx to %sx", toolName(tool), page.Factor(least), page.Factor(most)))
		}
	}
	if all == nil {
		return ""
	}
	return "The book's programs take this many times as long under them, from program to program: " + page.Joined(all) + "."
}
