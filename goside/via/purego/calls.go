// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package purego

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

//go:generate go run toll/goside/internal/generate arity.go.tmpl

// OpenCalls returns the functions of calls.h, each registered under a Go type.
func OpenCalls() (*calls.Funcs, error) { return openCalls(registeredCalls) }

// OpenCallsSyscallN is OpenCalls by SyscallN. It offers only functions without floating-point arguments or results and
// without structs by value.
func OpenCallsSyscallN() (*calls.Funcs, error) { return openCalls(wordCalls) }

func openCalls(funcs func(*binder) *calls.Funcs) (*calls.Funcs, error) {
	lookup, err := dl.Calls("purego")
	if err != nil {
		return nil, err
	}
	b := &binder{lookup: lookup}
	f := funcs(b)
	return f, b.err
}

func registeredCalls(b *binder) *calls.Funcs {
	var (
		f                    calls.Funcs
		length               func(p *float64, n int64) int64
		first, sum           func(p *float64, n int64) float64
		fill                 func(p *float64, n int64, x float64)
		textNew              func(n int64) *byte
		textFree             func(s *byte)
		textInto             func(s *byte, n int64) int64
		status               func(x int32) int32
		errno                func(e int32) int64
		errnoLocation        func() *int32
		back                 func(h uintptr) uintptr
		callback, fromThread callbackFunc
		batch                func(out, x, y *float64, n int64)
		runRows              func(a, b **float64, rows, cols, steps int64, d, dt float64)
	)
	// The Go types are the prototypes of calls.h. Of its variable arguments, doubles would be lost: purego says in AL that
	// no vector register holds an argument, on amd64.
	for name, to := range map[string]any{
		"noop": &f.Noop, "not": &f.Not, "add": &f.Add,
		"bool": &f.Bool, "int8": &f.Int8, "int16": &f.Int16, "int32": &f.Int32, "uint8": &f.Uint8,
		"uint16": &f.Uint16, "uint32": &f.Uint32, "float": &f.Float,
		"length": &length, "first": &first, "sum": &sum, "fill": &fill,
		"batch": &batch, "variadic2": &f.Variadic,
		"diffusion_rows": &runRows,
		"pair":           &f.Pair, "pair_at": &f.PairAt, "mixed": &f.Mixed, "mixed_at": &f.MixedAt,
		"longs": &f.Longs, "split": &f.Split, "triple": &f.Triple,
		"text_length": &f.TextLength, "text_static": &f.TextStatic, "text_new": &textNew, "text_free": &textFree,
		"text_into": &textInto, "text_live": &f.TextLive,
		"status": &status, "errno": &errno, "handle": &back, "callback": &callback, "callback_thread": &fromThread,
		"spin": &f.Spin, "sleep": &f.Sleep,
	} {
		b.register(name, to)
	}
	registerArity(&f, b)
	b.registerAt("__errno_location", &errnoLocation, errnoSymbol())

	// A slice's own pointer and length: C reaches only elements that are there, and RegisterFunc keeps the memory of
	// its pointer arguments alive until the call returns.
	f.Length = func(p []float64) int64 { return length(unsafe.SliceData(p), int64(len(p))) }
	f.First = func(p []float64) float64 { return first(unsafe.SliceData(p), int64(len(p))) }
	f.Sum = func(p []float64) float64 { return sum(unsafe.SliceData(p), int64(len(p))) }
	f.Fill = func(p []float64, x float64) { fill(unsafe.SliceData(p), int64(len(p)), x) }
	f.Batch = func(out, x, y []float64) {
		batch(unsafe.SliceData(out), unsafe.SliceData(x), unsafe.SliceData(y), int64(len(out)))
	}
	// The table holds pointers to rows that calls.Rows pinned. Each row has the length that Shape returns.
	f.RunRows = func(a, b *calls.Rows, steps int, d, dt float64) error {
		rows, cols, err := calls.Shape(a, b)
		if err != nil {
			return err
		}
		runRows(&a.Table[0], &b.Table[0], int64(rows), int64(cols), int64(steps), d, dt)
		runtime.KeepAlive(a)
		runtime.KeepAlive(b)
		return nil
	}
	f.TextNew = func(n int64) string {
		s := textNew(n)
		defer textFree(s)
		return unix.BytePtrToString(s) // up to its NUL; "" for NULL
	}
	f.TextInto = func(n int64) string {
		b := make([]byte, max(n, 0)+1) // the NUL, too
		return string(b[:textInto(unsafe.SliceData(b), n)])
	}
	f.Status = func(x int32) error { return kernel.FromNative("call", status(x)) }
	f.Errno = func(e int32) (int64, error) {
		runtime.LockOSThread() // errno is the thread's, and purego does not return it on Linux
		defer runtime.UnlockOSThread()
		r := errno(e)
		if r == 0 { // errno is left over from an earlier call
			return 0, nil
		}
		return r, syscall.Errno(*errnoLocation()) // C's, for as long as the thread lives
	}
	f.Handle = func(v any) any { return passed(v, back) }
	f.Callback = guarded(callback)
	f.Thread = guarded(fromThread)
	f.Next = func(x, k int64) int64 { return callback(goNext(), 0, x, k) }
	return &f
}

