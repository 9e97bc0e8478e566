// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package property says what must be true of each kernel whoever computes it, such as a symmetry or a conserved sum. The suite of
// goside/conform compares routes with the reference. It cannot see a misunderstanding that all of them share; a property can, since
// it follows from the formula of toll.h or from mathematics, and needs no second implementation.
//
// A property draws a small problem and gives it to every function of its kernel. Results are equal, as numbers, where the
// arithmetic is exact or both sides round alike; otherwise they lie within a bound, derived where it is used. u is 2⁻⁵³, the
// largest relative error of one rounding.
package property

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"toll/goside/kernel"
)

// Property is one such truth.
type Property struct {
	Kernel string
	Name   string
	// Bits is set if it speaks of single roundings: a route that has a bound on the kernel need not have the property.
	Bits bool

	holds func(f *kernel.Funcs, d *draw) error
}

func (p *Property) String() string { return p.Kernel + ": " + p.Name }

// All returns all properties.
func All() []Property { return append(append(append(diffusion(), julia()...), ols()...), others()...) }

// Within is how far from its true value a route's result may be, as seam.Bound has it. The zero Within is not at all.
type Within struct {
	ULP      float64
	Normwise bool
	Quiet    bool // a signalling NaN may be transposed into a quiet one
}

// Check draws one problem from the seed and returns an error that says how f fails it. It is [kernel.ErrNotOffered] if f lacks all
// functions that the property speaks of.
func (p *Property) Check(f *kernel.Funcs, seed uint64, within Within) error {
	rng := newRand(seed)
	d := &draw{Rand: rng, within: within, layout: kernel.Layout(seed & 1)}
	d.par = kernel.Par{Threads: 1 + rng.IntN(3), Schedule: kernel.Schedule(rng.IntN(3))}
	err := p.holds(f, d)
	if err == nil && !d.used {
		return kernel.ErrNotOffered
	}
	if err != nil {
		return fmt.Errorf("%v (seed %d, %v-major, %v): %w", p, seed, d.layout, d.par, err)
	}
	return nil
}

// draw is where a problem comes from.
type draw struct {
	*rand.Rand
	layout kernel.Layout
	par    kernel.Par
	within Within
	used   bool
}

// between returns a number from lo to hi.
func (d *draw) between(lo, hi int) int { return lo + d.IntN(hi-lo+1) }

// rough returns an ordinary number with all its digits.
func (d *draw) rough() float64 { return math.Ldexp(d.NormFloat64(), d.between(-9, 9)) }

// small returns an integer that leaves room for exact sums.
func (d *draw) small() float64 { return float64(d.between(-99, 99)) }

// mark is in outputs before a call: a number that no kernel here computes.
const mark = -0x1.5p999

// grid returns a matrix from f, in the layout drawn; its padding is mark.
func (d *draw) grid(rows, cols int, f func(i, j int) float64) kernel.Grid {
	g := kernel.NewGrid(rows, cols, d.IntN(4), d.layout)
	for k := range g.Data {
		g.Data[k] = mark
	}
	fill(&g, f)
	return g
}

func fill(g *kernel.Grid, f func(i, j int) float64) {
	for i := range g.Rows {
		for j := range g.Cols {
			g.Data[g.At(i, j)] = f(i, j)
		}
	}
}

func at(g *kernel.Grid, i, j int) float64 { return g.Data[g.At(i, j)] }

// equal compares all elements as numbers: the sign of a zero is left open.
func equal(got *kernel.Grid, want func(i, j int) float64) error {
	for i := range got.Rows {
		for j := range got.Cols {
			if g, w := at(got, i, j), want(i, j); g != w {
				return fmt.Errorf("[%d][%d] is %v, want %v", i, j, g, w)
			}
		}
	}
	return nil
}

// untouched compares what no call may write with what it was, by bits.
func untouched(what string, got, was []float64) error {
	for k, x := range was {
		if math.Float64bits(got[k]) != math.Float64bits(x) {
			return fmt.Errorf("%s: element %d became %v, want it left at %v", what, k, got[k], x)
		}
	}
	return nil
}

func failed(what string, err error) error {
	if err == nil || errors.Is(err, kernel.ErrNotOffered) {
		return err
	}
	return fmt.Errorf("%s: %w", what, err)
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 19)) }

// exactSum reports whether x+y needs no rounding (Knuth's TwoSum).
func exactSum(x, y float64) bool {
	sum := x + y
	part := sum - x
	return (x-(sum-part))+(y-part) == 0
}

// exactProduct reports whether x*y needs no rounding.
func exactProduct(x, y float64) bool {
	product := float64(x * y)
	return math.FMA(x, y, -product) == 0
}
