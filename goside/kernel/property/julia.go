// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package property

import (
	"fmt"
	"math"
	"math/big"
	"math/cmplx"

	"toll/goside/kernel"
)

// counter is a way to count iterations.
type counter struct {
	name  string
	count func(zs, cs []complex128, lo, hi int, maxiter int) ([]int32, error)
}

const uncounted = -77 // in outputs before a call

// counters returns the ways that f offers. Each also checks that inputs, and outputs out of the range, are left alone.
func counters(f *kernel.Funcs, d *draw) (all []counter) {
	output := func(n int) []int32 {
		out := make([]int32, n)
		for k := range out {
			out[k] = uncounted
		}
		return out
	}
	rest := func(out []int32, lo, hi int) error {
		for k, n := range out {
			if (k < lo || k >= hi) && n != uncounted {
				return fmt.Errorf("the range [%d, %d) has out[%d] written", lo, hi, k)
			}
		}
		return nil
	}
	if f.Julia != nil {
		all = append(all, counter{"julia", func(zs, cs []complex128, lo, hi, maxiter int) ([]int32, error) {
			a := &kernel.Julia{Out: output(len(zs)), Zs: append([]complex128{}, zs...), Cs: append([]complex128{}, cs...),
				Lo: lo, Hi: hi, MaxIter: int32(maxiter), Par: d.par}
			if err := f.Julia(a); err != nil {
				return nil, err
			}
			for k := range zs {
				if !alike(a.Zs[k], zs[k]) || !alike(a.Cs[k], cs[k]) {
					return nil, fmt.Errorf("the input %d became %v, %v, want it left at %v, %v", k, a.Zs[k], a.Cs[k], zs[k], cs[k])
				}
			}
			return a.Out, rest(a.Out, lo, hi)
		}})
	}
	if f.JuliaSplit != nil {
		all = append(all, counter{"julia-split", func(zs, cs []complex128, lo, hi, maxiter int) ([]int32, error) {
			a := (&kernel.Julia{Zs: zs, Cs: cs, Lo: lo, Hi: hi, MaxIter: int32(maxiter), Par: d.par}).Split()
			a.Out = output(len(zs))
			if err := f.JuliaSplit(a); err != nil {
				return nil, err
			}
			for k := range zs {
				if z, c := complex(a.Zr[k], a.Zi[k]), complex(a.Cr[k], a.Ci[k]); !alike(z, zs[k]) || !alike(c, cs[k]) {
					return nil, fmt.Errorf("the input %d became %v, %v, want it left at %v, %v", k, z, c, zs[k], cs[k])
				}
			}
			return a.Out, rest(a.Out, lo, hi)
		}})
	}
	d.used = d.used || len(all) > 0
	return all
}

func alike(x, y complex128) bool { return x == y || cmplx.IsNaN(x) && cmplx.IsNaN(y) }

// points returns n points near the set, each with a c of its own or all with one: tuned kernels tell the two apart.
func (d *draw) points(n int) (zs, cs []complex128) {
	one := d.IntN(2) == 0
	c := d.near(1.2)
	for range n {
		if !one {
			c = d.near(1.2)
		}
		zs, cs = append(zs, d.near(1.8)), append(cs, c)
	}
	return zs, cs
}

func (d *draw) near(r float64) complex128 {
	return complex(r*(2*d.Float64()-1), r*(2*d.Float64()-1))
}

