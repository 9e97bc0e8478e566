// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package calls

import (
	"fmt"

	"toll/goside/page"
)

// headline prints the table of a first screen: what a call that passes nothing costs in each way.
func headline(p *page.Page) {
	b := board(p)
	if b == nil {
		return
	}
	var lines [][]page.Cell
	for _, c := range b.Crossings {
		bytes, _ := c.Row.Allocated()
		lines = append(lines, []page.Cell{page.Word(c.Crossing), page.Figure(page.TimeAndSpread(c.Call), c.Row),
			page.Figure(fmt.Sprintf("%.0f B", bytes), c.Row), page.Figure(page.TimeAndSpread(workFor(c.Call)), c.Row)})
	}
	p.Grid("", []string{"way to call", "a call", "Go heap", fmt.Sprintf("work for %.0f %% overhead", 100*overhead)}, lines)
	get := p.Record.Get
	p.Explain(fmt.Sprintf("A call passes nothing; its loop is included. ±: half the 95 %% interval. Work: how much work a call must carry so that the call itself takes %.0f %% of the time. "+
		"Measured on %s, %s cores, with %s; Toll %s, %s.", 100*overhead, get("cpu"), get("cores"), get("go"), get("revision"), get("date")))
}
