// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package libffi is the crossing by libffi, which calls functions of any signature that is known only at run time. A
// signature is prepared once; each call passes an array of pointers to the arguments. It needs libffi's shared library,
// but no C compiler, and works with CGO_ENABLED=0: libffi itself is called by purego's SyscallN, as
// github.com/jupiterrider/ffi does, at the same cost. That package is not used because its init panics where libffi is
// not installed, which would end any program that has this crossing in it.
//
// Memory that C reaches through a pointer to a pointer must not move: all that the compiler sees pass into
// [function.call] is therefore on the heap, and lives until the call returns.
package libffi

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"

	"toll/goside/seam"
	"toll/goside/via/dl"
)

// File is libffi's shared library, by the name that its interface has had since release 3.4.
const File = "libffi.so.8"

// abis are the default calling conventions of ffitarget.h, by GOARCH.
var abis = map[string]uint32{"amd64": 2, "arm64": 1}

// typ is ffi_type.
type typ struct {
	size      uint64
	alignment uint16
	kind      uint16
	elements  **typ // of a struct, ending with nil
}

const (
	kindVoid   = 0
	kindFloat  = 2
	kindStruct = 13
)

// The types of scalars. libffi fills in what a struct's leave open.
var (
	void    = typ{1, 1, kindVoid, nil}
	float   = typ{4, 4, kindFloat, nil}
	double  = typ{8, 8, 3, nil}
	uint8s  = typ{1, 1, 5, nil}
	sint8   = typ{1, 1, 6, nil}
	uint16s = typ{2, 2, 7, nil}
	sint16  = typ{2, 2, 8, nil}
	uint32s = typ{4, 4, 9, nil}
	sint32  = typ{4, 4, 10, nil}
	uint64s = typ{8, 8, 11, nil}
	sint64  = typ{8, 8, 12, nil}
	pointer = typ{8, 8, 14, nil}
)

// structure returns the type of a struct with these fields.
func structure(fields ...*typ) *typ {
	fields = append(fields, nil)
	return &typ{kind: kindStruct, elements: &fields[0]}
}

// cif is ffi_cif, a signature that is prepared.
type cif struct {
	abi, arguments uint32
	types          **typ
	result         *typ
	bytes, flags   uint32
}

// library holds the addresses of libffi's functions.
type library struct {
	prepare, prepareVariadic, call, allocate, prepareClosure uintptr
}

// open opens libffi, once. Without it the error is ErrUnavailable.
var open = sync.OnceValues(func() (*library, error) { return openFile(File) })

func openFile(file string) (*library, error) {
	if abis[runtime.GOARCH] == 0 || runtime.GOOS != "linux" {
		return nil, fmt.Errorf("libffi: %w: on %s/%s, want linux on amd64 or arm64", seam.ErrUnavailable, runtime.GOOS, runtime.GOARCH)
	}
	handle, err := dl.Open(file, false)
	if err != nil {
		return nil, fmt.Errorf("libffi: %w: %s does not load, want Debian's libffi8: %w", seam.ErrUnavailable, file, err)
	}
	var l library
	for _, symbol := range []struct {
		name string
		to   *uintptr
	}{
		{"ffi_prep_cif", &l.prepare}, {"ffi_prep_cif_var", &l.prepareVariadic}, {"ffi_call", &l.call},
		{"ffi_closure_alloc", &l.allocate}, {"ffi_prep_closure_loc", &l.prepareClosure},
	} {
		if *symbol.to, err = dl.Symbol(handle, symbol.name); err != nil {
			return nil, fmt.Errorf("libffi: %s has no symbol %s, want it: %w", file, symbol.name, err)
		}
	}
	return &l, nil
}

// function is a C function with its signature.
type function struct {
	library *library
	address uintptr
	cif     cif
	types   []*typ // of the arguments; the cif points to them
}

