// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package wasm

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"golang.org/x/sys/unix"

	include "toll/csrc/include"
	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/mem"
)

// CallsFile is the module of the functions of calls.h.
const CallsFile = "toll_calls.wasm"

// OpenCalls returns the functions of calls.h, with slices copied into linear memory and back.
func OpenCalls() (*calls.Funcs, error) {
	f, _, err := openCalls(CallsFile)
	return f, err
}

// OpenCallsMemory is OpenCalls with linear memory as the crossing's Memory.
func OpenCallsMemory() (*calls.Funcs, error) {
	f, m, err := openCalls(CallsFile)
	if err != nil {
		return nil, err
	}
	f.Memory = &m.memory
	return f, nil
}

func openCalls(file string) (*calls.Funcs, *module, error) {
	m, err := compile(file, pages, host)
	if err != nil {
		return nil, nil, err
	}
	hash := m.function("toll_calls_header_hash", nil, []api.ValueType{i64})
	if err := m.check(hash); err != nil {
		return nil, nil, err
	}
	in := m.run(hash)
	found := in.stack[0]
	m.put(in)
	if want := include.CallsHash(); found != want {
		return nil, nil, fmt.Errorf("wasm: %s has header hash %016x, want %016x, that of calls.h: run %s", file, found, want, seam.Mend)
	}
	c := callFuncs{module: m}
	f := c.funcs()
	if err := m.check(c.all...); err != nil {
		return nil, nil, err
	}
	return f, m, nil
}

// host gives a module what it imports: what wasi-libc does, and the functions that it calls back.
func host(r wazero.Runtime) error {
	callback := func(_ context.Context, stack []uint64) {
		g, _ := handles.Load(uint32(stack[0]))
		stack[0] = uint64(g.(*calls.Guarded).Call(int64(stack[1])))
	}
	next := func(_ context.Context, stack []uint64) { stack[0] = stack[1] + 1 }
	b := r.NewHostModuleBuilder("toll")
	for name, f := range map[string]api.GoFunc{"callback": callback, "next": next} {
		b.NewFunctionBuilder().WithGoFunction(f, []api.ValueType{i32, i64}, []api.ValueType{i64}).Export(name)
	}
	if _, err := b.Instantiate(background); err != nil {
		return err
	}
	return system(r)
}

// handles are numbers that stand for Go's objects while C has them: a word of WebAssembly's has 32 bits.
var (
	handles    sync.Map
	lastHandle atomic.Uint32
)

func newHandle(v any) uint32 {
	h := lastHandle.Add(1)
	handles.Store(h, v)
	return h
}

// callFuncs makes the functions of calls.h.
type callFuncs struct {
	*module
	all []*function
}

// c declares the function toll_calls_<name>, by its parameters and its result as letters: w is a word of 32 bits, l one of
// 64, f a float and d a double.
func (c *callFuncs) c(name, params, result string) *function {
	return c.of("toll_calls_"+name, params, result)
}

func (c *callFuncs) of(name, params, result string) *function {
	f := c.function(name, letters(params), letters(result))
	c.all = append(c.all, f)
	return f
}

func letters(text string) (list []api.ValueType) {
	for _, letter := range text {
		list = append(list, map[rune]api.ValueType{'w': i32, 'l': i64, 'f': f32, 'd': f64}[letter])
	}
	return list
}

// word makes the call and returns the result, as its bits.
func (c *callFuncs) word(f *function, args ...uint64) uint64 {
	in := c.run(f, args...)
	defer c.put(in)
	return in.stack[0]
}

// on makes the call on an instance that the caller has, and returns the result, as its bits.
func (c *callFuncs) on(in *instance, f *function, args ...uint64) uint64 {
	copy(in.stack[:], args)
	c.must(in, in.call(f))
	return in.stack[0]
}

// room returns an instance, to be put back, and the address of so many bytes in it.
func (c *callFuncs) room(n int) (*instance, uint32) {
	in, err := c.take()
	if err != nil {
		panic(err)
	}
	at, err := in.copies(n)
	c.must(in, err)
	return in, at
}

