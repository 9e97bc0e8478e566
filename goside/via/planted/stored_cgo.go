// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build planted && cgo

package main

// #include <stdlib.h>
import "C"

import "unsafe"

// stored leaves a pointer to Go's memory in C's.
func stored() {
	p := (**float64)(C.malloc(C.size_t(unsafe.Sizeof(uintptr(0)))))
	*p = new(float64)
	sink = p
}
