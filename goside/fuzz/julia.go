// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fuzz

import (
	"fmt"
	"math"
	"math/cmplx"

	"toll/goside/kernel"
	"toll/goside/via/guard"
)

// constants are values of c whose orbits differ in kind: attracted by cycles of several lengths, slowly, by none, or not
// bounded, and on both sides of |c| = 2, where tuned kernels stop to prove.
var constants = [...]complex128{
	0, kernel.JuliaC, -0.5 + 0.3i, -1.1 + 0.1i, -0.12 + 0.75i, -1.38, 0.2499, 0.25, -0.75, 1i, -2, -0.7 + 0.5i, 1.2 + 1.6i,
	complex(math.Nextafter(-2, 0), 0), complex(math.Nextafter(-2, -3), 0), complex(math.NaN(), 0), complex(0, math.Inf(1)),
	complex(-1.9999999975, 0), complex(1.3, -1.5198684), 1e-300, complex(5e-324, math.Copysign(0, -1)),
}

// longest is the largest maxiter of points that may not escape.
const longest = 1200

// points are what both functions of the Julia set have in common.
type points struct {
	n, lo, hi int
	maxiter   int32
	par       kernel.Par
	fault     fault
	plan      *plan
	ofC       byte // how the constants are chosen
	ofZ       byte // and the points
}

func (s *points) decode(r *reader, p *plan) {
	s.par, s.fault = r.par(), r.fault()
	s.n = r.extent(juliaPoints)
	s.lo, s.hi = r.span(s.n)
	s.ofC, s.ofZ = r.byte(), r.byte()
	class, v := r.byte(), r.within(1<<16)
	switch {
	case class < 160:
		s.maxiter = int32(v % 50)
	case class < 240:
		s.maxiter = int32(v % 130)
	default:
		s.maxiter = int32(v) % longest
	}
	if s.n > 300 {
		s.maxiter = min(s.maxiter, 130)
	}
	if class == 255 {
		s.maxiter = math.MaxInt32
		s.ofC, s.ofZ = 255, 255 // all points escape soon
	}
	p.work = s.n * int(min(s.maxiter, longest)) / 2
	s.plan = p
}

// constant returns the one that several points share.
func (s *points) constant(x *random) complex128 {
	if x.next()%2 == 0 {
		return constants[x.below(len(constants))]
	}
	return complex(1.5*x.unit()-0.5, 1.2*x.unit())
}

// fill sets all points and constants, by the functions given.
func (s *points) fill(v *values, z, c func(k int, x complex128)) {
	x := v.seed
	if s.ofZ == 255 {
		for k := range s.n {
			z(k, complex(3+x.unit(), 2*x.unit()))
			c(k, complex(x.unit(), x.unit()))
		}
		return
	}
	shared := s.constant(&x)
	runs := 1 + x.below(s.n)
	of := make([]complex128, 0, 512)
	for k := range s.n {
		switch b := s.ofC; {
		case b < 144:
		case b < 176: // in stretches
			if k%runs == 0 {
				shared = s.constant(&x)
			}
		case b < 224: // each point its own
			shared = complex(1.5*x.unit()-0.5, 1.2*x.unit())
		default:
			shared = s.constant(&x)
		}
		of = append(of, shared)
	}
	for k, shared := range of {
		c(k, shared)
	}
	point := complex(1.8*x.unit(), 1.8*x.unit())
	for k := range s.n {
		switch b := s.ofZ; {
		case b < 112: // the square around the set
			point = complex(1.8*x.unit(), 1.8*x.unit())
		case b < 136: // within some units in the last place of the circle of radius 2
			sin, cos := math.Sincos(math.Pi * x.unit())
			re := 2 * cos
			for range x.below(3) {
				re = math.Nextafter(re, 8*x.unit())
			}
			point = complex(re, 2*sin)
		case b < 176: // near the boundary: backwards along an orbit
			if w := cmplx.Sqrt(point - of[k]); x.next()%2 == 0 {
				point = w
			} else {
				point = -w
			}
			if cmplx.IsNaN(point) || cmplx.IsInf(point) {
				point = 0.5
			}
		case b < 200: // of the orbit itself, near an attracting cycle
			point = point*point + of[k]
			if !(real(point)*real(point)+imag(point)*imag(point) < 4) {
				point = complex(x.unit(), x.unit())
			}
		case b < 216: // symmetric and on the axes
			w := specials[x.below(tame)]
			point = [...]complex128{complex(w, 0), complex(0, w), complex(w, w), complex(w, -w)}[x.below(4)]
		default:
			var parts [2]float64
			one := values{flavor: v.flavor, seed: x}
			if len(v.raw) >= 16 {
				one.raw, v.raw = v.raw[:16], v.raw[16:]
			}
			one.fill(parts[:])
			x = one.seed
			point = complex(parts[0], parts[1])
		}
		z(k, point)
	}
	v.seed = x
}

// tame is how many of specials, the first, are of size 1.
const tame = 8

func (s *points) String() string {
	return fmt.Sprintf("%d points, [%d, %d), maxiter %d, %v%v", s.n, s.lo, s.hi, s.maxiter, s.par, s.fault)
}

func (s *points) spoil(maxiter *int32, par *kernel.Par, lo, hi *int) {
	v := s.fault.v
	switch s.fault.kind {
	case 11, 12:
		spoilPar(par, v)
	case 13, 14, 15:
		*maxiter = [...]int32{-1, math.MinInt32}[v%2]
	case 16, 17:
		*lo = edge(v)
	case 18, 19:
		*hi = edge(v)
	case 20:
		*lo, *hi = *hi+1, *lo
	case 21:
		*hi = s.n + 1
	}
}

// julia are the arguments of the Julia set.
type julia struct {
	points
	a kernel.Julia
}

func (s *julia) decode(r *reader, p *plan) {
	s.points.decode(r, p)
	p.add(buffer{name: "out", size: 4, n: s.n, output: true, apart: r.apart()})
	zs := p.add(buffer{name: "zs", size: 16, n: s.n, apart: r.apart()})
	p.add(buffer{name: "cs", size: 16, n: s.n, apart: r.apart()})
	switch class, v := r.byte(), r.within(1<<16); {
	case class >= 252:
		p.share(0, 1, 4*(v%(4*s.n+1))) // in zs, or right behind
	case class >= 248:
		p.share(0, 2, 16*zs.n)
	case class >= 240: // which is allowed
		p.share(2, 1, 8*(v%(2*s.n+1)))
		s.maxiter = min(s.maxiter, longest)
	}
}

func (s *julia) fill(v *values, memory [][]byte) {
	zs, cs := guard.As[complex128](memory[1]), guard.As[complex128](memory[2])
	s.points.fill(v, func(k int, x complex128) { zs[k] = x }, func(k int, x complex128) { cs[k] = x })
}

func (s *julia) bind(memory [][]byte) {
	a := &s.a
	a.Out, a.Zs, a.Cs = guard.As[int32](memory[0]), guard.As[complex128](memory[1]), guard.As[complex128](memory[2])
	a.Lo, a.Hi, a.MaxIter, a.Par = s.lo, s.hi, s.maxiter, s.par
	v := s.fault.v
	switch s.fault.kind {
	case 1, 2, 3:
		s.plan.null = spoil(&a.Out, v)
	case 4, 5:
		s.plan.null = spoil(&a.Zs, v) && false // its length is the number of points
	case 6, 7:
		s.plan.null = spoil(&a.Cs, v)
	case 8:
		a.Out = guard.As[int32](memory[1])[:s.n]
	}
	s.spoil(&a.MaxIter, &a.Par, &a.Lo, &a.Hi)
}

func (s *julia) check() error               { return s.a.Check() }
func (s *julia) call(f *kernel.Funcs) error { return f.Julia(&s.a) }

// near is [kernel.Buffer]'s, of the counts.
func (s *julia) near(k int, count float64) float64 {
	if k < s.a.Lo || k >= s.a.Hi {
		return math.Inf(1)
	}
	return s.a.Near(k, count)
}

// juliaSplit are those with the points' parts in arrays of their own.
type juliaSplit struct {
	points
	a kernel.JuliaSplit
}

func (s *juliaSplit) decode(r *reader, p *plan) {
	s.points.decode(r, p)
	p.add(buffer{name: "out", size: 4, n: s.n, output: true, apart: r.apart()})
	for _, name := range [...]string{"zr", "zi", "cr", "ci"} {
		p.add(buffer{name: name, size: 8, n: s.n, apart: r.apart()})
	}
	switch class, v := r.byte(), r.within(1<<16); {
	case class >= 252:
		p.share(0, 1+v%4, 4*(v/4%(2*s.n+1)))
	case class >= 240:
		p.share(2+v%3, 1, 8*(v/4%(s.n+1)))
		s.maxiter = min(s.maxiter, longest)
	}
}

func (s *juliaSplit) fill(v *values, memory [][]byte) {
	zr, zi := guard.As[float64](memory[1]), guard.As[float64](memory[2])
	cr, ci := guard.As[float64](memory[3]), guard.As[float64](memory[4])
	s.points.fill(v, func(k int, x complex128) { zr[k], zi[k] = real(x), imag(x) },
		func(k int, x complex128) { cr[k], ci[k] = real(x), imag(x) })
}

func (s *juliaSplit) bind(memory [][]byte) {
	a := &s.a
	a.Out, a.Zr, a.Zi = guard.As[int32](memory[0]), guard.As[float64](memory[1]), guard.As[float64](memory[2])
	a.Cr, a.Ci = guard.As[float64](memory[3]), guard.As[float64](memory[4])
	a.Lo, a.Hi, a.MaxIter, a.Par = s.lo, s.hi, s.maxiter, s.par
	v := s.fault.v
	switch s.fault.kind {
	case 1, 2:
		s.plan.null = spoil(&a.Out, v)
	case 3:
		s.plan.null = spoil(&a.Zr, v) && false // its length is the number of points
	case 4:
		s.plan.null = spoil(&a.Zi, v)
	case 5:
		s.plan.null = spoil(&a.Cr, v)
	case 6, 7:
		s.plan.null = spoil(&a.Ci, v)
	case 8:
		a.Out = guard.As[int32](memory[1+v%4])[:s.n]
	}
	s.spoil(&a.MaxIter, &a.Par, &a.Lo, &a.Hi)
}

func (s *juliaSplit) check() error               { return s.a.Check() }
func (s *juliaSplit) call(f *kernel.Funcs) error { return f.JuliaSplit(&s.a) }
