// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"fmt"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// way is a form of a crossing's calls.
type way struct{ via, form, label string }

// ways are those that are compared with a leaf call, as tables show them.
var ways = []way{
	{"direct", formUsual, "plain Go"},
	{"trampoline", formLeaf, "trampoline as a leaf"},
	{"trampoline", formUsual, "trampoline"},
	{"cgo", formEased, "cgo by its name, both directives"},
	{"cgo", formNamed, "cgo by its name"},
	{"cgo", formUsual, "cgo"},
	{"syscalln", formUsual, "purego, SyscallN"},
	{"purego", formUsual, "purego, RegisterFunc"},
}

// leafRow returns the row of a call, or nil.
func leafRow(rows []*record.Row, op, via, form string) *record.Row {
	return record.First(rows, "/op:%s /via:%s /form:%s", op, via, form)
}

// leafTables prints what a leaf call takes beside others, and its price.
func leafTables(p *page.Page) {
	rows := p.Rows(leafName)
	if len(rows) > 0 {
		leafTimes(p, rows)
	}
	stallTable(p)
}

func leafTimes(p *page.Page, rows []*record.Row) {
	floor := record.Floor(rows)
	ops := []string{"noop", "not", "add", "sum"}
	var lines [][]page.Cell
	for _, w := range ways {
		line := page.Words(w.label)
		for _, op := range ops {
			cell := page.Cell{}
			if r := leafRow(rows, op, w.via, w.form); r != nil {
				i := measure.Median(r.Wall())
				cell = page.Figure(page.WithSpread(page.Significant(i.Median), i), r)
			}
			line = append(line, cell)
		}
		relative := page.Cell{}
		r, base := leafRow(rows, "noop", w.via, w.form), leafRow(rows, "noop", "trampoline", formUsual)
		if e, ok := record.EffectOf(r, base, floor); ok && r == base {
			relative = page.Figure("1", r)
		} else if ok {
			relative = page.Figure(page.Relative(e.Ratio, e.Differs), r, base)
		}
		lines = append(lines, append(line, relative))
	}
	p.Heading("Leaf calls: C on the system stack, and the scheduler is not told")
	p.Tell(prose, "leaf", page.FloorText(floor))
	p.Lines("ns a call", []string{"", "no argument", "int64", "two doubles", "slice of 8", "relative"}, lines)
	if said := sayLeaf(rows, floor); said != "" {
		p.Say("%s", said)
	}
}

// sayLeaf says how a leaf call's time differs from others'.
func sayLeaf(rows []*record.Row, floor float64) string {
	one := leafRow(rows, "noop", "trampoline", formLeaf)
	var effects []labelled
	for _, w := range ways {
		if e, ok := record.EffectOf(one, leafRow(rows, "noop", w.via, w.form), floor); ok && w.form != formLeaf {
			effects = append(effects, labelled{w.label, e})
		}
	}
	if effects == nil {
		return ""
	}
	return "A leaf call without argument takes " + page.Nanoseconds(record.MiddleOf(one.Wall())) + ". Against others: " + grouped(effects) + "."
}

// stallTable prints what a stopped world waits for.
func stallTable(p *page.Page) {
	rows := p.Rows(stallName)
	if len(rows) == 0 {
		return
	}
	var lines [][]page.Cell
	for _, r := range rows {
		stopped, share := r.More("stop-ns"), page.Cell{}
		if r.Op != "idle" {
			share = page.Figure(page.Share(stopped.Median/r.More("call-ns").Median), r)
		}
		lines = append(lines, []page.Cell{
			page.Word(stallLabel(r)), page.Figure(page.TimeAndSpread(measure.Median(r.Wall())), r),
			page.Figure(page.TimeAndSpread(stopped), r), share, page.Figure(page.TimeAndSpread(r.More("memstats-ns")), r),
		})
	}
	p.Heading("What stops the world beside a call")
	p.Tell(prose, "stall", nil)
	p.Grid("One goroutine is in a call", []string{"call", "runtime.GC", "program stopped", "of the call", "ReadMemStats"}, lines)
	if said := sayStall(rows); said != "" {
		p.Say("%s", said)
	}
}

// stallLabel names a call: "10 ms, trampoline as a leaf".
func stallLabel(r *record.Row) string {
	if r.Op == "idle" {
		return "idle program"
	}
	label := r.Via
	for _, w := range ways {
		if w.via == r.Via && w.form == r.Get("form") {
			label = w.label
		}
	}
	return strings.Replace(r.Get("call"), "ms", " ms", 1) + ", " + label
}

// stallOf returns the rows of the longest call, made as a leaf and by the trampoline's usual form; nil if there are not both.
func stallOf(rows []*record.Row) (leaf, usual *record.Row) {
	for _, r := range record.Find(rows, "/via:trampoline /form:%s", formLeaf) {
		if leaf == nil || r.More("call-ns").Median > leaf.More("call-ns").Median {
			leaf = r
		}
	}
	if leaf == nil {
		return nil, nil
	}
	usual = record.First(rows, "/via:trampoline /form:%s /call:%s", formUsual, leaf.Get("call"))
	if usual == nil {
		return nil, nil
	}
	return leaf, usual
}

// sayStall says the price of a leaf call.
func sayStall(rows []*record.Row) string {
	leaf, usual := stallOf(rows)
	if leaf == nil {
		return ""
	}
	stopped, took := leaf.More("stop-ns"), leaf.More("call-ns")
	said := fmt.Sprintf("Beside a leaf call of %s a collection stops the program for %s, and beside a usual call of the same length for %s.",
		page.Nanoseconds(took.Median), page.Nanoseconds(stopped.Median), page.Nanoseconds(usual.More("stop-ns").Median))
	if record.Above(stopped, usual.More("stop-ns")) {
		said += " Never the default: what stops the world stops every goroutine until a leaf call returns, " +
			"so it suits only functions that are known to be short and never to block."
	}
	return said
}

func answerLeaf(p *page.Page) string {
	rows := p.Rows(leafName)
	short, usual := leafRow(rows, "noop", "trampoline", formLeaf), leafRow(rows, "noop", "trampoline", formUsual)
	price := sayStall(p.Rows(stallName))
	if short == nil || usual == nil || price == "" {
		return ""
	}
	return fmt.Sprintf("A leaf call takes %s where the trampoline's usual call takes %s. %s",
		page.Nanoseconds(record.MiddleOf(short.Wall())), page.Nanoseconds(record.MiddleOf(usual.Wall())), price)
}