func julia() []Property {
	property := func(name string, bits bool, holds func(s counter, d *draw) error) Property {
		return Property{"julia", name, bits, func(f *kernel.Funcs, d *draw) error {
			seed := d.Uint64()
			for _, s := range counters(f, d) {
				again := *d
				again.Rand = newRand(seed)
				if err := failed(s.name, holds(s, &again)); err != nil {
					return err
				}
			}
			return nil
		}}
	}
	const most = 200
	// image compares the counts of points with those of their images.
	image := func(s counter, d *draw, to func(z, c complex128) (complex128, complex128)) error {
		zs, cs := d.points(d.between(1, 40))
		want, err := s.count(zs, cs, 0, len(zs), most)
		if err != nil {
			return err
		}
		p, q := make([]complex128, len(zs)), make([]complex128, len(zs))
		for k := range zs {
			p[k], q[k] = to(zs[k], cs[k])
		}
		got, err := s.count(p, q, 0, len(zs), most)
		if err != nil {
			return err
		}
		for k := range zs {
			if got[k] != want[k] {
				return fmt.Errorf("z = %v, c = %v has %d and its image %v, %v has %d", zs[k], cs[k], want[k], p[k], q[k], got[k])
			}
		}
		return nil
	}
	return []Property{
		// Negating both imaginary parts negates that of z*z + c, in each rounding, and leaves |z|² alone.
		property("conjugate points have equal counts", false, func(s counter, d *draw) error {
			return image(s, d, func(z, c complex128) (complex128, complex128) { return cmplx.Conj(z), cmplx.Conj(c) })
		}),
		// z and -z have one square, and one |z|.
		property("z and -z have equal counts", false, func(s counter, d *draw) error {
			return image(s, d, func(z, c complex128) (complex128, complex128) { return -z, c })
		}),
		property("a smaller maxiter cuts the count off", false, func(s counter, d *draw) error {
			zs, cs := d.points(d.between(1, 30))
			whole, err := s.count(zs, cs, 0, len(zs), most)
			if err != nil {
				return err
			}
			for _, m := range []int{0, 1, 2, 3, 5, 8, 13, 21, most - 1} {
				got, err := s.count(zs, cs, 0, len(zs), m)
				if err != nil {
					return err
				}
				for k := range zs {
					if want := min(whole[k], int32(m)); got[k] != want {
						return fmt.Errorf("z = %v, c = %v has %d of at most %d, and %d of at most %d, want %d", zs[k], cs[k], whole[k], most, got[k], m, want)
					}
				}
			}
			return nil
		}),
		property("points in another order, and in parts, have the same counts", false, func(s counter, d *draw) error {
			zs, cs := d.points(d.between(1, 40))
			n := len(zs)
			want, err := s.count(zs, cs, 0, n, most)
			if err != nil {
				return err
			}
			order := d.Perm(n)
			p, q := make([]complex128, n), make([]complex128, n)
			for k, from := range order {
				p[k], q[k] = zs[from], cs[from]
			}
			for lo := 0; lo < n; {
				hi := d.between(lo, n)
				got, err := s.count(p, q, lo, hi, most)
				if err != nil {
					return err
				}
				for k := lo; k < hi; k++ {
					if got[k] != want[order[k]] {
						return fmt.Errorf("z = %v, c = %v has %d, and in another order %d", p[k], q[k], want[order[k]], got[k])
					}
				}
				lo = max(hi, lo+1)
			}
			return nil
		}),
		property("a count is 0 if and only if |z|² is not less than 4", false, threshold),
		// z*z + c is exact where z has 10 binary digits and c 20 behind the point, in whatever order it is computed.
		property("z*z + c has one iteration less than z", false, func(s counter, d *draw) error {
			n := d.between(1, 30)
			digits := func(z complex128, k int) complex128 {
				round := func(x float64) float64 { return math.Ldexp(math.Round(math.Ldexp(x, k)), -k) }
				return complex(round(real(z)), round(imag(z)))
			}
			zs, cs := d.points(n)
			next := make([]complex128, n)
			for k := range zs {
				zs[k], cs[k] = digits(zs[k], 10), digits(cs[k], 20)
				x, y := real(zs[k]), imag(zs[k])
				if x*x+y*y >= 4 {
					zs[k], x, y = 0, 0, 0
				}
				next[k] = complex(x*x-y*y+real(cs[k]), 2*x*y+imag(cs[k]))
			}
			before, err := s.count(zs, cs, 0, n, most)
			if err != nil {
				return err
			}
			after, err := s.count(next, cs, 0, n, most-1)
			if err != nil {
				return err
			}
			for k := range zs {
				if before[k] != after[k]+1 {
					return fmt.Errorf("z = %v, c = %v has %d, and z*z + c, %v, has %d", zs[k], cs[k], before[k], next[k], after[k])
				}
			}
			return nil
		}),
		property("orbits of few integers are known", false, orbits),
		property("on the real axis all between the fixed points stays, and all beyond escapes", false, realAxis),
		property("each operation is rounded once", true, rounded),
		{"julia", "separate parts and pairs have the same counts", true, func(f *kernel.Funcs, d *draw) error {
			zs, cs := d.points(d.between(1, 40))
			var first []int32
			for _, s := range counters(f, d) {
				got, err := s.count(zs, cs, 0, len(zs), most)
				if err != nil {
					return err
				}
				for k := range first {
					if got[k] != first[k] {
						return fmt.Errorf("z = %v, c = %v has %d, and by %s %d", zs[k], cs[k], first[k], s.name, got[k])
					}
				}
				first = got
			}
			return nil
		}},
	}
}

