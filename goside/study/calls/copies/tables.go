// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package copies

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var text string

var prose = page.NewProse(text)

// has reports whether a row is of the problem.
func (p *problem) has(r *record.Row) bool {
	steps := ""
	if p.steps != 0 {
		steps = strconv.Itoa(p.steps)
	}
	return r.Kernel == p.kernel && r.N == p.n() && r.Get("steps") == steps
}

// find returns the first entry of a problem's row on a route, or nil.
func (p *problem) find(rows []*record.Row, route, place string) *record.Row {
	for _, r := range rows {
		if p.has(r) && r.Entry == "" && r.Route() == route && r.Get("place") == place {
			return r
		}
	}
	return nil
}

// floor returns the noise floor of the problem.
func (p *problem) floor(rows []*record.Row) float64 {
	return record.Floor(slices.DeleteFunc(slices.Clone(rows), func(r *record.Row) bool { return !p.has(r) }))
}

// routesOf returns the routes with memory of their own, in the record's order.
func routesOf(rows []*record.Row) (routes []string) {
	for _, r := range rows {
		if r.Route() != native {
			routes = record.AppendNew(routes, r.Route())
		}
	}
	return routes
}

func tables(p *page.Page) {
	rows := p.Rows(benchmark)
	routes := routesOf(rows)
	if len(routes) == 0 {
		return
	}
	p.Heading("Copied, and in place")
	p.Tell(prose, "copies", nil)
	for k := range problems {
		of := &problems[k]
		base, floor := of.find(rows, native, reached), of.floor(rows)
		var lines [][]page.Cell
		if base != nil {
			lines = append(lines, append(page.Words(native, ""), timed(base), page.Cell{}, page.Cell{}, page.Figure("1", base)))
		}
		for _, route := range routes {
			there, here := of.find(rows, route, inPlace), of.find(rows, route, copied)
			if there == nil || here == nil {
				continue
			}
			copying := page.Figure("–", here, there)
			if difference := record.Differences(here.Wall(), there.Wall()); record.Certain(difference) {
				copying.Text = page.WithSign(difference.Median, page.Nanoseconds)
			}
			lines = append(lines, append(page.Words(route), timed(here), timed(there), copying, relative(here, base, floor), relative(there, base, floor)))
		}
		if len(lines) > 0 {
			p.Grid(of.title, []string{"route", "copied", "in place", "copying", "copied, relative", "in place, relative"}, lines)
		}
	}
	p.Tell(prose, "columns", nil)
}

func timed(r *record.Row) page.Cell {
	return page.Figure(page.TimeAndSpread(measure.Median(r.Wall())), r)
}

func relative(r, base *record.Row, floor float64) page.Cell {
	ratio, ok := record.WallRatio(r, base)
	if !ok {
		return page.Word("–")
	}
	return page.Figure(page.Relative(ratio, ratio.Differs(floor)), r, base)
}

// answer says of each route how its largest calls compare with native ones.
func answer(p *page.Page) string {
	rows := p.Rows(benchmark)
	var said []string
	for _, route := range routesOf(rows) {
		var parts []string
		told := map[string]bool{}
		for k := range problems { // the largest of a kernel comes first
			of := &problems[k]
			base := of.find(rows, native, reached)
			here, ok1 := record.WallRatio(of.find(rows, route, copied), base)
			there, ok2 := record.WallRatio(of.find(rows, route, inPlace), base)
			if !ok1 || !ok2 || told[of.kernel] {
				continue
			}
			told[of.kernel] = true
			parts = append(parts, fmt.Sprintf("%s %sx with copies, %sx in place", of.kernel, page.Factor(here.Median), page.Factor(there.Median)))
		}
		if parts != nil {
			said = append(said, fmt.Sprintf("Through %s a large call takes, relative to %s: %s.", route, native, strings.Join(parts, "; ")))
		}
	}
	return strings.Join(said, " ")
}
