// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package crowd

import (
	"fmt"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// many is how many goroutines the answer compares with one, beside as many as there are cores.
const many = "1000"

func answerGoroutines(p *page.Page) string {
	cores := p.Record.Get("gomaxprocs")
	if cores == "" {
		return ""
	}
	rows := p.Rows(concurrencyName)
	var parts []string
	for _, via := range []string{"direct", "cgo", "trampoline", "purego", "wasm"} {
		by := func(goroutines string) *record.Row {
			return record.First(rows, "/op:not /via:%s /n:%s", via, goroutines)
		}
		few, ok := record.WallRatio(by("1"), by(cores))
		crowded, alsoOK := record.WallRatio(by("1"), by(many))
		if ok && alsoOK {
			parts = append(parts, fmt.Sprintf("%s %.2fx with %s and %.2fx with %s", page.CrossingName(via), few.Median,
				page.Count(cores, "goroutine"), crowded.Median, many))
		}
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("With GOMAXPROCS=%s, throughput relative to one goroutine: %s.", cores, strings.Join(parts, "; "))
}

func answerNeighbours(p *page.Page) string {
	cores := p.Record.Get("gomaxprocs")
	if cores == "" {
		return ""
	}
	rows := p.Rows(neighboursName)
	idle, asleep := record.First(rows, "/op:idle"), record.First(rows, "/op:sleep /via:cgo /n:100 /call:100ms")
	inGo := record.First(rows, "/op:spin /via:direct /n:%s /call:100ms", cores)
	inC := record.First(rows, "/op:spin /via:cgo /n:%s /call:100ms", cores)
	if idle == nil || inGo == nil || inC == nil || asleep == nil {
		return ""
	}
	late := func(r *record.Row) string {
		return fmt.Sprintf("%s (P99: %s)", page.Nanoseconds(measure.Median(r.Wall()).Median),
			page.Nanoseconds(r.More("tick-p99-ns").Median))
	}
	verb := "compute"
	if cores == "1" {
		verb = "computes"
	}
	return fmt.Sprintf("While %s %s for 100 ms at a time, another's tick is late by %s if the computing is in C, "+
		"and by %s if it is in Go; in an idle program, by %s. While 100 goroutines sleep in C, the program has %s, "+
		"where an idle one has %.0f, and the tick is late by %s.",
		page.Count(cores, "goroutine"), verb, late(inC), late(inGo), late(idle),
		page.Count(fmt.Sprintf("%.0f", asleep.Largest("threads")), "thread"), idle.Largest("threads"), late(asleep))
}
