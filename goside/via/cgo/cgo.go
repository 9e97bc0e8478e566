// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

// Package cgo is the crossing by cgo, to archives linked into the program. In a call, Go stores its arguments in a
// frame and switches from the goroutine's stack to the thread's (runtime.cgocall). A C function made by cgo unpacks the
// frame and calls a static function below, which calls the kernel through its table. Meanwhile the thread counts as in
// a system call: the scheduler may give its P to another thread. The arguments keep Go's memory alive, and it does not
// move.
//
// Note: toll.h and libs.h are symbolic links in this folder, and libs.h holds a hash of the archives. Go's build cache
// sees only headers in the package's folder and no archives. With the links, an edit to the interface or to native code
// never meets a stale binary.
package cgo

/*
#include <stdlib.h>

#include "languages.h"
#include "libs.h"

#cgo noescape call_noop
#cgo nocallback call_noop
#cgo noescape call_not
#cgo nocallback call_not
#cgo noescape call_add
#cgo nocallback call_add
#cgo noescape call_sum
#cgo nocallback call_sum
#cgo noescape diffusion_step
#cgo nocallback diffusion_step
#cgo noescape diffusion_run
#cgo nocallback diffusion_run
#cgo noescape julia
#cgo nocallback julia
#cgo noescape ols
#cgo nocallback ols
#cgo noescape julia_split
#cgo nocallback julia_split
#cgo noescape transpose
#cgo nocallback transpose
#cgo noescape team
#cgo nocallback team

static const toll_table *call_table(table_fn *f) { return f(); }

static void call_noop(toll_call_noop_fn *f) { f(); }
static int64_t call_not(toll_call_not_fn *f, int64_t x) { return f(x); }
static double call_add(toll_call_add_fn *f, double x, double y) { return f(x, y); }
static double call_sum(toll_call_sum_fn *f, const double *p, int64_t n) { return f(p, n); }

static int32_t diffusion_step(toll_diffusion_step_fn *f, double *out, const double *in, int64_t rows,
                              int64_t cols, int64_t ld, int64_t lo, int64_t hi, double D, double dt,
                              int32_t threads, int32_t schedule) {
    return f(out, in, rows, cols, ld, lo, hi, D, dt, threads, schedule);
}

static int32_t diffusion_run(toll_diffusion_run_fn *f, double *a, double *b, int64_t rows, int64_t cols,
                             int64_t ld, int64_t steps, double D, double dt, int32_t threads,
                             int32_t schedule) {
    return f(a, b, rows, cols, ld, steps, D, dt, threads, schedule);
}

static int32_t julia(toll_julia_fn *f, int32_t *out, const double *zs, const double *cs, int64_t n,
                     int64_t lo, int64_t hi, int32_t maxiter, int32_t threads, int32_t schedule) {
    return f(out, zs, cs, n, lo, hi, maxiter, threads, schedule);
}

static int32_t ols(toll_ols_fn *f, double *slope, double *intercept, const double *y, int64_t rows,
                   int64_t n, int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule) {
    return f(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule);
}

static int32_t julia_split(toll_julia_split_fn *f, int32_t *out, const double *zr, const double *zi,
                           const double *cr, const double *ci, int64_t n, int64_t lo, int64_t hi,
                           int32_t maxiter, int32_t threads, int32_t schedule) {
    return f(out, zr, zi, cr, ci, n, lo, hi, maxiter, threads, schedule);
}

static int32_t transpose(toll_transpose_fn *f, double *out, const double *in, int64_t rows, int64_t cols,
                         int64_t ld_out, int64_t ld_in, int32_t threads, int32_t schedule) {
    return f(out, in, rows, cols, ld_out, ld_in, threads, schedule);
}
static int32_t team(toll_team_fn *f, int32_t threads) { return f(threads); }
*/
import "C"

import (
	"fmt"
	"unsafe"

	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/abi"
)

// Open returns the kernels of lang, such as "c".
func Open(lang string) (*seam.Library, error) {
	name := C.CString(lang)
	defer C.free(unsafe.Pointer(name))
	table := C.find_table(name)
	if table == nil {
		return nil, fmt.Errorf("cgo: no language %q is linked in", lang)
	}
	return At(unsafe.Pointer(C.call_table(table)), lang, "the program's own "+abi.Symbol(lang))
}

// At returns the kernels of a table that a library has, which stays loaded; source names the library in errors.
func At(table unsafe.Pointer, lang, source string) (*seam.Library, error) {
	t := (*C.toll_table)(table)
	_, build, err := abi.Read(table, lang, source)
	if err != nil {
		return nil, err
	}
	if found, want := unsafe.Sizeof(*t), unsafe.Sizeof(abi.Table{}); found != want {
		return nil, fmt.Errorf("cgo: toll_table has %d bytes in C, want %d, as in Go", found, want)
	}
	return seam.NewLibrary(funcs(t), true, build), nil
}

// The functions below pass addresses and extents unchanged. Their caller guarantees that the arguments' Check passes,
// as seam.Library does: all elements that toll.h lets the kernel reach are then in the slices.

// ptr returns the address of s. The C side keeps no pointer beyond the call, as toll.h promises, and s holds no
// pointers.
func ptr[To, From any](s []From) *To { return (*To)(unsafe.Pointer(unsafe.SliceData(s))) }

