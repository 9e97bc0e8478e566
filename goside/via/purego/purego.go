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

func open(file, lang string, funcs func(*binder, *abi.Table) kernel.Funcs) (*seam.Library, error) {
	path, err := seam.FindLibrary(file)
	if err != nil {
		return nil, fmt.Errorf("purego: %w", err)
	}
	handle, err := dl.Open(path, false)
	if err != nil {
		return nil, dl.Unloadable("purego", path, err)
	}
	symbol, err := dl.Symbol(handle, abi.Symbol(lang))
	if err != nil {
		return nil, dl.Refused(handle, fmt.Errorf("purego: %s has no symbol %s, want it: run %s (%w)", file, abi.Symbol(lang), seam.Mend, err))
	}
	var table func() unsafe.Pointer
	purego.RegisterFunc(&table, symbol)
	t, build, err := abi.Read(table(), lang, file)
	if err != nil {
		return nil, dl.Refused(handle, err)
	}
	b := &binder{}
	f := funcs(b, t)
	if b.err != nil {
		return nil, dl.Refused(handle, b.err)
	}
	return seam.NewLibrary(f, true, build), nil
}

type (
	stepFunc  func(out, in *float64, rows, cols, ld, lo, hi int64, d, dt float64, threads, schedule int32) int32
	runFunc   func(a, b *float64, rows, cols, ld, steps int64, d, dt float64, threads, schedule int32) int32
	juliaFunc func(out *int32, zs, cs *complex128, n, lo, hi int64, maxiter, threads, schedule int32) int32
	olsFunc   func(slope, intercept, y *float64, rows, n, ld, lo, hi int64, threads, schedule int32) int32

	splitFunc     func(out *int32, zr, zi, cr, ci *float64, n, lo, hi int64, maxiter, threads, schedule int32) int32
	transposeFunc func(out, in *float64, rows, cols, ldOut, ldIn int64, threads, schedule int32) int32
)

// registered returns the functions of the table. A nil function stands for a slot that is NULL: of two layouts a language
// offers both, or none.
func registered(b *binder, t *abi.Table) kernel.Funcs {
	var (
		f       kernel.Funcs
		callSum func(p *float64, n int64) float64
		team    func(int32) int32
	)
	b.registerAt("call_noop", &f.Noop, t.CallNoop)
	b.registerAt("call_not", &f.Not, t.CallNot)
	b.registerAt("call_add", &f.Add, t.CallAdd)
	b.registerAt("call_sum", &callSum, t.CallSum)
	b.registerAt("team", &team, t.Team)
	f.Sum = func(p []float64) float64 { return callSum(unsafe.SliceData(p), int64(len(p))) }
	f.Team = func(threads int) int { return int(team(abi.Threads(threads))) }
	f.Step = stepBy(b, "diffusion_step", t.DiffusionStepRow, t.DiffusionStepCol)
	f.Run = runBy(b, "diffusion_run", t.DiffusionRunRow, t.DiffusionRunCol)
	f.RunInterchanged = runBy(b, "diffusion_run_interchanged", t.DiffusionRunRowInterchanged, t.DiffusionRunColInterchanged)
	f.Julia, f.JuliaSplit = juliaBy(b, "julia", t.Julia), splitBy(b, "julia_split", t.JuliaSplit)
	f.OLS, f.OLSInterchanged = olsBy(b, "ols", t.OLSRow, t.OLSCol), olsBy(b, "ols_interchanged", t.OLSRowInterchanged, t.OLSColInterchanged)
	f.Transpose, f.TransposeNaive = transposeBy(b, "transpose", t.Transpose), transposeBy(b, "transpose_naive", t.TransposeNaive)
	return f
}

// byLayout registers the functions of the two layouts under their type.
func byLayout[F any](b *binder, name string, row, col uintptr) *[2]F {
	var f [2]F
	b.registerAt(name+"_row", &f[kernel.Row], row)
	b.registerAt(name+"_col", &f[kernel.Col], col)
	return &f
}