// function prepares a function. The error names what libffi cannot pass.
func (l *library) function(name string, address uintptr, result *typ, arguments ...*typ) (*function, error) {
	f := &function{library: l, address: address, types: arguments}
	return f, f.prepare(name, result, func(c *cif, n int) uintptr {
		r, _, _ := purego.SyscallN(l.prepare, uintptr(unsafe.Pointer(c)), uintptr(abis[runtime.GOARCH]), uintptr(n),
			uintptr(unsafe.Pointer(result)), uintptr(unsafe.Pointer(unsafe.SliceData(arguments))))
		return r
	})
}

// variadic prepares a function of variable arguments behind the fixed ones.
func (l *library) variadic(name string, address uintptr, fixed int, result *typ, arguments ...*typ) (*function, error) {
	f := &function{library: l, address: address, types: arguments}
	for k, t := range arguments[fixed:] {
		// C widens both; libffi refuses them by the addresses of its own types, not by what these hold.
		if t.kind == kindFloat || t.kind != kindStruct && t.size < 4 {
			return f, refusal(name, fmt.Sprintf("argument %d", fixed+k+1), badArgument)
		}
	}
	return f, f.prepare(name, result, func(c *cif, n int) uintptr {
		r, _, _ := purego.SyscallN(l.prepareVariadic, uintptr(unsafe.Pointer(c)), uintptr(abis[runtime.GOARCH]), uintptr(min(fixed, n)),
			uintptr(n), uintptr(unsafe.Pointer(result)), uintptr(unsafe.Pointer(unsafe.SliceData(arguments))))
		return r
	})
}

// statuses are what libffi says of a signature, from ffi_status.
var statuses = map[uint32]string{1: "a wrong type", 2: "a wrong calling convention", badArgument: "a type that no variable argument has"}

const badArgument = 3

func refusal(name, what string, status uint32) error {
	said := statuses[status]
	if said == "" {
		said = fmt.Sprintf("status %d", status)
	}
	return fmt.Errorf("libffi: %s cannot be called by libffi: %s has %s, want one that libffi passes", name, what, said)
}

// prepare prepares the signature by try, which gives libffi the first n arguments. libffi does not say what it refuses: that is
// the first argument with which it does, or else the result.
func (f *function) prepare(name string, result *typ, try func(c *cif, n int) uintptr) error {
	status := uint32(try(&f.cif, len(f.types)))
	if status == 0 {
		return nil
	}
	what := "the result"
	for n := range len(f.types) {
		if try(new(cif), n) == 0 {
			what = fmt.Sprintf("argument %d", n+1)
		}
	}
	return refusal(name, what, status)
}

// call calls the function. result points to room for what it returns, of at least 8 bytes unless that is a float or a struct,
// since libffi widens integers. arguments point to the values.
func (f *function) call(result unsafe.Pointer, arguments ...unsafe.Pointer) {
	purego.SyscallN(f.library.call, uintptr(unsafe.Pointer(&f.cif)), f.address, uintptr(result),
		uintptr(unsafe.Pointer(unsafe.SliceData(arguments))))
}

// closureSize is enough for ffi_closure on the platforms of abis.
const closureSize = 64

// closure returns the address of a new C function with the signature of f, which calls handler with the signature, where to put the
// result, and an array of pointers to the arguments. It is never freed.
func (l *library) closure(f *function, handler uintptr) (uintptr, error) {
	var code uintptr
	closure, _, _ := purego.SyscallN(l.allocate, closureSize, uintptr(unsafe.Pointer(&code)))
	if closure == 0 {
		return 0, fmt.Errorf("libffi: %w: it has no memory for a closure, want some that may be executed", seam.ErrUnavailable)
	}
	if status, _, _ := purego.SyscallN(l.prepareClosure, closure, uintptr(unsafe.Pointer(&f.cif)), handler, 0, code); uint32(status) != 0 {
		return 0, refusal("a callback", "its signature", uint32(status))
	}
	return code, nil
}
