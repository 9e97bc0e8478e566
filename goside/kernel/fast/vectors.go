// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fast

import "math"

// A work holds the points of a pass that are under way, and those that it has done.
type work struct {
	zr, zi    [length]float64
	id        [length]int // which of the points
	doneID    [length]int
	doneCount [length]int
}

const (
	portion = 1024
	length  = portion + 8 // a pass may overwrite as many beyond the last point
)

const least = 64 // points of one c that are worth vectors

// vectorsFor reports whether points with this c may be iterated beyond their escape, as vectors do: whether a computed |z|²
// that is at least 4 stays so. From |c|² < 3.999 follows |z'| >= |z|² - |c| > 2 + 2e-4, and rounding errors are below
// 1e-14 |z|². An infinity or a NaN leads only to others, whose test fails.
func vectorsFor(cr, ci float64) bool { return cr*cr+ci*ci < 3.999 }

// runs divides the points into runs of one c each.
func (l *Level) runs(p *points, lo, hi int, t *trap) {
	var w work
	scalar := lo // points from here on have been left to the lanes
	for k := lo; k < hi; {
		from, at := k, k*p.stride
		cr, ci := p.cr[at], p.ci[at]
		for k++; k < hi && p.cr[k*p.stride] == cr && p.ci[k*p.stride] == ci; k++ {
		}
		if k-from < least || !vectorsFor(cr, ci) {
			continue
		}
		p.escapes(scalar, from, t)
		l.vectors(p, &w, from, k, t)
		scalar = k
	}
	p.escapes(scalar, hi, t)
}

// vectors computes points of one c, a portion after the other: by short passes at first, as most points escape early.
func (l *Level) vectors(p *points, w *work, lo, hi int, t *trap) {
	c := complex(p.cr[lo*p.stride], p.ci[lo*p.stride])
	for ; lo < hi; lo += portion {
		n := min(portion, hi-lo)
		out := p.out[lo : lo+n]
		for k := range n {
			at := (lo + k) * p.stride
			w.zr[k], w.zi[k], w.id[k] = p.zr[at], p.zi[at], k
		}
		iterations, maxiter := 4, int(p.maxiter)
		for count := 0; count < maxiter && n > 0; {
			whole := (n + l.group - 1) / l.group * l.group
			for k := n; k < whole; k++ {
				w.zr[k], w.id[k] = math.NaN(), portion // done at once, and of no point
			}
			iterations = min(iterations, maxiter-count)
			squared := -1.0
			if t.c == c && t.squared > 0 {
				squared = t.squared
			}
			alive, done := l.pass(w, whole, iterations, maxiter-count, real(c), imag(c), t.re, t.im, squared)
			for k, id := range w.doneID[:done] {
				if id < len(out) {
					out[id] = int32(count + w.doneCount[k])
				}
			}
			n = alive
			count += iterations
			if iterations = 8; count > 32 {
				iterations = 16
				t.spent(c, n)
			}
		}
		for _, id := range w.id[:n] {
			out[id] = p.maxiter
		}
	}
}
