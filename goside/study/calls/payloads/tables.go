// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var text string

var prose = page.NewProse(text)

// labels say what a payload's function is given and gives back. Behind "%" comes the size, in bytes, behind "#" the number.
// Registers are those of x86-64's convention.
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
	"batch":          "two float64 → float64, × # in one call",
	"pair":           "2 float64 by value: 2 vector registers",
	"pair_at":        "2 float64 by pointer, changed in place",
	"longs":          "2 int64 by value: 2 integer registers",
	"split":          "int64 and float64 by value: one of each",
	"triple":         "3 float32 by value: 2 vector registers",
	"mixed":          "6 fields, 40 B, by value: memory",
	"mixed_at":       "6 fields, 40 B, by pointer, in place",
	"text_length":    "string in, copied, %",
	"text_static":    "string out: the library's, nobody frees, %",
	"text_new":       "string out: C's, freed by a 2nd call, %",
	"text_into":      "string out: into Go's buffer, %",
	"status_ok":      "status 0 → no error",
	"status_refused": "status ≠ 0 → Go error",
	"errno_0":        "errno, not set",
	"errno_set":      "errno, set → Go error",
	"variadic":       "variable arguments: 2 of int64, 2 of float64",
	"handle":         "handle to a Go object",
	"next":           "one Go function called back, × #",
	"callback":       "a closure called back by a handle, × #",
	"thread":         "the same from a thread made by C, × #",
}

func (q *payload) label() string { return label(q.op, page.BytesOf(q.n), q.n) }

func label(op, bytes, number string) string {
	label := labels[op]
	if label == "" {
		return op
	}
	return strings.NewReplacer("%", bytes, "#", number).Replace(label)
}

// few are the sizes that tables show of a function where its time hardly depends on them, or follows a line.
var few = map[string][]string{
	"ints":    {"1", "2", "4", "6", "7", "8", "10", "12", "15", "16", "20", "32"},
	"doubles": {"1", "2", "4", "6", "8", "9", "10", "12", "15", "16", "20", "32"},
	"length":  {"8", "4096", "262144", "16777216"},
	"first":   {"8", "16777216"},
}

// shown returns the payloads of a group that tables show.
func (s *passed) shown(group string) []*payload {
	return slices.DeleteFunc(s.groupOf(group), func(q *payload) bool { return few[q.op] != nil && !slices.Contains(few[q.op], q.n) })
}

// shortNames are crossings as columns name them.
var shortNames = map[string]string{"direct": "Go", "purego": "RegisterFunc", "syscalln": "SyscallN", "wasm-memory": "wasm's memory"}

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
	s.ratios(p)
	s.offers(p)
	s.parts(p)
	for _, g := range []struct {
		group, title string
		say          func(*passed, []*payload) []string
	}{
		{"scalars", "Scalars", sayScalars},
		{"arguments", "Number of arguments", nil},
		{"slices", "Slices: pointer and length", saySlices},
		{"structs", "Structs, there and back", nil},
		{"text", "Strings, and who frees them", nil},
		{"others", "Errors, variable arguments, handles", nil},
		{"callbacks", "Callbacks from C into Go", sayCallbacks},
	} {
		some := s.shown(g.group)
		if some == nil {
			continue
		}
		s.times(p, g.title, some)
		s.allocations(p, g.title, some)
		if g.say == nil {
			continue
		}
		if said := g.say(s, s.groupOf(g.group)); said != nil {
			p.Say("%s", strings.Join(said, " "))
		}
	}
}

// missing stands where a crossing cannot pass something.
const missing = "–"

// offering returns the crossings that offer any of the payloads.
func (s *passed) offering(some []*payload) []string {
	return slices.DeleteFunc(slices.Clone(s.vias), func(via string) bool {
		return !slices.ContainsFunc(some, func(q *payload) bool { return q.row(via) != nil })
	})
}

func (s *passed) times(p *page.Page, title string, some []*payload) {
	vias := s.offering(some)
	header := []string{title}
	for _, via := range vias {
		header = append(header, shortName(via))
	}
	var lines [][]page.Cell
	for _, q := range some {
		line := page.Words(q.label())
		for _, via := range vias {
			cell := page.Word(missing)
			if i, ok := q.time(via); ok {
				cell = page.Figure(page.TimeAndSpread(i), q.row(via), q.reference)
			}
			line = append(line, cell)
		}
		lines = append(lines, line)
	}
	p.Wide("Time of a call", header, lines)
}

