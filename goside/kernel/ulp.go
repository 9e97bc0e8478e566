// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import "math"

// ULPs returns how many float64 numbers lie between a and b, counting one of them. -0 and +0 are neighbours,
// so that they can be told apart. Neither may be NaN.
func ULPs(a, b float64) uint64 {
	return between(ascending(int64(math.Float64bits(a)), math.MinInt64), ascending(int64(math.Float64bits(b)), math.MinInt64))
}

// ULPs32 is [ULPs] of float32 numbers.
func ULPs32(a, b float32) uint64 {
	order := func(x float32) int64 { return ascending(int64(int32(math.Float32bits(x))), math.MinInt32) }
	return between(order(a), order(b))
}

// ascending shifts the bits of negative numbers below those of positive ones, so that they ascend as the numbers do.
func ascending(bits, least int64) int64 {
	if bits < 0 {
		return least - bits - 1
	}
	return bits
}

func between(p, q int64) uint64 {
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
