// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !cgo

package cpython

import "github.com/ebitengine/purego"

// Crossing is how Go calls the library.
const Crossing = "syscalln"

// invoke calls the C function at f with two addresses and a number. The caller guarantees that f takes these or fewer
// and returns an int32_t, and that the memory at the addresses stays until it returns.
func invoke(f, a, b uintptr, n int64) int32 {
	r, _, _ := purego.SyscallN(f, a, b, uintptr(n))
	return int32(r)
}
