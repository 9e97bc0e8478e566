// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"fmt"
	"math"
	"strings"

	"toll/goside/page"
)

// answerLoops says, for each kernel, how large the penalty is at worst: in the language that it is least in, and in the
// language that it is largest in.
func answerLoops(p *page.Page) string {
	t := NewTable(p.Record, true)
	var sentences []string
	for _, kernel := range t.Kernels {
		least, most, leastAt, mostAt := math.Inf(1), 0.0, "", ""
		for _, lang := range t.serial() {
			worst, at, ok := t.worst(kernel, lang, powerLD)
			if ok && worst < least {
				least, leastAt = worst, fmt.Sprintf("%s, %s", lang, where(at))
			}
			if ok && worst > most {
				most, mostAt = worst, fmt.Sprintf("%s, %s", lang, where(at))
			}
		}
		if mostAt == "" {
			continue
		}
		text := fmt.Sprintf("%sx (%s)", page.Factor(most), mostAt)
		if leastAt != mostAt {
			text = fmt.Sprintf("%sx (%s) to %s", page.Factor(least), leastAt, text)
		}
		text = fmt.Sprintf("In %s, interchanged loops take %s the time of matched ones at worst", kernel, text)
		if from, ok := t.from(kernel, t.baseline, UnitLD, MajorPenalty); ok {
			text += fmt.Sprintf("; in %s they take twice as long or more from %s on", t.baseline, page.Squares(from))
		}
		sentences = append(sentences, text+".")
	}
	return strings.Join(sentences, " ")
}

// answerPadding says what padding makes of the penalty at sides that are powers of two.
func answerPadding(p *page.Page) string {
	t := NewTable(p.Record, true)
	var changes []string
	falls := true
	for _, n := range []int{512, 2048, 8192} {
		power, _, ok := t.larger("diffusion", t.baseline, powerLD, n)
		padded, _, too := t.larger("diffusion", t.baseline, PaddedLD, n)
		if ok && too {
			changes = append(changes, fmt.Sprintf("from %sx to %sx at %s", page.Factor(power), page.Factor(padded), page.Squares(n)))
			falls = falls && padded < power
		}
	}
	if changes == nil {
		return ""
	}
	verb := map[bool]string{true: "falls", false: "goes"}[falls]
	return fmt.Sprintf("Lines a power of two apart share few sets of a cache. Pad each line by one cache line, and the penalty of diffusion in %s %s %s.",
		t.baseline, verb, page.Joined(changes))
}
