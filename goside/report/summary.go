// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"io"
	"math"
	"path"
	"strings"

	"toll/goside/measure"
	"toll/goside/study"
)

// summary prints the answers to what is asked most, those that the record has.
func summary(p *printer) {
	p.answers([]question{
		{"Go, cgo or purego?", answerCrossings},
		{"What does an argument cost?", answerArguments},
		{"What do noescape and nocallback give?", answerDirectives},
		{"When does pinning cost?", answerPinning},
		{"And a callback?", answerCallbacks},
		{"Does cgo scale with goroutines?", answerGoroutines},
		{"What does a long C call do to the rest of the program?", answerNeighbours},
		{"How much work must a call carry?", answerGrain},
		{"And the first call?", answerFirstUse},
		{"Can one predict it?", answerModel},
		{"And through Python?", answerPython},
	})
}

// question is something that is asked, with what answers it from a record, or returns "".
type question struct {
	text   string
	answer func(*printer) string
}

// answers prints the answers that the record has.
func (p *printer) answers(questions []question) {
	var lines [][]string
	for _, q := range questions {
		if answer := q.answer(p); answer != "" {
			lines = append(lines, []string{q.text, answer})
		}
	}
	if lines == nil {
		return
	}
	if !p.Brief {
		p.heading("In short")
	}
	if !p.Markdown {
		for _, line := range lines {
			p.explain(line[0] + " " + line[1])
		}
		return
	}
	for _, line := range lines {
		fmt.Fprintf(p, "- **%s** %s\n", line[0], line[1])
	}
	fmt.Fprintln(p)
}

func answerCrossings(p *printer) string {
	noop, slice := p.payload("noop", "1"), p.payload("first", "4096")
	if math.IsNaN(noop.time("cgo")) && math.IsNaN(noop.time("purego")) {
		return ""
	}
	named := func(via string, ns float64) string { return nanoseconds(ns) + " by " + crossingName(via) }
	text := fmt.Sprintf("A call that passes nothing takes %s in plain Go, %s", nanoseconds(noop.time("direct")), p.over(noop.time, named))
	if slices := p.over(slice.time, named); slices != "" {
		text += fmt.Sprintf("; one that passes a slice, of whatever size, %s", slices)
	}
	return text + "."
}

func answerArguments(p *printer) string {
	text := p.over(func(via string) float64 { return p.perArgument("ints", via) }, func(via string, ns float64) string {
		one, many := p.payload("ints", "1").rows[via], p.payload("ints", "15").rows[via]
		_, few := one.allocated()
		_, all := many.allocated()
		return fmt.Sprintf("%s (allocations: %.3g) by %s", nanoseconds(ns), math.Round((all-few)/14*10)/10, crossingName(via))
	})
	if text == "" {
		return ""
	}
	return "Each further integer, of 15, adds " + text + "."
}

// changeOf says what takes a call from one knob to another: "+38.4 ns and +1 allocation", or that no time shows
// beyond the noise floor.
func (t *knobTables) changeOf(from, to *Row, floor float64) string {
	e, ok := effectOf(to, from, floor)
	if !ok {
		return "?"
	}
	text := "no time that shows"
	if e.differs {
		text = signed(e.ns.Median)
	}
	_, before := from.allocated()
	_, after := to.allocated()
	switch difference := math.Round(after - before); {
	case difference > 0:
		text += fmt.Sprintf(" and +%.0f allocation", difference)
	case difference < 0:
		text += fmt.Sprintf(" and −%.0f allocation", -difference)
	}
	return text
}

func answerDirectives(p *printer) string {
	none, alone, both := p.knob("first", "stack", "none"), p.knob("first", "stack", "noescape"), p.knob("first", "stack", "both")
	heap, heapBoth := p.knob("first", "go-heap", "none"), p.knob("first", "go-heap", "both")
	noop, noopAlone := p.knob("noop", "none", "none"), p.knob("noop", "none", "nocallback")
	if none == nil || alone == nil || both == nil || heap == nil || heapBoth == nil || noop == nil || noopAlone == nil {
		return ""
	}
	t := p.knobTables()
	floor := t.floor("first")
	return fmt.Sprintf("A call that passes a local array's address: by noescape alone %s, by both together %s. One that passes an address on the heap: by both %s. "+
		"One that passes nothing: by nocallback %s.", t.changeOf(none, alone, floor), t.changeOf(none, both, floor), t.changeOf(heap, heapBoth, floor),
		t.changeOf(noop, noopAlone, t.floor("noop")))
}

func answerPinning(p *printer) string {
	plain, once, each := p.knob("first", "go-heap", "none"), p.knob("first", "pinned-once", "none"), p.knob("first", "pinned-each", "none")
	if plain == nil || once == nil || each == nil {
		return ""
	}
	t := p.knobTables()
	floor := t.floor("first")
	return fmt.Sprintf("Done for each call: %s; done once for all: %s. A pointer that is an argument needs none; one inside of what is passed does.",
		t.changeOf(plain, each, floor), t.changeOf(plain, once, floor))
}

func answerCallbacks(p *printer) string {
	text := p.over(func(via string) float64 { return p.perCallback("next", via) }, func(via string, ns float64) string {
		return nanoseconds(ns) + " by " + crossingName(via)
	})
	if text == "" {
		return ""
	}
	return "From C into Go, on the thread that Go called C on: " + text + "."
}

// concurrent returns the calls of a crossing by so many goroutines, nil if there are none.
func (p *printer) concurrent(via, goroutines string) *Row {
	for _, r := range p.rows("Concurrency") {
		if r.Kernel == "not" && r.Via == via && r.N == goroutines && !r.again() {
			return r
		}
	}
	return nil
}

