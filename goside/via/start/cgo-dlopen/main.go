// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

// Command cgo-dlopen calls a C function of a library that it opens at run time, by cgo.
package main

/*
#cgo LDFLAGS: -ldl

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

static int64_t call(void *f, int64_t x) { return ((int64_t (*)(int64_t))f)(x); }
*/
import "C"

import (
	"errors"
	"runtime"
	"unsafe"

	"toll/goside/via/start/steps"
)

var stamp = "none"

func main() {
	s := steps.Begin()
	path, name := C.CString(s.Library()), C.CString("toll_calls_not")
	// Both come from C's malloc and are not used afterwards.
	defer C.free(unsafe.Pointer(path))
	defer C.free(unsafe.Pointer(name))

	runtime.LockOSThread() // dlerror belongs to the thread that called dlopen and dlsym
	s.Start()
	handle := C.dlopen(path, C.RTLD_NOW|C.RTLD_LOCAL)
	s.Done("dlopen")
	if handle == nil {
		s.Fail(errors.New(C.GoString(C.dlerror())))
	}
	s.Start()
	function := C.dlsym(handle, name)
	s.Done("dlsym")
	if function == nil {
		s.Fail(errors.New(C.GoString(C.dlerror())))
	}
	runtime.UnlockOSThread()
	// The library stays open, so the function stays; calls.h declares it as call casts it.
	s.Calls(func(x int64) int64 { return int64(C.call(function, C.int64_t(x))) })
	s.End(stamp)
}
