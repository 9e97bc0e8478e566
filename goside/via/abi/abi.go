// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package abi reads the table that a native library exports: the Go mirror of toll_table in csrc/include/toll.h, field
// for field. Every crossing that loads a library uses it, so all refuse a library of another interface alike.
package abi

import (
	"fmt"
	"math"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	include "toll/csrc/include"
	"toll/goside/kernel"
	"toll/goside/level"
	"toll/goside/seam"
)

// Version is the interface version that this program was written for, TOLL_ABI_VERSION.
const Version = 4

// Table mirrors toll_table. The functions are addresses of C functions.
type Table struct {
	Version    uint32
	Size       uint32
	HeaderHash uint64
	language   *byte
	compiler   *byte
	flags      *byte
	Slots
}

// Slots are the functions of a table, in order. A kernel that the language does not offer is 0.
type Slots struct {
	CallNoop         uintptr
	CallNot          uintptr
	CallAdd          uintptr
	CallSum          uintptr
	DiffusionStepRow uintptr
	DiffusionStepCol uintptr
	DiffusionRunRow  uintptr
	DiffusionRunCol  uintptr
	Julia            uintptr
	OLSRow           uintptr
	OLSCol           uintptr

	DiffusionRunRowInterchanged uintptr
	DiffusionRunColInterchanged uintptr
	JuliaSplit                  uintptr
	OLSRowInterchanged          uintptr
	OLSColInterchanged          uintptr
	Transpose                   uintptr
	TransposeNaive              uintptr
	Team                        uintptr
}

// A change of either size must come with one of toll.h and of the other mirrors.
const (
	_ = uint(unsafe.Sizeof(Table{}) - 192)
	_ = uint(192 - unsafe.Sizeof(Table{}))
)

// Symbol returns the name of the function that returns a language's table.
func Symbol(lang string) string { return "toll_" + strings.ReplaceAll(lang, "-", "_") + "_table" }

// Read checks the table at p and returns it. source names the library in errors.
//
// The caller guarantees that p is what a library's table function returned, so that at least the head
// (version, size, hash) is there, and that the library stays loaded.
func Read(p unsafe.Pointer, lang, source string) (*Table, seam.Build, error) {
	t := (*Table)(p)
	refuse := func(what string, found, want any) error {
		return fmt.Errorf("abi: %s has %s %v, want %v: run %s", source, what, found, want, seam.Mend)
	}
	switch want := uint32(unsafe.Sizeof(Table{})); {
	case t == nil && level.CheckForced() != nil:
		return nil, seam.Build{}, fmt.Errorf("abi: %w", level.CheckForced())
	case t == nil && level.Lacking(lang) != "":
		return nil, seam.Build{}, fmt.Errorf("abi: %w: %s", seam.ErrUnavailable, level.Lacking(lang))
	case t == nil:
		return nil, seam.Build{}, refuse("table", "NULL", "one")
	case t.Version != Version:
		return nil, seam.Build{}, refuse("interface version", t.Version, Version)
	case t.Size != want:
		return nil, seam.Build{}, refuse("table size", t.Size, want)
	case t.HeaderHash != include.Hash():
		return nil, seam.Build{}, refuse("header hash", fmt.Sprintf("%016x", t.HeaderHash), fmt.Sprintf("%016x, that of toll.h", include.Hash()))
	}
	if found := unix.BytePtrToString(t.language); found != lang {
		return nil, seam.Build{}, refuse("language", found, lang)
	}
	for k, slot := range [...]uintptr{t.CallNoop, t.CallNot, t.CallAdd, t.CallSum, t.Team} {
		if slot == 0 {
			return nil, seam.Build{}, refuse([...]string{"call_noop", "call_not", "call_add", "call_sum", "team"}[k], "NULL", "a function")
		}
	}
	return t, seam.Build{Compiler: unix.BytePtrToString(t.compiler), Flags: unix.BytePtrToString(t.flags)}, nil
}

// Threads returns a number of threads for toll_team_fn; if it does not fit, it returns one that toll_team_fn refuses.
func Threads(threads int) int32 { return int32(min(max(threads, 0), math.MaxInt32)) }

// TransposeShape returns the rows and cols for toll_transpose_fn: those of In if In is row-major, else of its
// transpose.
func TransposeShape(a *kernel.Transpose) (rows, cols int) {
	if a.In.Layout == kernel.Col {
		return a.In.Cols, a.In.Rows
	}
	return a.In.Rows, a.In.Cols
}
