// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

// Command cgo calls a linked C function, by cgo. calls.h and libs.h are symbolic links in this folder, for the same
// reason as in goside/via/cgo.
package main

/*
#cgo LDFLAGS: -L${SRCDIR}/../../../../build/lib -l:libtoll_calls.a -lpthread

#include "calls.h"
#include "libs.h"
*/
import "C"

import "toll/goside/via/start/steps"

var stamp = "none"

func main() {
	s := steps.Begin()
	s.Library() // not needed
	s.Calls(func(x int64) int64 { return int64(C.toll_calls_not(C.int64_t(x))) })
	s.End(stamp)
}