func funcs(t *C.toll_table) kernel.Funcs {
	noop, not, add, sum := t.call_noop, t.call_not, t.call_add, t.call_sum
	return kernel.Funcs{
		Noop: func() { C.call_noop(noop) },
		Not:  func(x int64) int64 { return int64(C.call_not(not, C.int64_t(x))) },
		Add:  func(x, y float64) float64 { return float64(C.call_add(add, C.double(x), C.double(y))) },
		Sum: func(p []float64) float64 {
			return float64(C.call_sum(sum, ptr[C.double](p), C.int64_t(len(p))))
		},
		Step:            step(t.diffusion_step_row, t.diffusion_step_col),
		Run:             run(t.diffusion_run_row, t.diffusion_run_col),
		RunInterchanged: run(t.diffusion_run_row_interchanged, t.diffusion_run_col_interchanged),
		Julia:           julia(t.julia),
		JuliaSplit:      split(t.julia_split),
		OLS:             ols(t.ols_row, t.ols_col),
		OLSInterchanged: ols(t.ols_row_interchanged, t.ols_col_interchanged),
		Transpose:       transpose(t.transpose),
		TransposeNaive:  transpose(t.transpose_naive),
		Team:            func(threads int) int { return int(C.team(t.team, C.int32_t(abi.Threads(threads)))) },
	}
}

// A function below returns nil, "not offered", for a slot that is NULL. Of two layouts a language offers both, or none.

func step(row, col *C.toll_diffusion_step_fn) func(*kernel.DiffusionStep) error {
	if row == nil || col == nil {
		return nil
	}
	f := [...]*C.toll_diffusion_step_fn{kernel.Row: row, kernel.Col: col}
	return func(a *kernel.DiffusionStep) error {
		g := &a.In
		return kernel.FromNative("diffusion", int32(C.diffusion_step(f[g.Layout],
			ptr[C.double](a.Out.Data), ptr[C.double](g.Data), C.int64_t(g.Rows), C.int64_t(g.Cols),
			C.int64_t(g.LD), C.int64_t(a.Lo), C.int64_t(a.Hi), C.double(a.D), C.double(a.Dt),
			C.int32_t(a.Par.Threads), C.int32_t(a.Par.Schedule))))
	}
}

func julia(f *C.toll_julia_fn) func(*kernel.Julia) error {
	if f == nil {
		return nil
	}
	return func(a *kernel.Julia) error {
		return kernel.FromNative("julia", int32(C.julia(f, ptr[C.int32_t](a.Out),
			ptr[C.double](a.Zs), ptr[C.double](a.Cs), C.int64_t(len(a.Zs)), C.int64_t(a.Lo),
			C.int64_t(a.Hi), C.int32_t(a.MaxIter), C.int32_t(a.Par.Threads), C.int32_t(a.Par.Schedule))))
	}
}

func split(f *C.toll_julia_split_fn) func(*kernel.JuliaSplit) error {
	if f == nil {
		return nil
	}
	return func(a *kernel.JuliaSplit) error {
		return kernel.FromNative("julia", int32(C.julia_split(f, ptr[C.int32_t](a.Out),
			ptr[C.double](a.Zr), ptr[C.double](a.Zi), ptr[C.double](a.Cr), ptr[C.double](a.Ci),
			C.int64_t(len(a.Zr)), C.int64_t(a.Lo), C.int64_t(a.Hi), C.int32_t(a.MaxIter),
			C.int32_t(a.Par.Threads), C.int32_t(a.Par.Schedule))))
	}
}

func run(row, col *C.toll_diffusion_run_fn) func(*kernel.DiffusionRun) error {
	if row == nil || col == nil {
		return nil
	}
	f := [...]*C.toll_diffusion_run_fn{kernel.Row: row, kernel.Col: col}
	return func(a *kernel.DiffusionRun) error {
		g := &a.A
		return kernel.FromNative("diffusion", int32(C.diffusion_run(f[g.Layout],
			ptr[C.double](g.Data), ptr[C.double](a.B.Data), C.int64_t(g.Rows), C.int64_t(g.Cols),
			C.int64_t(g.LD), C.int64_t(a.Steps), C.double(a.D), C.double(a.Dt),
			C.int32_t(a.Par.Threads), C.int32_t(a.Par.Schedule))))
	}
}

func ols(row, col *C.toll_ols_fn) func(*kernel.OLS) error {
	if row == nil || col == nil {
		return nil
	}
	f := [...]*C.toll_ols_fn{kernel.Row: row, kernel.Col: col}
	return func(a *kernel.OLS) error {
		return kernel.FromNative("ols", int32(C.ols(f[a.Y.Layout], ptr[C.double](a.Slope),
			ptr[C.double](a.Intercept), ptr[C.double](a.Y.Data), C.int64_t(a.Y.Rows), C.int64_t(a.Y.Cols),
			C.int64_t(a.Y.LD), C.int64_t(a.Lo), C.int64_t(a.Hi), C.int32_t(a.Par.Threads),
			C.int32_t(a.Par.Schedule))))
	}
}

func transpose(f *C.toll_transpose_fn) func(*kernel.Transpose) error {
	if f == nil {
		return nil
	}
	return func(a *kernel.Transpose) error {
		rows, cols := abi.TransposeShape(a)
		return kernel.FromNative("transpose", int32(C.transpose(f, ptr[C.double](a.Out.Data), ptr[C.double](a.In.Data),
			C.int64_t(rows), C.int64_t(cols), C.int64_t(a.Out.LD), C.int64_t(a.In.LD), C.int32_t(a.Par.Threads),
			C.int32_t(a.Par.Schedule))))
	}
}
