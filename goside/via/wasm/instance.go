// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package wasm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/experimental/table"
	"golang.org/x/sys/unix"

	"toll/goside/kernel"
	"toll/goside/seam"
)

const (
	i32 = api.ValueTypeI32
	i64 = api.ValueTypeI64
	f32 = api.ValueTypeF32
	f64 = api.ValueTypeF64
)

// pages is how many pages of 64 KiB a linear memory may have: 2 GiB, as wasi-libc cannot ask for more in one piece.
const pages = 1 << 15

// No more than kept instances of a module are kept for later calls, none of them with more than keptBytes.
const (
	kept      = 8
	keptBytes = 256 << 20
)

// compiled keeps machine code: each module is compiled once in a process.
var compiled = wazero.NewCompilationCache()

// function is one of a module's: an export or, if there is no such name, an element of its table.
type function struct {
	name            string
	element         uint32
	params, results []api.ValueType
	k               int // its place among those of the module
}

// module is a compiled module, and the instances of it.
type module struct {
	file      string
	runtime   wazero.Runtime
	code      wazero.CompiledModule
	config    wazero.ModuleConfig
	limit     int // bytes of a linear memory
	functions int
	idle      [kept]atomic.Pointer[instance]
	malloc    *function
	free      *function
	memory    memory
}

// compile opens and compiles a module. Its memory has at most so many pages; extend adds what it imports.
func compile(file string, pages uint32, extend func(wazero.Runtime) error) (m *module, err error) {
	path, err := seam.FindLibrary(file)
	if err != nil {
		return nil, fmt.Errorf("wasm: %w", err)
	}
	code, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("wasm: %w", err)
	}
	defer func() {
		if v := recover(); v != nil { // wazero panics if it has no compiler for this machine
			m, err = nil, fmt.Errorf("wasm: %w: wazero compiles for amd64 and arm64: %v", seam.ErrUnavailable, v)
		}
	}()
	ctx := context.Background()
	m = &module{file: file, limit: int(pages) << 16}
	m.runtime = wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler().WithMemoryLimitPages(pages).WithCompilationCache(compiled))
	if m.code, err = m.runtime.CompileModule(ctx, code); err != nil {
		return nil, fmt.Errorf("wasm: %s does not compile: %w: run %s", file, err, seam.Mend)
	}
	if len(m.code.ExportedMemories()) == 0 { // as of an empty module
		return nil, fmt.Errorf("wasm: %s exports no memory, want one: run %s", file, seam.Mend)
	}
	if err := extend(m.runtime); err != nil {
		return nil, fmt.Errorf("wasm: %s: %w", file, err)
	}
	m.config = wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize").WithSysNanotime().WithSysNanosleep()
	m.malloc = m.function("aligned_alloc", []api.ValueType{i32, i32}, []api.ValueType{i32})
	m.free = m.function("free", []api.ValueType{i32}, nil)
	m.memory.of = m
	return m, nil
}

// function declares an exported function. If there is none, or one of another type, opening fails: see check.
func (m *module) function(name string, params, results []api.ValueType) *function {
	m.functions++
	return &function{name: name, params: params, results: results, k: m.functions - 1}
}

// element is function for an element of the module's table, or nil for 0, which is C's null.
func (m *module) element(name string, k uintptr, params, results []api.ValueType) *function {
	if k == 0 {
		return nil
	}
	f := m.function(name, params, results)
	f.element = uint32(k)
	return f
}

// instance is a module with a memory of its own. One goroutine at a time has it.
type instance struct {
	of        *module
	module    api.Module
	region    []byte // room for the largest memory: it never moves
	functions []api.Function
	stack     [64]uint64 // arguments, then results
	home      bool       // slices of the caller's lie in it: see memory
	broken    error      // the trap after which it is not called again

	scratch, room uint32 // where copies of arguments lie
}

// fixed is a linear memory that grows in place.
type fixed []byte

func (f fixed) Allocate(uint64, uint64) experimental.LinearMemory { return f }

func (f fixed) Reallocate(size uint64) []byte {
	if size > uint64(len(f)) {
		return nil
	}
	return f[:size:size]
}

