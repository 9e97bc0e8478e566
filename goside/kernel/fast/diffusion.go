// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fast

import (
	"runtime"
	"sync/atomic"

	"toll/goside/kernel"
)

// executor covers the items lo <= k < hi by calls of f on disjoint ranges, as [kernel.Par.Each] does.
type executor func(lo, hi, chunk int, f func(lo, hi int))

func serial(lo, hi, _ int, f func(lo, hi int)) { f(lo, hi) }

// lines are one or two grids as lines of memory, whatever the layout: rows or columns.
type lines struct {
	buffers      [2][]float64
	count, inner int // of lines, and of the elements of each
	ld           int
	ddt          float64 // D*dt
	line         func(out, before, at, after []float64, ddt float64)
}

func (v *Level) lines(in, out *kernel.Grid, ddt float64) *lines {
	l := &lines{[2][]float64{in.Data, out.Data}, in.Rows, in.Cols, in.LD, ddt, v.row}
	if in.Layout == kernel.Col {
		l.count, l.inner, l.line = in.Cols, in.Rows, v.col
	}
	return l
}

// compute computes the elements lo <= k < hi of line i of buffer 1-from, from the other.
func (l *lines) compute(from, i, lo, hi int) {
	in, at := l.buffers[from], i*l.ld+lo
	n := hi - lo
	l.line(l.buffers[1-from][at:at+n], in[at-l.ld:][:n], in[at-1:][:n+2], in[at+l.ld:][:n], l.ddt)
}

// rowLine computes a part of a row, from those before and after it; at begins one element earlier than out.
func rowLine(out, before, at, after []float64, ddt float64) {
	n := len(out)
	before, after = before[:n], after[:n]
	left, mid := at[0], at[1]
	at = at[2:][:n]
	k := 0
	for ; k < n-3; k += 4 {
		o, b, c, a := out[k:k+4:k+4], before[k:k+4:k+4], at[k:k+4:k+4], after[k:k+4:k+4]
		c0, c1, c2, c3 := c[0], c[1], c[2], c[3]
		o[0] = mid + float64(ddt*((((a[0]+b[0])+c0)+left)-float64(4*mid)))
		o[1] = c0 + float64(ddt*((((a[1]+b[1])+c1)+mid)-float64(4*c0)))
		o[2] = c1 + float64(ddt*((((a[2]+b[2])+c2)+c0)-float64(4*c1)))
		o[3] = c2 + float64(ddt*((((a[3]+b[3])+c3)+c1)-float64(4*c2)))
		left, mid = c2, c3
	}
	for ; k < n; k++ {
		right := at[k]
		out[k] = mid + float64(ddt*((((after[k]+before[k])+right)+left)-float64(4*mid)))
		left, mid = mid, right
	}
}

// colLine is rowLine on a column: the neighbours in the next and the last row lie in at.
func colLine(out, before, at, after []float64, ddt float64) {
	n := len(out)
	before, after = before[:n], after[:n]
	left, mid := at[0], at[1]
	at = at[2:][:n]
	k := 0
	for ; k < n-3; k += 4 {
		o, b, c, a := out[k:k+4:k+4], before[k:k+4:k+4], at[k:k+4:k+4], after[k:k+4:k+4]
		c0, c1, c2, c3 := c[0], c[1], c[2], c[3]
		o[0] = mid + float64(ddt*((((c0+left)+a[0])+b[0])-float64(4*mid)))
		o[1] = c0 + float64(ddt*((((c1+mid)+a[1])+b[1])-float64(4*c0)))
		o[2] = c1 + float64(ddt*((((c2+c0)+a[2])+b[2])-float64(4*c1)))
		o[3] = c2 + float64(ddt*((((c3+c1)+a[3])+b[3])-float64(4*c2)))
		left, mid = c2, c3
	}
	for ; k < n; k++ {
		below := at[k]
		out[k] = mid + float64(ddt*((((below+left)+after[k])+before[k])-float64(4*mid)))
		left, mid = mid, below
	}
}

func (v *Level) step(a *kernel.DiffusionStep, each executor) error {
	lo, hi := max(a.Lo, 1), min(a.Hi, a.In.Rows-1)
	if lo >= hi || a.In.Cols < 3 {
		return nil
	}
	l := v.lines(&a.In, &a.Out, a.D*a.Dt)
	first, last, from, to := lo, hi, 1, a.In.Cols-1 // of the lines, and within a line
	if a.In.Layout == kernel.Col {
		first, last, from, to = from, to, first, last
	}
	each(first, last, 1, func(first, last int) {
		for i := first; i < last; i++ {
			l.compute(0, i, from, to)
		}
	})
	return nil
}