// compared are the payloads of the table that compares crossings: one or two of each kind.
var compared = []struct{ op, n string }{
	{"noop", "1"}, {"add", "1"}, {"ints", "6"}, {"ints", "15"}, {"length", "4096"}, {"sum", "4096"}, {"fill", "4096"},
	{"pair", "16"}, {"mixed", "40"}, {"text_length", ""}, {"text_into", ""}, {"errno_0", "1"}, {"next", "1"},
}

// ratios prints the times of the other crossings relative to the baseline.
func (s *passed) ratios(p *page.Page) {
	vias := slices.DeleteFunc(slices.Clone(s.vias), func(via string) bool { return via == "direct" || via == baseline })
	header := []string{"Passed"}
	for _, via := range vias {
		header = append(header, shortName(via))
	}
	var lines [][]page.Cell
	for _, of := range compared {
		q := s.find(of.op, of.n)
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
		p.Wide("Time relative to "+baseline, header, lines)
	}
}

// kinds are what a crossing may be able to pass, and the functions that show it.
var kinds = []struct {
	label string
	ops   []string
	least int // number of arguments
}{
	{"float64, float32", []string{"add", "float"}, 0},
	{"bool, narrow integers", []string{"bool", "int8", "int16", "int32", "uint8", "uint16", "uint32"}, 0},
	{"more than 15 arguments", []string{"ints", "doubles"}, 16},
	{"slices", []string{"length", "first", "sum", "fill"}, 0},
	{"structs by value", []string{"pair", "longs", "split", "triple", "mixed"}, 0},
	{"variable arguments", []string{"variadic"}, 0},
	{"strings in and out", []string{"text_length", "text_static", "text_new", "text_into"}, 0},
	{"errno", []string{"errno_0", "errno_set"}, 0},
	{"handle to a Go object", []string{"handle"}, 0},
	{"callbacks", []string{"next", "callback"}, 0},
	{"callbacks from C's threads", []string{"thread"}, 0},
}

// Crossings that reach no memory of Go's, so that slices are copied for them, and those that can call C functions of
// variable arguments; the others call a twin with fixed ones.
var (
	copying  = map[string]bool{"wasm": true}
	variadic = map[string]bool{"trampoline": true, "libffi": true, "wasm": true}
)

// offers prints what each crossing can pass.
func (s *passed) offers(p *page.Page) {
	noop := s.find("noop", "1")
	vias := slices.DeleteFunc(s.offering([]*payload{noop}), func(via string) bool { return via == "direct" })
	header := []string{"Can pass"}
	for _, via := range vias {
		header = append(header, shortName(via))
	}
	var lines [][]page.Cell
	for _, kind := range kinds {
		var some []*payload
		for _, q := range s.all {
			if n, _ := strconv.Atoi(q.n); slices.Contains(kind.ops, q.op) && n >= kind.least {
				some = append(some, q)
			}
		}
		line, found := page.Words(kind.label), false
		for _, via := range vias {
			var rows []*record.Row
			for _, q := range some {
				if r := q.row(via); r != nil {
					rows = append(rows, r)
				}
			}
			cell := page.Word(missing)
			if rows != nil {
				cell, found = page.Figure(offer(kind.ops[0], via, len(rows), len(some)), rows...), true
			}
			line = append(line, cell)
		}
		if found {
			lines = append(lines, line)
		}
	}
	if lines != nil {
		p.Wide("What each crossing can pass", header, lines)
	}
}

// offer says how a crossing passes things, of which it offers so many.
func offer(op, via string, offered, all int) string {
	text := "yes"
	switch {
	case op == "length" && copying[via]:
		text = "copied"
	case op == "length":
		text = "in place"
	case op == "variadic" && !variadic[via]:
		text = "a fixed twin"
	}
	if offered < all {
		text += fmt.Sprintf(", %d of %d", offered, all)
	}
	return text
}

