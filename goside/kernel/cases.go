// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
)

// Case is one problem that verifies a route.
type Case struct {
	Kernel string // "call", "diffusion", "julia", "ols", "transpose"
	Layout string // "row", "col", or "-" for a kernel without matrices
	Name   string // the rest of the problem
	Want   Status // OK: the route must do what the reference does; otherwise it must refuse and write nothing
	Large  bool   // too large for a route that is slow by design, see seam.Route
	Native bool   // of a refusal: native code can see the fault without knowing the lengths of buffers
	New    func() *Job
}

func (c *Case) String() string { return c.Kernel + "/" + c.Layout + "/" + c.Name }

// Job is a problem's arguments in memory of their own. Its buffers lie between guards and have padding. Both are filled
// with [Canary], and no route may touch them.
type Job struct {
	Run     func(*Funcs) error // ErrNotOffered if the route lacks the function
	Buffers []Buffer           // all memory that the route is given, guards, padding and inputs included
}

// Buffer shows a piece of memory element by element.
type Buffer struct {
	Name    string
	Len     int
	Integer bool
	Bits    func(k int) uint64
	Value   func(k int) float64 // the element as a float64
	Text    func(k int) string  // the element in readable form
	At      func(k int) string  // the element's place: "out[3][4]", "out: guard"
	// Scale, if not nil, is the magnitude of the terms whose sum is element k; see [OLS.Scale].
	Scale func(k int, normwise bool) (float64, bool)
	// Observations is how many a row has, of ols.
	Observations int
	// Near, if not nil, is how many ULP the numbers that element k counts must be off for the count to be value.
	Near func(k int, value float64) float64

	whole any // []float64 or []int32 or []int64: the elements themselves
}

