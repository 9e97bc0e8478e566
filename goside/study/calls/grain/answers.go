// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package grain

import (
	"fmt"
	"strings"

	"toll/goside/page"
)

// answer says how much work a call must carry for some shares of overhead, through the crossings that most programs use.
func answer(p *page.Page) string {
	var lines []fitted
	all := grainsOf(p.Record)
	for _, g := range all {
		for _, crossing := range g.crossings {
			if l, ok := g.fit(crossing); ok {
				lines = append(lines, fitted{line: l, crossing: crossing, unit: g.item})
			}
		}
	}
	var said []string
	for _, via := range []string{"cgo", "purego"} {
		low, high, ok := overheads(lines, plain+"/"+via)
		if !ok {
			continue
		}
		var works []string
		for _, share := range shares {
			of := ""
			if works == nil {
				of = " of work"
			}
			works = append(works, fmt.Sprintf("%s%s for %.0f %% overhead", fromTo(workFor(share)*low, workFor(share)*high), of, 100*share))
		}
		said = append(said, fmt.Sprintf("A call through %s must carry %s.", page.CrossingName(via), page.Joined(works)))
	}
	if said == nil {
		return ""
	}
	said = append(said, "The ranges are over the kernels.")
	if more := saidMore(pairs(all)); more != "" {
		said = append(said, more)
	}
	return strings.Join(said, " ")
}
