// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package libffi

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"

	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/via/dl"
	"toll/goside/via/handle"
)

// OpenCalls returns the functions of calls.h, each prepared under its prototype.
func OpenCalls() (*calls.Funcs, error) {
	l, err := open()
	if err != nil {
		return nil, err
	}
	lookup, err := dl.Calls("libffi")
	if err != nil {
		return nil, err
	}
	b := &binder{l, lookup, nil}
	f := b.calls()
	if b.err != nil {
		return nil, b.err
	}
	return f, nil
}

// binder prepares functions of calls.h. The first that it cannot is its error.
type binder struct {
	*library
	lookup func(name string) (uintptr, error)
	err    error
}

func (b *binder) bind(name string, prepare func(address uintptr) (*function, error)) *function {
	address, err := b.lookup(name)
	var f *function
	if err == nil {
		f, err = prepare(address)
	}
	if b.err == nil {
		b.err = err
	}
	return f
}

func (b *binder) find(name string, result *typ, arguments ...*typ) *function {
	return b.bind(name, func(address uintptr) (*function, error) { return b.function(name, address, result, arguments...) })
}

// calls returns the functions; those that were not found panic if they are called.
func (b *binder) calls() *calls.Funcs {
	var f calls.Funcs
	b.scalars(&f)
	b.slices(&f)
	b.structs(&f)
	b.texts(&f)
	b.others(&f)
	b.callbacks(&f)
	return &f
}

func (b *binder) scalars(f *calls.Funcs) {
	noop, not, add := b.find("noop", &void), b.find("not", &sint64, &sint64), b.find("add", &double, &double, &double)
	f.Noop = func() { noop.call(nil) }
	f.Not = func(x int64) (r int64) {
		not.call(unsafe.Pointer(&r), unsafe.Pointer(&x))
		return r
	}
	f.Add = binary[float64, float64](add)
	f.Float = binary[float32, float32](b.find("float", &float, &float, &float))
	andNot := b.find("bool", &uint8s, &uint8s, &uint8s)
	f.Bool = func(x, y bool) bool {
		var r uint64 // libffi widens integers
		andNot.call(unsafe.Pointer(&r), unsafe.Pointer(&x), unsafe.Pointer(&y))
		return byte(r) != 0
	}
	f.Int8 = binary[int8, int64](b.find("int8", &sint64, &sint8, &sint8))
	f.Int16 = binary[int16, int64](b.find("int16", &sint64, &sint16, &sint16))
	f.Int32 = binary[int32, int64](b.find("int32", &sint64, &sint32, &sint32))
	f.Uint8 = binary[uint8, int64](b.find("uint8", &sint64, &uint8s, &uint8s))
	f.Uint16 = binary[uint16, int64](b.find("uint16", &sint64, &uint16s, &uint16s))
	f.Uint32 = binary[uint32, int64](b.find("uint32", &sint64, &uint32s, &uint32s))

	for _, k := range calls.Arities {
		f.Ints[k] = many[int64](b.find(fmt.Sprintf("ints%d", k), &sint64, repeated(&sint64, k)...))
		f.Doubles[k] = many[float64](b.find(fmt.Sprintf("doubles%d", k), &double, repeated(&double, k)...))
	}
	variadic := b.bind("variadic", func(address uintptr) (*function, error) {
		return b.variadic("variadic", address, 1, &double, &sint64, &sint64, &double, &sint64, &double)
	})
	f.Variadic = func(a int64, x float64, b int64, y float64) (r float64) {
		pairs := int64(2)
		variadic.call(unsafe.Pointer(&r), unsafe.Pointer(&pairs), unsafe.Pointer(&a), unsafe.Pointer(&x), unsafe.Pointer(&b), unsafe.Pointer(&y))
		return r
	}
}

// binary returns a function of two arguments. R has 8 bytes or is a float.
func binary[T, R any](f *function) func(x, y T) R {
	return func(x, y T) (r R) {
		f.call(unsafe.Pointer(&r), unsafe.Pointer(&x), unsafe.Pointer(&y))
		return r
	}
}

// many returns a function of as many arguments as f has.
func many[T any](f *function) func(a *[calls.MaxArity]T) T {
	return func(a *[calls.MaxArity]T) (r T) {
		pointers := make([]unsafe.Pointer, len(f.arguments))
		for k := range pointers {
			pointers[k] = unsafe.Pointer(&a[k])
		}
		f.call(unsafe.Pointer(&r), pointers...)
		return r
	}
}

func repeated(t *typ, n int) []*typ {
	all := make([]*typ, n)
	for k := range all {
		all[k] = t
	}
	return all
}