// parts are what one payload takes more than another, shared among so many.
var parts = []struct {
	label            string
	op, n            string
	lessOp, lessSize string
	among            float64
}{
	{"an int64, up to 15", "ints", "15", "ints", "1", 14},
	{"an int64, from 16 to 32", "ints", "32", "ints", "15", 17},
	{"a float64, up to 15", "doubles", "15", "doubles", "1", 14},
	{"a KiB of a slice, not touched", "length", "262144", "length", "8", 256},
	{"2 float64 by value, not by pointer", "pair", "16", "pair_at", "16", 1},
	{"40 B by value, not by pointer", "mixed", "40", "mixed_at", "40", 1},
	{"a KiB of a string in", "text_length", "65536", "text_length", "", 64},
	{"a KiB of a string out", "text_into", "65536", "text_into", "", 64},
	{"errno, not set", "errno_0", "1", "not", "1", 1},
	{"errno, set", "errno_set", "1", "not", "1", 1},
	{"a handle made, passed and deleted", "handle", "1", "not", "1", 1},
	{"a callback", "next", "1000", "next", "0", 1000},
	{"a callback of a closure, guarded", "callback", "1000", "callback", "0", 1000},
	{"the same on C's thread, not the first", "thread", "1000", "thread", "1", 999},
}

// parts prints what each part of a call adds.
func (s *passed) parts(p *page.Page) {
	vias := slices.DeleteFunc(slices.Clone(s.vias), func(via string) bool { return via == "direct" || strings.HasSuffix(via, inMemory) })
	header := []string{"More is passed"}
	for _, via := range vias {
		header = append(header, shortName(via))
	}
	var lines [][]page.Cell
	for _, part := range parts {
		more, less := s.find(part.op, part.n), s.find(part.lessOp, part.lessSize)
		line, found := page.Words(part.label), false
		for _, via := range vias {
			cell := page.Word(missing)
			if d, ok := more.moreThan(less, via); ok {
				text := "~0"
				if d.certain {
					text = d.each(part.among)
				}
				cell, found = page.Figure(text, more.row(via), less.row(via)), true
			}
			line = append(line, cell)
		}
		if found {
			lines = append(lines, line)
		}
	}
	if lines != nil {
		p.Wide("What each adds to the time of a call", header, lines)
	}
}

// allocations prints what calls allocate, of the crossings that allocate. Neighbours of one function that allocate as much
// share a line.
func (s *passed) allocations(p *page.Page, title string, some []*payload) {
	vias := slices.DeleteFunc(s.offering(some), func(via string) bool {
		return via == "direct" || !slices.ContainsFunc(some, func(q *payload) bool { return allocates(q, via) })
	})
	header := []string{title}
	for _, via := range vias {
		header = append(header, shortName(via))
	}
	var lines [][]page.Cell
	var first *payload // of the last line
	for _, q := range some {
		if !slices.ContainsFunc(vias, func(via string) bool { return allocates(q, via) }) {
			first = nil
			continue
		}
		line := page.Words(q.label())
		for _, via := range vias {
			cell := page.Word(missing)
			if bytes, objects, ok := q.allocated(via); ok {
				cell = page.Figure(heap(bytes, objects), q.row(via))
			}
			line = append(line, cell)
		}
		if first != nil && first.op == q.op && sameText(lines[len(lines)-1][1:], line[1:]) {
			last := lines[len(lines)-1]
			last[0] = page.Word(label(q.op, page.BytesOf(first.n)+" to "+page.BytesOf(q.n), first.n+" to "+q.n))
			for k := 1; k < len(line); k++ {
				last[k].From = append(last[k].From, line[k].From...)
			}
			continue
		}
		lines, first = append(lines, line), q
	}
	if lines != nil {
		p.Wide("Of these, the calls that allocate on Go's heap: bytes, in objects", header, lines)
	}
}

// allocates reports whether a call does; a share of an object is another's.
func allocates(q *payload, via string) bool {
	_, objects, ok := q.allocated(via)
	return ok && objects >= 0.5
}

// heap shows what a call allocates.
func heap(bytes, objects float64) string {
	if objects < 0.5 {
		return "0"
	}
	return fmt.Sprintf("%.0f in %.0f", bytes, objects)
}

// sameText reports whether cells of two lines show the same.
func sameText(a, b []page.Cell) bool {
	return slices.EqualFunc(a, b, func(x, y page.Cell) bool { return x.Text == y.Text })
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
