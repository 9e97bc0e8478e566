// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package libffi_test

import (
	"fmt"
	"unsafe"

	"toll/goside/via/dl"
	"toll/goside/via/libffi"
)

// A function of the C library is called by a signature that is put together at run time.
func ExamplePrepare() {
	library, err := dl.Open("libm.so.6", false)
	if err != nil {
		fmt.Println(err)
		return
	}
	address, err := dl.Symbol(library, "ldexp")
	if err != nil {
		fmt.Println(err)
		return
	}
	ldexp, err := libffi.Prepare("ldexp", address, libffi.Double, libffi.Double, libffi.Sint32)
	if err != nil {
		fmt.Println(err)
		return
	}
	x, exponent, result := 0.75, int32(4), 0.0
	ldexp.Call(unsafe.Pointer(&result), unsafe.Pointer(&x), unsafe.Pointer(&exponent))
	fmt.Println(result)
	// Output: 12
}
