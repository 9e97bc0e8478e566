// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Stubs writes typed calls into C, without cgo. A file of Go declarations names them:
//
//	//toll:errno
//	func open(f uintptr, path *byte, flags int32) (fd int32, errno syscall.Errno)
//
// f is the address of a C function; the other parameters and the first result are its prototype. For each
// declaration it writes a Go function, which puts the arguments into a block, and assembly, which puts them from
// there into the registers and onto the stack where C wants them: by the System V rules on amd64, by AAPCS64 on arm64.
// The block lies on the goroutine's stack. Directives, a line each before the declaration:
//
//	//toll:callback   C may call Go back: Go may then move the stack, so the block comes from a pool
//	//toll:errno      the last result is what C left in errno
//	//toll:variadic K the first K parameters of C are named, the rest are variadic
//	//toll:leaf       no scheduler is told: the world cannot stop during the call; amd64 only
//	//toll:entry      the function is Go's, without f; C calls it by the address <name>Entry
//
// The file <name>.go, which has the constraint ignore, makes z<name>.go and z<name>_<architecture>.s. Its package has
// the functions cgocall and cgocallEscaping and the variable errnoLocation: see goside/via/trampoline. Stubs refuses a
// type that C cannot have, and names the function and the parameter.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintf(os.Stderr, "stubs: found %d arguments, want a file of declarations\n", len(os.Args)-1)
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "stubs:", err)
		os.Exit(1)
	}
}

func write(path string) error {
	files, err := generate(path)
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o666); err != nil {
			return err
		}
	}
	return nil
}
