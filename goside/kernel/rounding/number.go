// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package rounding

import (
	"math"
	"math/bits"
)

type kind uint8

const (
	zero kind = iota
	finite
	infinite
	nan
)

// number is a floating-point number of up to 64 significant bits. If it is finite, it is mant * 2^exp, the top bit of
// mant set.
type number struct {
	mant uint64
	exp  int
	kind kind
	neg  bool
}

// The exponents of a binary64's top bit, and its significant bits.
const (
	most, least = 1023, -1022
	double      = 53
)

// top is the exponent of x's top bit.
func (x number) top() int { return x.exp + 63 }

func (x number) negated() number {
	x.neg = !x.neg
	return x
}

func load(f float64) number {
	b := math.Float64bits(f)
	x := number{mant: b << 12 >> 12, neg: b>>63 != 0, kind: finite}
	switch e := int(b >> 52 & 0x7ff); {
	case e == 0x7ff && x.mant != 0:
		return number{kind: nan}
	case e == 0x7ff:
		return number{kind: infinite, neg: x.neg}
	case e != 0:
		x.mant |= 1 << 52
		x.exp = e - 1075
	case x.mant == 0:
		return number{neg: x.neg}
	default:
		x.exp = -1074
	}
	shift := bits.LeadingZeros64(x.mant)
	x.mant <<= shift
	x.exp -= shift
	return x
}

// whole returns n, which is not negative.
func whole(n int) number {
	if n == 0 {
		return number{}
	}
	shift := bits.LeadingZeros64(uint64(n))
	return number{mant: uint64(n) << shift, exp: -shift, kind: finite}
}

// float returns x, which is a binary64.
func (x number) float() float64 {
	var b uint64
	switch {
	case x.kind == nan:
		return math.NaN()
	case x.kind == infinite:
		b = 0x7ff << 52
	case x.kind == finite && x.top() < least:
		b = x.mant >> (-1074 - x.exp)
	case x.kind == finite:
		b = uint64(x.top()+1023)<<52 | x.mant<<1>>12
	}
	if x.neg {
		b |= 1 << 63
	}
	return math.Float64frombits(b)
}

// exact is the result of an operation before it is rounded: the 192 bits of w, of which the first has the exponent
// exp+63, and more behind them if sticky is set. The top bit of w is set, or all are zero.
type exact struct {
	w      [3]uint64
	exp    int
	neg    bool
	sticky bool
}

func product(x, y number) exact {
	hi, lo := bits.Mul64(x.mant, y.mant)
	e := exact{w: [3]uint64{hi, lo}, exp: x.exp + y.exp + 64, neg: x.neg != y.neg}
	e.normalize()
	return e
}

func quotient(x, y number) exact {
	e := exact{exp: x.exp - y.exp - 64, neg: x.neg != y.neg}
	rest, one := x.mant, uint64(0)
	if rest >= y.mant {
		rest, one = rest-y.mant, 1
	}
	e.w[0], rest = bits.Div64(rest, 0, y.mant)
	e.w[1], rest = bits.Div64(rest, 0, y.mant)
	e.sticky = rest != 0
	if one != 0 {
		e.halve(one)
	}
	return e
}

func (x number) exact() exact { return exact{w: [3]uint64{x.mant}, exp: x.exp, neg: x.neg} }

// sum returns a + b, which are products or numbers: not more than 128 bits each, so that where bits are lost in sticky
// the sum has at least 62 more than a number.
func sum(a, b exact) exact {
	if a.exp < b.exp || a.exp == b.exp && (a.w[0] < b.w[0] || a.w[0] == b.w[0] && a.w[1] < b.w[1]) {
		a, b = b, a
	}
	b.shift(a.exp - b.exp)
	var carry uint64
	if a.neg == b.neg {
		for k := 2; k >= 0; k-- {
			a.w[k], carry = bits.Add64(a.w[k], b.w[k], carry)
		}
		a.sticky = b.sticky
		if carry != 0 {
			a.halve(1)
		}
		return a
	}
	if b.sticky { // b is more than its 192 bits, so the difference is less by one, and more behind it
		a.sticky, carry = true, 1
	}
	for k := 2; k >= 0; k-- {
		a.w[k], carry = bits.Sub64(a.w[k], b.w[k], carry)
	}
	a.normalize()
	return a
}

// halve moves w one bit down, with above as its new top.
func (e *exact) halve(above uint64) {
	for k := range e.w {
		e.w[k], above = above<<63|e.w[k]>>1, e.w[k]&1
	}
	e.exp++
	e.sticky = e.sticky || above != 0
}

// shift moves w n bits down.
func (e *exact) shift(n int) {
	for ; n >= 64 && e.w != [3]uint64{}; n -= 64 {
		e.sticky = e.sticky || e.w[2] != 0
		e.w = [3]uint64{0, e.w[0], e.w[1]}
	}
	if n %= 64; n > 0 {
		e.sticky = e.sticky || e.w[2]<<(64-n) != 0
		e.w = [3]uint64{e.w[0] >> n, e.w[1]>>n | e.w[0]<<(64-n), e.w[2]>>n | e.w[1]<<(64-n)}
	}
}

