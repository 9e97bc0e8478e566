// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build linux && (amd64 || arm64)

package trampoline

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"

	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/abi"
	"toll/goside/via/dl"
)

//go:generate go run toll/goside/cmd/toll-trampoline declared.go

// cgocall calls the C function at f with the block on the thread's stack, and tells the scheduler of it. The block may
// lie on the goroutine's stack: C must not call Go back.
//
//go:noescape
//go:linkname cgocall runtime.cgocall
func cgocall(f uintptr, block unsafe.Pointer) int32

// cgocallEscaping is cgocall with a block on the heap: a callback may grow the goroutine's stack, which moves it.
//
//go:linkname cgocallEscaping runtime.cgocall
func cgocallEscaping(f uintptr, block unsafe.Pointer) int32

// Open returns the kernels of lang from the shared library with that file name.
func Open(file, lang string) (*seam.Library, error) {
	library, err := load(file)
	if err != nil {
		return nil, err
	}
	symbol, err := library.symbol(abi.Symbol(lang))
	if err != nil {
		return nil, dl.Refused(library.handle, err)
	}
	t, build, err := abi.Read(callTable(symbol), lang, file)
	if err != nil {
		return nil, dl.Refused(library.handle, err)
	}
	return seam.NewLibrary(kernels(t), true, build), nil
}

// A library is a shared library that is loaded.
type library struct {
	file   string
	handle uintptr
}

func load(file string) (library, error) {
	path, err := seam.FindLibrary(file)
	if err != nil {
		return library{}, fmt.Errorf("trampoline: %w", err)
	}
	handle, err := dl.Open(path, false)
	if err != nil {
		return library{}, dl.Unloadable("trampoline", path, err)
	}
	return library{file, handle}, findErrno()
}

func (l library) symbol(name string) (uintptr, error) {
	address, err := dl.Symbol(l.handle, name)
	if err != nil {
		return 0, fmt.Errorf("trampoline: %s has no symbol %s, want it: run %s (%w)", l.file, name, seam.Mend, err)
	}
	return address, nil
}

// errnoLocation is the address of the C library's function that returns the address of the thread's errno, once a
// library is loaded.
var errnoLocation uintptr

var findErrno = sync.OnceValue(func() (err error) {
	if errnoLocation, err = dl.Symbol(purego.RTLD_DEFAULT, "__errno_location"); err != nil {
		return fmt.Errorf("trampoline: the C library has no __errno_location, want it: %w", err) // glibc and musl have it
	}
	return nil
})

// kernels returns the functions of the table. A nil function stands for a slot that is NULL: of two layouts a language
// offers both, or none.
func kernels(t *abi.Table) kernel.Funcs {
	noop, not, add, sum, team := t.CallNoop, t.CallNot, t.CallAdd, t.CallSum, t.Team
	return kernel.Funcs{
		Noop:            func() { callNoop(noop) },
		Not:             func(x int64) int64 { return callNot(not, x) },
		Add:             func(x, y float64) float64 { return callAdd(add, x, y) },
		Sum:             func(p []float64) float64 { return callSum(sum, unsafe.SliceData(p), int64(len(p))) },
		Team:            func(threads int) int { return int(callTeam(team, abi.Threads(threads))) },
		Step:            stepBy(t.DiffusionStepRow, t.DiffusionStepCol),
		Run:             runBy(t.DiffusionRunRow, t.DiffusionRunCol),
		RunInterchanged: runBy(t.DiffusionRunRowInterchanged, t.DiffusionRunColInterchanged),
		Julia:           juliaBy(t.Julia),
		JuliaSplit:      splitBy(t.JuliaSplit),
		OLS:             olsBy(t.OLSRow, t.OLSCol),
		OLSInterchanged: olsBy(t.OLSRowInterchanged, t.OLSColInterchanged),
		Transpose:       transposeBy(t.Transpose),
		TransposeNaive:  transposeBy(t.TransposeNaive),
	}
}

func stepBy(row, col uintptr) func(*kernel.DiffusionStep) error {
	if row == 0 || col == 0 {
		return nil
	}
	f := [...]uintptr{kernel.Row: row, kernel.Col: col}
	return func(a *kernel.DiffusionStep) error {
		g := &a.In
		status := callStep(f[g.Layout], unsafe.SliceData(a.Out.Data), unsafe.SliceData(g.Data), int64(g.Rows), int64(g.Cols),
			int64(g.LD), int64(a.Lo), int64(a.Hi), a.D, a.Dt, int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("diffusion", status)
	}
}

func runBy(row, col uintptr) func(*kernel.DiffusionRun) error {
	if row == 0 || col == 0 {
		return nil
	}
	f := [...]uintptr{kernel.Row: row, kernel.Col: col}
	return func(a *kernel.DiffusionRun) error {
		g := &a.A
		status := callRun(f[g.Layout], unsafe.SliceData(g.Data), unsafe.SliceData(a.B.Data), int64(g.Rows), int64(g.Cols),
			int64(g.LD), int64(a.Steps), a.D, a.Dt, int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("diffusion", status)
	}
}

func juliaBy(f uintptr) func(*kernel.Julia) error {
	if f == 0 {
		return nil
	}
	return func(a *kernel.Julia) error {
		status := callJulia(f, unsafe.SliceData(a.Out), unsafe.SliceData(a.Zs), unsafe.SliceData(a.Cs), int64(len(a.Zs)),
			int64(a.Lo), int64(a.Hi), a.MaxIter, int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("julia", status)
	}
}

func splitBy(f uintptr) func(*kernel.JuliaSplit) error {
	if f == 0 {
		return nil
	}
	return func(a *kernel.JuliaSplit) error {
		status := callSplit(f, unsafe.SliceData(a.Out), unsafe.SliceData(a.Zr), unsafe.SliceData(a.Zi), unsafe.SliceData(a.Cr),
			unsafe.SliceData(a.Ci), int64(len(a.Zr)), int64(a.Lo), int64(a.Hi), a.MaxIter, int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("julia", status)
	}
}

func olsBy(row, col uintptr) func(*kernel.OLS) error {
	if row == 0 || col == 0 {
		return nil
	}
	f := [...]uintptr{kernel.Row: row, kernel.Col: col}
	return func(a *kernel.OLS) error {
		g := &a.Y
		status := callOLS(f[g.Layout], unsafe.SliceData(a.Slope), unsafe.SliceData(a.Intercept), unsafe.SliceData(g.Data),
			int64(g.Rows), int64(g.Cols), int64(g.LD), int64(a.Lo), int64(a.Hi), int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("ols", status)
	}
}

func transposeBy(f uintptr) func(*kernel.Transpose) error {
	if f == 0 {
		return nil
	}
	return func(a *kernel.Transpose) error {
		rows, cols := abi.TransposeShape(a)
		status := callTranspose(f, unsafe.SliceData(a.Out.Data), unsafe.SliceData(a.In.Data), int64(rows), int64(cols),
			int64(a.Out.LD), int64(a.In.LD), int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("transpose", status)
	}
}