// errnoSymbol returns the address of the C library's function that returns the address of the thread's errno.
var errnoSymbol = sync.OnceValue(func() uintptr {
	address, err := dl.Symbol(purego.RTLD_DEFAULT, "__errno_location")
	if err != nil {
		panic(fmt.Sprintf("purego: the C library has no __errno_location, want it: %v", err)) // glibc and musl have it
	}
	return address
})

// wordCalls returns the functions that SyscallN can call. As in [words], memory whose address becomes a word in its
// arguments stays alive, and on the heap, until it returns.
func wordCalls(b *binder) *calls.Funcs {
	var f calls.Funcs
	wordsArity(&f, b)

	noop, not := b.words("noop", (func())(nil)), b.words("not", (func(int64) int64)(nil))
	f.Noop = func() { purego.SyscallN(noop) }
	f.Not = func(x int64) int64 {
		r, _, _ := purego.SyscallN(not, uintptr(x))
		return int64(r)
	}

	andNot := b.words("bool", (func(x, y bool) bool)(nil))
	f.Bool = func(x, y bool) bool {
		r, _, _ := purego.SyscallN(andNot, word(x), word(y))
		return byte(r) != 0 // C's bool fills the lowest byte only
	}
	// Some platforms' rules leave open whether caller or callee widens a narrow argument. Widening here is right under
	// either.
	int8s, int16s, int32s := b.words("int8", (func(x, y int8) int64)(nil)), b.words("int16", (func(x, y int16) int64)(nil)), b.words("int32", (func(x, y int32) int64)(nil))
	uint8s, uint16s, uint32s := b.words("uint8", (func(x, y uint8) int64)(nil)), b.words("uint16", (func(x, y uint16) int64)(nil)), b.words("uint32", (func(x, y uint32) int64)(nil))
	f.Int8 = func(x, y int8) int64 { return words2(int8s, uintptr(x), uintptr(y)) }
	f.Int16 = func(x, y int16) int64 { return words2(int16s, uintptr(x), uintptr(y)) }
	f.Int32 = func(x, y int32) int64 { return words2(int32s, uintptr(x), uintptr(y)) }
	f.Uint8 = func(x, y uint8) int64 { return words2(uint8s, uintptr(x), uintptr(y)) }
	f.Uint16 = func(x, y uint16) int64 { return words2(uint16s, uintptr(x), uintptr(y)) }
	f.Uint32 = func(x, y uint32) int64 { return words2(uint32s, uintptr(x), uintptr(y)) }

	batch := b.words("batch", (func(out, x, y *float64, n int64))(nil))
	f.Batch = func(out, x, y []float64) {
		purego.SyscallN(batch, uintptr(unsafe.Pointer(unsafe.SliceData(out))), uintptr(unsafe.Pointer(unsafe.SliceData(x))),
			uintptr(unsafe.Pointer(unsafe.SliceData(y))), uintptr(len(out)))
	}
	length, pairAt, mixedAt := b.words("length", (func(p *float64, n int64) int64)(nil)), b.words("pair_at", (func(*calls.Pair))(nil)), b.words("mixed_at", (func(*calls.Mixed))(nil))
	f.Length = func(p []float64) int64 {
		r, _, _ := purego.SyscallN(length, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
		return int64(r)
	}
	f.PairAt = func(p *calls.Pair) { purego.SyscallN(pairAt, uintptr(unsafe.Pointer(p))) }
	f.MixedAt = func(m *calls.Mixed) { purego.SyscallN(mixedAt, uintptr(unsafe.Pointer(m))) }

	textLength, textStatic, textInto := b.words("text_length", (func(*byte) int64)(nil)), b.words("text_static", (func() *byte)(nil)), b.words("text_into", (func(s *byte, n int64) int64)(nil))
	textNew, textFree, textLive := b.words("text_new", (func(int64) *byte)(nil)), b.words("text_free", (func(*byte))(nil)), b.words("text_live", (func() int64)(nil))
	f.TextLength = func(s string) int64 {
		b := make([]byte, len(s)+1) // the NUL, too
		copy(b, s)
		r, _, _ := purego.SyscallN(textLength, uintptr(unsafe.Pointer(unsafe.SliceData(b))))
		return int64(r)
	}
	f.TextStatic = func() string {
		r, _, _ := purego.SyscallN(textStatic)
		return cString(r)
	}
	f.TextNew = func(n int64) string {
		r, _, _ := purego.SyscallN(textNew, uintptr(n))
		defer purego.SyscallN(textFree, r)
		return cString(r)
	}
	f.TextInto = func(n int64) string {
		b := make([]byte, max(n, 0)+1)
		r, _, _ := purego.SyscallN(textInto, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(n))
		return string(b[:r])
	}
	f.TextLive = func() int64 {
		r, _, _ := purego.SyscallN(textLive)
		return int64(r)
	}

	status, errno, back := b.words("status", (func(int32) int32)(nil)), b.words("errno", (func(int32) int64)(nil)), b.words("handle", (func(uintptr) uintptr)(nil))
	f.Status = func(x int32) error {
		r, _, _ := purego.SyscallN(status, uintptr(x))
		return kernel.FromNative("call", int32(r))
	}
	errnoLocation := errnoSymbol()
	f.Errno = func(e int32) (int64, error) {
		runtime.LockOSThread() // as above
		defer runtime.UnlockOSThread()
		r, _, _ := purego.SyscallN(errno, uintptr(e))
		if r == 0 {
			return 0, nil
		}
		at, _, _ := purego.SyscallN(errnoLocation)
		return int64(r), syscall.Errno(**(**int32)(unsafe.Pointer(&at)))
	}
	f.Handle = func(v any) any {
		return passed(v, func(h uintptr) uintptr {
			r, _, _ := purego.SyscallN(back, h)
			return r
		})
	}

	callback, fromThread := b.words("callback", callbackFunc(nil)), b.words("callback_thread", callbackFunc(nil))
	f.Callback = guarded(func(f, context uintptr, x, k int64) int64 {
		r, _, _ := purego.SyscallN(callback, f, context, uintptr(x), uintptr(k))
		return int64(r)
	})
	f.Thread = guarded(func(f, context uintptr, x, k int64) int64 {
		r, _, _ := purego.SyscallN(fromThread, f, context, uintptr(x), uintptr(k))
		return int64(r)
	})

	f.Next = func(x, k int64) int64 {
		r, _, _ := purego.SyscallN(callback, goNext(), 0, uintptr(x), uintptr(k))
		return int64(r)
	}

	spin, sleep := b.words("spin", (func(int64))(nil)), b.words("sleep", (func(int64))(nil))
	f.Spin = func(ns int64) { purego.SyscallN(spin, uintptr(ns)) }
	f.Sleep = func(ns int64) { purego.SyscallN(sleep, uintptr(ns)) }
	return &f
}

func words2(f, x, y uintptr) int64 {
	r, _, _ := purego.SyscallN(f, x, y)
	return int64(r)
}

func word(b bool) uintptr {
	if b {
		return 1
	}
	return 0
}

// cString returns a copy of the string at p, or "" if p is NULL. C returned p; the string ends with a NUL and stays
// until cString returns.
func cString(p uintptr) string {
	// Read p through its own address: vet knows no other way to make C's memory a pointer.
	return unix.BytePtrToString(*(**byte)(unsafe.Pointer(&p)))
}

// passed gives C a handle to v by call, and returns the object of the handle that comes back.
func passed(v any, call func(h uintptr) uintptr) any {
	h := handle.New(v)
	defer handle.Delete(h)
	return handle.Value(call(h))
}

type callbackFunc func(f, context uintptr, x, k int64) int64

// goCallback is the one address by which C calls all functions back, since purego has room for 2,000 and frees none.
// context is the handle of the function.
var goCallback = sync.OnceValue(func() uintptr {
	return purego.NewCallback(func(context uintptr, x int64) int64 {
		return handle.Value(context).(*calls.Guarded).Call(x)
	})
})

var goNext = sync.OnceValue(func() uintptr {
	return purego.NewCallback(func(_ uintptr, x int64) int64 { return x + 1 })
})

// guarded returns a function that gives C a handle to f, guarded, for the call.
func guarded(call callbackFunc) func(f func(int64) int64, x, k int64) int64 {
	return func(f func(int64) int64, x, k int64) int64 {
		g := calls.Guarded{F: f}
		h := handle.New(&g)
		defer handle.Delete(h)
		y := call(goCallback(), h, x, k)
		g.Repanic()
		return y
	}
}

// CallbackSlots makes callbacks until purego has no room, and returns how many it made and the refusal. purego frees
// none: use a process that needs no more callbacks.
func CallbackSlots() (slots int, refusal error) {
	defer func() {
		if v := recover(); v != nil {
			refusal = fmt.Errorf("%v", v) // the panic says that it is purego's
		}
	}()
	for ; ; slots++ {
		if slots == 1<<20 {
			return slots, nil
		}
		purego.NewCallback(func(x int64) int64 { return x })
	}
}
