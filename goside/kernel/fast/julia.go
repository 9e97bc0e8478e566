// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fast

import (
	"toll/goside/kernel"
	"toll/goside/via/mem"
)

// points are the arguments of both forms of the Julia kernel: point k has its parts at k*stride.
type points struct {
	out            []int32
	zr, zi, cr, ci []float64
	stride         int
	maxiter        int32
}

func together(a *kernel.Julia) *points {
	zs, cs := mem.View(a.Zs), mem.View(a.Cs)
	return &points{a.Out, zs, zs[min(1, len(zs)):], cs, cs[min(1, len(cs)):], 2, a.MaxIter}
}

func apart(a *kernel.JuliaSplit) *points {
	return &points{a.Out, a.Zr, a.Zi, a.Cr, a.Ci, 1, a.MaxIter}
}

// escapes computes the counts of the points lo <= k < hi. Four points are under way; where one is done, the next takes its
// lane. A point that has entered the trapping disc is done, too.
func (p *points) escapes(lo, hi int, t *trap) {
	if hi-lo < 4 || p.maxiter < 1 {
		for k := lo; k < hi; k++ {
			at := k * p.stride
			p.out[k] = escape(p.zr[at], p.zi[at], p.cr[at], p.ci[at], p.maxiter)
		}
		return
	}
	var l lanes
	var at [4]int // the points under way
	for k := range at {
		at[k] = lo + k
		l.enter(k, p, lo+k)
	}
	next := lo + 4
	untilProbe := probeEvery
	for {
		n := min(untilProbe, l.left[0], l.left[1], l.left[2], l.left[3])
		did := l.advance(n)
		for k := range at {
			l.left[k] -= (did + 3 - k) / 4
		}
		if untilProbe -= (did + 3) / 4; untilProbe <= 0 {
			untilProbe = probeEvery
			t.catch(&l)
		}
		for k := range at {
			if l.left[k] > 0 && float64(l.zr[k]*l.zr[k])+float64(l.zi[k]*l.zi[k]) < 4 {
				continue
			}
			if l.left[k] == 0 {
				t.spent(complex(l.cr[k], l.ci[k]), int(p.maxiter))
			}
			p.out[at[k]] = p.maxiter - int32(l.left[k])
			if next == hi {
				l.finish(k, p, &at)
				return
			}
			at[k] = next
			l.enter(k, p, next)
			next++
		}
	}
}

// enter puts a point into lane k.
func (l *lanes) enter(k int, p *points, point int) {
	at := point * p.stride
	l.zr[k], l.zi[k], l.cr[k], l.ci[k], l.left[k] = p.zr[at], p.zi[at], p.cr[at], p.ci[at], int(p.maxiter)
}

// finish iterates the points of all lanes but one to their ends.
func (l *lanes) finish(but int, p *points, at *[4]int) {
	for k := range at {
		if k != but {
			p.out[at[k]] = p.maxiter - int32(l.left[k]) + escape(l.zr[k], l.zi[k], l.cr[k], l.ci[k], int32(l.left[k]))
		}
	}
}

// lanes are four points that are iterated together: while one waits for its last result, the others compute.
type lanes struct {
	zr, zi, cr, ci [4]float64
	left           [4]int // iterations until maxiter; 0 once caught by a trap
}

// advance iterates the lanes in turn until the test of one fails, but each at most n times. It returns how many iterations
// the lanes did together: lane k did a quarter of them, those before the one that stopped did one more. The arithmetic of
// each is that of the plain loop; im + im is 2*im.
func (l *lanes) advance(n int) int {
	ar, br, cr, dr := l.zr[0], l.zr[1], l.zr[2], l.zr[3]
	ai, bi, ci, di := l.zi[0], l.zi[1], l.zi[2], l.zi[3]
	i := 0
	for i < 4*n {
		re, im := float64(ar*ar), float64(ai*ai)
		if !(re+im < 4) {
			break
		}
		ai = float64(ai * ar)
		ar = re - im + l.cr[0]
		ai = ai + ai + l.ci[0]

		re, im = float64(br*br), float64(bi*bi)
		if !(re+im < 4) {
			i++
			break
		}
		bi = float64(bi * br)
		br = re - im + l.cr[1]
		bi = bi + bi + l.ci[1]

		re, im = float64(cr*cr), float64(ci*ci)
		if !(re+im < 4) {
			i += 2
			break
		}
		ci = float64(ci * cr)
		cr = re - im + l.cr[2]
		ci = ci + ci + l.ci[2]

		re, im = float64(dr*dr), float64(di*di)
		if !(re+im < 4) {
			i += 3
			break
		}
		di = float64(di * dr)
		dr = re - im + l.cr[3]
		di = di + di + l.ci[3]
		i += 4
	}
	l.zr[0], l.zr[1], l.zr[2], l.zr[3] = ar, br, cr, dr
	l.zi[0], l.zi[1], l.zi[2], l.zi[3] = ai, bi, ci, di
	return i
}

// escape is the plain loop.
func escape(zr, zi, cr, ci float64, maxiter int32) int32 {
	var i int32
	for i < maxiter && float64(zr*zr)+float64(zi*zi) < 4 {
		zr, zi = (float64(zr*zr)-float64(zi*zi))+cr, float64(2*float64(zr*zi))+ci
		i++
	}
	return i
}

func (l *Level) julia(p *points, lo, hi int, certify bool) error {
	t := trap{none: !certify}
	if l.group == 0 {
		p.escapes(lo, hi, &t)
		return nil
	}
	l.runs(p, lo, hi, &t)
	return nil
}

const juliaChunk = 16384 // points: the search for a trapping disc must be small beside them

func (l *Level) parJulia(p *points, lo, hi int, par kernel.Par) error {
	par.Each(lo, hi, juliaChunk, func(lo, hi int) { _ = l.julia(p, lo, hi, true) })
	return nil
}
