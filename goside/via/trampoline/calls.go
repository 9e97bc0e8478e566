// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build linux && (amd64 || arm64)

package trampoline

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	include "toll/csrc/include"
	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/handle"
)

//go:generate go run toll/goside/internal/generate arity.go.tmpl

// callsFile is the shared library of the functions of calls.h.
const callsFile = "libtoll_calls.so"

// OpenCalls returns the functions of calls.h, each by a stub of its prototype.
func OpenCalls() (*calls.Funcs, error) {
	lookup, missing, err := openCalls()
	if err != nil {
		return nil, err
	}
	f := stubs(lookup)
	return f, *missing
}

// openCalls loads the library, and returns a function that looks its symbols up; missing is then the error of one that
// is not there.
func openCalls() (lookup func(name string) uintptr, missing *error, err error) {
	library, err := load(callsFile)
	if err != nil {
		return nil, nil, err
	}
	hash, err := library.symbol("toll_calls_header_hash")
	if err != nil {
		return nil, nil, err
	}
	if found, want := callHash(hash), include.CallsHash(); found != want {
		return nil, nil, fmt.Errorf("trampoline: %s has header hash %016x, want %016x, that of calls.h: run %s", callsFile, found, want, seam.Mend)
	}
	missing = new(error)
	return func(name string) uintptr {
		address, err := library.symbol("toll_calls_" + name)
		if err != nil {
			*missing = err
		}
		return address
	}, missing, nil
}

