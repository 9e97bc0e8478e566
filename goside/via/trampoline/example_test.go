// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build linux && (amd64 || arm64)

package trampoline

import (
	"fmt"

	"toll/goside/via/dl"
)

// A package of yours declares the prototypes that it calls, in a file that no build takes:
//
//	//go:build ignore
//
//	package yours
//
//	func callAdd(f uintptr, x, y float64) (r float64)
//	func callTextLength(f uintptr, s *byte) (r int64)
//
// and "go run toll/goside/cmd/toll-trampoline declared.go" makes Go and assembly of it. These two declarations are this package's
// own, for calls.h. A stub is of a prototype, not of a function: the C libraries have others of the same prototypes.
func Example() {
	libm, err := dl.Open("libm.so.6", false)
	if err != nil {
		fmt.Println(err)
		return
	}
	hypot, err := dl.Symbol(libm, "hypot")
	if err != nil {
		fmt.Println(err)
		return
	}
	libc, err := dl.Open("libc.so.6", false)
	if err != nil {
		fmt.Println(err)
		return
	}
	strlen, err := dl.Symbol(libc, "strlen")
	if err != nil {
		fmt.Println(err)
		return
	}
	text := []byte("trampoline\x00")
	fmt.Println(callAdd(hypot, 3, 4))
	fmt.Println(callTextLength(strlen, &text[0]))
	// Output:
	// 5
	// 10
}
