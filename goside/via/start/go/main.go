// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Command go is the plain Go program that those which cross are compared with: it calls a Go function.
package main

import "toll/goside/via/start/steps"

var stamp = "none"

//go:noinline
func not(x int64) int64 { return ^x }

func main() {
	s := steps.Begin()
	s.Library() // which is not needed
	s.Calls(not)
	s.End(stamp)
}
