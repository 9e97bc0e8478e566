// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Toll-trampoline writes typed calls into C that need neither cgo nor a C compiler, for a line such as
//
//	//go:generate go run toll/goside/cmd/toll-trampoline declared.go
//
// Package toll/goside/stubs says what declarations may have, and what their package must have beside them.
package main

import (
	"fmt"
	"os"

	"toll/goside/stubs"
)

const usage = `usage: toll-trampoline FILE.go

The file has "//go:build ignore" and, for each C function, a declaration without a body:

	func norm(f uintptr, p *float64, n int64) (r float64)

f is the function's address; what follows is its prototype. Beside the file are written zFILE.go, with these functions, and
zFILE_amd64.s and zFILE_arm64.s, which put the arguments where C wants them. Their package has, too:

	//go:noescape
	//go:linkname cgocall runtime.cgocall
	func cgocall(f uintptr, block unsafe.Pointer) int32

"go doc toll/goside/stubs" has the directives for callbacks, errno and variadic functions.
`

func main() {
	if len(os.Args) == 2 && (os.Args[1] == "-h" || os.Args[1] == "--help") {
		fmt.Print(usage)
		return
	}
	if len(os.Args) != 2 {
		fmt.Fprintf(os.Stderr, "toll-trampoline: found %d arguments, want a file of declarations\n%s", len(os.Args)-1, usage)
		os.Exit(2)
	}
	if _, err := stubs.Write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "toll-trampoline:", err)
		os.Exit(1)
	}
}
