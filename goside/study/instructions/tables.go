// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package instructions

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// tables prints the instructions of a call: a row for each route, a column for each function.
func tables(p *page.Page) {
	rows := p.Rows(Name)
	if len(rows) == 0 {
		return
	}
	var routes, functions []string
	cells := map[[2]string]page.Cell{}
	worst, where := 0.0, ""
	for _, r := range rows {
		function := r.Op
		if r.N != "1" {
			function += " " + r.N
		}
		routes, functions = record.AppendNew(routes, r.Route()), record.AppendNew(functions, function)
		perCall, spread := least(r)
		cells[[2]string{r.Route(), function}] = page.Figure(strconv.FormatFloat(math.Round(10*perCall)/10, 'f', -1, 64), r)
		if spread > worst {
			worst, where = spread, r.Route()+" "+function
		}
	}
	var lines [][]page.Cell
	for _, route := range routes {
		line := page.Words(route)
		for _, function := range functions {
			line = append(line, cells[[2]string{route, function}])
		}
		lines = append(lines, line)
	}
	if !p.Markdown || p.HTML != nil { // else it is the page's title
		p.Heading("Instructions of a call")
	}
	p.Grid("", append([]string{"route"}, functions...), lines)
	spreads := "All processes agree."
	if worst > 0 {
		spreads = fmt.Sprintf("The largest count is %.1f%% above its least (%s).", 100*worst, where)
	}
	p.Say("Instructions per call outside the operating system, with the loop that calls; nothing is subtracted. "+
		"Each figure is the least of %d processes, or of %d where these disagree. %s Counted by %s.",
		fewProcesses, mostProcesses, spreads, p.Record.Get("valgrind"))
}

// least returns the instructions of a call by the shortest runs of all processes, and what part of these the longest of the
// long runs took more.
func least(r *record.Row) (perCall, spread float64) {
	from, to := values(r, short), values(r, long)
	few, many := lengths(r.N)
	return (slices.Min(to) - slices.Min(from)) / float64(many-few), slices.Max(to)/slices.Min(to) - 1
}

func values(r *record.Row, unit string) []float64 {
	return r.Values(func(s *measure.Sample) float64 { return s.Get(unit) })
}
