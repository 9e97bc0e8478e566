// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Command go calls a Go function: the plain program with which the others are compared.
package main

import "toll/goside/via/start/steps"

var stamp = "none"

//go:noinline
func not(x int64) int64 { return ^x }

func main() {
	s := steps.Begin()
	s.Library() // not needed
	s.Calls(not)
	s.End(stamp)
}
