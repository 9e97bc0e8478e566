// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"fmt"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

func answerFirstUse(p *page.Page) string {
	start := record.Find(p.Rows(firstUseName), "/op:start")
	plain := record.First(start, "/via:go")
	var parts []string
	for _, via := range []string{"cgo", "purego"} {
		r := record.First(start, "/via:%s", via)
		if r == nil || plain == nil || len(r.Samples) != len(plain.Samples) {
			continue
		}
		call, _ := step(r, "call1-ns")
		parts = append(parts, fmt.Sprintf("with %s, a small program %s, its loaded size %s, and its first call takes %s", via,
			differenceText(r, plain, (*record.Row).Wall, page.Nanoseconds, "starts", "later", "earlier"),
			differenceText(r, plain, valuesOf("loaded-bytes"), page.Megabytes, "is", "larger", "smaller"),
			page.Nanoseconds(call.Median)))
	}
	if parts == nil {
		return ""
	}
	return "Relative to plain Go: " + strings.Join(parts, "; ") + "."
}

// answerOpening says what crossings to other languages take to open, and the first call more than a warm one: within the process,
// and to another.
func answerOpening(p *page.Page) string {
	var within, beside []*record.Row
	for _, r := range record.Find(p.Rows(firstUseName), "/op:open") {
		switch {
		case toProcess(r):
			beside = append(beside, r)
		case r.Via != "direct":
			within = append(within, r)
		}
	}
	if within == nil {
		return ""
	}
	figures := func(rows []*record.Row) (opening, first string) {
		var openings, firsts []ofProgram
		for _, r := range rows {
			name := page.CrossingName(r.Via)
			if toProcess(r) {
				name = r.Lang + "/" + r.Via
			}
			openings = append(openings, ofProgram{name, measure.Median(opened(r))})
			firsts = append(firsts, ofProgram{name, record.Differences(called("call1-ns")(r), valuesOf("warm-ns")(r))})
		}
		return leastToMost(openings, page.Nanoseconds), leastToMost(firsts, page.Nanoseconds)
	}
	opening, first := figures(within)
	text := fmt.Sprintf("Opening a crossing takes %s, and its first call takes longer than a warm one by %s.", opening, first)
	if beside != nil {
		opening, first = figures(beside)
		text += fmt.Sprintf(" To another process it is %s, and %s.", opening, first)
	}
	return text
}

// differenceText says what a row has more or less than the plain program's: "starts 691 µs later", "is not measurably larger".
func differenceText(r, plain *record.Row, values func(*record.Row) []float64, show func(float64) string,
	verb, more, less string) string {
	difference := record.Differences(values(r), values(plain))
	switch {
	case !record.Certain(difference):
		return verb + " not measurably " + more
	case difference.Median < 0:
		return verb + " " + show(-difference.Median) + " " + less
	}
	return verb + " " + show(difference.Median) + " " + more
}
