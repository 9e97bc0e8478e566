// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package stubs writes typed calls into C, without cgo. A file of Go declarations names them:
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
// What C cannot have is refused, by the names of the function and the parameter. See [Generate] for what the package of the
// declarations has beside them.
//
// Others may import it: its API follows semantic versioning from Toll 1.0 on; until then CHANGELOG.md says what changes.
package stubs

import (
	"os"
	"path/filepath"
)

// Generate returns the files that declarations make, by their names: z<stem>.go and z<stem>_<architecture>.s. The name
// is that of the declarations' file, <stem>.go.
//
// Types that the file declares are copied, and so is a comment at its begin, such as a licence. Imported packages are
// read as source.
//
// The package of the declarations has what the written code calls:
//
//	//go:noescape
//	//go:linkname cgocall runtime.cgocall
//	func cgocall(f uintptr, block unsafe.Pointer) int32
//
// and, for //toll:callback, cgocallEscaping, which is the same without go:noescape; for //toll:errno, the variable
// errnoLocation, the address of the C library's __errno_location. See goside/via/trampoline.
func Generate(name string, declarations []byte) (map[string][]byte, error) {
	f, err := parse(name, declarations)
	if err != nil {
		return nil, err
	}
	return f.write(filepath.Base(name))
}

// Write writes, beside a file of declarations, what these make, and returns the paths. If it refuses something, it writes
// nothing.
func Write(path string) ([]string, error) {
	declarations, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	files, err := Generate(path, declarations)
	if err != nil {
		return nil, err
	}
	var written []string
	for name, text := range files {
		to := filepath.Join(filepath.Dir(path), name)
		if err := os.WriteFile(to, text, 0o666); err != nil {
			return written, err
		}
		written = append(written, to)
	}
	return written, nil
}
