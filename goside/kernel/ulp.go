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
