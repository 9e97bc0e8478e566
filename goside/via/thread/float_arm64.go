// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package thread

// A control word is FPCR.

const flags = 0x9f00 // bits that trap exceptions

// FromControl returns the environment that a control word stands for.
func FromControl(word uint64) (f Float) {
	if word>>24&1 != 0 { // FZ covers operands, too
		f |= FlushToZero | DenormalsAreZero
	}
	f |= [...]Float{0, Upward, Downward, TowardZero}[word>>22&3]
	if word&flags != 0 {
		f |= Traps
	}
	if f == 0 && word != 0 {
		f = Other
	}
	return f
}

func toControl(f Float) (word uint64) {
	if f&(FlushToZero|DenormalsAreZero) != 0 {
		word |= 1 << 24
	}
	for rounding, bit := range [...]Float{1: Upward, 2: Downward, 3: TowardZero} {
		if f&bit != 0 {
			word |= uint64(rounding) << 22
		}
	}
	if f&Traps != 0 { // division by zero
		word |= 1 << 9
	}
	return word
}

func control() uint64

func setControl(word uint64)