// slices sets the functions of slices. What libffi reads is the address of the pointer, which it reads before the call.
func (b *binder) slices(f *calls.Funcs) {
	length := b.find("length", &sint64, &pointer, &sint64)
	first := b.find("first", &double, &pointer, &sint64)
	sum := b.find("sum", &double, &pointer, &sint64)
	fill := b.find("fill", &void, &pointer, &sint64, &double)
	batch := b.find("batch", &void, &pointer, &pointer, &pointer, &sint64)
	rows := b.find("diffusion_rows", &void, &pointer, &pointer, &sint64, &sint64, &sint64, &double, &double)
	f.Length, f.First, f.Sum = sliced[int64](length), sliced[float64](first), sliced[float64](sum)
	f.Fill = func(p []float64, x float64) {
		at, n := unsafe.SliceData(p), int64(len(p))
		fill.call(nil, unsafe.Pointer(&at), unsafe.Pointer(&n), unsafe.Pointer(&x))
	}
	f.Batch = func(out, x, y []float64) {
		atOut, atX, atY, n := unsafe.SliceData(out), unsafe.SliceData(x), unsafe.SliceData(y), int64(len(out))
		batch.call(nil, unsafe.Pointer(&atOut), unsafe.Pointer(&atX), unsafe.Pointer(&atY), unsafe.Pointer(&n))
	}
	f.RunRows = func(a, b *calls.Rows, steps int, d, dt float64) error {
		n, m, err := calls.Shape(a, b)
		if err != nil {
			return err
		}
		atA, atB, n64, m64, steps64 := &a.Table[0], &b.Table[0], int64(n), int64(m), int64(steps)
		rows.call(nil, unsafe.Pointer(&atA), unsafe.Pointer(&atB), unsafe.Pointer(&n64), unsafe.Pointer(&m64), unsafe.Pointer(&steps64),
			unsafe.Pointer(&d), unsafe.Pointer(&dt))
		runtime.KeepAlive(a)
		runtime.KeepAlive(b)
		return nil
	}
}

func sliced[R any](f *function) func(p []float64) R {
	return func(p []float64) (r R) {
		at, n := unsafe.SliceData(p), int64(len(p))
		f.call(unsafe.Pointer(&r), unsafe.Pointer(&at), unsafe.Pointer(&n))
		return r
	}
}

func (b *binder) structs(f *calls.Funcs) {
	pair, longs, split := structure(&double, &double), structure(&sint64, &sint64), structure(&sint64, &double)
	triple := structure(&float, &float, &float)
	mixed := structure(&sint8, &double, &sint32, &sint16, &double, &sint64)
	f.Pair = unary[calls.Pair](b.find("pair", pair, pair))
	f.Longs = unary[calls.Longs](b.find("longs", longs, longs))
	f.Split = unary[calls.Split](b.find("split", split, split))
	f.Triple = unary[calls.Triple](b.find("triple", triple, triple))
	f.Mixed = unary[calls.Mixed](b.find("mixed", mixed, mixed))
	pairAt, mixedAt := b.find("pair_at", &void, &pointer), b.find("mixed_at", &void, &pointer)
	f.PairAt = func(p *calls.Pair) { pairAt.call(nil, unsafe.Pointer(&p)) }
	f.MixedAt = func(m *calls.Mixed) { mixedAt.call(nil, unsafe.Pointer(&m)) }
}

// unary returns a function of one argument of the result's type, which is a struct.
func unary[T any](f *function) func(x T) T {
	return func(x T) (r T) {
		f.call(unsafe.Pointer(&r), unsafe.Pointer(&x))
		return r
	}
}

func (b *binder) texts(f *calls.Funcs) {
	length, static, into := b.find("text_length", &sint64, &pointer), b.find("text_static", &pointer), b.find("text_into", &sint64, &pointer, &sint64)
	fresh, free, live := b.find("text_new", &pointer, &sint64), b.find("text_free", &void, &pointer), b.find("text_live", &sint64)
	f.TextLength = func(s string) (r int64) {
		text := make([]byte, len(s)+1) // the NUL, too
		copy(text, s)
		at := unsafe.SliceData(text)
		length.call(unsafe.Pointer(&r), unsafe.Pointer(&at))
		return r
	}
	f.TextStatic = func() string {
		var r *byte
		static.call(unsafe.Pointer(&r))
		return unix.BytePtrToString(r)
	}
	f.TextNew = func(n int64) string {
		var r *byte
		fresh.call(unsafe.Pointer(&r), unsafe.Pointer(&n))
		defer free.call(nil, unsafe.Pointer(&r))
		return unix.BytePtrToString(r) // up to its NUL; "" for NULL
	}
	f.TextInto = func(n int64) string {
		text := make([]byte, max(n, 0)+1)
		at, r := unsafe.SliceData(text), int64(0)
		into.call(unsafe.Pointer(&r), unsafe.Pointer(&at), unsafe.Pointer(&n))
		return string(text[:r])
	}
	f.TextLive = func() (r int64) {
		live.call(unsafe.Pointer(&r))
		return r
	}
}

