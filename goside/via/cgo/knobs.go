// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

package cgo

/*
#cgo LDFLAGS: -ldl

#include <dlfcn.h>
#include <stdlib.h>
#include "knobs.h"
#include "libs.h"
*/
import "C"

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	include "toll/csrc/include"
	"toll/goside/calls"
	"toll/goside/seam"
	"toll/goside/via/thread"
)

// What knobs pass: so many numbers, or so many structs.
const knobElements, knobStructs = 8, 64

//go:generate go run toll/goside/internal/generate knobs.go.tmpl

// knobLoops are the loops under one choice of directives. Each returns the sum of what its calls returned.
//
// p points to knobElements numbers, of which the first is calls.First, and s to a struct with such a pointer. The
// caller keeps them alive and, where they lie in Go's memory, what s points to pinned.
type knobLoops struct {
	directives string
	noop       func(n int)
	noopAt     func(f *C.knob_noop_fn, n int)
	first      func(p *C.double, n int) C.double
	firstAt    func(f *C.knob_first_fn, p *C.double, n int) C.double
	firstStack func(n int) C.double              // of an array that is a local variable
	firstEach  func(p *C.double, n int) C.double // pinned for each call, by a Pinner made once
	firstNew   func(p *C.double, n int) C.double // by one made for each call
	strct      func(s *C.knob_slice, n int) C.double
	structLoc  func(p *C.double, n int) C.double // of a struct that is a local variable
	structEach func(s *C.knob_slice, n int) C.double
	structNew  func(s *C.knob_slice, n int) C.double
}

// Knobs returns the loops of calls by cgo: each choice of directives with each place where memory can lie; and
// the ways to find the function, with each choice of directives.
//
// Without the shared library, those of dlopen are left out, with an error that is seam.ErrUnavailable.
func Knobs() ([]calls.Knob, error) {
	static := knobAddresses{"pointer", (*C.knob_noop_fn)(C.toll_calls_noop), (*C.knob_first_fn)(C.toll_calls_first)}
	addresses := []knobAddresses{static}
	opened, err := openKnobs()
	if err == nil {
		addresses = append(addresses, opened)
	}

	inGo, inC := make([]C.double, knobElements), knobsInC()
	inGo[0] = calls.First
	p := &inGo[0]
	inC.numbers[0] = calls.First
	s := &C.knob_slice{p: p, n: knobElements}
	structs := make([]C.knob_slice, knobStructs)
	for k := range structs {
		structs[k] = *s
	}
	// pinned runs a loop that passes s, or another struct, with what it points to pinned.
	pinned := func(loop func() C.double) C.double {
		var pinner runtime.Pinner
		pinner.Pin(p)
		defer pinner.Unpin()
		return loop()
	}

	var knobs []calls.Knob
	add := func(kernel, directives, memory, thread, symbol string, elements int, loop func(n int) C.double) {
		knobs = append(knobs, calls.Knob{
			Kernel: kernel, Via: "cgo", Directives: directives, Memory: memory, Thread: thread, Symbol: symbol, N: elements,
			Run: func(n int) error { return calls.CheckFirst(float64(loop(n)), n) },
		})
	}
	addNoop := func(directives, thread, symbol string, loop func(n int)) {
		knobs = append(knobs, calls.Knob{
			Kernel: "noop", Via: "cgo", Directives: directives, Memory: "none", Thread: thread, Symbol: symbol, N: 1,
			Run: func(n int) error { loop(n); return nil },
		})
	}
	for _, l := range knobChoices() {
		addNoop(l.directives, "free", "static", l.noop)
		of := func(kernel, memory string, loop func(n int) C.double) {
			add(kernel, l.directives, memory, "free", "static", knobElements, loop)
		}
		of("first", "go-heap", func(n int) C.double { return l.first(p, n) })
		of("first", "c-heap", func(n int) C.double { return l.first(&inC.numbers[0], n) })
		of("first", "stack", l.firstStack)
		of("first", "pinned-once", func(n int) C.double { return pinned(func() C.double { return l.first(p, n) }) })
		of("first", "pinned-each", func(n int) C.double { return l.firstEach(p, n) })
		of("first", "pinned-new", func(n int) C.double { return l.firstNew(p, n) })
		of("struct", "pinned-once", func(n int) C.double { return pinned(func() C.double { return l.strct(s, n) }) })
		of("struct", "pinned-each", func(n int) C.double { return l.structEach(s, n) })
		of("struct", "pinned-new", func(n int) C.double { return l.structNew(s, n) })
		of("struct", "c-heap", func(n int) C.double { return l.strct(&inC.slice, n) })
		of("struct", "stack", func(n int) C.double { return pinned(func() C.double { return l.structLoc(p, n) }) })
		for _, a := range addresses {
			addNoop(l.directives, "free", a.symbol, func(n int) { l.noopAt(a.noop, n) })
			add("first", l.directives, "go-heap", "free", a.symbol, knobElements,
				func(n int) C.double { return l.firstAt(a.first, p, n) })
		}
	}
	addNoop("none", "each", "static", func(n int) {
		for range n {
			runtime.LockOSThread()
			C.knob_noop_none()
			runtime.UnlockOSThread()
		}
	})
	// C reads the knobElements numbers at p. cgo cannot know what a void * points to, and has it looked up.
	add("first-void", "none", "go-heap", "free", "static", knobElements, func(n int) C.double {
		var sum C.double
		for range n {
			sum += C.knob_void(unsafe.Pointer(p), knobElements)
		}
		return sum
	})
	// cgo checks the whole slice that an element is passed from.
	add("structs", "none", "pinned-once", "free", "static", knobStructs, func(n int) C.double {
		return pinned(func() C.double {
			var sum C.double
			for range n {
				sum += C.knob_structs(&structs[0], knobStructs)
			}
			return sum
		})
	})
	return knobs, err
}

