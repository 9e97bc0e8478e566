// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"fmt"
	"strings"

	"toll/goside/page"
)

// The claims are the book's.
var claims = []page.Claim{{
	Text:  "The wrong loop order costs a major performance penalty.",
	Title: "High Performance Python, Compiling to C",
	Each:  judgeOrder,
}}

// MajorPenalty is what is taken for major: twice as long.
const MajorPenalty = 2

// judgeOrder says, for each kernel and serial language, how large the penalty is and from what size on it is major.
func judgeOrder(p *page.Page) []page.Finding {
	var all []page.Finding
	t := NewTable(p.Record, true)
	for _, kernel := range t.Kernels {
		for _, lang := range t.serial() {
			var found []string
			major := false
			for _, ld := range []string{powerLD, PaddedLD} {
				worst, at, ok := t.worst(kernel, lang, ld)
				if !ok {
					continue
				}
				from := "never twice as long from a size on"
				if n, ok := t.from(kernel, lang, ld, MajorPenalty); ok {
					from, major = "at least twice as long from "+page.Squares(n)+" on", true
				}
				found = append(found, fmt.Sprintf("%s: up to %sx (%s), %s", LDNames[ld], page.Factor(worst), where(at), from))
			}
			if found != nil {
				all = append(all, page.Finding{Of: "(" + kernel + " in " + lang + ")", Found: strings.Join(found, "; "), Verdict: page.Verdict(major)})
			}
		}
	}
	return all
}