func stepBy(b *binder, name string, row, col uintptr) func(*kernel.DiffusionStep) error {
	if row == 0 || col == 0 {
		return nil
	}
	f := byLayout[stepFunc](b, name, row, col)
	return func(a *kernel.DiffusionStep) error {
		g := &a.In
		status := f[g.Layout](unsafe.SliceData(a.Out.Data), unsafe.SliceData(g.Data), int64(g.Rows),
			int64(g.Cols), int64(g.LD), int64(a.Lo), int64(a.Hi), a.D, a.Dt, int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("diffusion", status)
	}
}

func runBy(b *binder, name string, row, col uintptr) func(*kernel.DiffusionRun) error {
	if row == 0 || col == 0 {
		return nil
	}
	f := byLayout[runFunc](b, name, row, col)
	return func(a *kernel.DiffusionRun) error {
		g := &a.A
		status := f[g.Layout](unsafe.SliceData(g.Data), unsafe.SliceData(a.B.Data), int64(g.Rows), int64(g.Cols),
			int64(g.LD), int64(a.Steps), a.D, a.Dt, int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("diffusion", status)
	}
}

func juliaBy(b *binder, name string, julia uintptr) func(*kernel.Julia) error {
	if julia == 0 {
		return nil
	}
	var f juliaFunc
	b.registerAt(name, &f, julia)
	return func(a *kernel.Julia) error {
		status := f(unsafe.SliceData(a.Out), unsafe.SliceData(a.Zs), unsafe.SliceData(a.Cs), int64(len(a.Zs)),
			int64(a.Lo), int64(a.Hi), a.MaxIter, int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("julia", status)
	}
}

func splitBy(b *binder, name string, split uintptr) func(*kernel.JuliaSplit) error {
	if split == 0 {
		return nil
	}
	var f splitFunc
	b.registerAt(name, &f, split)
	return func(a *kernel.JuliaSplit) error {
		status := f(unsafe.SliceData(a.Out), unsafe.SliceData(a.Zr), unsafe.SliceData(a.Zi), unsafe.SliceData(a.Cr),
			unsafe.SliceData(a.Ci), int64(len(a.Zr)), int64(a.Lo), int64(a.Hi), a.MaxIter, int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("julia", status)
	}
}

func olsBy(b *binder, name string, row, col uintptr) func(*kernel.OLS) error {
	if row == 0 || col == 0 {
		return nil
	}
	f := byLayout[olsFunc](b, name, row, col)
	return func(a *kernel.OLS) error {
		g := &a.Y
		status := f[g.Layout](unsafe.SliceData(a.Slope), unsafe.SliceData(a.Intercept), unsafe.SliceData(g.Data),
			int64(g.Rows), int64(g.Cols), int64(g.LD), int64(a.Lo), int64(a.Hi), int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("ols", status)
	}
}

func transposeBy(b *binder, name string, transpose uintptr) func(*kernel.Transpose) error {
	if transpose == 0 {
		return nil
	}
	var f transposeFunc
	b.registerAt(name, &f, transpose)
	return func(a *kernel.Transpose) error {
		rows, cols := abi.TransposeShape(a)
		status := f(unsafe.SliceData(a.Out.Data), unsafe.SliceData(a.In.Data), int64(rows), int64(cols), int64(a.Out.LD),
			int64(a.In.LD), int32(a.Par.Threads), int32(a.Par.Schedule))
		runtime.KeepAlive(a)
		return kernel.FromNative("transpose", status)
	}
}

// words returns the functions that SyscallN can call. Its directive keeps memory whose address becomes a word in its
// arguments alive, and on the heap, until it returns.
func words(_ *binder, t *abi.Table) kernel.Funcs {
	noop, not := t.CallNoop, t.CallNot
	return kernel.Funcs{
		Noop: func() { purego.SyscallN(noop) },
		Not: func(x int64) int64 {
			r, _, _ := purego.SyscallN(not, uintptr(x))
			return int64(r)
		},
		Julia:           juliaWords(t.Julia),
		JuliaSplit:      splitWords(t.JuliaSplit),
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

func juliaWords(julia uintptr) func(*kernel.Julia) error {
	if julia == 0 {
		return nil
	}
	return func(a *kernel.Julia) error {
		r, _, _ := purego.SyscallN(julia, uintptr(unsafe.Pointer(unsafe.SliceData(a.Out))),
			uintptr(unsafe.Pointer(unsafe.SliceData(a.Zs))), uintptr(unsafe.Pointer(unsafe.SliceData(a.Cs))),
			uintptr(len(a.Zs)), uintptr(a.Lo), uintptr(a.Hi), uintptr(a.MaxIter), uintptr(a.Par.Threads),
			uintptr(a.Par.Schedule))
		return kernel.FromNative("julia", int32(r))
	}
}

func splitWords(split uintptr) func(*kernel.JuliaSplit) error {
	if split == 0 {
		return nil
	}
	return func(a *kernel.JuliaSplit) error {
		r, _, _ := purego.SyscallN(split, uintptr(unsafe.Pointer(unsafe.SliceData(a.Out))),
			uintptr(unsafe.Pointer(unsafe.SliceData(a.Zr))), uintptr(unsafe.Pointer(unsafe.SliceData(a.Zi))),
			uintptr(unsafe.Pointer(unsafe.SliceData(a.Cr))), uintptr(unsafe.Pointer(unsafe.SliceData(a.Ci))),
			uintptr(len(a.Zr)), uintptr(a.Lo), uintptr(a.Hi), uintptr(a.MaxIter), uintptr(a.Par.Threads),
			uintptr(a.Par.Schedule))
		return kernel.FromNative("julia", int32(r))
	}
}

func olsWords(row, col uintptr) func(*kernel.OLS) error {
	if row == 0 || col == 0 {
		return nil
	}
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
	if transpose == 0 {
		return nil
	}
	return func(a *kernel.Transpose) error {
		rows, cols := abi.TransposeShape(a)
		r, _, _ := purego.SyscallN(transpose, uintptr(unsafe.Pointer(unsafe.SliceData(a.Out.Data))),
			uintptr(unsafe.Pointer(unsafe.SliceData(a.In.Data))), uintptr(rows), uintptr(cols), uintptr(a.Out.LD),
			uintptr(a.In.LD), uintptr(a.Par.Threads), uintptr(a.Par.Schedule))
		return kernel.FromNative("transpose", int32(r))
	}
}
