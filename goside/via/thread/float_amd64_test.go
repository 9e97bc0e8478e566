// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package thread

import "testing"

// TestControl: a mode of rounding is one of both units, SSE's and the x87's, whose words have it at different bits.
func TestControl(t *testing.T) {
	for bits, f := range map[uint64]Float{0: 0, 1: Downward, 2: Upward, 3: TowardZero} {
		word := toControl(f)
		if sse, fpu := word>>13&3, word>>(32+10)&3; sse != bits || fpu != bits {
			t.Errorf("%v: SSE rounds by %d and the x87 by %d, want %d", f, sse, fpu, bits)
		}
	}
}