func answerGoroutines(p *printer) string {
	cores := p.record.Get("gomaxprocs")
	var parts []string
	for _, via := range []string{"direct", "cgo", "purego"} {
		one, all, many := p.concurrent(via, "1"), p.concurrent(via, cores), p.concurrent(via, "1000")
		if one == nil || all == nil || many == nil || len(one.Samples) != len(all.Samples) || len(one.Samples) != len(many.Samples) {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s by %.2f times with %s goroutines and %.2f times with 1000", crossingName(via),
			measure.Ratio(one.Wall(), all.Wall()).Median, cores, measure.Ratio(one.Wall(), many.Wall()).Median))
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("On GOMAXPROCS=%s, calls in a second grow, against one goroutine: %s.", cores, joined(parts))
}

// neighbour returns what was seen beside calls of that length, nil if nothing was.
func (p *printer) neighbour(kernel, via, call, goroutines string) *Row {
	for _, r := range p.rows("Neighbours") {
		if r.Kernel == kernel && r.Via == via && (call == "" || r.Facts["call"] == call) && (goroutines == "" || r.N == goroutines) && !r.again() {
			return r
		}
	}
	return nil
}

func answerNeighbours(p *printer) string {
	cores := p.record.Get("gomaxprocs")
	idle := p.neighbour("idle", "direct", "", "")
	inGo, inC := p.neighbour("spin", "direct", "100ms", cores), p.neighbour("spin", "cgo", "100ms", cores)
	asleep := p.neighbour("sleep", "cgo", "100ms", "100")
	if idle == nil || inGo == nil || inC == nil || asleep == nil {
		return ""
	}
	late := func(r *Row) string {
		return fmt.Sprintf("%s (P99: %s)", nanoseconds(measure.Median(r.Wall()).Median), nanoseconds(r.more("tick-p99-ns").Median))
	}
	return fmt.Sprintf("Beside %s goroutines that compute for 100 ms at a time, another's tick comes %s late if they compute in C, %s if in Go, and %s in an idle program. "+
		"100 goroutines asleep in C hold %.0f threads, where an idle program has %.0f, and the tick comes %s late.",
		cores, late(inC), late(inGo), late(idle), asleep.largest("threads"), idle.largest("threads"), late(asleep))
}

func answerGrain(p *printer) string {
	all := p.record.grains()
	var parts []string
	for _, route := range []string{"c/cgo", "c/purego"} {
		low, high := math.Inf(1), 0.0
		for _, g := range all {
			if l, ok := g.fit(route); ok && l.resolved() {
				low, high = min(low, l.overhead.Median), max(high, l.overhead.Median)
			}
		}
		if high == 0 {
			continue
		}
		span := func(share float64) string {
			return fmt.Sprintf("%s to %s", nanoseconds(low*grainTimes(share)), nanoseconds(high*grainTimes(share)))
		}
		parts = append(parts, fmt.Sprintf("by %s %s for an overhead of 50 %%, %s for 10 %%, %s for 1 %%", crossingName(strings.TrimPrefix(route, "c/")), span(0.5), span(0.1), span(0.01)))
	}
	if parts == nil {
		return ""
	}
	return "In time of work, over the kernels: " + strings.Join(parts, "; ") + "."
}

func answerFirstUse(p *printer) string {
	start := map[string]*Row{}
	for _, r := range p.rows(study.FirstUseName) {
		if r.Kernel == "start" {
			start[r.Via] = r
		}
	}
	plain := start["go"]
	if plain == nil {
		return ""
	}
	var parts []string
	for _, via := range []string{"cgo", "purego"} {
		r := start[via]
		if r == nil || len(r.Samples) != len(plain.Samples) {
			continue
		}
		later := measure.Ratio(r.Wall(), plain.Wall()).Median - 1
		parts = append(parts, fmt.Sprintf("by %s a small program starts %s later, is %s larger when loaded, and its first call takes %s", via,
			nanoseconds(later*measure.Median(plain.Wall()).Median), megabytes(r.more("loaded-bytes").Median-plain.more("loaded-bytes").Median),
			nanoseconds(r.more("call1-ns").Median)))
	}
	if parts == nil {
		return ""
	}
	return "Beside plain Go, " + strings.Join(parts, "; ") + "."
}

func answerModel(p *printer) string {
	var parts []string
	for _, f := range p.fits() {
		parts = append(parts, fmt.Sprintf("%s by %s", percentage(middleOf(f.errors)), crossingName(f.via)))
	}
	if parts == nil {
		return ""
	}
	return "A sum of a call, its arguments, a result, bytes and callbacks misses payloads that were left out of the fit by, in the median, " + joined(parts) + "."
}

// document prints what a page about calls has before and after its tables: the command that made it, where it was
// measured, and how to read it.
func document(w io.Writer, record *Record, source string) {
	get := record.Get
	fmt.Fprintf(w, "Made by `build/bin/toll show --markdown %s > %s` from the record of `build/bin/toll calls --full -o %s`.\n\n",
		source, path.Join(path.Dir(source), "OVERHEAD.md"), source)
	fmt.Fprintf(w, "# What a call costs\n\n")
	fmt.Fprintf(w, "What Go pays to call C through each crossing. What is called is the same object code, [csrc/calls/calls.c](../csrc/calls/calls.c), "+
		"and what comes back was compared with Go's own before anything was timed. [METHODOLOGY.md](../METHODOLOGY.md) says how it is measured and what is weak about it; "+
		"`build/bin/toll calls` measures it on your machine in less than three minutes.\n\n")
	fmt.Fprintf(w, "Machine: %s, %s cores, %s; %s. %s. Toll %s, %s.\n\n", get("cpu"), get("cores"), get("os"), get("go"), get("libraries"), get("revision"), get("date"))
}
