// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package wasm is the crossing to WebAssembly, by github.com/tetratelabs/wazero: the same sources, compiled to modules under
// build/lib, which wazero compiles to machine code when a route is opened. It needs no cgo, and runs on amd64 and arm64.
//
// A module reaches its linear memory only, of 2 GiB at most. Arguments are copied there and results back, without padding and
// only the rows that the call is about. A slice of the library's Memory is passed as its place. All those slices lie in one
// instance of the module, whose calls wait for each other; other calls take an instance of a pool, which has one for each
// call that runs at the same time and keeps a few.
//
// Caveats: a function that traps is an error that wraps kernel.ErrPanic and names it. Its instance is not called again; if
// slices of Memory lie in it, they can be read until they are freed. Code of a module is never preempted: the garbage
// collector's stop of the world waits until it returns. It has one thread.
package wasm

import (
	"fmt"
	"math"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	wasi "github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/abi"
)

// Open returns the kernels of lang from the module with that file name.
func Open(file, lang string) (*seam.Library, error) { return open(file, lang, pages) }

func open(file, lang string, pages uint32) (*seam.Library, error) {
	m, err := compile(file, pages, system)
	if err != nil {
		return nil, err
	}
	where := m.function(abi.Symbol(lang), nil, words[:1])
	if err := m.check(where); err != nil {
		return nil, err
	}
	in, err := m.take()
	if err != nil {
		return nil, err
	}
	if err := in.call(where); err != nil {
		return nil, err
	}
	size := int(in.module.Memory().Size())
	t, build, err := abi.Read32(in.region[:size], uint32(in.stack[0]), lang, file)
	m.put(in)
	if err != nil {
		return nil, err
	}
	k := kernels{m: m}
	funcs := k.funcs(t)
	if err := m.check(k.all...); err != nil {
		return nil, err
	}
	library := seam.NewLibrary(funcs, false, build)
	library.Memory = &m.memory
	return library, nil
}

// system gives a module what wasi-libc and Rust's library import.
func system(r wazero.Runtime) error {
	_, err := wasi.Instantiate(background, r)
	return err
}

// kernels makes the functions of a table.
type kernels struct {
	m   *module
	all []*function
}

// Types of toll.h's functions. Pointers are words of 32 bits, sizes have 64.
var (
	words     = []api.ValueType{i32}
	stepType  = []api.ValueType{i32, i32, i64, i64, i64, i64, i64, f64, f64, i32, i32}
	runType   = []api.ValueType{i32, i32, i64, i64, i64, i64, f64, f64, i32, i32}
	juliaType = []api.ValueType{i32, i32, i32, i64, i64, i64, i32, i32, i32}
	splitType = []api.ValueType{i32, i32, i32, i32, i32, i64, i64, i64, i32, i32, i32}
	olsType   = []api.ValueType{i32, i32, i32, i64, i64, i64, i64, i64, i32, i32}
	transType = []api.ValueType{i32, i32, i64, i64, i64, i64, i32, i32}
)

func (k *kernels) function(name string, slot uintptr, params, results []api.ValueType) *function {
	f := k.m.element(name, slot, params, results)
	k.all = append(k.all, f)
	return f
}

// layouts returns the functions of two layouts, by kernel.Layout, and whether the language has both. The name has %s for the
// layout.
func (k *kernels) layouts(name string, row, col uintptr, params []api.ValueType) ([2]*function, bool) {
	f := [2]*function{
		kernel.Row: k.function(fmt.Sprintf(name, kernel.Row), row, params, words),
		kernel.Col: k.function(fmt.Sprintf(name, kernel.Col), col, params, words),
	}
	return f, f[0] != nil && f[1] != nil
}

