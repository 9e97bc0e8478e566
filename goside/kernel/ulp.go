// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import "math"

// ULPs returns how many float64 numbers lie between a and b, counting one of them. -0 and +0 are neighbours,
// so that they can be told apart. Neither may be NaN.
func ULPs(a, b float64) uint64 {
	// Shifting the negative numbers below the positive ones makes the bits of all of them ascend in order.
	order := func(x float64) int64 {
		bits := int64(math.Float64bits(x))
		if bits < 0 {
			return math.MinInt64 - bits - 1
		}
		return bits
	}
	p, q := order(a), order(b)
	if p < q {
		p, q = q, p
	}
	return uint64(p) - uint64(q)
}

// Apart returns how many ULPs each element of a lies from that of b, which is as long: 0 if their bits are equal or both
// are NaN, since NaNs may have any sign and payload, and math.MaxUint64 if just one of them is.
func Apart(a, b []float64) []uint64 {
	all := make([]uint64, len(a))
	for k, x := range a {
		switch y := b[k]; {
		case math.IsNaN(x) && math.IsNaN(y):
		case math.IsNaN(x) || math.IsNaN(y):
			all[k] = math.MaxUint64
		default:
			all[k] = ULPs(x, y)
		}
	}
	return all
}
