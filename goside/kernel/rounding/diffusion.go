// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package rounding

import (
	"cmp"
	"slices"

	"toll/goside/kernel"
)

// diffusion is how a cell is computed.
type diffusion struct {
	lap       *tree
	scaled    scaled
	fuseScale bool // D*dt*lap and the sum with the cell
	fuseFour  bool // 4*u and the difference
	narrowLap bool // lap is rounded to binary64 when it is assigned
	narrowDdt bool // so is D*dt
}

// scaled is the order of the product D*dt*lap.
type scaled int

const (
	ddtLap scaled = iota // (D*dt)*lap
	dDtLap               // D*(dt*lap)
	dtDLap               // dt*(D*lap)
)

// tree is an order in which five terms are summed: the neighbours down, up, right and left, and -4u.
type tree struct {
	term        int
	left, right *tree // nil in a term
}

// The terms.
const (
	down = iota
	up
	right
	left
	centre
)

func (t *tree) String() string {
	if t.left == nil {
		return [...]string{"down", "up", "right", "left", "-4u"}[t.term]
	}
	return "(" + t.left.String() + " + " + t.right.String() + ")"
}

// straight is the reference's order.
var straight = diffusion{lap: row(down, up, right, left, centre)}

func row(terms ...int) *tree {
	t := &tree{term: terms[0]}
	for _, term := range terms[1:] {
		t = &tree{left: t, right: &tree{term: term}}
	}
	return t
}

// with returns all trees in which one more term is added somewhere in t.
func (t *tree) with(term int) []*tree {
	all := []*tree{{left: t, right: &tree{term: term}}}
	if t.left == nil {
		return all
	}
	for _, l := range t.left.with(term) {
		all = append(all, &tree{left: l, right: t.right})
	}
	for _, r := range t.right.with(term) {
		all = append(all, &tree{left: t.left, right: r})
	}
	return all
}

// trees returns the 105 orders in which five terms can be summed, not counting a + b and b + a as two. The reference's
// comes first, then those with -4u last, as in a sum of neighbours from which it is subtracted.
func trees() []*tree {
	all := []*tree{row(down)}
	for term := up; term <= centre; term++ {
		var more []*tree
		for _, t := range all {
			more = append(more, t.with(term)...)
		}
		all = more
	}
	last := func(t *tree) int {
		if t.right.left == nil && t.right.term == centre {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b *tree) int { return cmp.Compare(last(a), last(b)) })
	return all
}

var diffusionFused = []change{
	{"fma(D*dt, lap, u) and fma(-4, u, neighbours)", fused, false, func(w *Way) {
		w.diffusion.fuseScale, w.diffusion.fuseFour = true, true
	}},
	{"fma(D*dt, lap, u)", fused, false, func(w *Way) { w.diffusion.fuseScale = true }},
	{"fma(-4, u, neighbours)", fused, true, func(w *Way) { w.diffusion.fuseFour = true }},
}

var diffusionExtended = []change{
	{"lap and D*dt stored", x87, false, func(w *Way) {
		w.arithmetic.extended, w.diffusion.narrowLap, w.diffusion.narrowDdt = true, true, true
	}},
	{"lap kept in a register, D*dt stored", x87, false, func(w *Way) {
		w.arithmetic.extended, w.diffusion.narrowDdt = true, true
	}},
	{"lap and D*dt kept in registers", x87, false, func(w *Way) { w.arithmetic.extended = true }},
}

func diffusionOrders() []change {
	var all []change
	for _, t := range trees()[1:] {
		all = append(all, change{"lap = " + t.String(), order, false, func(w *Way) { w.diffusion.lap = t }})
	}
	return append(all, change{"D*(dt*lap)", order, false, func(w *Way) { w.diffusion.scaled = dDtLap }},
		change{"dt*(D*lap)", order, false, func(w *Way) { w.diffusion.scaled = dtDLap }})
}

func (w *Way) step(a *kernel.DiffusionStep) error {
	w.cells(&a.Out, &a.In, a.Lo, a.Hi, a.D, a.Dt)
	return nil
}

func (w *Way) run(a *kernel.DiffusionRun) error {
	if a.A.Rows < 3 || a.A.Cols < 3 {
		return nil
	}
	out, in := &a.B, &a.A
	for range a.Steps {
		w.cells(out, in, 0, in.Rows, a.D, a.Dt)
		out, in = in, out
	}
	return nil
}

func (w *Way) cells(out, in *kernel.Grid, lo, hi int, d, dt float64) {
	c := cell{Way: w, d: load(d), dt: load(dt), four: whole(4)}
	c.ddt = w.arithmetic.mul(c.d, c.dt)
	if w.diffusion.narrowDdt {
		c.ddt = w.arithmetic.narrow(c.ddt)
	}
	for i := max(lo, 1); i < min(hi, in.Rows-1); i++ {
		for j := 1; j < in.Cols-1; j++ {
			for term, at := range [...][2]int{down: {i + 1, j}, up: {i - 1, j}, right: {i, j + 1}, left: {i, j - 1}, centre: {i, j}} {
				c.u[term] = load(in.Data[in.At(at[0], at[1])])
			}
			out.Data[out.At(i, j)] = w.arithmetic.narrow(c.next()).float()
		}
	}
}

// cell is a cell with its neighbours.
type cell struct {
	*Way
	u                [5]number
	d, dt, ddt, four number
}

func (c *cell) next() number {
	m, u := &c.arithmetic, c.u[centre]
	lap := c.lap(c.diffusion.lap)
	if c.diffusion.narrowLap {
		lap = m.narrow(lap)
	}
	factor := c.ddt
	switch c.diffusion.scaled {
	case dDtLap:
		factor, lap = c.d, m.mul(c.dt, lap)
	case dtDLap:
		factor, lap = c.dt, m.mul(c.d, lap)
	}
	if c.diffusion.fuseScale {
		return m.fma(factor, lap, u)
	}
	return m.add(u, m.mul(factor, lap))
}

func (c *cell) lap(t *tree) number {
	m, u := &c.arithmetic, c.u[centre]
	switch {
	case t.left != nil && c.diffusion.fuseFour && t.right.left == nil && t.right.term == centre:
		return m.fma(c.four.negated(), u, c.lap(t.left))
	case t.left != nil:
		return m.add(c.lap(t.left), c.lap(t.right))
	case t.term == centre:
		return m.mul(c.four.negated(), u)
	}
	return c.u[t.term]
}
