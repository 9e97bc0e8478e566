// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	"math"
	"slices"
	"strconv"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// wayTable finds the rows of ways, but for second entries.
type wayTable struct {
	rows  []*record.Row
	index map[wayRow]*record.Row
}

// wayRow says which row: by is one of wayTransposers, or ""; steps is 0 for what has none.
type wayRow struct {
	kernel, route string
	n             int
	way, by       string
	steps         int
}

func newWayTable(p *page.Page) *wayTable {
	t := &wayTable{index: map[wayRow]*record.Row{}}
	for _, r := range p.Rows(waysName) {
		if r.Entry != "" {
			continue
		}
		t.rows = append(t.rows, r)
		at := wayRow{r.Kernel, r.Route(), int(numberOf(r.N)), r.Get("way"), r.Get("by"), int(numberOf(r.Get("steps")))}
		if t.index[at] == nil {
			t.index[at] = r
		}
	}
	return t
}

// numberOf returns a number of a name, 0 if it is none.
func numberOf(s string) float64 {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return x
}

// find returns the row of a way in the shortest run of its kernel, nil if there is none.
func (t *wayTable) find(kernel, route string, n int, way string) *record.Row {
	return t.index[wayRow{kernel, route, n, way, "", short(kernel)}]
}

// short returns the number of steps of a kernel's shortest runs.
func short(kernel string) int {
	if kernel == "diffusion" {
		return 1
	}
	return 0
}

// crossing returns the row of a call that does nothing on the route; that of f2py is as f2py-copy's.
func (t *wayTable) crossing(route string) *record.Row {
	if route == "f2py-copy/cpython" {
		route = "f2py/cpython"
	}
	for _, r := range t.rows {
		if r.Op == "noop" && r.Route() == route {
			return r
		}
	}
	return nil
}

// sizes returns the sides that there are ways of, ascending.
func (t *wayTable) sizes(kernel string) []int {
	var all []int
	for _, r := range t.rows {
		if n, err := strconv.Atoi(r.N); err == nil && r.Kernel == kernel {
			all = record.AppendNew(all, n)
		}
	}
	slices.Sort(all)
	return all
}

// routes returns those that a kernel's way was measured on.
func (t *wayTable) routes(kernel, way string) []string {
	var all []string
	for _, r := range t.rows {
		if r.Kernel == kernel && r.Get("way") == way {
			all = record.AppendNew(all, r.Route())
		}
	}
	return all
}

// even returns from how many steps, or fits, in one call transposing first wins against walking the wrong way: the
// transposition there and back, over what a step on the other layout saves. It is infinite where that saves nothing, and
// ok is false if the record cannot tell.
func (t *wayTable) even(kernel, route string, n int) (steps float64, ok bool) {
	wrong, right, there := t.parts(kernel, route, n)
	if wrong == nil || right == nil || there == nil || len(wrong.Samples) != len(right.Samples) || len(there.Samples) != len(right.Samples) {
		return 0, false
	}
	// The median is that of the savings, each in the round's transpositions: of steps there may be none in a round.
	saved := measure.Ratio(record.Minus(wrong.Wall(), right.Wall()), there.Wall()).Median
	if !(saved > 0) {
		return math.Inf(1), true
	}
	return 1 / saved, true
}

// parts returns the rows that a break-even is made from: of walking the wrong way, of walking the right one, and of transposing.
func (t *wayTable) parts(kernel, route string, n int) (wrong, right, there *record.Row) {
	return t.find(kernel, route, n, Interchanged), t.find(kernel, route, n, kernelPart), t.find(kernel, route, n, TransposePart)
}

// copies returns how many times as long a step of diffusion takes by f2py with its silent copies as without any.
func (t *wayTable) copies(n int) (measure.Interval, bool) {
	return record.WallRatio(t.find("diffusion", "f2py-copy/cpython", n, wayCopied), t.find("diffusion", "f2py/cpython", n, wayMatched))
}