// threshold: on the axes |z|² is z², which is 4 at 2; a number next to 2 has its square on the same side of 4, after rounding,
// too.
func threshold(s counter, d *draw) error {
	var zs, cs []complex128
	var want []int32
	add := func(x float64, count int32) {
		for _, z := range []complex128{complex(x, 0), complex(-x, 0), complex(0, x), complex(0, -x)} {
			zs, cs, want = append(zs, z), append(cs, d.near(1)), append(want, count)
		}
	}
	add(2, 0)
	add(math.Nextafter(2, 3), 0)
	add(math.Nextafter(2, 0), 1)
	add(2.00001, 0)
	add(1.99999, 1)
	add(1e100, 0)
	add(5e-324, 1)
	for range 20 {
		z := d.near(4)
		if x, y := real(z), imag(z); math.Abs(x*x+y*y-4) > 1e-9 {
			count := int32(0)
			if x*x+y*y < 4 {
				count = 1
			}
			zs, cs, want = append(zs, z), append(cs, d.near(1)), append(want, count)
		}
	}
	got, err := s.count(zs, cs, 0, len(zs), 1)
	if err != nil {
		return err
	}
	for k := range zs {
		if got[k] != want[k] {
			return fmt.Errorf("z = %v has %d of at most 1, want %d", zs[k], got[k], want[k])
		}
	}
	return nil
}

// orbits are exact, so these can be followed by hand.
func orbits(s counter, d *draw) error {
	maxiter := d.between(10, 60)
	all := int32(maxiter)
	for _, o := range []struct {
		z, c complex128
		want int32
	}{
		{0, 0, all}, {1, 0, all}, {-1, 0, all}, {1i, 0, all}, // 0; 1; i, -1, 1
		{0.5, 0, all}, {1.5, 0, 1}, {1.25, 0, 2}, {2i, 0, 0},
		{0, -1, all}, {1, -1, all}, // 0, -1, 0
		{0, 1i, all},     // i, -1+i, -i, -1+i
		{0, 1, 2},        // 1, 2
		{1, 1, 1},        // 2
		{0, -2, 1},       // -2
		{0, 1 + 1i, 2},   // 1+i, 1+3i
		{1i, 0.5i, all},  // -1+0.5i, 0.75-0.5i, and on towards a fixed point
		{1, 1i, 2},       // 1+i, 3i
		{1i, 1i, all},    // -1+i, -i, -1+i
		{-1, 1i, 2},      // 1+i, 3i
		{1 + 1i, 0, 1},   // 2i
		{1 + 1i, -2i, 2}, // 0, -2i
		{0, -2i, 1},
	} {
		got, err := s.count([]complex128{o.z}, []complex128{o.c}, 0, 1, maxiter)
		if err != nil {
			return err
		}
		if got[0] != o.want {
			return fmt.Errorf("z = %v, c = %v has %d of at most %d, want %d", o.z, o.c, got[0], maxiter, o.want)
		}
	}
	return nil
}