// Identical reports whether all elements of b and c are known to have the same bits: then none needs to be looked at.
func (b *Buffer) Identical(c *Buffer) bool {
	switch p := b.whole.(type) {
	case []float64:
		q, ok := c.whole.([]float64)
		return ok && slices.EqualFunc(p, q, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
	case []int32:
		q, ok := c.whole.([]int32)
		return ok && slices.Equal(p, q)
	case []int64:
		q, ok := c.whole.([]int64)
		return ok && slices.Equal(p, q)
	}
	return false
}

// Same reports whether element k of b is that of c: the same bits, or in each a NaN that is not [Canary], since IEEE 754 leaves
// open which NaN is computed.
func (b *Buffer) Same(c *Buffer, k int) bool {
	p, q, canary := b.Bits(k), c.Bits(k), math.Float64bits(Canary)
	return p == q || p != canary && q != canary && math.IsNaN(b.Value(k)) && math.IsNaN(c.Value(k))
}

// Canary is the NaN in outputs before a call and in memory that no route may touch.
var Canary = math.Float64frombits(0x7ff8_dead_beef_0001)

const (
	canary32 = math.MinInt32 + 0x0eef
	guard    = 16 // elements before and after a buffer
)

// Cases returns all problems, kernel by kernel, so that who stops between them has all of some.
func Cases() []Case {
	var all []Case
	for _, cases := range []func() []Case{callCases, diffusionCases, juliaCases, olsCases, transposeCases, edgeCases, overlapCases} {
		all = append(all, cases()...)
	}
	var kernels []string
	for k := range all {
		if !slices.Contains(kernels, all[k].Kernel) {
			kernels = append(kernels, all[k].Kernel)
		}
	}
	slices.SortStableFunc(all, func(a, b Case) int { return slices.Index(kernels, a.Kernel) - slices.Index(kernels, b.Kernel) })
	return all
}

// interchanged returns the cases of a whole run of diffusion, or of ols, for the functions with interchanged loops.
func interchanged(cases []Case) []Case {
	var all []Case
	for _, c := range cases {
		newJob := c.New
		c.Name, c.New = "interchanged, "+c.Name, func() *Job {
			job := newJob()
			run := job.Run
			job.Run = func(f *Funcs) error { return run(&Funcs{Run: f.RunInterchanged, OLS: f.OLSInterchanged}) }
			return job
		}
		all = append(all, c)
	}
	return all
}

// guarded returns n elements filled with fill, and the same with the guards around them.
func guarded[T any](n int, fill T) (inner, whole []T) {
	whole = make([]T, n+2*guard)
	for k := range whole {
		whole[k] = fill
	}
	return whole[guard : guard+n : guard+n], whole
}

func floats(name string, whole []float64, at func(k int) string) Buffer {
	return Floats(name, whole, guard, len(whole)-2*guard, at)
}

func integers[T int32 | int64](name string, whole []T, at func(k int) string) Buffer {
	return Integers(name, whole, guard, len(whole)-2*guard, at)
}

// Floats shows n elements of an argument, the first of them whole[before]; the others are guards. at names an element, and
// is nil for a vector.
func Floats(name string, whole []float64, before, n int, at func(k int) string) Buffer {
	return Buffer{
		Name:  name,
		Len:   len(whole),
		Bits:  func(k int) uint64 { return math.Float64bits(whole[k]) },
		Value: func(k int) float64 { return whole[k] },
		Text:  func(k int) string { return fmt.Sprintf("%v (%#016x)", whole[k], math.Float64bits(whole[k])) },
		At:    inGuard(name, before, n, at),
		whole: whole,
	}
}

// Integers is [Floats] of integers.
func Integers[T int32 | int64](name string, whole []T, before, n int, at func(k int) string) Buffer {
	return Buffer{
		Name:    name,
		Len:     len(whole),
		Integer: true,
		Bits:    func(k int) uint64 { return uint64(whole[k]) },
		Value:   func(k int) float64 { return float64(whole[k]) },
		Text:    func(k int) string { return fmt.Sprint(whole[k]) },
		At:      inGuard(name, before, n, at),
		whole:   whole,
	}
}

// inGuard names the guards and counts the n elements between them from 0; at is nil for a vector.
func inGuard(name string, before, n int, at func(k int) string) func(k int) string {
	return func(k int) string {
		switch k -= before; {
		case k < 0:
			return fmt.Sprintf("%s: guard, %d before the start", name, -k)
		case k >= n:
			return fmt.Sprintf("%s: guard, %d after the end", name, k-n+1)
		case at == nil:
			return fmt.Sprintf("%s[%d]", name, k)
		default:
			return at(k)
		}
	}
}

// guardedGrid returns a grid filled with Canary amid guards, and its buffer.
func guardedGrid(name string, rows, cols, pad int, layout Layout) (Grid, Buffer) {
	g := NewGrid(rows, cols, pad, layout)
	outer, inner := g.lines()
	data, whole := guarded((outer-1)*g.LD+inner, Canary)
	g.Data = data
	return g, floats(name, whole, func(k int) string {
		line, at := k/g.LD, k%g.LD
		switch {
		case at >= inner:
			return fmt.Sprintf("%s: padding of line %d", name, line)
		case layout == Col:
			return fmt.Sprintf("%s[%d][%d]", name, at, line)
		}
		return fmt.Sprintf("%s[%d][%d]", name, line, at)
	})
}

// fill sets each element of g from f, the same for every layout.
func (g *Grid) fill(f func(i, j int) float64) {
	for i := range g.Rows {
		for j := range g.Cols {
			g.Data[g.At(i, j)] = f(i, j)
		}
	}
}

// kept returns a function that fills each grid it is given, all of one shape, from f() as if that were called each time.
// The numbers are drawn once: that takes longer than what the kernels do with them.
func kept(f func() func(i, j int) float64) func(*Grid) {
	var once sync.Once
	var data []float64
	return func(g *Grid) {
		once.Do(func() {
			g.fill(f())
			data = slices.Clone(g.Data)
		})
		copy(g.Data, data)
	}
}

// pars are the ways to distribute work; cases take turns with them.
var pars = []Par{{1, Static}, {2, Static}, {3, Dynamic}, {2, Guided}, {7, Static}, {7, Guided}}

func (p Par) String() string { return fmt.Sprintf("%d x %v", p.Threads, p.Schedule) }

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }
