// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package rounding

import "toll/goside/kernel"

// julia is how an iteration is computed. A function that is nil is the reference's.
type julia struct {
	re, norm, im       func(p *point) number
	narrowRe, narrowIm bool // the parts are rounded to binary64 when they are assigned
}

// point is a z and its c.
type point struct {
	m              *arithmetic
	zr, zi, cr, ci number
}

func (p *point) rr() number { return p.m.mul(p.zr, p.zr) }
func (p *point) ii() number { return p.m.mul(p.zi, p.zi) }

// twice returns 2zr.
func (p *point) twice() number { return p.m.mul(whole(2), p.zr) }

func realPart(p *point) number { return p.m.add(p.m.sub(p.rr(), p.ii()), p.cr) }

func imaginaryPart(p *point) number {
	return p.m.add(p.m.mul(whole(2), p.m.mul(p.zr, p.zi)), p.ci)
}

func squaredNorm(p *point) number { return p.m.add(p.rr(), p.ii()) }

// form returns a change of the real part.
func form(name string, cause cause, f func(p *point) number) change {
	return change{"re = " + name, cause, false, func(w *Way) { w.julia.re = f }}
}

var juliaReal = []change{
	form("fma(zr, zr, -zi*zi) + cr", fused, func(p *point) number {
		return p.m.add(p.m.fma(p.zr, p.zr, p.ii().negated()), p.cr)
	}),
	form("fma(-zi, zi, zr*zr) + cr", fused, func(p *point) number {
		return p.m.add(p.m.fma(p.zi.negated(), p.zi, p.rr()), p.cr)
	}),
	form("zr*zr + (cr - zi*zi)", order, func(p *point) number { return p.m.add(p.rr(), p.m.sub(p.cr, p.ii())) }),
	form("(zr*zr + cr) - zi*zi", order, func(p *point) number { return p.m.sub(p.m.add(p.rr(), p.cr), p.ii()) }),
	form("(zr + zi)*(zr - zi) + cr", order, func(p *point) number {
		return p.m.add(p.m.mul(p.m.add(p.zr, p.zi), p.m.sub(p.zr, p.zi)), p.cr)
	}),
	form("fma(zr, zr, cr - zi*zi)", fused|order, func(p *point) number {
		return p.m.fma(p.zr, p.zr, p.m.sub(p.cr, p.ii()))
	}),
	form("fma(zr, zr, fma(-zi, zi, cr))", fused|order, func(p *point) number {
		return p.m.fma(p.zr, p.zr, p.m.fma(p.zi.negated(), p.zi, p.cr))
	}),
	form("fma(-zi, zi, zr*zr + cr)", fused|order, func(p *point) number {
		return p.m.fma(p.zi.negated(), p.zi, p.m.add(p.rr(), p.cr))
	}),
	form("fma(-zi, zi, fma(zr, zr, cr))", fused|order, func(p *point) number {
		return p.m.fma(p.zi.negated(), p.zi, p.m.fma(p.zr, p.zr, p.cr))
	}),
	form("fma(zr, zr, cr) - zi*zi", fused|order, func(p *point) number {
		return p.m.sub(p.m.fma(p.zr, p.zr, p.cr), p.ii())
	}),
	form("zr*zr + fma(-zi, zi, cr)", fused|order, func(p *point) number {
		return p.m.add(p.rr(), p.m.fma(p.zi.negated(), p.zi, p.cr))
	}),
	form("fma(zr + zi, zr - zi, cr)", fused|order, func(p *point) number {
		return p.m.fma(p.m.add(p.zr, p.zi), p.m.sub(p.zr, p.zi), p.cr)
	}),
}

var juliaNorm = []change{
	{"|z|² = fma(zr, zr, zi*zi)", fused, false, func(w *Way) {
		w.julia.norm = func(p *point) number { return p.m.fma(p.zr, p.zr, p.ii()) }
	}},
	{"|z|² = fma(zi, zi, zr*zr)", fused, false, func(w *Way) {
		w.julia.norm = func(p *point) number { return p.m.fma(p.zi, p.zi, p.rr()) }
	}},
}

var juliaImaginary = []change{
	{"im = fma(2zr, zi, ci)", fused, false, func(w *Way) {
		w.julia.im = func(p *point) number { return p.m.fma(p.twice(), p.zi, p.ci) }
	}},
	{"im = (2zr)*zi + ci", order, true, func(w *Way) {
		w.julia.im = func(p *point) number { return p.m.add(p.m.mul(p.twice(), p.zi), p.ci) }
	}},
}

var juliaExtended = []change{
	{"both parts stored", x87, false, func(w *Way) {
		w.arithmetic.extended, w.julia.narrowRe, w.julia.narrowIm = true, true, true
	}},
	{"both parts kept in registers", x87, false, func(w *Way) { w.arithmetic.extended = true }},
	{"re stored, im kept in a register", x87, false, func(w *Way) {
		w.arithmetic.extended, w.julia.narrowRe = true, true
	}},
	{"re kept in a register, im stored", x87, false, func(w *Way) {
		w.arithmetic.extended, w.julia.narrowIm = true, true
	}},
}

func (w *Way) escapes(a *kernel.Julia) error {
	for k := a.Lo; k < a.Hi; k++ {
		z, c := a.Zs[k], a.Cs[k]
		a.Out[k] = w.escape(real(z), imag(z), real(c), imag(c), a.MaxIter)
	}
	return nil
}

func (w *Way) escapesSplit(a *kernel.JuliaSplit) error {
	for k := a.Lo; k < a.Hi; k++ {
		a.Out[k] = w.escape(a.Zr[k], a.Zi[k], a.Cr[k], a.Ci[k], a.MaxIter)
	}
	return nil
}

func (w *Way) escape(zr, zi, cr, ci float64, maxiter int32) int32 {
	re, norm, im := w.julia.re, w.julia.norm, w.julia.im
	if re == nil {
		re = realPart
	}
	if norm == nil {
		norm = squaredNorm
	}
	if im == nil {
		im = imaginaryPart
	}
	p := point{&w.arithmetic, load(zr), load(zi), load(cr), load(ci)}
	var i int32
	for i < maxiter && belowFour(norm(&p)) {
		zr, zi := re(&p), im(&p)
		if w.julia.narrowRe {
			zr = p.m.narrow(zr)
		}
		if w.julia.narrowIm {
			zi = p.m.narrow(zi)
		}
		p.zr, p.zi = zr, zi
		i++
	}
	return i
}

// belowFour reports whether x, which is not negative, is below 4.
func belowFour(x number) bool { return x.kind == zero || x.kind == finite && x.top() < 2 }