func (c *callFuncs) funcs() *calls.Funcs {
	f := &calls.Funcs{}
	c.scalars(f)
	c.slices(f)
	c.structs(f)
	c.text(f)
	c.others(f)
	return f
}

func (c *callFuncs) scalars(f *calls.Funcs) {
	noop, not, add := c.c("noop", "", ""), c.c("not", "l", "l"), c.c("add", "dd", "d")
	f.Noop = func() { c.put(c.run(noop)) }
	f.Not = func(x int64) int64 { return int64(c.word(not, uint64(x))) }
	f.Add = func(x, y float64) float64 { return math.Float64frombits(c.word(add, bits(x), bits(y))) }

	for _, k := range calls.Arities {
		ints := c.function("toll_calls_ints"+strconv.Itoa(k), slices.Repeat([]api.ValueType{i64}, k), []api.ValueType{i64})
		doubles := c.function("toll_calls_doubles"+strconv.Itoa(k), slices.Repeat([]api.ValueType{f64}, k), []api.ValueType{f64})
		c.all = append(c.all, ints, doubles)
		f.Ints[k] = func(a *[calls.MaxArity]int64) int64 {
			return int64(c.word(ints, unsafe.Slice((*uint64)(unsafe.Pointer(a)), k)...))
		}
		f.Doubles[k] = func(a *[calls.MaxArity]float64) float64 {
			return math.Float64frombits(c.word(doubles, unsafe.Slice((*uint64)(unsafe.Pointer(a)), k)...))
		}
	}

	// A narrow argument is a word of 32 bits, which the caller widens by its type.
	narrow := func(name string) func(x, y int32) int64 {
		f := c.c(name, "ww", "l")
		return func(x, y int32) int64 { return int64(c.word(f, uint64(uint32(x)), uint64(uint32(y)))) }
	}
	int8s, int16s, uint8s, uint16s, uint32s := narrow("int8"), narrow("int16"), narrow("uint8"), narrow("uint16"), narrow("uint32")
	f.Int8 = func(x, y int8) int64 { return int8s(int32(x), int32(y)) }
	f.Int16 = func(x, y int16) int64 { return int16s(int32(x), int32(y)) }
	f.Int32 = narrow("int32")
	f.Uint8 = func(x, y uint8) int64 { return uint8s(int32(x), int32(y)) }
	f.Uint16 = func(x, y uint16) int64 { return uint16s(int32(x), int32(y)) }
	f.Uint32 = func(x, y uint32) int64 { return uint32s(int32(x), int32(y)) }

	andNot, float := c.c("bool", "ww", "w"), c.c("float", "ff", "f")
	f.Bool = func(x, y bool) bool { return c.word(andNot, truth(x), truth(y)) != 0 }
	f.Float = func(x, y float32) float32 {
		return math.Float32frombits(uint32(c.word(float, uint64(math.Float32bits(x)), uint64(math.Float32bits(y)))))
	}

	// clang puts variable arguments into memory, one after the other, and passes its address.
	variadic := c.c("variadic", "lw", "d")
	f.Variadic = func(a int64, x float64, b int64, y float64) float64 {
		in, at := c.room(32)
		defer c.put(in)
		p := in.bytes(at, 32)
		for k, word := range [...]uint64{uint64(a), bits(x), uint64(b), bits(y)} {
			binary.LittleEndian.PutUint64(p[8*k:], word)
		}
		return math.Float64frombits(c.on(in, variadic, 2, uint64(at)))
	}
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func (c *callFuncs) slices(f *calls.Funcs) {
	length, fill, batch := c.c("length", "wl", "l"), c.c("fill", "wld", ""), c.c("batch", "wwwl", "")
	words := c.reads(length)
	f.Length = func(p []float64) int64 { return int64(bits(words(p))) }
	f.First, f.Sum = c.reads(c.c("first", "wl", "d")), c.reads(c.c("sum", "wl", "d"))
	f.Fill = func(p []float64, x float64) {
		b := array(p)
		in, err := c.enter(&b)
		if err != nil {
			panic(err)
		}
		c.on(in, fill, uint64(b.at), uint64(len(p)), bits(x))
		in.fetch(&b, 0)
		c.leave(in)
	}
	f.Batch = func(out, x, y []float64) {
		o, p, q := array(out), array(x), array(y)
		in, err := c.enter(&o, &p, &q)
		if err != nil {
			panic(err)
		}
		in.send(&p)
		in.send(&q)
		c.on(in, batch, uint64(o.at), uint64(p.at), uint64(q.at), uint64(len(out)))
		in.fetch(&o, 0)
		c.leave(in)
	}

	rows := c.c("diffusion_rows", "wwllldd", "")
	f.RunRows = func(a, b *calls.Rows, steps int, d, dt float64) error {
		n, cols, err := calls.Shape(a, b)
		if err != nil {
			return err
		}
		// Each row is an argument, as are the tables, whose entries are words here.
		var args []block
		for _, p := range slices.Concat(a.Table, b.Table) {
			args = append(args, array(unsafe.Slice(p, cols)))
		}
		tables := make([]uint32, 2*n)
		args = append(args, array(tables[:n]), array(tables[n:]))
		all := make([]*block, len(args))
		for k := range args {
			all[k] = &args[k]
		}
		in, err := c.enter(all...)
		if err != nil {
			return failed("diffusion", err)
		}
		for k := range tables {
			tables[k] = args[k].at
		}
		for k := range args {
			in.send(&args[k])
		}
		copy(in.stack[:], []uint64{uint64(args[2*n].at), uint64(args[2*n+1].at), uint64(n), uint64(cols), uint64(steps), bits(d), bits(dt)})
		defer c.leave(in)
		if err := in.call(rows); err != nil {
			return failed("diffusion", err)
		}
		for k := range args[:2*n] {
			if i := k % n; i > 0 && i < n-1 {
				in.inner(&args[k])
			}
		}
		return nil
	}
}

// inner copies a row back, but for its first and last number.
func (in *instance) inner(b *block) {
	if b.in == nil && b.length > 16 {
		copy(b.data[8:b.length-8], in.bytes(b.at+8, b.length-16))
	}
}

// structs: a caller in C passes a struct by value as the address of a copy, and the address of the result before it.
func (c *callFuncs) structs(f *calls.Funcs) {
	pairAt, mixedAt := c.c("pair_at", "w", ""), c.c("mixed_at", "w", "")
	f.PairAt = func(p *calls.Pair) { changed(c, pairAt, p) }
	f.MixedAt = func(m *calls.Mixed) { changed(c, mixedAt, m) }
	pair, longs, split := c.c("pair", "ww", ""), c.c("longs", "ww", ""), c.c("split", "ww", "")
	triple, mixed := c.c("triple", "ww", ""), c.c("mixed", "ww", "")
	f.Pair = func(p calls.Pair) calls.Pair { return valued(c, pair, p) }
	f.Longs = func(p calls.Longs) calls.Longs { return valued(c, longs, p) }
	f.Split = func(p calls.Split) calls.Split { return valued(c, split, p) }
	f.Triple = func(p calls.Triple) calls.Triple { return valued(c, triple, p) }
	f.Mixed = func(m calls.Mixed) calls.Mixed { return valued(c, mixed, m) }
}

func changed[T any](c *callFuncs, f *function, p *T) {
	bytes := mem.Bytes(unsafe.Slice(p, 1))
	in, at := c.room(len(bytes))
	defer c.put(in)
	copy(in.bytes(at, len(bytes)), bytes)
	c.on(in, f, uint64(at))
	copy(bytes, in.bytes(at, len(bytes)))
}

func valued[T any](c *callFuncs, f *function, p T) (q T) {
	bytes := mem.Bytes(unsafe.Slice(&p, 1))
	in, at := c.room(2 * 64)
	defer c.put(in)
	copy(in.bytes(at, len(bytes)), bytes)
	c.on(in, f, uint64(at+64), uint64(at))
	copy(mem.Bytes(unsafe.Slice(&q, 1)), in.bytes(at+64, len(bytes)))
	return q
}

func (c *callFuncs) text(f *calls.Funcs) {
	length, static, live := c.c("text_length", "w", "l"), c.c("text_static", "", "w"), c.c("text_live", "", "l")
	made, free, into := c.c("text_new", "l", "w"), c.c("text_free", "w", ""), c.c("text_into", "wl", "l")
	f.TextLength = func(s string) int64 {
		in, at := c.room(len(s) + 1)
		defer c.put(in)
		p := in.bytes(at, len(s)+1)
		copy(p, s)
		p[len(s)] = 0
		return int64(c.on(in, length, uint64(at)))
	}
	f.TextStatic = func() string {
		in := c.run(static)
		defer c.put(in)
		return in.text(uint32(in.stack[0]))
	}
	f.TextNew = func(n int64) string {
		in := c.run(made, uint64(n))
		at := uint32(in.stack[0])
		s := in.text(at)
		c.on(in, free, uint64(at))
		c.put(in)
		return s
	}
	f.TextInto = func(n int64) string {
		in, at := c.room(int(max(n, 0)) + 1)
		defer c.put(in)
		return string(in.bytes(at, int(c.on(in, into, uint64(at), uint64(n)))))
	}
	// Each instance counts its own.
	f.TextLive = func() (n int64) {
		var taken []*instance
		for k := range c.idle {
			if in := c.idle[k].Swap(nil); in != nil {
				n += int64(c.on(in, live))
				taken = append(taken, in)
			}
		}
		for _, in := range taken {
			c.put(in)
		}
		return n
	}
}

// text returns a copy of the string at an address, up to its NUL; "" for NULL.
func (in *instance) text(at uint32) string {
	if at == 0 {
		return ""
	}
	return unix.ByteSliceToString(in.region[at:])
}

func (c *callFuncs) others(f *calls.Funcs) {
	status, errno, left := c.c("status", "w", "w"), c.c("errno", "w", "l"), c.of("toll_wasm_errno", "", "w")
	f.Status = func(x int32) error { return kernel.FromNative("call", int32(c.word(status, uint64(uint32(x))))) }
	// errno is the instance's: a second call reads it.
	f.Errno = func(e int32) (int64, error) {
		in := c.run(errno, uint64(uint32(e)))
		defer c.put(in)
		r := int64(in.stack[0])
		if r == 0 {
			return 0, nil
		}
		return r, syscall.Errno(uint32(c.on(in, left)))
	}
	handle := c.c("handle", "w", "w")
	f.Handle = func(v any) any {
		h := newHandle(v)
		defer handles.Delete(h)
		back, ok := handles.Load(uint32(c.word(handle, uint64(h))))
		if !ok {
			panic("wasm: the handle that came back stands for nothing, want the one that was passed")
		}
		return back
	}

	// The address of a host's function is the same in each instance.
	callback, ours, next := c.c("callback", "wwll", "l"), c.of("toll_wasm_callback", "", "w"), c.of("toll_wasm_next", "", "w")
	address := func(f *function) func() uint64 { return sync.OnceValue(func() uint64 { return c.word(f) }) }
	callbackAt, nextAt := address(ours), address(next)
	f.Callback = func(f func(int64) int64, x, k int64) int64 {
		g := calls.Guarded{F: f}
		h := newHandle(&g)
		defer handles.Delete(h)
		y := int64(c.word(callback, callbackAt(), uint64(h), uint64(x), uint64(k)))
		g.Repanic()
		return y
	}
	f.Next = func(x, k int64) int64 { return int64(c.word(callback, nextAt(), 0, uint64(x), uint64(k))) }

	spin, sleep := c.c("spin", "l", ""), c.c("sleep", "l", "")
	f.Spin = func(ns int64) { c.put(c.run(spin, uint64(ns))) }
	f.Sleep = func(ns int64) { c.put(c.run(sleep, uint64(ns))) }
}
