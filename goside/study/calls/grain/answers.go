// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package grain

import (
	"fmt"
	"math"
	"strings"

	"toll/goside/page"
)

func AnswerGrain(p *page.Page) string {
	all := grainsOf(p.Record)
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
			return fmt.Sprintf("%s to %s", page.Nanoseconds(low*grainTimes(share)), page.Nanoseconds(high*grainTimes(share)))
		}
		parts = append(parts, fmt.Sprintf("by %s %s for an overhead of 50 %%, %s for 10 %%, %s for 1 %%", page.CrossingName(strings.TrimPrefix(route, "c/")), span(0.5), span(0.1), span(0.01)))
	}
	if parts == nil {
		return ""
	}
	return "In time of work, over the kernels: " + strings.Join(parts, "; ") + "."
}
