// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package rounding

import (
	"errors"
	"iter"
	"math"
	"slices"

	"toll/goside/kernel"
)

// Cause is why a problem's result differs from the reference's.
type Cause struct {
	// Way is what computes the same, IEEE if nothing differs, and nil if the cause is unknown.
	Way *Way
	// Differ is how many elements differ, and Explained how many of these come out of Way as they are.
	Differ, Explained int
	// All says that every element comes out of Way as it is. Else Way explains the result in part: it leaves fewer than
	// half as many elements wrong as differ.
	All bool
	// Also are other causes, as many as Way has, under which every element comes out as it is, too: the problem does not
	// tell them apart.
	Also    []string
	First   Difference
	Largest uint64 // distance in ULP, or of counts; math.MaxUint64 if just one of the two is NaN
}

// Difference is an element that differs.
type Difference struct {
	Buffer, Element string // such as "out" and "out[3][4]"
	Got, Want       string
	ULP             uint64 // as [Cause.Largest]
}

// Explain returns why got, the job of c after it was run elsewhere, differs from what IEEE 754 wants. NaNs count as
// equal, but for the canary.
func Explain(c *kernel.Case, got *kernel.Job) *Cause {
	want := run(c, IEEE())
	result := differences(want, got)
	switch {
	case !alike(want, got):
		return result
	case result.Differ == 0:
		result.Way, result.All = IEEE(), true
		return result
	}
	fewest := (result.Differ + 1) / 2 // so that more than half remain
	for _, w := range Ways(c.Kernel) {
		if result.All && !result.open(w) {
			continue
		}
		way := run(c, w)
		misses := missed(way, got, fewest)
		if misses >= fewest {
			continue
		}
		if misses == 0 {
			result.explainedBy(w)
			fewest = 1
		} else if n, first := explained(want, got, way); first {
			fewest, result.Way, result.Explained = misses, w, n
		}
	}
	return result
}

// open reports whether w, if it explains all, too, is to be told beside result's way.
func (c *Cause) open(w *Way) bool {
	return w.causes() == c.Way.causes() && w.Cause != c.Way.Cause && !slices.Contains(c.Also, w.Cause)
}

func (c *Cause) explainedBy(w *Way) {
	if c.All {
		c.Also = append(c.Also, w.Cause)
		return
	}
	c.Way, c.Explained, c.All = w, c.Differ, true
}

// ExplainHash is [Explain] if only a hash of the other's job is at hand. Of the differences it knows those of the way
// that has this hash, and none if there is no such way. hash must not depend on the bits of a NaN.
func ExplainHash(c *kernel.Case, hash func(*kernel.Job) [32]byte, got [32]byte) *Cause {
	want := run(c, IEEE())
	if hash(want) == got {
		return &Cause{Way: IEEE(), All: true}
	}
	result := new(Cause)
	for _, w := range Ways(c.Kernel) {
		if result.All && !result.open(w) {
			continue
		}
		if job := run(c, w); hash(job) == got {
			if !result.All {
				result = differences(want, job)
			}
			result.explainedBy(w)
		}
	}
	return result
}

// run returns c's job after w. A job that is refused is as it was.
func run(c *kernel.Case, w *Way) *kernel.Job {
	job, f := c.New(), w.Funcs()
	_ = job.Run(&f)
	return job
}

// alike reports whether a and b have elements in the same places.
func alike(a, b *kernel.Job) bool {
	if len(a.Buffers) != len(b.Buffers) {
		return false
	}
	for k := range a.Buffers {
		if a.Buffers[k].Len != b.Buffers[k].Len {
			return false
		}
	}
	return true
}

// elements returns the places that a and b both have.
func elements(a, b *kernel.Job) iter.Seq2[int, int] {
	return func(yield func(buffer, k int) bool) {
		for buffer := range min(len(a.Buffers), len(b.Buffers)) {
			p, q := &a.Buffers[buffer], &b.Buffers[buffer]
			if p.Len == q.Len && p.Identical(q) {
				continue
			}
			for k := range min(p.Len, q.Len) {
				if !yield(buffer, k) {
					return
				}
			}
		}
	}
}

