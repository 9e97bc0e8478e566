// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package libffi

import (
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// Type is a type of C.
type Type struct{ of *typ }

// The types of numbers and pointers. A bool is a [Uint8].
var (
	Void    = Type{&void} // of a result only
	Sint8   = Type{&sint8}
	Sint16  = Type{&sint16}
	Sint32  = Type{&sint32}
	Sint64  = Type{&sint64}
	Uint8   = Type{&uint8s}
	Uint16  = Type{&uint16s}
	Uint32  = Type{&uint32s}
	Uint64  = Type{&uint64s}
	Float   = Type{&float}
	Double  = Type{&double}
	Pointer = Type{&pointer}
)

// Struct returns the type of a struct with these fields, by value, laid out as C does.
func Struct(fields ...Type) Type {
	all := make([]*typ, len(fields))
	for k, f := range fields {
		all[k] = f.of
	}
	return Type{structure(all...)}
}

// Array returns the type of an array of n elements, for a field: C passes an array of its own as a pointer.
func Array(n int, element Type) Type { return Type{structure(repeated(element.of, n)...)} }

// Function is a C function with its signature. It may be called from several goroutines at once.
type Function struct{ f *function }

// Prepare returns the function at an address, with the signature that the caller says it has. The name is for errors. Without
// libffi the error is seam.ErrUnavailable; a signature that libffi cannot pass is another.
//
// The library that has the function must stay loaded for as long as the function is called.
func Prepare(name string, address uintptr, result Type, arguments ...Type) (*Function, error) {
	l, err := open()
	if err != nil {
		return nil, err
	}
	all := make([]*typ, len(arguments))
	for k, a := range arguments {
		all[k] = a.of
	}
	f, err := l.function(name, address, result.of, all...)
	if err != nil {
		return nil, err
	}
	return &Function{f}, nil
}

// block is what a call passes to libffi. It is on the heap, where it does not move, and so is all that it points to.
type block struct {
	words     [4]uintptr // of ffi_call
	result    unsafe.Pointer
	arguments []unsafe.Pointer
}

var blocks = sync.Pool{New: func() any { return new(block) }}

// Call calls the function. The arguments point to the values, and result to room for what is returned: libffi widens an integer
// to 8 bytes; a void function's may be nil. C may write there until Call returns, and nothing is kept.
//
// Call itself allocates nothing once it was called. What is pointed to must not move: by passing it, Go's variables are moved
// to the heap. A loop that passes the same variables again allocates nothing, therefore.
func (f *Function) Call(result unsafe.Pointer, arguments ...unsafe.Pointer) {
	b := blocks.Get().(*block)
	b.result, b.arguments = result, append(b.arguments[:0], arguments...)
	b.words = [4]uintptr{uintptr(unsafe.Pointer(&f.f.cif)), f.f.address, uintptr(result), uintptr(unsafe.Pointer(unsafe.SliceData(b.arguments)))}
	purego.SyscallN(f.f.library.call, b.words[:]...)
	runtime.KeepAlive(f)
	b.result = nil
	clear(b.arguments)
	blocks.Put(b)
}
