// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"fmt"
	"math"
	"strings"

	"toll/goside/page"
)

func AnswerLoops(p *page.Page) string {
	t := WalksOf(p.Record, true)
	var parts []string
	for _, kernel := range t.Kernels {
		least, most, leastAt, mostAt := math.Inf(1), 0.0, "", ""
		for _, lang := range t.Serial() {
			worst, at, ok := t.Worst(kernel, lang, PowerLD)
			if ok && worst < least {
				least, leastAt = worst, fmt.Sprintf("%s (%s)", lang, Where(at))
			}
			if ok && worst > most {
				most, mostAt = worst, fmt.Sprintf("%s (%s)", lang, Where(at))
			}
		}
		if mostAt == "" {
			continue
		}
		text := fmt.Sprintf("%s at worst %s times as long in %s", kernel, page.Factor(most), mostAt)
		if leastAt != mostAt {
			text += fmt.Sprintf(" and %s in %s", page.Factor(least), leastAt)
		}
		if from, ok := t.From(kernel, t.baseline, UnitLD, MajorPenalty); ok {
			text += fmt.Sprintf(", in %s twice as long or more from %s on", t.baseline, page.Squares(from))
		}
		parts = append(parts, text)
	}
	if parts == nil {
		return ""
	}
	return "Walked across the lines instead of along them, " + strings.Join(parts, "; ") + "."
}

func AnswerPadding(p *page.Page) string {
	t := WalksOf(p.Record, true)
	var parts []string
	for _, n := range []int{512, 2048, 8192} {
		power, _, ok := t.larger("diffusion", t.baseline, PowerLD, n)
		padded, _, okPadded := t.larger("diffusion", t.baseline, PaddedLD, n)
		if ok && okPadded {
			parts = append(parts, fmt.Sprintf("%s times at %s becomes %s", page.Factor(power), page.Squares(n), page.Factor(padded)))
		}
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("Lines a power of two apart share few places in a cache. A cache line of padding behind each, and in %s %s, of the time of matched loops.", t.baseline, page.Joined(parts))
}