func (b *binder) others(f *calls.Funcs) {
	status, errno, back := b.find("status", &sint32, &sint32), b.find("errno", &sint64, &sint32), b.find("handle", &uint64s, &uint64s)
	location := b.errnoLocation()
	f.Status = func(x int32) error {
		var r int64 // libffi widens integers
		status.call(unsafe.Pointer(&r), unsafe.Pointer(&x))
		return kernel.FromNative("call", int32(r))
	}
	f.Errno = func(e int32) (r int64, err error) {
		runtime.LockOSThread() // errno is the thread's
		defer runtime.UnlockOSThread()
		errno.call(unsafe.Pointer(&r), unsafe.Pointer(&e))
		if r == 0 { // errno is left over from an earlier call
			return 0, nil
		}
		var at *int32 // C's, for as long as the thread lives
		location.call(unsafe.Pointer(&at))
		return r, syscall.Errno(*at)
	}
	f.Handle = func(v any) any {
		h := handle.New(v)
		defer handle.Delete(h)
		var r uintptr
		back.call(unsafe.Pointer(&r), unsafe.Pointer(&h))
		return handle.Value(r)
	}
	spin, sleep := b.find("spin", &void, &sint64), b.find("sleep", &void, &sint64)
	f.Spin = func(ns int64) { spin.call(nil, unsafe.Pointer(&ns)) }
	f.Sleep = func(ns int64) { sleep.call(nil, unsafe.Pointer(&ns)) }
}

// errnoLocation returns the C library's function that returns the address of the thread's errno.
func (b *binder) errnoLocation() *function {
	const name = "__errno_location" // of glibc and musl
	libc := &binder{b.library, func(name string) (uintptr, error) {
		address, err := dl.Symbol(purego.RTLD_DEFAULT, name)
		if err != nil {
			return 0, fmt.Errorf("libffi: the C library has no %s, want it: %w", name, err)
		}
		return address, nil
	}, b.err}
	f := libc.find(name, &pointer)
	b.err = libc.err
	return f
}

func (b *binder) callbacks(f *calls.Funcs) {
	callback := b.find("callback", &sint64, &pointer, &uint64s, &sint64, &sint64)
	fromThread := b.find("callback_thread", &sint64, &pointer, &uint64s, &sint64, &sint64)
	toGo, err := closures()
	if b.err == nil {
		b.err = err
	}
	f.Callback, f.Thread = guarded(callback, toGo.call), guarded(fromThread, toGo.call)
	f.Next = func(x, k int64) (r int64) {
		context := uintptr(0)
		callback.call(unsafe.Pointer(&r), unsafe.Pointer(&toGo.next), unsafe.Pointer(&context), unsafe.Pointer(&x), unsafe.Pointer(&k))
		return r
	}
}

// guarded returns a function that gives C a handle to f, guarded, for the call.
func guarded(call *function, closure uintptr) func(f func(int64) int64, x, k int64) int64 {
	return func(f func(int64) int64, x, k int64) (r int64) {
		g := calls.Guarded{F: f}
		h := handle.New(&g)
		defer handle.Delete(h)
		call.call(unsafe.Pointer(&r), unsafe.Pointer(&closure), unsafe.Pointer(&h), unsafe.Pointer(&x), unsafe.Pointer(&k))
		g.Repanic()
		return r
	}
}

// made are the closures by which C calls Go: one for any function, whose handle is its context, and that of Next.
type made struct {
	call, next uintptr
	signature  *function // which the closures use for as long as they are there
}

// closures makes them once, since purego has room for 2,000 callbacks and frees none.
var closures = sync.OnceValues(func() (m made, err error) {
	l, err := open()
	if err != nil {
		return m, err
	}
	if m.signature, err = l.function("a callback", 0, &sint64, &uint64s, &sint64); err != nil {
		return m, err
	}
	if m.call, err = l.closure(m.signature, purego.NewCallback(onCall)); err != nil {
		return m, err
	}
	m.next, err = l.closure(m.signature, purego.NewCallback(onNext))
	return m, err
})

// onCall and onNext are what libffi calls with the signature, where to put the result, pointers to the arguments, and nothing else.

func onCall(_ *cif, result *int64, arguments *[2]unsafe.Pointer, _ unsafe.Pointer) uintptr {
	*result = handle.Value(*(*uintptr)(arguments[0])).(*calls.Guarded).Call(*(*int64)(arguments[1]))
	return 0
}

func onNext(_ *cif, result *int64, arguments *[2]unsafe.Pointer, _ unsafe.Pointer) uintptr {
	*result = *(*int64)(arguments[1]) + 1
	return 0
}