// realAxis: for real c in [-2, 1/4] the filled Julia set meets the real axis in [-b, b], b = (1+√(1-4c))/2 the repelling fixed
// point (Devaney, An Introduction to Chaotic Dynamical Systems). Points keep 0.01 away from b: with c in [-1.9, 0.2], whatever
// is within that stays within it by 1e-3, and whatever is beyond grows by a factor of 2b > 1.4 a step, from 0.01 to 2 in less
// than 20. Rounding is a trifle against both.
func realAxis(s counter, d *draw) error {
	const maxiter, n = 150, 12
	var zs, cs []complex128
	for range n {
		c := -1.9 + 2.1*d.Float64()
		b := (1 + math.Sqrt(1-4*c)) / 2
		z := (b - 0.01) * (2*d.Float64() - 1)
		zs, cs = append(zs, complex(z, 0)), append(cs, complex(c, 0))
		zs, cs = append(zs, complex(b+0.01+d.Float64(), 0)), append(cs, complex(c, 0))
	}
	got, err := s.count(zs, cs, 0, len(zs), maxiter)
	if err != nil {
		return err
	}
	for k := range zs {
		stays := k%2 == 0
		if stays && got[k] != maxiter || !stays && got[k] > 20 {
			return fmt.Errorf("z = %v, c = %v has %d of at most %d, want it to stay: %v", zs[k], cs[k], got[k], maxiter, stays)
		}
	}
	return nil
}

// rounded compares with math/big's arithmetic at 53 binary digits, which rounds each operation to nearest, ties to even. The
// points lie on the Julia set (found by going backwards, which draws everything towards it), of a c whose set is a dust or a
// dendrite: there each rounding decides how an orbit ends after some fifty steps.
func rounded(s counter, d *draw) error {
	const maxiter, n = 120, 6
	var zs, cs []complex128
	for _, square := range []float64{4, math.Nextafter(4, 0)} { // |z|² has that as its rounded value
		x, y := 0.0, 0.0
		for float64(x*x)+float64(y*y) != square {
			x = 2 * d.Float64()
			y = math.Sqrt(square - x*x)
		}
		zs, cs = append(zs, complex(x, y)), append(cs, 0)
	}
	for range n {
		c := []complex128{1i, -1.5 + 0.2i, 0.4 + 0.4i, -0.8 + 0.4i}[d.IntN(4)] + complex(1e-3*d.Float64(), 1e-3*d.Float64())
		z := d.near(1)
		for range 60 {
			z = cmplx.Sqrt(z - c)
			if d.IntN(2) == 0 {
				z = -z
			}
		}
		zs, cs = append(zs, z), append(cs, c)
	}
	got, err := s.count(zs, cs, 0, len(zs), maxiter)
	if err != nil {
		return err
	}
	for k := range zs {
		if want := countRounded(zs[k], cs[k], maxiter); got[k] != want {
			return fmt.Errorf("z = %v, c = %v has %d of at most %d, want %d", zs[k], cs[k], got[k], maxiter, want)
		}
	}
	return nil
}

func countRounded(z, c complex128, maxiter int32) int32 {
	number := big.NewFloat // of 53 binary digits
	result := func() *big.Float { return new(big.Float).SetPrec(53) }
	mul := func(x, y *big.Float) *big.Float { return result().Mul(x, y) }
	zr, zi, cr, ci, two, four := number(real(z)), number(imag(z)), number(real(c)), number(imag(c)), number(2), number(4)
	var i int32
	for ; i < maxiter; i++ {
		rr, ii := mul(zr, zr), mul(zi, zi)
		if result().Add(rr, ii).Cmp(four) >= 0 {
			break
		}
		zi = result().Add(mul(two, mul(zr, zi)), ci)
		zr = result().Add(result().Sub(rr, ii), cr)
	}
	return i
}