// normalize moves w up until its top bit is set.
func (e *exact) normalize() {
	for k := 0; k < 2 && e.w[0] == 0; k++ {
		e.w = [3]uint64{e.w[1], e.w[2], 0}
		e.exp -= 64
	}
	if n := bits.LeadingZeros64(e.w[0]); n > 0 && n < 64 {
		e.w = [3]uint64{e.w[0]<<n | e.w[1]>>(64-n), e.w[1]<<n | e.w[2]>>(64-n), e.w[2] << n}
		e.exp -= n
	}
}

// rounded returns e rounded to so many significant bits, 0 to 64, to nearest and ties to even, whatever its exponent.
func (e *exact) rounded(significant int) number {
	drop := 64 - significant
	kept, rest, more := e.w[0], e.w[1], e.w[2] != 0 || e.sticky
	if drop > 0 {
		kept, rest, more = e.w[0]>>drop, e.w[0]<<(64-drop), e.w[1] != 0 || more
	}
	x := number{mant: kept, exp: e.exp + drop, kind: finite, neg: e.neg}
	const half = 1 << 63
	if rest > half || rest == half && (more || kept&1 != 0) {
		if x.mant++; x.mant == 0 { // all 64 bits were set
			return number{mant: half, exp: x.exp + 64 - 63, kind: finite, neg: e.neg}
		}
	}
	if x.mant == 0 {
		return number{neg: e.neg}
	}
	shift := bits.LeadingZeros64(x.mant)
	x.mant <<= shift
	x.exp -= shift
	return x
}

// arithmetic is how a processor rounds. Its zero value is IEEE 754's binary64.
type arithmetic struct {
	extended bool // to 64 significant bits with a wider exponent, as the x87
	operands bool // a subnormal operand counts as zero
	results  bool // a subnormal result becomes zero
	early    bool // with results: one that is subnormal before it is rounded, as on arm64; else after, as on x86-64
}

func (m *arithmetic) round(e exact) number {
	if e.w[0] == 0 {
		return number{} // of x - x; a result without bits before its sticky ones does not occur
	}
	if m.extended {
		return e.rounded(64)
	}
	if !m.results {
		return binary64(e)
	}
	top := e.exp + 63
	if !m.early {
		unbounded := e.rounded(double)
		top = unbounded.top()
	}
	if top < least {
		return number{neg: e.neg}
	}
	return binary64(e)
}

func binary64(e exact) number {
	significant := double
	if below := least - (e.exp + 63); below > 0 {
		significant -= below
	}
	if significant < 0 {
		return number{neg: e.neg}
	}
	x := e.rounded(significant)
	if x.kind == finite && x.top() > most {
		return number{kind: infinite, neg: x.neg}
	}
	return x
}

// narrow rounds x to binary64, as a store does.
func (m *arithmetic) narrow(x number) number {
	if m.extended && x.kind == finite {
		return binary64(x.exact())
	}
	return x
}

func (m *arithmetic) operand(x number) number {
	if m.operands && x.kind == finite && x.top() < least {
		return number{neg: x.neg}
	}
	return x
}

func (m *arithmetic) add(x, y number) number {
	x, y = m.operand(x), m.operand(y)
	switch {
	case x.kind == nan, y.kind == nan, x.kind == infinite && y.kind == infinite && x.neg != y.neg:
		return number{kind: nan}
	case x.kind == infinite:
		return x
	case y.kind == infinite:
		return y
	case x.kind == zero && y.kind == zero:
		return number{neg: x.neg && y.neg}
	case x.kind == zero:
		return m.round(y.exact())
	case y.kind == zero:
		return m.round(x.exact())
	}
	return m.round(sum(x.exact(), y.exact()))
}

func (m *arithmetic) sub(x, y number) number { return m.add(x, y.negated()) }

func (m *arithmetic) mul(x, y number) number {
	x, y = m.operand(x), m.operand(y)
	if x.kind == finite && y.kind == finite {
		return m.round(product(x, y))
	}
	return special(x, y)
}

// special returns x * y, of which one is not finite or is zero.
func special(x, y number) number {
	switch low, high := min(x.kind, y.kind), max(x.kind, y.kind); {
	case high == nan, high == infinite && low == zero:
		return number{kind: nan}
	case high == infinite:
		return number{kind: infinite, neg: x.neg != y.neg}
	}
	return number{neg: x.neg != y.neg}
}

func (m *arithmetic) div(x, y number) number {
	x, y = m.operand(x), m.operand(y)
	switch {
	case x.kind == nan, y.kind == nan, x.kind == y.kind && x.kind != finite:
		return number{kind: nan}
	case x.kind == infinite, y.kind == zero:
		return number{kind: infinite, neg: x.neg != y.neg}
	case x.kind == zero, y.kind == infinite:
		return number{neg: x.neg != y.neg}
	}
	return m.round(quotient(x, y))
}

// fma returns x*y + z, rounded once.
func (m *arithmetic) fma(x, y, z number) number {
	x, y, z = m.operand(x), m.operand(y), m.operand(z)
	switch {
	case x.kind != finite || y.kind != finite:
		return m.add(special(x, y), z)
	case z.kind == zero:
		return m.round(product(x, y))
	case z.kind != finite:
		return z
	}
	return m.round(sum(product(x, y), z.exact()))
}
