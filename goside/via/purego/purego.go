// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package purego is the crossing by github.com/ebitengine/purego, to shared libraries opened at run time. It needs no C
// compiler and works with CGO_ENABLED=0. [Open] registers each function under a Go type: purego then packs the
// arguments by reflection, at each call. [OpenSyscallN] calls by purego.SyscallN, which takes words and returns one: it
// offers only functions without floating-point arguments or results. Both forms switch to the thread's stack as cgo
// does.
//
// Pointers to Go memory are passed for the call only. The native side keeps none, as toll.h promises, and the arguments
// are kept alive until it returns. The caller guarantees that the arguments' Check passes, as seam.Library does: all
// elements that toll.h lets a kernel reach are then in the slices.
package purego

import (
	"fmt"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"

	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/abi"
	"toll/goside/via/dl"
)

// Open returns the kernels of lang from the shared library with that file name.
func Open(file, lang string) (*seam.Library, error) { return open(file, lang, registered) }

// OpenSyscallN is Open by SyscallN.
func OpenSyscallN(file, lang string) (*seam.Library, error) { return open(file, lang, words) }

func open(file, lang string, funcs func(*abi.Table) kernel.Funcs) (*seam.Library, error) {
	path, err := seam.FindLibrary(file)
	if err != nil {
		return nil, fmt.Errorf("purego: %w", err)
	}
	handle, err := dl.Open(path, false)
	if err != nil {
		return nil, fmt.Errorf("purego: %w: %s does not load: %w", seam.ErrUnavailable, file, err)
	}
	symbol, err := dl.Symbol(handle, abi.Symbol(lang))
	if err != nil {
		return nil, fmt.Errorf("purego: %s has no symbol %s, want it: run %s (%w)", file, abi.Symbol(lang), seam.Mend, err)
	}
	var table func() unsafe.Pointer
	purego.RegisterFunc(&table, symbol)
	t, build, err := abi.Read(table(), lang, file)
	if err != nil {
		return nil, err
	}
	return seam.NewLibrary(funcs(t), true, build), nil
}

type (
	stepFunc  func(out, in *float64, rows, cols, ld, lo, hi int64, d, dt float64, threads, schedule int32) int32
	runFunc   func(a, b *float64, rows, cols, ld, steps int64, d, dt float64, threads, schedule int32) int32
	juliaFunc func(out *int32, zs, cs *complex128, n, lo, hi int64, maxiter, threads, schedule int32) int32
	olsFunc   func(slope, intercept, y *float64, rows, n, ld, lo, hi int64, threads, schedule int32) int32

	splitFunc     func(out *int32, zr, zi, cr, ci *float64, n, lo, hi int64, maxiter, threads, schedule int32) int32
	transposeFunc func(out, in *float64, rows, cols, ldOut, ldIn int64, threads, schedule int32) int32
)