// knobMemory is what knobs pass, in C's memory.
type knobMemory struct {
	numbers [knobElements]C.double
	slice   C.knob_slice // points to numbers
}

// knobsInC returns memory of C's, zeroed. It is made once and never freed.
var knobsInC = sync.OnceValue(func() *knobMemory {
	m := (*knobMemory)(C.calloc(1, C.size_t(unsafe.Sizeof(knobMemory{})))) // so many bytes, aligned for any type, or nil
	if m == nil {
		panic("cgo: no memory for the knobs")
	}
	m.slice = C.knob_slice{p: &m.numbers[0], n: knobElements} // from C's memory into the same
	return m
})

// knobAddresses are the functions' addresses, to be called through a pointer.
type knobAddresses struct {
	symbol string
	noop   *C.knob_noop_fn
	first  *C.knob_first_fn
}

// openKnobs returns the addresses that dlsym gives. The library stays open.
func openKnobs() (knobAddresses, error) {
	const file = "libtoll_calls.so"
	path, err := seam.FindLibrary(file)
	if err != nil {
		return knobAddresses{}, fmt.Errorf("cgo: %w", err)
	}
	runtime.LockOSThread() // dlerror is of the thread that dlopen and dlsym were called from
	defer runtime.UnlockOSThread()
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name)) // which CString took from malloc
	var library unsafe.Pointer
	thread.Opening(file, func() { library = C.dlopen(name, C.RTLD_NOW|C.RTLD_LOCAL) })
	if library == nil {
		return knobAddresses{}, fmt.Errorf("cgo: %w: %s does not load: %s", seam.ErrUnavailable, file, C.GoString(C.dlerror()))
	}
	lookup := func(name string) unsafe.Pointer {
		symbol := C.CString(name)
		defer C.free(unsafe.Pointer(symbol)) // as above
		address := C.dlsym(library, symbol)
		if address == nil && err == nil {
			err = fmt.Errorf("cgo: %s has no symbol %s, want it: run %s", file, name, seam.Mend)
		}
		return address
	}
	// calls.h, of which the hash is checked, gives the functions at these addresses the prototypes of the types.
	hash := (*C.knob_hash_fn)(lookup("toll_calls_header_hash"))
	a := knobAddresses{"dlopen", (*C.knob_noop_fn)(lookup("toll_calls_noop")), (*C.knob_first_fn)(lookup("toll_calls_first"))}
	if err != nil {
		return knobAddresses{}, err
	}
	if found, want := uint64(C.knob_hash(hash)), include.CallsHash(); found != want {
		return knobAddresses{}, fmt.Errorf("cgo: %s has header hash %016x, want %016x, that of calls.h: run %s", file, found, want, seam.Mend)
	}
	return a, nil
}
