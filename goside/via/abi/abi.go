// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package abi reads the table that a native library exports: the Go mirror of toll_table in csrc/include/toll.h, field
// for field. Every crossing that loads a library uses it, so all refuse a library of another interface alike.
package abi

import (
	"encoding/binary"
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
	switch {
	case t == nil && level.CheckForced() != nil:
		return nil, seam.Build{}, fmt.Errorf("abi: %w", level.CheckForced())
	case t == nil && level.Lacking(lang) != "":
		return nil, seam.Build{}, fmt.Errorf("abi: %w: %s", seam.ErrUnavailable, level.Lacking(lang))
	case t == nil:
		return nil, seam.Build{}, refuse(source, "table", "NULL", "one")
	}
	if err := checkHead(source, t.Version, t.Size, uint32(unsafe.Sizeof(Table{})), t.HeaderHash); err != nil {
		return nil, seam.Build{}, err
	}
	if err := checkRest(source, lang, unix.BytePtrToString(t.language), &t.Slots); err != nil {
		return nil, seam.Build{}, err
	}
	return t, seam.Build{Compiler: unix.BytePtrToString(t.compiler), Flags: unix.BytePtrToString(t.flags)}, nil
}

// size32 is a table's size on a machine with pointers of 32 bits.
const size32 = 28 + 4*unsafe.Sizeof(Slots{})/8

// Read32 is [Read] of a table in the memory of a machine with pointers of 32 bits, at the address that its function returned.
// The slots are functions as that machine has them: in WebAssembly, elements of the module's table.
func Read32(memory []byte, at uint32, lang, source string) (*Slots, seam.Build, error) {
	if at == 0 {
		return nil, seam.Build{}, refuse(source, "table", "NULL", "one")
	}
	if uint64(at)+uint64(size32) > uint64(len(memory)) {
		return nil, seam.Build{}, refuse(source, "table at address", at, fmt.Sprintf("one in its %d bytes", len(memory)))
	}
	p := memory[at:]
	word := func(at uintptr) uint32 { return binary.LittleEndian.Uint32(p[at:]) }
	if err := checkHead(source, word(0), word(4), uint32(size32), binary.LittleEndian.Uint64(p[8:])); err != nil {
		return nil, seam.Build{}, err
	}
	text := func(at uint32) string { return unix.ByteSliceToString(memory[min(int(at), len(memory)):]) }
	slots := &Slots{}
	for k := range unsafe.Sizeof(Slots{}) / 8 {
		*(*uintptr)(unsafe.Add(unsafe.Pointer(slots), 8*k)) = uintptr(word(28 + 4*k))
	}
	if err := checkRest(source, lang, text(word(16)), slots); err != nil {
		return nil, seam.Build{}, err
	}
	return slots, seam.Build{Compiler: text(word(20)), Flags: text(word(24))}, nil
}

func refuse(source, what string, found, want any) error {
	return fmt.Errorf("abi: %s has %s %v, want %v: run %s", source, what, found, want, seam.Mend)
}

func checkHead(source string, version, size, wantSize uint32, hash uint64) error {
	switch {
	case version != Version:
		return refuse(source, "interface version", version, Version)
	case size != wantSize:
		return refuse(source, "table size", size, wantSize)
	case hash != include.Hash():
		return refuse(source, "header hash", fmt.Sprintf("%016x", hash), fmt.Sprintf("%016x, that of toll.h", include.Hash()))
	}
	return nil
}

func checkRest(source, lang, language string, t *Slots) error {
	if language != lang {
		return refuse(source, "language", language, lang)
	}
	for k, slot := range [...]uintptr{t.CallNoop, t.CallNot, t.CallAdd, t.CallSum, t.Team} {
		if slot == 0 {
			return refuse(source, [...]string{"call_noop", "call_not", "call_add", "call_sum", "team"}[k], "NULL", "a function")
		}
	}
	return nil
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
