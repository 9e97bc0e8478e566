// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package libffi is the crossing by libffi, which calls functions of any signature that is known only at run time. A
// signature is prepared once, see [Prepare]; each call passes an array of pointers to the arguments. It needs libffi's
// shared library, but no C compiler, and works with CGO_ENABLED=0: libffi itself is called by purego's SyscallN, as
// github.com/jupiterrider/ffi does, at the same cost. That package is not used because its init panics where libffi is
// not installed, which would end any program that has this crossing in it.
//
// Memory that C reaches through a pointer to a pointer must not move: all that the compiler sees pass into
// [function.call] is therefore on the heap, and lives until the call returns.
//
// Others may import it: its API follows semantic versioning from Toll 1.0 on; until then CHANGELOG.md says what changes.
package libffi

import (
	"fmt"
	"runtime"
	"slices"
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

// typ is ffi_type, and what C does not see of it.
type typ struct {
	size      uint64
	alignment uint16
	kind      uint16
	elements  **typ // of a struct, ending with nil

	fields []*typ // the elements
}

const (
	kindVoid   = 0
	kindFloat  = 2
	kindStruct = 13
)

// The types of scalars. libffi fills in what a struct's leave open.
var (
	void    = typ{size: 1, alignment: 1, kind: kindVoid}
	float   = typ{size: 4, alignment: 4, kind: kindFloat}
	double  = typ{size: 8, alignment: 8, kind: 3}
	uint8s  = typ{size: 1, alignment: 1, kind: 5}
	sint8   = typ{size: 1, alignment: 1, kind: 6}
	uint16s = typ{size: 2, alignment: 2, kind: 7}
	sint16  = typ{size: 2, alignment: 2, kind: 8}
	uint32s = typ{size: 4, alignment: 4, kind: 9}
	sint32  = typ{size: 4, alignment: 4, kind: 10}
	uint64s = typ{size: 8, alignment: 8, kind: 11}
	sint64  = typ{size: 8, alignment: 8, kind: 12}
	pointer = typ{size: 8, alignment: 8, kind: 14}
)

// structure returns the type of a struct with these fields.
func structure(fields ...*typ) *typ {
	elements := append(slices.Clone(fields), nil)
	return &typ{kind: kindStruct, elements: &elements[0], fields: fields}
}

// hasValues reports whether there are values of the type. libffi does not always see that there are none.
func (t *typ) hasValues() bool {
	if t.kind != kindStruct {
		return t.kind != kindVoid
	}
	for _, field := range t.fields {
		if !field.hasValues() {
			return false
		}
	}
	return len(t.fields) > 0
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
	library   *library
	address   uintptr
	cif       cif
	arguments []*typ // the cif points to them, but where C has written that, the collector may not have seen it
	result    *typ
}

// function prepares a function for calls. The error names what libffi cannot pass.
func (l *library) function(name string, address uintptr, result *typ, arguments ...*typ) (*function, error) {
	f := &function{library: l, address: address, arguments: arguments, result: result}
	if err := f.check(name, len(arguments)); err != nil {
		return nil, err
	}
	status, _, _ := purego.SyscallN(l.prepare, uintptr(unsafe.Pointer(&f.cif)), uintptr(abis[runtime.GOARCH]), uintptr(len(arguments)),
		uintptr(unsafe.Pointer(result)), uintptr(unsafe.Pointer(unsafe.SliceData(arguments))))
	return f, refused(name, status)
}

// variadic prepares a function of variable arguments, which follow so many fixed ones.
func (l *library) variadic(name string, address uintptr, fixed int, result *typ, arguments ...*typ) (*function, error) {
	f := &function{library: l, address: address, arguments: arguments, result: result}
	if err := f.check(name, fixed); err != nil {
		return nil, err
	}
	status, _, _ := purego.SyscallN(l.prepareVariadic, uintptr(unsafe.Pointer(&f.cif)), uintptr(abis[runtime.GOARCH]), uintptr(fixed),
		uintptr(len(arguments)), uintptr(unsafe.Pointer(result)), uintptr(unsafe.Pointer(unsafe.SliceData(arguments))))
	return f, refused(name, status)
}

// check refuses what libffi passes wrongly, or refuses without saying which argument it is: a type without values, and variable
// arguments of types that C widens.
func (f *function) check(name string, fixed int) error {
	if f.result.kind != kindVoid && !f.result.hasValues() {
		return fmt.Errorf("libffi: %s cannot be called by libffi: its result is a struct without fields, want some", name)
	}
	for n, t := range f.arguments {
		switch {
		case !t.hasValues():
			return fmt.Errorf("libffi: %s cannot be called by libffi: argument %d is void or a struct without fields, want a value", name, n+1)
		case n >= fixed && (t.kind == kindFloat || t.kind != kindStruct && t.size < 4):
			return fmt.Errorf("libffi: %s cannot be called by libffi: argument %d, a variable one, has %d bytes, want a double or an integer of 4 or 8",
				name, n+1, t.size)
		}
	}
	return nil
}

// refused returns the error of an ffi_status other than FFI_OK.
func refused(name string, status uintptr) error {
	switch uint32(status) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("libffi: %s cannot be called by libffi: a type is wrong", name)
	case 2:
		return fmt.Errorf("libffi: %s cannot be called by libffi: the calling convention is wrong", name)
	}
	return fmt.Errorf("libffi: %s cannot be called by libffi: status %d, want 0", name, uint32(status))
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
	status, _, _ := purego.SyscallN(l.prepareClosure, closure, uintptr(unsafe.Pointer(&f.cif)), handler, 0, code)
	return code, refused("a callback", status)
}