func registered(t *abi.Table) kernel.Funcs {
	var (
		f       kernel.Funcs
		step    [2]stepFunc
		run     [2]runFunc
		julia   juliaFunc
		ols     [2]olsFunc
		callSum func(p *float64, n int64) float64

		runInterchanged           [2]runFunc
		olsInterchanged           [2]olsFunc
		split                     splitFunc
		transpose, transposeNaive transposeFunc
	)
	purego.RegisterFunc(&f.Noop, t.CallNoop)
	purego.RegisterFunc(&f.Not, t.CallNot)
	purego.RegisterFunc(&f.Add, t.CallAdd)
	purego.RegisterFunc(&callSum, t.CallSum)
	purego.RegisterFunc(&step[kernel.Row], t.DiffusionStepRow)
	purego.RegisterFunc(&step[kernel.Col], t.DiffusionStepCol)
	purego.RegisterFunc(&run[kernel.Row], t.DiffusionRunRow)
	purego.RegisterFunc(&run[kernel.Col], t.DiffusionRunCol)
	purego.RegisterFunc(&julia, t.Julia)
	purego.RegisterFunc(&ols[kernel.Row], t.OLSRow)
	purego.RegisterFunc(&ols[kernel.Col], t.OLSCol)
	purego.RegisterFunc(&runInterchanged[kernel.Row], t.DiffusionRunRowInterchanged)
	purego.RegisterFunc(&runInterchanged[kernel.Col], t.DiffusionRunColInterchanged)
	purego.RegisterFunc(&olsInterchanged[kernel.Row], t.OLSRowInterchanged)
	purego.RegisterFunc(&olsInterchanged[kernel.Col], t.OLSColInterchanged)
	purego.RegisterFunc(&split, t.JuliaSplit)
	purego.RegisterFunc(&transpose, t.Transpose)
	purego.RegisterFunc(&transposeNaive, t.TransposeNaive)
	var team func(int32) int32
	purego.RegisterFunc(&team, t.Team)
	f.Team = func(threads int) int { return int(team(abi.Threads(threads))) }

	f.Sum = func(p []float64) float64 { return callSum(unsafe.SliceData(p), int64(len(p))) }
	f.Step = func(a *kernel.DiffusionStep) error {
		g := &a.In
		status := step[g.Layout](unsafe.SliceData(a.Out.Data), unsafe.SliceData(g.Data), int64(g.Rows),
			int64(g.Cols), int64(g.LD), int64(a.Lo), int64(a.Hi), a.D, a.Dt, int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("diffusion", status)
	}
	f.Run, f.RunInterchanged = runBy(&run), runBy(&runInterchanged)
	f.Julia = func(a *kernel.Julia) error {
		status := julia(unsafe.SliceData(a.Out), unsafe.SliceData(a.Zs), unsafe.SliceData(a.Cs), int64(len(a.Zs)),
			int64(a.Lo), int64(a.Hi), a.MaxIter, int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("julia", status)
	}
	f.JuliaSplit = func(a *kernel.JuliaSplit) error {
		status := split(unsafe.SliceData(a.Out), unsafe.SliceData(a.Zr), unsafe.SliceData(a.Zi), unsafe.SliceData(a.Cr),
			unsafe.SliceData(a.Ci), int64(len(a.Zr)), int64(a.Lo), int64(a.Hi), a.MaxIter, int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("julia", status)
	}
	f.OLS, f.OLSInterchanged = olsBy(&ols), olsBy(&olsInterchanged)
	f.Transpose, f.TransposeNaive = transposeBy(&transpose), transposeBy(&transposeNaive)
	return f
}

func runBy(f *[2]runFunc) func(*kernel.DiffusionRun) error {
	return func(a *kernel.DiffusionRun) error {
		g := &a.A
		status := f[g.Layout](unsafe.SliceData(g.Data), unsafe.SliceData(a.B.Data), int64(g.Rows), int64(g.Cols),
			int64(g.LD), int64(a.Steps), a.D, a.Dt, int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("diffusion", status)
	}
}

func olsBy(f *[2]olsFunc) func(*kernel.OLS) error {
	return func(a *kernel.OLS) error {
		g := &a.Y
		status := f[g.Layout](unsafe.SliceData(a.Slope), unsafe.SliceData(a.Intercept), unsafe.SliceData(g.Data),
			int64(g.Rows), int64(g.Cols), int64(g.LD), int64(a.Lo), int64(a.Hi), int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("ols", status)
	}
}

func transposeBy(f *transposeFunc) func(*kernel.Transpose) error {
	return func(a *kernel.Transpose) error {
		rows, cols := abi.TransposeShape(a)
		status := (*f)(unsafe.SliceData(a.Out.Data), unsafe.SliceData(a.In.Data), int64(rows), int64(cols), int64(a.Out.LD),
			int64(a.In.LD), int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("transpose", status)
	}
}

// words returns the functions that SyscallN can call. Its directive keeps memory whose address becomes a word in its
// arguments alive, and on the heap, until it returns.
func words(t *abi.Table) kernel.Funcs {
	noop, not, julia, split := t.CallNoop, t.CallNot, t.Julia, t.JuliaSplit
	return kernel.Funcs{
		Noop: func() { purego.SyscallN(noop) },
		Not: func(x int64) int64 {
			r, _, _ := purego.SyscallN(not, uintptr(x))
			return int64(r)
		},
		Julia: func(a *kernel.Julia) error {
			r, _, _ := purego.SyscallN(julia, uintptr(unsafe.Pointer(unsafe.SliceData(a.Out))),
				uintptr(unsafe.Pointer(unsafe.SliceData(a.Zs))), uintptr(unsafe.Pointer(unsafe.SliceData(a.Cs))),
				uintptr(len(a.Zs)), uintptr(a.Lo), uintptr(a.Hi), uintptr(a.MaxIter), uintptr(a.Par.Threads),
				uintptr(a.Par.Schedule))
			return kernel.FromNative("julia", int32(r))
		},
		JuliaSplit: func(a *kernel.JuliaSplit) error {
			r, _, _ := purego.SyscallN(split, uintptr(unsafe.Pointer(unsafe.SliceData(a.Out))),
				uintptr(unsafe.Pointer(unsafe.SliceData(a.Zr))), uintptr(unsafe.Pointer(unsafe.SliceData(a.Zi))),
				uintptr(unsafe.Pointer(unsafe.SliceData(a.Cr))), uintptr(unsafe.Pointer(unsafe.SliceData(a.Ci))),
				uintptr(len(a.Zr)), uintptr(a.Lo), uintptr(a.Hi), uintptr(a.MaxIter), uintptr(a.Par.Threads),
				uintptr(a.Par.Schedule))
			return kernel.FromNative("julia", int32(r))
		},
		OLS:             olsWords(t.OLSRow, t.OLSCol),
		OLSInterchanged: olsWords(t.OLSRowInterchanged, t.OLSColInterchanged),
		Transpose:       transposeWords(t.Transpose),
		TransposeNaive:  transposeWords(t.TransposeNaive),
		Team: func(threads int) int {
			r, _, _ := purego.SyscallN(t.Team, uintptr(abi.Threads(threads)))
			return int(int32(r))
		},
	}
}

func olsWords(row, col uintptr) func(*kernel.OLS) error {
	ols := [...]uintptr{kernel.Row: row, kernel.Col: col}
	return func(a *kernel.OLS) error {
		g := &a.Y
		r, _, _ := purego.SyscallN(ols[g.Layout], uintptr(unsafe.Pointer(unsafe.SliceData(a.Slope))),
			uintptr(unsafe.Pointer(unsafe.SliceData(a.Intercept))), uintptr(unsafe.Pointer(unsafe.SliceData(g.Data))),
			uintptr(g.Rows), uintptr(g.Cols), uintptr(g.LD), uintptr(a.Lo), uintptr(a.Hi),
			uintptr(a.Par.Threads), uintptr(a.Par.Schedule))
		return kernel.FromNative("ols", int32(r))
	}
}

func transposeWords(transpose uintptr) func(*kernel.Transpose) error {
	return func(a *kernel.Transpose) error {
		rows, cols := abi.TransposeShape(a)
		r, _, _ := purego.SyscallN(transpose, uintptr(unsafe.Pointer(unsafe.SliceData(a.Out.Data))),
			uintptr(unsafe.Pointer(unsafe.SliceData(a.In.Data))), uintptr(rows), uintptr(cols), uintptr(a.Out.LD),
			uintptr(a.In.LD), uintptr(a.Par.Threads), uintptr(a.Par.Schedule))
		return kernel.FromNative("transpose", int32(r))
	}
}
