// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package harness

import (
	"encoding/binary"
	"math"
)

// became says how many numbers became infinite, not a number or subnormal: "3 numbers became infinite". It says it of
// the first of these that is found. size is that of a number.
func became(before, after []byte, size int) string {
	counts := [4]int{}
	for at := 0; at+size <= min(len(before), len(after)); at += size {
		if c := class(after[at:at+size], size); c != usual && c != class(before[at:at+size], size) {
			counts[c]++
		}
	}
	for c, what := range [4]string{infinite: "infinite", nan: "not a number", subnormal: "subnormal"} {
		switch {
		case counts[c] == 1:
			return "1 number became " + what
		case counts[c] > 1:
			return count(counts[c], "", "numbers became "+what)
		}
	}
	return ""
}

const (
	usual = iota
	infinite
	nan
	subnormal
)

// class tells numbers of 4 or 8 bytes apart by their exponent.
func class(b []byte, size int) int {
	x, least := math.Abs(float64(math.Float32frombits(binary.NativeEndian.Uint32(b)))), 0x1p-126
	if size == 8 {
		x, least = math.Abs(math.Float64frombits(binary.NativeEndian.Uint64(b))), 0x1p-1022
	}
	switch {
	case math.IsInf(x, 0):
		return infinite
	case math.IsNaN(x):
		return nan
	case x != 0 && x < least:
		return subnormal
	}
	return usual
}
