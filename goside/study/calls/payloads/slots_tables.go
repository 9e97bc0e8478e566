// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"fmt"

	"toll/goside/measure"
	"toll/goside/page"
)

func SlotTables(p *page.Page) {
	rows := p.Rows(SlotsName)
	if len(rows) == 0 {
		return
	}
	p.Heading("Room for callbacks")
	p.Explain("By cgo, C calls back a function that was exported when the program was built, and a handle tells it which closure is meant: " +
		"there are as many as there is memory. purego makes an address for a function at run time, out of a fixed number, and frees none; " +
		"here a process of its own made them until it was refused. One address and handles serve any number of closures, as in the rows above.")
	var lines [][]string
	for _, r := range rows {
		lines = append(lines, []string{r.Via, fmt.Sprintf("%.0f", r.More("slots").Median), page.Nanoseconds(measure.Median(r.Wall()).Median), r.Facts["refusal"]})
	}
	p.Grid("", []string{"crossing", "callbacks", "time of each", "then"}, lines)
	r := rows[0]
	p.Say("%s has room for %.0f callbacks in a process, and refuses the next with a panic that can be caught, \"%s\".", page.CrossingName(r.Via),
		r.More("slots").Median, r.Facts["refusal"])
}