// Free leaves the memory as it is: see close.
func (f fixed) Free() {}

func (m *module) instantiate() (*instance, error) {
	// Addresses are reserved here, memory is had once it is written to.
	region, err := unix.Mmap(-1, 0, m.limit, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|noReserve)
	if err != nil {
		return nil, fmt.Errorf("wasm: no addresses for %d bytes of linear memory: %w", m.limit, err)
	}
	in := &instance{of: m, region: region}
	ctx := experimental.WithMemoryAllocator(context.Background(), fixed(region))
	if in.module, err = m.runtime.InstantiateModule(ctx, m.code, m.config); err != nil {
		return nil, errors.Join(fmt.Errorf("wasm: %s: %w", m.file, err), unix.Munmap(region))
	}
	in.functions = make([]api.Function, m.functions)
	return in, nil
}

// close frees the instance and its memory: no slice in it may be used any more.
func (in *instance) close() {
	_ = in.module.Close(context.Background()) // it fails only if the module's exit code is not 0
	_ = unix.Munmap(in.region)                // of Mmap, and unmapped once
}

// take returns an instance, for the caller alone until it is put back.
func (m *module) take() (*instance, error) {
	for k := range m.idle {
		if in := m.idle[k].Swap(nil); in != nil {
			return in, nil
		}
	}
	return m.instantiate()
}

func (m *module) put(in *instance) {
	if in.broken == nil && in.module.Memory().Size() <= keptBytes {
		for k := range m.idle {
			if m.idle[k].CompareAndSwap(nil, in) {
				return
			}
		}
	}
	in.close()
}

// find returns the module's function in this instance, or an error if there is none of this type.
func (in *instance) find(f *function) (found api.Function, err error) {
	if f.element != 0 {
		defer func() {
			if v := recover(); v != nil { // it panics if the element is missing or of another type
				err = fmt.Errorf("wasm: %s has no function of the wanted type for %s: %v: run %s", in.of.file, f.name, v, seam.Mend)
			}
		}()
		return table.LookupFunction(in.module, 0, f.element, f.params, f.results), nil
	}
	found = in.module.ExportedFunction(f.name)
	if found == nil {
		return nil, fmt.Errorf("wasm: %s has no function %s, want it: run %s", in.of.file, f.name, seam.Mend)
	}
	if d := found.Definition(); string(d.ParamTypes()) != string(f.params) || string(d.ResultTypes()) != string(f.results) {
		return nil, fmt.Errorf("wasm: %s has %s from %s to %s, want from %s to %s: run %s", in.of.file, f.name,
			types(d.ParamTypes()), types(d.ResultTypes()), types(f.params), types(f.results), seam.Mend)
	}
	return found, nil
}

func types(list []api.ValueType) string {
	names := make([]string, len(list))
	for k, t := range list {
		names[k] = api.ValueTypeName(t)
	}
	return "(" + strings.Join(names, " ") + ")"
}

// call calls f with the arguments in the instance's stack, where it leaves the result. The error is a trap, which ends the
// instance.
func (in *instance) call(f *function) error {
	called := in.functions[f.k]
	if called == nil {
		var err error
		if called, err = in.find(f); err != nil {
			return err
		}
		in.functions[f.k] = called
	}
	if err := called.CallWithStack(background, in.stack[:]); err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n") // its stack follows
		in.broken = fmt.Errorf("wasm: %s of %s trapped: %s", f.name, in.of.file, text)
		return in.broken
	}
	return nil
}

var background = context.Background()

// check looks all functions up, so that none is missed later.
func (m *module) check(functions ...*function) error {
	in, err := m.take()
	if err != nil {
		return err
	}
	defer m.put(in)
	in.functions = make([]api.Function, m.functions) // more may have been declared since it was made
	for _, f := range append(functions, m.malloc, m.free) {
		if f == nil {
			continue
		}
		if in.functions[f.k], err = in.find(f); err != nil {
			return err
		}
	}
	return nil
}

