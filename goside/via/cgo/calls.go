// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

package cgo

/*
#include <stdlib.h>
#include "calls.h"
#include "libs.h"

extern int64_t tollGoCallback(uintptr_t context, int64_t x);
extern int64_t tollGoNext(uintptr_t context, int64_t x);

static int64_t next(int64_t x, int64_t k) { return toll_calls_callback(tollGoNext, 0, x, k); }

static int64_t callback(uintptr_t context, int64_t x, int64_t k) {
    return toll_calls_callback(tollGoCallback, context, x, k);
}

static int64_t callback_thread(uintptr_t context, int64_t x, int64_t k) {
    return toll_calls_callback_thread(tollGoCallback, context, x, k);
}
*/
import "C"

import (
	"fmt"
	"runtime/cgo"
	"unsafe"

	include "toll/csrc/include"
	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/seam"
)

//go:generate go run toll/goside/internal/generate arity.go.tmpl

// OpenCalls returns the functions of calls.h, called as cgo's documentation has it: by their own names, without
// noescape and nocallback. What those give is in [Knobs].
func OpenCalls() (*calls.Funcs, error) {
	if found, want := uint64(C.toll_calls_header_hash()), include.CallsHash(); found != want {
		return nil, fmt.Errorf("cgo: the archive libtoll_calls.a has header hash %016x, want %016x, that of calls.h: run %s", found, want, seam.Mend)
	}
	if found, want := [...]uintptr{unsafe.Sizeof(C.toll_pair{}), unsafe.Sizeof(C.toll_mixed{})},
		[...]uintptr{unsafe.Sizeof(calls.Pair{}), unsafe.Sizeof(calls.Mixed{})}; found != want {
		return nil, fmt.Errorf("cgo: toll_pair and toll_mixed have %d bytes in C, want %d, as in Go", found, want)
	}
	return &calls.Funcs{
		Noop:    func() { C.toll_calls_noop() },
		Not:     func(x int64) int64 { return int64(C.toll_calls_not(C.int64_t(x))) },
		Add:     func(x, y float64) float64 { return float64(C.toll_calls_add(C.double(x), C.double(y))) },
		Ints:    ints,
		Doubles: doubles,

		Bool:   func(x, y bool) bool { return bool(C.toll_calls_bool(C.bool(x), C.bool(y))) },
		Int8:   func(x, y int8) int64 { return int64(C.toll_calls_int8(C.int8_t(x), C.int8_t(y))) },
		Int16:  func(x, y int16) int64 { return int64(C.toll_calls_int16(C.int16_t(x), C.int16_t(y))) },
		Int32:  func(x, y int32) int64 { return int64(C.toll_calls_int32(C.int32_t(x), C.int32_t(y))) },
		Uint8:  func(x, y uint8) int64 { return int64(C.toll_calls_uint8(C.uint8_t(x), C.uint8_t(y))) },
		Uint16: func(x, y uint16) int64 { return int64(C.toll_calls_uint16(C.uint16_t(x), C.uint16_t(y))) },
		Uint32: func(x, y uint32) int64 { return int64(C.toll_calls_uint32(C.uint32_t(x), C.uint32_t(y))) },
		Float:  func(x, y float32) float32 { return float32(C.toll_calls_float(C.float(x), C.float(y))) },

		// A slice's own pointer and length: C reaches only elements that are there.
		Length: func(p []float64) int64 {
			return int64(C.toll_calls_length(ptr[C.double](p), C.int64_t(len(p))))
		},
		First: func(p []float64) float64 {
			return float64(C.toll_calls_first(ptr[C.double](p), C.int64_t(len(p))))
		},
		Sum: func(p []float64) float64 {
			return float64(C.toll_calls_sum(ptr[C.double](p), C.int64_t(len(p))))
		},
		Fill: func(p []float64, x float64) {
			C.toll_calls_fill(ptr[C.double](p), C.int64_t(len(p)), C.double(x))
		},

		// The three slices are equally long.
		Batch: func(out, x, y []float64) {
			C.toll_calls_batch(ptr[C.double](out), ptr[C.double](x), ptr[C.double](y), C.int64_t(len(out)))
		},

		// cgo calls no variadic function.
		Variadic: func(a int64, x float64, b int64, y float64) float64 {
			return float64(C.toll_calls_variadic2(C.int64_t(a), C.double(x), C.int64_t(b), C.double(y)))
		},

		// The table holds pointers to rows that calls.Rows pinned. Each row has the length that Shape returns.
		RunRows: func(a, b *calls.Rows, steps int, d, dt float64) error {
			rows, cols, err := calls.Shape(a, b)
			if err != nil {
				return err
			}
			C.toll_calls_diffusion_rows((**C.double)(unsafe.Pointer(&a.Table[0])), (**C.double)(unsafe.Pointer(&b.Table[0])),
				C.int64_t(rows), C.int64_t(cols), C.int64_t(steps), C.double(d), C.double(dt))
			return nil
		},

		// Pair and Mixed have C's layout: their fields' types give it on every platform of cgo that aligns 64-bit
		// numbers to 8 bytes. The test checks each field.
		PairAt:  func(p *calls.Pair) { C.toll_calls_pair_at((*C.toll_pair)(unsafe.Pointer(p))) },
		MixedAt: func(m *calls.Mixed) { C.toll_calls_mixed_at((*C.toll_mixed)(unsafe.Pointer(m))) },
		Pair: func(p calls.Pair) calls.Pair {
			r := C.toll_calls_pair(C.toll_pair{x: C.double(p.X), y: C.double(p.Y)})
			return calls.Pair{X: float64(r.x), Y: float64(r.y)}
		},
		Mixed: func(m calls.Mixed) calls.Mixed {
			r := C.toll_calls_mixed(C.toll_mixed{a: C.int8_t(m.A), b: C.double(m.B), c: C.int32_t(m.C),
				d: C.int16_t(m.D), e: C.double(m.E), f: C.int64_t(m.F)})
			return calls.Mixed{A: int8(r.a), B: float64(r.b), C: int32(r.c), D: int16(r.d), E: float64(r.e), F: int64(r.f)}
		},

		Longs: func(p calls.Longs) calls.Longs {
			r := C.toll_calls_longs(C.toll_longs{x: C.int64_t(p.X), y: C.int64_t(p.Y)})
			return calls.Longs{X: int64(r.x), Y: int64(r.y)}
		},
		Split: func(p calls.Split) calls.Split {
			r := C.toll_calls_split(C.toll_split{x: C.int64_t(p.X), y: C.double(p.Y)})
			return calls.Split{X: int64(r.x), Y: float64(r.y)}
		},
		Triple: func(p calls.Triple) calls.Triple {
			r := C.toll_calls_triple(C.toll_triple{x: C.float(p.X), y: C.float(p.Y), z: C.float(p.Z)})
			return calls.Triple{X: float32(r.x), Y: float32(r.y), Z: float32(r.z)}
		},

		TextLength: func(s string) int64 {
			c := C.CString(s)
			defer C.free(unsafe.Pointer(c)) // CString's memory is malloc's, and ours
			return int64(C.toll_calls_text_length(c))
		},
		TextStatic: func() string { return C.GoString(C.toll_calls_text_static()) },
		TextNew: func(n int64) string {
			c := C.toll_calls_text_new(C.int64_t(n))
			defer C.toll_calls_text_free(c)
			return C.GoString(c)
		},
		TextInto: func(n int64) string {
			b := make([]byte, max(n, 0)+1) // the NUL, too
			return string(b[:C.toll_calls_text_into(ptr[C.char](b), C.int64_t(n))])
		},
		TextLive: func() int64 { return int64(C.toll_calls_text_live()) },

		Status: func(x int32) error { return kernel.FromNative("call", int32(C.toll_calls_status(C.int32_t(x)))) },
		Errno: func(e int32) (int64, error) {
			r, err := C.toll_calls_errno(C.int32_t(e))
			if r == 0 {
				return 0, nil
			}
			return int64(r), err
		},
		Handle: func(v any) any {
			h := cgo.NewHandle(v)
			defer h.Delete()
			return cgo.Handle(C.toll_calls_handle(C.uintptr_t(h))).Value()
		},

		Callback: guarded(func(h cgo.Handle, x, k int64) int64 {
			return int64(C.callback(C.uintptr_t(h), C.int64_t(x), C.int64_t(k)))
		}),
		Thread: guarded(func(h cgo.Handle, x, k int64) int64 {
			return int64(C.callback_thread(C.uintptr_t(h), C.int64_t(x), C.int64_t(k)))
		}),

		Next: func(x, k int64) int64 { return int64(C.next(C.int64_t(x), C.int64_t(k))) },

		Spin:  func(ns int64) { C.toll_calls_spin(C.int64_t(ns)) },
		Sleep: func(ns int64) { C.toll_calls_sleep(C.int64_t(ns)) },
	}, nil
}

// guarded returns a function that gives C a handle to f, guarded, for the call.
func guarded(call func(h cgo.Handle, x, k int64) int64) func(f func(int64) int64, x, k int64) int64 {
	return func(f func(int64) int64, x, k int64) int64 {
		g := calls.Guarded{F: f}
		h := cgo.NewHandle(&g)
		defer h.Delete()
		y := call(h, x, k)
		g.Repanic()
		return y
	}
}

//export tollGoCallback
func tollGoCallback(context C.uintptr_t, x C.int64_t) C.int64_t {
	return C.int64_t(cgo.Handle(context).Value().(*calls.Guarded).Call(int64(x)))
}

//export tollGoNext
func tollGoNext(_ C.uintptr_t, x C.int64_t) C.int64_t { return x + 1 }
