// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fast

import "math"

// A trap is a disc whose points never escape, not even in rounded arithmetic: the count of an orbit that enters it is
// maxiter. There is one around each attracting cycle, and the orbit of 0 leads to that (P. Fatou, 1919).
//
// The proof that it is one: let p be a computed point of the orbit of c under f(z) = z² + c, and rho the radius of a disc
// around it. For z in the disc, |f(z) - f(p)| = |z-p| |z+p| <= rho (2|p| + rho). From |z| < 2, with |c| < 2, one step has
// a rounding error below 2e-15: the real part rounds results of at most 4, 4, 4 and 6, the imaginary part of 2 and 6. So the
// computed f(z) lies in the disc around the computed f(p) whose radius is that bound plus 1e-14. If the discs of a whole
// period lie within |z| <= 2 - 1e-9, the computed |z|² is below 4 in each; and if the last disc lies within the first one,
// the orbit goes round for ever.
type trap struct {
	none     bool       // not to be looked for
	wanted   complex128 // the c of the points that took maxiter iterations lately
	wasted   int        // iterations of these
	c        complex128 // of the disc
	re, im   float64    // its centre
	squared  float64    // its radius, 0 if there is no disc
	searched bool       // for wanted
}

const (
	probeEvery = 8    // iterations
	worthwhile = 4096 // wasted iterations; as many as the search takes at most, about
)

// spent notes iterations of points that escape late or never, and looks for a disc once these were many.
func (t *trap) spent(c complex128, iterations int) {
	if t.none {
		return
	}
	if c != t.wanted {
		t.wanted, t.wasted, t.searched = c, 0, false
	}
	if t.wasted += iterations; t.wasted >= worthwhile && !t.searched {
		t.searched = true
		t.search(c)
	}
}

// catch marks the lanes whose points have entered the disc as done.
func (t *trap) catch(l *lanes) {
	if t.squared == 0 {
		return
	}
	for k := range l.left {
		re, im := l.zr[k]-t.re, l.zi[k]-t.im
		if float64(re*re)+float64(im*im) <= t.squared && complex(l.cr[k], l.ci[k]) == t.c {
			l.left[k] = 0
		}
	}
}

const longest = 64 // period of a cycle

// search sets t to the largest disc that it can certify, or to none.
func (t *trap) search(c complex128) {
	t.c, t.squared = c, 0
	if !(real(c)*real(c)+imag(c)*imag(c) < 3.999) {
		return
	}
	var z complex128
	for n, until := 0, 256; until <= 4096; until *= 4 {
		for ; n < until; n++ {
			if z = iterate(z, c); !(real(z)*real(z)+imag(z)*imag(z) < 4) {
				return
			}
		}
		// From the point of the cycle that lies nearest to 0, where f contracts the most.
		nearest := z
		for p, k := z, 0; k < longest; k++ {
			if p = iterate(p, c); size(p) < size(nearest) {
				nearest = p
			}
		}
		if t.certify(nearest) {
			return
		}
	}
}

// certify sets t to the largest disc around p0 that it can certify, of radii that are a fifth apart, and reports whether
// there is one.
func (t *trap) certify(p0 complex128) bool {
	// The orbit has nearly closed where it comes nearest to p0.
	period, delta, p := 0, 0.01, p0
	for k := 1; k <= longest; k++ {
		p = iterate(p, t.c)
		if d := size(p - p0); d < delta {
			period, delta = k, d
			if d < 1e-9 {
				break
			}
		}
	}
	if period == 0 {
		return false
	}
	for r := 1.0; r > max(1e-4, 2*delta); r *= 0.8 {
		if closes(p0, t.c, period, r, delta) {
			t.re, t.im = real(p0), imag(p0)
			t.squared = r * r * (1 - 1e-12) // whatever the rounding of a distance
			return true
		}
	}
	return false
}

// closes reports whether the disc of radius r around p maps into itself, by period steps that end delta from p.
func closes(p, c complex128, period int, r, delta float64) bool {
	rho := r
	for range period {
		d := size(p)
		if !(d+rho <= 2-1e-9) {
			return false
		}
		rho = ((2*d+rho)*rho + 1e-14) * (1 + 1e-12) // the factor covers the rounding of this line
		p = iterate(p, c)
	}
	return (rho+delta)*(1+1e-12) <= r
}

func iterate(z, c complex128) complex128 {
	re, im := real(z), imag(z)
	return complex(float64(re*re)-float64(im*im)+real(c), 2*float64(re*im)+imag(c))
}

func size(z complex128) float64 { return math.Sqrt(real(z)*real(z) + imag(z)*imag(z)) }