// allocate returns the address of so many bytes in linear memory, at a multiple of 64.
func (in *instance) allocate(bytes int) (uint32, error) {
	if bytes <= in.of.limit {
		in.stack[0], in.stack[1] = 64, uint64(max(bytes, 1)+63)&^63
		if err := in.call(in.of.malloc); err != nil {
			return 0, err
		}
		if at := uint32(in.stack[0]); at != 0 {
			return at, nil
		}
	}
	return 0, fmt.Errorf("wasm: %d bytes do not fit in linear memory: it has %d bytes, and at most %d", bytes,
		in.module.Memory().Size(), in.of.limit)
}

func (in *instance) release(at uint32) error {
	in.stack[0] = uint64(at)
	return in.call(in.of.free)
}

// copies makes room for copies of so many bytes and returns its address.
func (in *instance) copies(bytes int) (uint32, error) {
	if bytes <= int(in.room) {
		return in.scratch, nil
	}
	if in.room > 0 {
		in.room = 0
		if err := in.release(in.scratch); err != nil {
			return 0, err
		}
	}
	bytes = max(bytes, 1<<16)
	at, err := in.allocate(bytes)
	if err != nil {
		return 0, err
	}
	in.scratch, in.room = at, uint32(bytes)
	return at, nil
}

// bytes returns memory of the instance.
func (in *instance) bytes(at uint32, n int) []byte { return in.region[at:][:n] }

// memory is the linear memory of one instance, where the caller's slices lie: a [kernel.Memory].
type memory struct {
	of *module
	mu sync.Mutex                  // held while the instance is called
	in atomic.Pointer[[]*instance] // the one that is allocated in, last, and those that trapped and hold slices still
	n  map[*instance]int           // slices
}

// at returns the instance that p points into, or nil.
func (m *memory) at(p unsafe.Pointer) *instance {
	all := m.in.Load()
	if all == nil {
		return nil
	}
	for _, in := range *all {
		if uintptr(p)-uintptr(unsafe.Pointer(unsafe.SliceData(in.region))) < uintptr(len(in.region)) {
			return in
		}
	}
	return nil
}

// Alloc implements [kernel.Memory].
func (m *memory) Alloc(n int) ([]float64, error) {
	if n < 0 || n > m.of.limit/8 {
		return nil, fmt.Errorf("wasm: %d numbers do not fit in linear memory, which has room for at most %d", n, m.of.limit/8)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []*instance
	if p := m.in.Load(); p != nil {
		all = *p
	}
	if len(all) == 0 || all[len(all)-1].broken != nil {
		in, err := m.of.take()
		if err != nil {
			return nil, err
		}
		in.home = true
		all = append(slices.Clip(all), in)
		m.in.Store(&all)
	}
	in := all[len(all)-1]
	at, err := in.allocate(8 * n)
	if err != nil {
		return nil, err
	}
	if m.n == nil {
		m.n = map[*instance]int{}
	}
	m.n[in]++
	p := unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(in.region[at:]))), n)
	clear(p)
	return p, nil
}

// Free implements [kernel.Memory]. It panics if p does not lie here.
func (m *memory) Free(p []float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	in := m.at(unsafe.Pointer(unsafe.SliceData(p)))
	if in == nil {
		panic(fmt.Sprintf("wasm: a slice of %d numbers to be freed lies elsewhere, want one of linear memory", len(p)))
	}
	m.n[in]--
	if in.broken == nil {
		_ = in.release(in.address(unsafe.Pointer(unsafe.SliceData(p)))) // a trap: see below
	}
	if in.broken != nil && m.n[in] == 0 {
		var others []*instance
		for _, other := range *m.in.Load() {
			if other != in {
				others = append(others, other)
			}
		}
		m.in.Store(&others)
		delete(m.n, in)
		in.close()
	}
}

// address returns where p, which lies in the instance's memory, is for the module.
func (in *instance) address(p unsafe.Pointer) uint32 {
	return uint32(uintptr(p) - uintptr(unsafe.Pointer(unsafe.SliceData(in.region))))
}

var _ kernel.Memory = (*memory)(nil)
