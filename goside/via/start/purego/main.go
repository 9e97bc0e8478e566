// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Command purego calls a C function of a library that it opens at run time, by purego. It is built with cgo
// and without.
package main

import (
	"github.com/ebitengine/purego"

	"toll/goside/via/start/steps"
)

var stamp = "none"

func main() {
	s := steps.Begin()
	path := s.Library()
	s.Start()
	handle, err := open(path)
	s.Done("dlopen")
	s.Fail(err)
	s.Start()
	symbol, err := lookup(handle, "toll_calls_not")
	s.Done("dlsym")
	s.Fail(err)
	var not func(x int64) int64 // as calls.h declares it
	s.Start()
	purego.RegisterFunc(&not, symbol)
	s.Done("register")
	s.Calls(not)
	s.End(stamp)
}
