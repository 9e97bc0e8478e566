// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package thread

// A control word is MXCSR (SSE and AVX) and, 32 bits higher, the x87's, which the C library's rounding functions read.

const (
	mxcsr, mxcsrUsed = 0x1f80, 0xffc0 // the default, and all bits but the flags
	x87, x87Used     = 0x037f, 0x0f3f
)

// FromControl returns the environment that a control word stands for.
func FromControl(word uint64) (f Float) {
	sse, fpu := uint32(word), uint16(word>>32)
	if sse>>15&1 != 0 {
		f |= FlushToZero
	}
	if sse>>6&1 != 0 {
		f |= DenormalsAreZero
	}
	for _, rounding := range []uint32{sse >> 13 & 3, uint32(fpu) >> 10 & 3} {
		f |= [...]Float{0, Downward, Upward, TowardZero}[rounding]
	}
	if ^sse&0x1f80 != 0 || ^fpu&0x3f != 0 {
		f |= Traps
	}
	if f == 0 && (sse&mxcsrUsed != mxcsr || fpu&x87Used != x87&x87Used) {
		f = Other // the x87's precision
	}
	return f
}

func toControl(f Float) uint64 {
	sse, fpu := uint64(mxcsr), uint64(x87)
	if f&FlushToZero != 0 {
		sse |= 1 << 15
	}
	if f&DenormalsAreZero != 0 {
		sse |= 1 << 6
	}
	for rounding, bit := range [...]Float{1: Downward, 2: Upward, 3: TowardZero} {
		if f&bit != 0 {
			sse |= uint64(rounding) << 13
			fpu |= uint64(rounding) << 10
		}
	}
	if f&Traps != 0 { // division by zero
		sse &^= 1 << 9
		fpu &^= 1 << 2
	}
	return sse | fpu<<32
}

func control() uint64 {
	sse, fpu := read()
	return uint64(sse) | uint64(fpu)<<32
}

func setControl(word uint64) { write(uint32(word), uint16(word>>32)) }

func read() (sse uint32, fpu uint16)

func write(sse uint32, fpu uint16)