func stubs(lookup func(name string) uintptr) *calls.Funcs {
	var (
		noop, not, add               = lookup("noop"), lookup("not"), lookup("add")
		andNot, float                = lookup("bool"), lookup("float")
		int8s, int16s, int32s        = lookup("int8"), lookup("int16"), lookup("int32")
		uint8s, uint16s, uint32s     = lookup("uint8"), lookup("uint16"), lookup("uint32")
		length, first, sum, fill     = lookup("length"), lookup("first"), lookup("sum"), lookup("fill")
		batch, variadic, rows        = lookup("batch"), lookup("variadic"), lookup("diffusion_rows")
		pair, pairAt, mixed, mixedAt = lookup("pair"), lookup("pair_at"), lookup("mixed"), lookup("mixed_at")
		longs, split, triple         = lookup("longs"), lookup("split"), lookup("triple")
		textLength, textStatic       = lookup("text_length"), lookup("text_static")
		textNew, textFree            = lookup("text_new"), lookup("text_free")
		textInto, textLive           = lookup("text_into"), lookup("text_live")
		status, errno, handed        = lookup("status"), lookup("errno"), lookup("handle")
		callback, fromThread         = lookup("callback"), lookup("callback_thread")
		spin, sleep                  = lookup("spin"), lookup("sleep")
	)
	f := &calls.Funcs{
		Noop:   func() { callNoop(noop) },
		Not:    func(x int64) int64 { return callNot(not, x) },
		Add:    func(x, y float64) float64 { return callAdd(add, x, y) },
		Bool:   func(x, y bool) bool { return callBool(andNot, x, y) },
		Int8:   func(x, y int8) int64 { return callInt8(int8s, x, y) },
		Int16:  func(x, y int16) int64 { return callInt16(int16s, x, y) },
		Int32:  func(x, y int32) int64 { return callInt32(int32s, x, y) },
		Uint8:  func(x, y uint8) int64 { return callUint8(uint8s, x, y) },
		Uint16: func(x, y uint16) int64 { return callUint16(uint16s, x, y) },
		Uint32: func(x, y uint32) int64 { return callUint32(uint32s, x, y) },
		Float:  func(x, y float32) float32 { return callFloat(float, x, y) },

		// A slice's own pointer and length: C reaches only elements that are there.
		Length: func(p []float64) int64 { return callLength(length, unsafe.SliceData(p), int64(len(p))) },
		First:  func(p []float64) float64 { return callFirst(first, unsafe.SliceData(p), int64(len(p))) },
		Sum:    func(p []float64) float64 { return callSum(sum, unsafe.SliceData(p), int64(len(p))) },
		Fill:   func(p []float64, x float64) { callFill(fill, unsafe.SliceData(p), int64(len(p)), x) },
		Batch: func(out, x, y []float64) {
			callBatch(batch, unsafe.SliceData(out), unsafe.SliceData(x), unsafe.SliceData(y), int64(len(out)))
		},
		Variadic: func(a int64, x float64, b int64, y float64) float64 { return callVariadic(variadic, 2, a, x, b, y) },

		// The table holds pointers to rows that calls.Rows pinned. Each row has the length that Shape returns.
		RunRows: func(a, b *calls.Rows, steps int, d, dt float64) error {
			n, cols, err := calls.Shape(a, b)
			if err != nil {
				return err
			}
			callRows(rows, &a.Table[0], &b.Table[0], int64(n), int64(cols), int64(steps), d, dt)
			runtime.KeepAlive(a)
			runtime.KeepAlive(b)
			return nil
		},

		PairAt:  func(p *calls.Pair) { callPairAt(pairAt, p) },
		Pair:    func(p calls.Pair) calls.Pair { return callPair(pair, p) },
		MixedAt: func(m *calls.Mixed) { callMixedAt(mixedAt, m) },
		Mixed:   func(m calls.Mixed) calls.Mixed { return callMixed(mixed, m) },
		Longs:   func(p calls.Longs) calls.Longs { return callLongs(longs, p) },
		Split:   func(p calls.Split) calls.Split { return callSplitStruct(split, p) },
		Triple:  func(p calls.Triple) calls.Triple { return callTriple(triple, p) },

		TextLength: func(s string) int64 {
			b := make([]byte, len(s)+1) // the NUL, too
			copy(b, s)
			return callTextLength(textLength, unsafe.SliceData(b))
		},
		TextStatic: func() string { return unix.BytePtrToString(callTextStatic(textStatic)) },
		TextNew: func(n int64) string {
			s := callTextNew(textNew, n)
			defer callTextFree(textFree, s)
			return unix.BytePtrToString(s) // up to its NUL; "" for NULL
		},
		TextInto: func(n int64) string {
			b := make([]byte, max(n, 0)+1) // the NUL, too
			return string(b[:callTextInto(textInto, unsafe.SliceData(b), n)])
		},
		TextLive: func() int64 { return callTextLive(textLive) },

		Status: func(x int32) error { return kernel.FromNative("call", callStatus(status, x)) },
		Errno: func(e int32) (int64, error) {
			r, errno := callErrno(errno, e)
			if r == 0 {
				return 0, nil
			}
			return r, errno
		},
		Handle: func(v any) any {
			h := handle.New(v)
			defer handle.Delete(h)
			return handle.Value(callHandle(handed, h))
		},

		Callback: guarded(callback),
		Thread:   guarded(fromThread),
		Next:     func(x, k int64) int64 { return callCallback(callback, goNextEntry, 0, x, k) },

		Spin:  func(ns int64) { callSpin(spin, ns) },
		Sleep: func(ns int64) { callSleep(sleep, ns) },
	}
	setArity(f, lookup)
	return f
}

// guarded returns a function that gives C a handle to f, guarded, for the call of the C function at address.
func guarded(address uintptr) func(f func(int64) int64, x, k int64) int64 {
	return func(f func(int64) int64, x, k int64) int64 {
		g := calls.Guarded{F: f}
		h := handle.New(&g)
		defer handle.Delete(h)
		y := callCallback(address, goCallbackEntry, h, x, k)
		g.Repanic()
		return y
	}
}

func goCallback(context uintptr, x int64) int64 {
	return handle.Value(context).(*calls.Guarded).Call(x)
}

func goNext(_ uintptr, x int64) int64 { return x + 1 }