// funcs returns the functions of the table. Those of the family of calls cannot return an error: they panic if the module
// traps.
func (k *kernels) funcs(t *abi.Slots) kernel.Funcs {
	m := k.m
	noop := k.function("call_noop", t.CallNoop, nil, nil)
	not := k.function("call_not", t.CallNot, []api.ValueType{i64}, []api.ValueType{i64})
	add := k.function("call_add", t.CallAdd, []api.ValueType{f64, f64}, []api.ValueType{f64})
	sum := k.function("call_sum", t.CallSum, []api.ValueType{i32, i64}, []api.ValueType{f64})
	team := k.function("team", t.Team, words, words)
	return kernel.Funcs{
		Noop: func() { m.put(m.run(noop)) },
		Not: func(x int64) int64 {
			in := m.run(not, uint64(x))
			defer m.put(in)
			return int64(in.stack[0])
		},
		Add: func(x, y float64) float64 {
			in := m.run(add, bits(x), bits(y))
			defer m.put(in)
			return math.Float64frombits(in.stack[0])
		},
		Sum: m.reads(sum),
		Team: func(threads int) int {
			in := m.run(team, uint64(uint32(abi.Threads(threads))))
			defer m.put(in)
			return int(int32(in.stack[0]))
		},
		Step:            k.step(t.DiffusionStepRow, t.DiffusionStepCol),
		Run:             k.run("diffusion_run_%s", t.DiffusionRunRow, t.DiffusionRunCol),
		RunInterchanged: k.run("diffusion_run_%s_interchanged", t.DiffusionRunRowInterchanged, t.DiffusionRunColInterchanged),
		Julia:           k.julia(t.Julia),
		JuliaSplit:      k.juliaSplit(t.JuliaSplit),
		OLS:             k.ols("ols_%s", t.OLSRow, t.OLSCol),
		OLSInterchanged: k.ols("ols_%s_interchanged", t.OLSRowInterchanged, t.OLSColInterchanged),
		Transpose:       k.transpose("transpose", t.Transpose),
		TransposeNaive:  k.transpose("transpose_naive", t.TransposeNaive),
	}
}

func bits(x float64) uint64 { return math.Float64bits(x) }

// run calls f with these arguments on an instance of the pool, which is to be put back once its result is read. It panics if
// f traps.
func (m *module) run(f *function, args ...uint64) *instance {
	in, err := m.take()
	if err != nil {
		panic(err)
	}
	copy(in.stack[:], args)
	m.must(in, in.call(f))
	return in
}

// must panics with the error, if there is one, after it has left the instance.
func (m *module) must(in *instance, err error) {
	if err != nil {
		m.leave(in)
		panic(err)
	}
}

// reads returns the function of a pointer and a length that reads, and returns a number.
func (m *module) reads(f *function) func(p []float64) float64 {
	return func(p []float64) float64 {
		b := array(p)
		in, err := m.enter(&b)
		if err != nil {
			panic(err)
		}
		in.send(&b)
		in.stack[0], in.stack[1] = uint64(b.at), uint64(len(p))
		m.must(in, in.call(f))
		defer m.leave(in)
		return math.Float64frombits(in.stack[0])
	}
}

// failed returns the error of a call that was not made, or that trapped.
func failed(kern string, err error) error {
	return &kernel.Error{Kernel: kern, Status: kernel.ErrPanic, Detail: err.Error()}
}

// finish calls f and reads the status that it returns, 0 if it is OK.
func (in *instance) finish(kern string, f *function, par kernel.Par) error {
	n := len(f.params)
	in.stack[n-2], in.stack[n-1] = uint64(uint32(par.Threads)), uint64(uint32(par.Schedule))
	if err := in.call(f); err != nil {
		return failed(kern, err)
	}
	return kernel.FromNative(kern, int32(in.stack[0]))
}

func (k *kernels) step(row, col uintptr) func(*kernel.DiffusionStep) error {
	f, ok := k.layouts("diffusion_step_%s", row, col, stepType)
	if !ok {
		return nil
	}
	return func(a *kernel.DiffusionStep) error {
		lo, hi := max(a.Lo, 1), min(a.Hi, a.In.Rows-1)
		if lo >= hi || a.In.Cols < 3 {
			return nil
		}
		from, to := matrix(&a.In, lo-1, hi+1), matrix(&a.Out, lo-1, hi+1)
		from.beside, to.beside = &to, &from
		in, err := k.m.enter(&from, &to)
		if err != nil {
			return failed("diffusion", err)
		}
		defer k.m.leave(in)
		in.send(&from)
		rows := hi - lo + 2
		copy(in.stack[:], []uint64{uint64(to.at), uint64(from.at), uint64(rows), uint64(a.In.Cols), from.ld(), 1, uint64(rows - 1), bits(a.D), bits(a.Dt)})
		if err := in.finish("diffusion", f[a.In.Layout], a.Par); err != nil {
			return err
		}
		in.fetch(&to, 1)
		return nil
	}
}

func (k *kernels) run(name string, row, col uintptr) func(*kernel.DiffusionRun) error {
	f, ok := k.layouts(name, row, col, runType)
	if !ok {
		return nil
	}
	return func(a *kernel.DiffusionRun) error {
		if a.A.Rows < 3 || a.A.Cols < 3 || a.Steps == 0 {
			return nil
		}
		p, q := matrix(&a.A, 0, a.A.Rows), matrix(&a.B, 0, a.B.Rows)
		p.beside, q.beside = &q, &p
		in, err := k.m.enter(&p, &q)
		if err != nil {
			return failed("diffusion", err)
		}
		defer k.m.leave(in)
		in.send(&p)
		in.send(&q)
		copy(in.stack[:], []uint64{uint64(p.at), uint64(q.at), uint64(a.A.Rows), uint64(a.A.Cols), p.ld(), uint64(a.Steps), bits(a.D), bits(a.Dt)})
		if err := in.finish("diffusion", f[a.A.Layout], a.Par); err != nil {
			return err
		}
		in.fetch(&p, 1)
		in.fetch(&q, 1)
		return nil
	}
}

