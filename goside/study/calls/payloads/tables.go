// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	_ "embed"
	"fmt"
	"strings"

	"toll/goside/page"
)

//go:embed text.md
var text string

var prose = page.NewProse(text)

// labels say what a payload's function is given and gives back. Behind "%" comes the size, in bytes, behind "#" the number.
var labels = map[string]string{
	"noop":           "nothing",
	"not":            "int64 → int64",
	"add":            "two float64 → float64",
	"float":          "two float32 → float32",
	"bool":           "two bool → bool",
	"int8":           "two int8 → int64",
	"int16":          "two int16 → int64",
	"int32":          "two int32 → int64",
	"uint8":          "two uint8 → int64",
	"uint16":         "two uint16 → int64",
	"uint32":         "two uint32 → int64",
	"ints":           "int64 × #",
	"doubles":        "float64 × #",
	"length":         "slice, not touched, %",
	"first":          "slice, first element read, %",
	"sum":            "slice, all read, %",
	"fill":           "slice, all written, %",
	"batch":          "a batch of two float64 → float64, × #",
	"pair":           "16-byte struct by value, there and back",
	"pair_at":        "16-byte struct by pointer, changed in place",
	"longs":          "struct of two int64 by value, there and back",
	"split":          "struct of int64 and float64 by value, there and back",
	"triple":         "struct of three float32 by value, there and back",
	"mixed":          "40-byte struct by value, there and back",
	"mixed_at":       "40-byte struct by pointer, changed in place",
	"text_length":    "string in: copied, the copy freed, %",
	"text_static":    "string out: the library's, nobody frees, %",
	"text_new":       "string out: C's, freed by a 2nd call, %",
	"text_into":      "string out: into Go's buffer, %",
	"status_ok":      "status 0 → no error",
	"status_refused": "status ≠ 0 → Go error",
	"errno_0":        "errno, not set",
	"errno_set":      "errno, set → Go error",
	"variadic":       "two pairs of int64 and float64, variadic",
	"handle":         "handle to a Go object",
	"next":           "one Go function called back, × #",
	"callback":       "a closure called back by a handle, × #",
	"thread":         "the same from a thread made by C, × #",
}

func (q *payload) label() string {
	label := labels[q.op]
	if label == "" {
		return q.op
	}
	return strings.NewReplacer("%", page.BytesOf(q.n), "#", q.n).Replace(label)
}

// shortNames are crossings as columns name them.
var shortNames = map[string]string{"direct": "Go", "purego": "RegisterFunc", "syscalln": "SyscallN"}

func shortName(via string) string {
	if name := shortNames[via]; name != "" {
		return name
	}
	return via
}

// tables prints what calls cost that pass something.
func tables(p *page.Page) {
	s := newPassed(p)
	if len(s.all) == 0 {
		return
	}
	p.Heading("What is passed")
	p.Tell(prose, "passed", nil)
	p.Picture("payloads", alt)
	for _, g := range []struct {
		group, title string
		say          func(*passed, []*payload) []string
	}{
		{"scalars", "Scalars", sayScalars},
		{"arguments", "Number of arguments", sayArguments},
		{"slices", "Slices: pointer and length", saySlices},
		{"batches", "Many calls in one crossing", func(*passed, []*payload) []string { return nil }},
		{"structs", "Structs", sayStructs},
		{"text", "Strings, and who frees them", sayTexts},
		{"others", "Errors and handles", sayOthers},
		{"callbacks", "Callbacks from C into Go", sayCallbacks},
	} {
		some := s.groupOf(g.group)
		if some == nil {
			continue
		}
		s.times(p, g.title, some)
		s.ratios(p, g.title, some)
		s.allocations(p, g.title, some)
		if said := g.say(s, some); said != nil {
			p.Say("%s", strings.Join(said, " "))
		}
	}
}

// missing stands where a crossing cannot pass something.
const missing = "–"

func (s *passed) times(p *page.Page, title string, some []*payload) {
	header := []string{title}
	for _, via := range s.vias {
		header = append(header, shortName(via))
	}
	var lines [][]page.Cell
	for _, q := range some {
		line := page.Words(q.label())
		for _, via := range s.vias {
			cell := page.Word(missing)
			if i, ok := q.time(via); ok {
				cell = page.Figure(page.TimeAndSpread(i), q.row(via), q.reference)
			}
			line = append(line, cell)
		}
		lines = append(lines, line)
	}
	p.Grid("Time of a call", header, lines)
}

// ratios prints the times of the other crossings relative to the baseline.
func (s *passed) ratios(p *page.Page, title string, some []*payload) {
	var vias []string
	header := []string{title}
	for _, via := range s.vias {
		if via != "direct" && via != baseline {
			vias, header = append(vias, via), append(header, shortName(via))
		}
	}
	var lines [][]page.Cell
	for _, q := range some {
		line := page.Words(q.label())
		found := false
		for _, via := range vias {
			cell := page.Word(missing)
			if ratio, differs, ok := q.toBaseline(via); ok {
				cell, found = page.Figure(page.Relative(ratio, differs), q.row(via), q.row(baseline)), true
			}
			line = append(line, cell)
		}
		if found {
			lines = append(lines, line)
		}
	}
	if lines != nil {
		p.Grid("Time relative to "+baseline, header, lines)
	}
}

func (s *passed) allocations(p *page.Page, title string, some []*payload) {
	var vias []string
	header := []string{title}
	for _, via := range s.vias {
		if via != "direct" {
			vias = append(vias, via)
			header = append(header, shortName(via)+", B", "objects")
		}
	}
	if vias == nil {
		return
	}
	var lines [][]page.Cell
	for _, q := range some {
		line := page.Words(q.label())
		for _, via := range vias {
			if bytes, objects, ok := q.allocated(via); ok {
				r := q.row(via)
				line = append(line, page.Figure(fmt.Sprintf("%.0f", bytes), r), page.Figure(fmt.Sprintf("%.0f", objects), r))
			} else {
				line = append(line, page.Words(missing, missing)...)
			}
		}
		lines = append(lines, line)
	}
	p.Grid("Allocated on Go's heap by a call", header, lines)
}

// slotTables prints how many callbacks there is room for.
func slotTables(p *page.Page) {
	rows := p.Rows(slotsBenchmark)
	if len(rows) == 0 {
		return
	}
	p.Heading("Room for callbacks")
	p.Tell(prose, "slots", nil)
	var lines [][]page.Cell
	for _, r := range rows {
		lines = append(lines, []page.Cell{page.Word(r.Via), page.Figure(fmt.Sprintf("%.0f", r.More("slots").Median), r),
			page.Figure(page.TimeAndSpread(medianOf(r)), r), page.Figure(r.Facts["refusal"], r)})
	}
	p.Grid("", []string{"crossing", "callbacks", "time of each", "the next one"}, lines)
	r := rows[0]
	p.Say("%s has room for %s in a process. It refuses the next with a panic that can be caught: %q.", r.Via,
		page.Count(fmt.Sprintf("%.0f", r.More("slots").Median), "callback"), r.Facts["refusal"])
}
