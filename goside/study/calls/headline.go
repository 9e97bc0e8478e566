// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package calls

import (
	"fmt"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// ways are those to make a call, as the table of a first screen names them, with where a record has a call that passes nothing.
var ways = []struct{ name, benchmark, query string }{
	{"plain Go", "Payload", "/op:noop /via:direct"},
	{"cgo", "Payload", "/op:noop /via:cgo"},
	{"purego, `SyscallN`", "Payload", "/op:noop /via:syscalln"},
	{"purego, `RegisterFunc`", "Payload", "/op:noop /via:purego"},
	{"embedded CPython", "Python", "/op:noop /lang:python /via:cpython"},
	{"a Python process, by a pipe", "Python", "/op:noop /lang:python /via:process"},
}

// overhead is the part of the whole time that a call may take, of the table's last column.
const overhead = 0.1

// headline prints the table of a first screen: what a call that passes nothing costs in each way.
func headline(p *page.Page) {
	var lines [][]string
	for _, way := range ways {
		r := record.First(p.Rows(way.benchmark), way.query)
		if r == nil {
			continue
		}
		wall := measure.Median(r.Wall())
		bytes, _ := r.Allocated()
		lines = append(lines, []string{way.name, page.WithSpread(page.Nanoseconds(wall.Median), wall), fmt.Sprintf("%.0f B", bytes),
			page.WithSpread(page.Nanoseconds(wall.Median*(1-overhead)/overhead), wall)})
	}
	if lines == nil {
		return
	}
	p.Grid("", []string{"way to call", "a call", "Go heap", fmt.Sprintf("work for %.0f %% overhead", 100*overhead)}, page.Lines(lines))
	get := p.Record.Get
	p.Explain(fmt.Sprintf("A call passes nothing; its loop is included. ±: half the 95 %% interval. Work: how much work a call must carry so that the call itself takes %.0f %% of the time. "+
		"Measured on %s, %s cores, with %s; Toll %s, %s.", 100*overhead, get("cpu"), get("cores"), get("go"), get("revision"), get("date")))
}