func (k *kernels) julia(slot uintptr) func(*kernel.Julia) error {
	f := k.function("julia", slot, juliaType, words)
	if f == nil {
		return nil
	}
	return func(a *kernel.Julia) error {
		n := a.Hi - a.Lo
		if n == 0 {
			return nil
		}
		out, zs, cs := array(a.Out[a.Lo:a.Hi]), array(a.Zs[a.Lo:a.Hi]), array(a.Cs[a.Lo:a.Hi])
		in, err := k.m.enter(&out, &zs, &cs)
		if err != nil {
			return failed("julia", err)
		}
		defer k.m.leave(in)
		in.send(&zs)
		in.send(&cs)
		copy(in.stack[:], []uint64{uint64(out.at), uint64(zs.at), uint64(cs.at), uint64(n), 0, uint64(n), uint64(uint32(a.MaxIter))})
		if err := in.finish("julia", f, a.Par); err != nil {
			return err
		}
		in.fetch(&out, 0)
		return nil
	}
}

func (k *kernels) juliaSplit(slot uintptr) func(*kernel.JuliaSplit) error {
	f := k.function("julia_split", slot, splitType, words)
	if f == nil {
		return nil
	}
	return func(a *kernel.JuliaSplit) error {
		n := a.Hi - a.Lo
		if n == 0 {
			return nil
		}
		out, zr, zi := array(a.Out[a.Lo:a.Hi]), array(a.Zr[a.Lo:a.Hi]), array(a.Zi[a.Lo:a.Hi])
		cr, ci := array(a.Cr[a.Lo:a.Hi]), array(a.Ci[a.Lo:a.Hi])
		in, err := k.m.enter(&out, &zr, &zi, &cr, &ci)
		if err != nil {
			return failed("julia", err)
		}
		defer k.m.leave(in)
		for _, b := range [...]*block{&zr, &zi, &cr, &ci} {
			in.send(b)
		}
		copy(in.stack[:], []uint64{uint64(out.at), uint64(zr.at), uint64(zi.at), uint64(cr.at), uint64(ci.at), uint64(n), 0, uint64(n), uint64(uint32(a.MaxIter))})
		if err := in.finish("julia", f, a.Par); err != nil {
			return err
		}
		in.fetch(&out, 0)
		return nil
	}
}

func (k *kernels) ols(name string, row, col uintptr) func(*kernel.OLS) error {
	f, ok := k.layouts(name, row, col, olsType)
	if !ok {
		return nil
	}
	return func(a *kernel.OLS) error {
		rows := a.Hi - a.Lo
		if rows == 0 {
			return nil
		}
		slope, intercept, y := array(a.Slope[a.Lo:a.Hi]), array(a.Intercept[a.Lo:a.Hi]), matrix(&a.Y, a.Lo, a.Hi)
		in, err := k.m.enter(&slope, &intercept, &y)
		if err != nil {
			return failed("ols", err)
		}
		defer k.m.leave(in)
		in.send(&y)
		copy(in.stack[:], []uint64{uint64(slope.at), uint64(intercept.at), uint64(y.at), uint64(rows), uint64(a.Y.Cols), y.ld(), 0, uint64(rows)})
		if err := in.finish("ols", f[a.Y.Layout], a.Par); err != nil {
			return err
		}
		in.fetch(&slope, 0)
		in.fetch(&intercept, 0)
		return nil
	}
}

func (k *kernels) transpose(name string, slot uintptr) func(*kernel.Transpose) error {
	f := k.function(name, slot, transType, words)
	if f == nil {
		return nil
	}
	return func(a *kernel.Transpose) error {
		from, to := matrix(&a.In, 0, a.In.Rows), matrix(&a.Out, 0, a.Out.Rows)
		in, err := k.m.enter(&from, &to)
		if err != nil {
			return failed("transpose", err)
		}
		defer k.m.leave(in)
		in.send(&from)
		rows, cols := abi.TransposeShape(a)
		copy(in.stack[:], []uint64{uint64(to.at), uint64(from.at), uint64(rows), uint64(cols), to.ld(), from.ld()})
		if err := in.finish("transpose", f, a.Par); err != nil {
			return err
		}
		in.fetch(&to, 0)
		return nil
	}
}