// A run fuses steps: while a line is in cache, it goes through several of them. When step 0 computes line i, step s computes
// line i-s, each step in turn, from one buffer into the other. This needs no other memory. Step s reads lines i-s-1 to i-s+1
// at time s. Step s-1 has just computed the last of them. Only step s+1 overwrites the first one, at time s+2, and it comes
// later, since it computes line i-s-1. So each element has the operands that it has step by step, and at the end both
// buffers hold the same. See D. Wonnacott, "Using time skewing to eliminate idle time due to memory bandwidth and network
// limitations", 2000.

const (
	cached = 768 << 10 // bytes of the lines under way, of both buffers: most of a second-level cache of 1 MiB
	fused  = 32        // steps at most

	fusedPar = 16 // by goroutines: the borders between these are no work for all of them
)

// fuse returns how many steps go through the lines at once.
func (l *lines) fuse() int { return max(1, min(fused, cached/(16*l.inner)-2)) }

// sweep does steps steps, the first from buffer from: step s on the lines first + s*shrink <= i < last - s*shrinkEnd.
func (l *lines) sweep(from, steps, first, last, shrink, shrinkEnd int) {
	for i := first; i < last+2*steps; i++ {
		for s := range steps {
			if at := i - s; at >= first+s*shrink && at < last-s*shrinkEnd {
				l.compute((from+s)%2, at, 1, l.inner-1)
			}
		}
	}
}

func (v *Level) run(a *kernel.DiffusionRun) error {
	l := v.lines(&a.A, &a.B, a.D*a.Dt)
	if l.count < 3 || l.inner < 3 {
		return nil
	}
	for done := 0; done < a.Steps; {
		steps := even(a.Steps-done, l.fuse())
		l.sweep(done%2, steps, 1, l.count-1, 0, 0)
		done += steps
	}
	return nil
}

// even divides steps into as few shares of no more than most steps each as can be, all about equal, and returns the largest.
func even(steps, most int) int {
	shares := (steps-1)/most + 1
	return (steps-1)/shares + 1
}

// parRun divides the lines into bands. First each band does what needs no result of another: each step leaves out one more
// line at either end. Then each border between two bands does the rest: each step takes one more line on either side. No
// goroutine overwrites what another reads: step s of a band writes no line nearer than s to the border, so what its neighbour
// reads beyond the border in step 0 stays. These are the trapezoids of M. Frigo and V. Strumpen, "Cache oblivious stencil
// computations", 2005.
func (v *Level) parRun(a *kernel.DiffusionRun) error {
	l := v.lines(&a.A, &a.B, a.D*a.Dt)
	if l.count < 3 || l.inner < 3 {
		return nil
	}
	interior := l.count - 2
	bands := max(1, min(a.Par.Threads, interior/2))
	border := func(b int) int { return 1 + interior*b/bands } // between bands b-1 and b
	most := min(l.fuse(), max(1, interior/bands/2), fusedPar)
	for done := 0; done < a.Steps; {
		steps := min(a.Steps-done, 1<<20) // so that phases can be counted
		shares := (steps-1)/most + 1
		inPhases(a.Par, 2*shares, bands, func(phase, b int) {
			k := phase / 2
			first := steps * k / shares
			from, n := (done+first)%2, steps*(k+1)/shares-first
			if phase%2 == 0 {
				l.sweep(from, n, border(b), border(b+1), min(b, 1), min(bands-1-b, 1))
			} else if b > 0 && n > 1 {
				l.sweep(from, n, border(b), border(b), -1, -1)
			}
		})
		done += steps
	}
	return nil
}

// inPhases calls f for all items of each phase, in parallel, but for none before the phase before is done. The goroutines
// stay for all phases, since a thread that is woken for a phase may come too late for it. Whatever the schedule, they take
// items as they come free, in order: none waits for an item that no goroutine has begun.
func inPhases(par kernel.Par, phases, items int, f func(phase, item int)) {
	var taken, done atomic.Int64
	par.Each(0, par.Threads, 1, func(int, int) {
		for {
			k := int(taken.Add(1)) - 1
			phase, item := k/items, k%items
			if phase >= phases {
				return
			}
			for spins := 0; done.Load() < int64(phase*items); spins++ {
				if spins > 10_000 {
					runtime.Gosched()
				}
			}
			f(phase, item)
			done.Add(1)
		}
	})
}
