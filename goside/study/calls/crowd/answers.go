// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package crowd

import (
	"fmt"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// concurrent returns the calls of a crossing by so many goroutines, nil if there are none.
func concurrent(p *page.Page, via, goroutines string) *record.Row {
	for _, r := range p.Rows("Concurrency") {
		if r.What() == "not" && r.Via == via && r.N == goroutines && !r.Again() {
			return r
		}
	}
	return nil
}

func AnswerGoroutines(p *page.Page) string {
	cores := p.Record.Get("gomaxprocs")
	var parts []string
	for _, via := range []string{"direct", "cgo", "purego"} {
		one, all, many := concurrent(p, via, "1"), concurrent(p, via, cores), concurrent(p, via, "1000")
		if one == nil || all == nil || many == nil || len(one.Samples) != len(all.Samples) || len(one.Samples) != len(many.Samples) {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s by %.2f times with %s goroutines and %.2f times with 1000", page.CrossingName(via),
			measure.Ratio(one.Wall(), all.Wall()).Median, cores, measure.Ratio(one.Wall(), many.Wall()).Median))
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("On GOMAXPROCS=%s, calls in a second grow, against one goroutine: %s.", cores, page.Joined(parts))
}

// neighbour returns what was seen beside calls of that length, nil if nothing was.
func neighbour(p *page.Page, kernel, via, call, goroutines string) *record.Row {
	for _, r := range p.Rows("Neighbours") {
		if r.What() == kernel && r.Via == via && (call == "" || r.Facts["call"] == call) && (goroutines == "" || r.N == goroutines) && !r.Again() {
			return r
		}
	}
	return nil
}

func AnswerNeighbours(p *page.Page) string {
	cores := p.Record.Get("gomaxprocs")
	idle := neighbour(p, "idle", "direct", "", "")
	inGo, inC := neighbour(p, "spin", "direct", "100ms", cores), neighbour(p, "spin", "cgo", "100ms", cores)
	asleep := neighbour(p, "sleep", "cgo", "100ms", "100")
	if idle == nil || inGo == nil || inC == nil || asleep == nil {
		return ""
	}
	late := func(r *record.Row) string {
		return fmt.Sprintf("%s (P99: %s)", page.Nanoseconds(measure.Median(r.Wall()).Median), page.Nanoseconds(r.More("tick-p99-ns").Median))
	}
	return fmt.Sprintf("Beside %s goroutines that compute for 100 ms at a time, another's tick comes %s late if they compute in C, %s if in Go, and %s in an idle program. "+
		"100 goroutines asleep in C hold %.0f threads, where an idle program has %.0f, and the tick comes %s late.",
		cores, late(inC), late(inGo), late(idle), asleep.Largest("threads"), idle.Largest("threads"), late(asleep))
}
