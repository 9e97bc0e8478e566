// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"fmt"
	"math"

	"toll/goside/page"
	"toll/goside/record"
)

func AnswerCrossings(p *page.Page) string {
	noop, slice := PayloadOf(p, "noop", "1"), PayloadOf(p, "first", "4096")
	if math.IsNaN(noop.Time("cgo")) && math.IsNaN(noop.Time("purego")) {
		return ""
	}
	named := func(via string, ns float64) string { return page.Nanoseconds(ns) + " by " + page.CrossingName(via) }
	text := fmt.Sprintf("A call that passes nothing takes %s in plain Go, %s", page.Nanoseconds(noop.Time("direct")), over(p, noop.Time, named))
	if slices := over(p, slice.Time, named); slices != "" {
		text += fmt.Sprintf("; one that passes a slice, of whatever size, %s", slices)
	}
	return text + "."
}

func AnswerArguments(p *page.Page) string {
	text := over(p, func(via string) float64 { return perArgument(p, "ints", via) }, func(via string, ns float64) string {
		one, many := PayloadOf(p, "ints", "1").Rows[via], PayloadOf(p, "ints", "15").Rows[via]
		_, few := one.Allocated()
		_, all := many.Allocated()
		return fmt.Sprintf("%s (allocations: %.3g) by %s", page.Nanoseconds(ns), math.Round((all-few)/14*10)/10, page.CrossingName(via))
	})
	if text == "" {
		return ""
	}
	return "Each further integer, of 15, adds " + text + "."
}

func AnswerCallbacks(p *page.Page) string {
	text := over(p, func(via string) float64 { return PerCallback(p, "next", via) }, func(via string, ns float64) string {
		return page.Nanoseconds(ns) + " by " + page.CrossingName(via)
	})
	if text == "" {
		return ""
	}
	return "From C into Go, on the thread that Go called C on: " + text + "."
}

func AnswerModel(p *page.Page) string {
	var parts []string
	for _, f := range fits(p) {
		parts = append(parts, fmt.Sprintf("%s by %s", page.Percentage(record.MiddleOf(f.errors)), page.CrossingName(f.via)))
	}
	if parts == nil {
		return ""
	}
	return "A sum of a call, its arguments, a result, bytes and callbacks misses payloads that were left out of the fit by, in the median, " + page.Joined(parts) + "."
}
