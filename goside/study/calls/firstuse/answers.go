// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"fmt"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study/releases"
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

// answerOpening says what crossings to other languages take to open, within the process and to another, and within it the first
// call more than a warm one.
func answerOpening(p *page.Page) string {
	var within, beside, firsts []ofProgram
	for _, r := range record.Find(p.Rows(firstUseName), "/op:open") {
		opening := measure.Median(opened(r))
		switch {
		case toProcess(r):
			beside = append(beside, ofProgram{r.Lang + "/" + r.Via, opening})
		case r.Via != "direct":
			name := page.CrossingName(r.Via)
			within = append(within, ofProgram{name, opening})
			firsts = append(firsts, ofProgram{name, record.Differences(called("call1-ns")(r), valuesOf("warm-ns")(r))})
		}
	}
	if within == nil {
		return ""
	}
	text := fmt.Sprintf("Opening a crossing takes %s, and its first call takes longer than a warm one by %s.",
		leastToMost(within, page.Nanoseconds), leastToMost(firsts, page.Nanoseconds))
	if beside != nil {
		text += fmt.Sprintf(" To another process, opening takes %s.", leastToMost(beside, page.Nanoseconds))
	}
	return text
}

// answerReleases says how calls by other releases of Go stand to those by the one in use.
func answerReleases(p *page.Page) string {
	return releases.Answer(p.Rows(toolchainsName), "noop", "first", "callback")
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
