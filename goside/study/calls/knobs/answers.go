// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"fmt"
	"math"

	"toll/goside/page"
	"toll/goside/record"
)

// TablesOf returns what finds rows of the study of knobs.
func TablesOf(p *page.Page) *knobTables { return &knobTables{p, p.Rows(benchmark)} }

// Knob returns a call by cgo's static symbol from a free goroutine, nil if it is not there.
func Knob(p *page.Page, kernel, memory, directives string) *record.Row {
	return TablesOf(p).Find(kernel, "memory="+memory, "directives="+directives)
}

// changeOf says what takes a call from one knob to another: "+38.4 ns and +1 allocation", or that no time shows
// beyond the noise floor.
func (t *knobTables) changeOf(from, to *record.Row, floor float64) string {
	e, ok := record.EffectOf(to, from, floor)
	if !ok {
		return "?"
	}
	text := "no time that shows"
	if e.Differs {
		text = page.Signed(e.Ns.Median)
	}
	_, before := from.Allocated()
	_, after := to.Allocated()
	switch difference := math.Round(after - before); {
	case difference > 0:
		text += fmt.Sprintf(" and +%.0f allocation", difference)
	case difference < 0:
		text += fmt.Sprintf(" and −%.0f allocation", -difference)
	}
	return text
}

func AnswerDirectives(p *page.Page) string {
	none, alone, both := Knob(p, "first", "stack", "none"), Knob(p, "first", "stack", "noescape"), Knob(p, "first", "stack", "both")
	heap, heapBoth := Knob(p, "first", "go-heap", "none"), Knob(p, "first", "go-heap", "both")
	noop, noopAlone := Knob(p, "noop", "none", "none"), Knob(p, "noop", "none", "nocallback")
	if none == nil || alone == nil || both == nil || heap == nil || heapBoth == nil || noop == nil || noopAlone == nil {
		return ""
	}
	t := TablesOf(p)
	floor := t.Floor("first")
	return fmt.Sprintf("A call that passes a local array's address: by noescape alone %s, by both together %s. One that passes an address on the heap: by both %s. "+
		"One that passes nothing: by nocallback %s.", t.changeOf(none, alone, floor), t.changeOf(none, both, floor), t.changeOf(heap, heapBoth, floor),
		t.changeOf(noop, noopAlone, t.Floor("noop")))
}

func AnswerPinning(p *page.Page) string {
	plain, once, each := Knob(p, "first", "go-heap", "none"), Knob(p, "first", "pinned-once", "none"), Knob(p, "first", "pinned-each", "none")
	if plain == nil || once == nil || each == nil {
		return ""
	}
	t := TablesOf(p)
	floor := t.Floor("first")
	return fmt.Sprintf("Done for each call: %s; done once for all: %s. A pointer that is an argument needs none; one inside of what is passed does.",
		t.changeOf(plain, each, floor), t.changeOf(plain, once, floor))
}
