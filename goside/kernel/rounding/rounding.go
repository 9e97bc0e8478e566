// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package rounding names the cause when two machines or two builds return other bits. It computes a kernel's problem in
// integers, so that no setting of the processor or the compiler matters, under one hypothesis after another about what
// the other did: fused multiply-add, subnormals flushed to zero, the x87's extended precision, another order of
// operations, a reciprocal in place of a division, and combinations of these. The simplest hypothesis under which all
// elements come out as they did is the cause.
//
// Caveats: One problem may fit several causes, of which the first is returned and [Cause.Also] tells the others. The
// more of its elements differ, the fewer fit. A build may compute some elements otherwise than the rest: gcc -Ofast sums
// the neighbours of two cells in one order and of the next two in another, and -mfpmath=387 computes only what does not
// fill a vector with the x87. Such results are explained in part or not at all.
package rounding

import (
	"math/bits"
	"slices"
	"strings"

	"toll/goside/kernel"
)

// cause is a set of the causes.
type cause uint

const (
	fused cause = 1 << iota
	flush
	x87
	order
	reciprocal
)

var causes = [...]string{
	"fused multiply-add", "flush to zero", "x87 extended precision", "other order", "division by a reciprocal",
}

func (c cause) String() string {
	var all []string
	for k, name := range causes {
		if c>>k&1 != 0 {
			all = append(all, name)
		}
	}
	return strings.Join(all, " and ")
}

// Way is a way in which a processor and a compiler may compute the kernels.
type Way struct {
	Name  string // what is done otherwise than by the reference, such as "u + fma(D*dt, lap)"
	Cause string // the causes, joined by " and "

	cause      cause
	arithmetic arithmetic
	diffusion  diffusion
	julia      julia
	ols        ols
}

// causes returns how many causes w has.
func (w *Way) causes() int { return bits.OnesCount(uint(w.cause)) }

// change is what a way does otherwise in one respect.
type change struct {
	name  string
	cause cause
	alone bool // it is not combined with others
	make  func(*Way)
}

// IEEE returns the reference's way: each operation is rounded to binary64, in the order of csrc/include/toll.h.
func IEEE() *Way { return &Way{Name: "IEEE 754", diffusion: straight, ols: paired} }

// Ways returns the other ways of a kernel, those of one cause first. There are none of transpose, which computes
// nothing.
func Ways(kernel string) []*Way {
	var respects [][]change
	switch kernel {
	case "call":
		respects = [][]change{flushes, olsExtended, sums("sum", sumOrder)}
	case "diffusion":
		respects = [][]change{diffusionFused, flushes, diffusionExtended, diffusionOrders()}
	case "julia":
		respects = [][]change{juliaReal, juliaNorm, juliaImaginary, flushes, juliaExtended}
	case "ols":
		respects = [][]change{olsFused, flushes, olsExtended, olsOrders(), olsReciprocals}
	}
	return combined(respects)
}

// flushes are the ways to treat subnormal numbers; the second is arm64's.
var flushes = []change{
	{"subnormal operands and results are zero", flush, false, func(w *Way) {
		w.arithmetic.operands, w.arithmetic.results = true, true
	}},
	{"subnormal operands are zero, and results that would be before they are rounded", flush, true, func(w *Way) {
		w.arithmetic = arithmetic{operands: true, results: true, early: true}
	}},
	{"subnormal results are zero", flush, true, func(w *Way) { w.arithmetic.results = true }},
	{"subnormal operands are zero", flush, true, func(w *Way) { w.arithmetic.operands = true }},
}

// combined returns all combinations of at most one change in each respect. The x87 neither fuses nor flushes.
func combined(respects [][]change) []*Way {
	type combination struct {
		changes []change
		cause   cause
		alone   bool
	}
	all := []combination{{}}
	for _, respect := range respects {
		for _, c := range slices.Clip(all) {
			for _, change := range respect {
				both := c.cause | change.cause
				if len(c.changes) > 0 && (c.alone || change.alone) || both&x87 != 0 && both&(fused|flush) != 0 {
					continue
				}
				all = append(all, combination{append(slices.Clone(c.changes), change), both, change.alone})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b combination) int {
		if by := bits.OnesCount(uint(a.cause)) - bits.OnesCount(uint(b.cause)); by != 0 {
			return by
		}
		return len(a.changes) - len(b.changes)
	})
	var ways []*Way
	for _, c := range all[1:] {
		w := IEEE()
		var names []string
		for _, change := range c.changes {
			names = append(names, change.name)
			change.make(w)
		}
		w.Name, w.Cause, w.cause = strings.Join(names, "; "), c.cause.String(), c.cause
		ways = append(ways, w)
	}
	return ways
}

// Funcs returns the kernels as w computes them: the same functions with the same checks as the reference's, on one
// thread.
func (w *Way) Funcs() kernel.Funcs {
	return kernel.Funcs{
		Noop:            func() {},
		Not:             func(x int64) int64 { return ^x },
		Add:             w.add,
		Sum:             w.sum,
		Step:            w.step,
		Run:             w.run,
		Julia:           w.escapes,
		OLS:             func(a *kernel.OLS) error { return w.fit(a, a.Y.Layout == kernel.Col) },
		RunInterchanged: w.run,
		OLSInterchanged: func(a *kernel.OLS) error { return w.fit(a, a.Y.Layout == kernel.Row) },
		JuliaSplit:      w.escapesSplit,
		Transpose:       transpose,
		TransposeNaive:  transpose,
		Team:            kernel.Alone,
	}.Checked()
}

func (w *Way) add(x, y float64) float64 {
	m := &w.arithmetic
	return m.narrow(m.add(load(x), load(y))).float()
}

func transpose(a *kernel.Transpose) error {
	for i := range a.In.Rows {
		for j := range a.In.Cols {
			a.Out.Data[a.Out.At(i, j)] = a.In.Data[a.In.At(i, j)]
		}
	}
	return nil
}
