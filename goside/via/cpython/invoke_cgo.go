// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

package cpython

/*
#include <stdint.h>

static int32_t invoke(uintptr_t f, uintptr_t a, uintptr_t b, int64_t n)
{
	return ((int32_t(*)(uintptr_t, uintptr_t, int64_t))f)(a, b, n);
}
*/
import "C"

// Crossing is how Go calls the library.
const Crossing = "cgo"

// invoke calls the C function at f with two addresses and a number. The caller guarantees that f takes these or fewer
// and returns an int32_t, and that the memory at the addresses stays until it returns.
func invoke(f, a, b uintptr, n int64) int32 {
	return int32(C.invoke(C.uintptr_t(f), C.uintptr_t(a), C.uintptr_t(b), C.int64_t(n)))
}
