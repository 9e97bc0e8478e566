// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package thread

import (
	"math"
	"strings"
)

// Float is the difference of a floating-point environment from the one that toll.h asks for. It is 0 if numbers are
// rounded to nearest, subnormals are kept, and no exception is trapped.
type Float uint

// The bits of a Float.
const (
	FlushToZero      Float = 1 << iota // a subnormal result becomes zero
	DenormalsAreZero                   // a subnormal operand counts as zero
	Upward
	Downward
	TowardZero
	Traps // an exception, such as a division by zero, is a signal
	Other // any other difference
)

func (f Float) String() string {
	if f == 0 {
		return "rounds to nearest and keeps subnormals"
	}
	var all []string
	for _, bit := range []struct {
		f    Float
		says string
	}{
		{FlushToZero, "flushes subnormal results to zero"},
		{DenormalsAreZero, "takes subnormal operands for zero"},
		{Upward, "rounds upward"},
		{Downward, "rounds downward"},
		{TowardZero, "rounds toward zero"},
		{Traps, "traps exceptions"},
		{Other, "differs from the default"},
	} {
		if f&bit.f != 0 {
			all = append(all, bit.says)
		}
	}
	return strings.Join(all, ", ")
}

// Now returns the thread's environment, from its control word and from arithmetic.
func Now() Float { return FromControl(control()) | byConstants() }

// SetFloat sets the thread's environment, to see the effect of another one. It does nothing if the processor cannot, or
// if this package does not know how.
func SetFloat(f Float) { setControl(toControl(f)) }

// byConstants tests the environment by arithmetic with known results. Operands are made from integers, so neither
// compiler nor processor has computed them. It cannot see traps.
func byConstants() (f Float) {
	for _, c := range [...]struct {
		x, y, want uint64 // x * y is to be want
		f          Float
	}{
		{0x0010_0000_0000_0000, 0x3fe0_0000_0000_0000, 0x0008_0000_0000_0000, FlushToZero},      // 2^-1022 * 0.5 = 2^-1023
		{0x0008_0000_0000_0000, 0x4330_0000_0000_0000, 0x0340_0000_0000_0000, DenormalsAreZero}, // 2^-1023 * 2^52 = 2^-971
	} {
		if math.Float64bits(product(math.Float64frombits(c.x), math.Float64frombits(c.y))) != c.want {
			f |= c.f
		}
	}
	const one, half, more = 0x3ff0_0000_0000_0000, 0x3ca0_0000_0000_0000, 0x3ca8_0000_0000_0000 // 1, 2^-53 and 1.5 * 2^-53
	const minus = 1 << 63
	add := func(x, y uint64) uint64 {
		return math.Float64bits(sum(math.Float64frombits(x), math.Float64frombits(y)))
	}
	switch {
	case add(one, half) != one: // ties go to even
		f |= Upward
	case add(one, more) == one+1:
	case add(one|minus, more|minus) == one|minus:
		f |= TowardZero
	default:
		f |= Downward
	}
	return f
}

//go:noinline
func product(x, y float64) float64 { return float64(x * y) }

//go:noinline
func sum(x, y float64) float64 { return x + y }
