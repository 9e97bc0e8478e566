// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package program writes and builds the Go program that calls a user's functions: one package a crossing, each a call as a
// user would write it, over package harness. Programs are kept, by a hash of what is in them, and built once.
//
// The program is a module of its own in a workspace with Toll's and, for a Go function to compare with, the user's.
package program

import (
	"context"
	"fmt"

	"toll/goside/try/prototype"
)

// Options say what is built.
type Options struct {
	Root      string // Toll's source tree
	Cache     string // folder of programs
	Functions []*prototype.Function
	GoPackage string // folder of a Go package that has functions of the same names; "": none
	NoCgo     bool   // build without cgo, even if there is a C compiler
}

// Crossing is one of a program, or one that it lacks.
type Crossing struct {
	Name    string            // "cgo", "purego", "syscalln", "libffi", "trampoline", "direct" (the Go function)
	Missing map[string]string // by function: why the crossing cannot pass it
	Left    string            // why the whole crossing was left out: "there is no C compiler"
}

// Program is one that is built.
type Program struct {
	File      string // the executable
	Dir       string // of its sources
	Crossings []Crossing
	Cgo       bool
}

// Build writes and builds a program, or finds it built.
func Build(ctx context.Context, o Options) (*Program, error) {
	return nil, fmt.Errorf("program: not implemented")
}