func differences(want, got *kernel.Job) *Cause {
	result := new(Cause)
	for buffer, k := range elements(want, got) {
		w, g := &want.Buffers[buffer], &got.Buffers[buffer]
		if w.Same(g, k) {
			continue
		}
		ulp := apart(w, g, k)
		if result.Differ++; result.Differ == 1 {
			result.First = Difference{w.Name, w.At(k), g.Text(k), w.Text(k), ulp}
		}
		result.Largest = max(result.Largest, ulp)
	}
	return result
}

// missed returns how many elements of way and got differ, or limit if there are more.
func missed(way, got *kernel.Job, limit int) int {
	n := 0
	for buffer, k := range elements(way, got) {
		if n == limit {
			break
		}
		if !way.Buffers[buffer].Same(&got.Buffers[buffer], k) {
			n++
		}
	}
	return n
}

// explained returns how many of the elements in which got differs from want are as in way, and whether the first is.
func explained(want, got, way *kernel.Job) (n int, first bool) {
	differ := 0
	for buffer, k := range elements(want, got) {
		g := &got.Buffers[buffer]
		if want.Buffers[buffer].Same(g, k) {
			continue
		}
		differ++
		if way.Buffers[buffer].Same(g, k) {
			n++
			first = first || differ == 1
		}
	}
	return n, first
}

func apart(a, b *kernel.Buffer, k int) uint64 {
	p, q := a.Value(k), b.Value(k)
	switch {
	case a.Integer:
		return uint64(math.Abs(p - q))
	case math.IsNaN(p) != math.IsNaN(q):
		return math.MaxUint64
	case math.IsNaN(p): // one of them is the canary
		return 0
	}
	return kernel.ULPs(p, q)
}

// Cost returns how many floating-point operations c takes. It takes about as long as the reference. If the cause is
// unknown, Explain does them once for each of the kernel's ways, in about 40 ns each: of two problems that differ, the
// one of less cost is explained sooner.
func Cost(c *kernel.Case) float64 {
	var cost float64
	diffusion := func(g *kernel.Grid, rows, steps int) {
		if g.Rows > 2 && g.Cols > 2 {
			cost = float64(rows) * float64(g.Cols-2) * float64(steps) * kernel.DiffusionCell.Flops
		}
	}
	run := func(a *kernel.DiffusionRun) error {
		diffusion(&a.A, a.A.Rows-2, a.Steps)
		return nil
	}
	iterations := func(out []int32, lo, hi int) {
		for _, n := range out[lo:hi] {
			cost += 8 * float64(n)
		}
	}
	fit := func(a *kernel.OLS) error {
		cost = float64(a.Hi-a.Lo) * (float64(a.Y.Cols)*kernel.OLSObservation.Flops + kernel.OLSLine.Flops)
		return nil
	}
	copied := func(a *kernel.Transpose) error {
		cost = float64(a.In.Rows) * float64(a.In.Cols)
		return nil
	}
	reference := kernel.Go()
	f := kernel.Funcs{
		Noop: func() {},
		Not:  func(x int64) int64 { return x },
		Add: func(x, _ float64) float64 {
			cost++
			return x
		},
		Sum: func(p []float64) float64 {
			cost = float64(len(p))
			return 0
		},
		Step: func(a *kernel.DiffusionStep) error {
			diffusion(&a.In, a.Hi-a.Lo, 1)
			return nil
		},
		Run: run,
		Julia: func(a *kernel.Julia) error {
			err := reference.Julia(a)
			iterations(a.Out, a.Lo, a.Hi)
			return err
		},
		OLS:             fit,
		RunInterchanged: run,
		OLSInterchanged: fit,
		JuliaSplit: func(a *kernel.JuliaSplit) error {
			err := reference.JuliaSplit(a)
			iterations(a.Out, a.Lo, a.Hi)
			return err
		},
		Transpose:      copied,
		TransposeNaive: copied,
	}.Checked()
	if err := c.New().Run(&f); err != nil && !errors.As(err, new(*kernel.Error)) {
		return math.Inf(1)
	}
	return cost
}
