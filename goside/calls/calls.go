// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package calls is the family of tiny functions that toll calls studies: one function for each kind of argument and
// result that can cross a border. Their contract is csrc/include/calls.h. A crossing gives a [Funcs]; [Go] is the
// reference, in Go; [Payloads] are what tests and measurements pass.
//
// Note: the study times calls through the function values of Funcs, on every crossing, so the code timed is the code
// verified. This costs about a nanosecond, and keeps arguments from being inlined or placed on the stack. The knobs of
// goside/via/cgo show the cost of a call written in place.
package calls

import "toll/goside/kernel"

// Funcs are the functions through one crossing. A function that the crossing does not offer is nil.
//
// They may be called from any goroutine, and concurrently if they write to disjoint memory.
type Funcs struct {
	Noop func()
	Not  func(x int64) int64        // ^x
	Add  func(x, y float64) float64 // x + y

	// Ints[k] passes a[0] to a[k-1] as k arguments and returns a[0] + 2*a[1] + …, modulo 2⁶⁴; Doubles[k] does the same
	// from the left, each operation rounded. k is one of Arities; the other elements are nil.
	Ints    [MaxArity + 1]func(a *[MaxArity]int64) int64
	Doubles [MaxArity + 1]func(a *[MaxArity]float64) float64

	Bool   func(x, y bool) bool       // x && !y
	Int8   func(x, y int8) int64      // x - 2*y, as in the next five
	Int16  func(x, y int16) int64     //
	Int32  func(x, y int32) int64     //
	Uint8  func(x, y uint8) int64     //
	Uint16 func(x, y uint16) int64    //
	Uint32 func(x, y uint32) int64    //
	Float  func(x, y float32) float32 // x - y

	// A slice crosses as a pointer and a length; C borrows it for the call.
	Length func(p []float64) int64      // len(p), p untouched
	First  func(p []float64) float64    // p[0], or 0
	Sum    func(p []float64) float64    // from the left, from +0
	Fill   func(p []float64, x float64) // p[k] = x

	// Batch makes len(out) calls of C's add in one crossing: out[k] = x[k] + y[k]. The three are equally long, and out
	// overlaps neither.
	Batch func(out, x, y []float64)

	// Memory is where the other side works without a copy: a slice that lies in it crosses as its place. It is nil if the
	// other side reaches Go's memory, and if it reaches none, so that slices are copied in and out.
	Memory kernel.Memory

	// Variadic passes two pairs to a C function of variable arguments, or to its twin of fixed ones if the crossing has no
	// others: float64(a)*x + float64(b)*y.
	Variadic func(a int64, x float64, b int64, y float64) float64

	// RunRows does [kernel.DiffusionRun] by rows on matrices whose rows each lie in memory of their own.
	RunRows func(a, b *Rows, steps int, d, dt float64) error

	PairAt  func(p *Pair)       // swaps, in place
	Pair    func(p Pair) Pair   // the same by value, both ways
	MixedAt func(m *Mixed)      // negates every field, in place
	Mixed   func(m Mixed) Mixed // the same by value, both ways

	// By value, both ways, in the other classes of registers.
	Longs  func(p Longs) Longs   // swaps
	Split  func(p Split) Split   // negates both fields
	Triple func(p Triple) Triple // {Z, X, Y}

	// Strings are copied both ways, since C's end with a NUL and lie in C's memory. For C, a string ends at its first
	// NUL.
	TextLength func(s string) int64 // bytes before the first NUL
	TextStatic func() string        // the library's text; nobody frees it
	TextNew    func(n int64) string // a text that the library allocates and that the crossing has freed; "" if it could not
	TextInto   func(n int64) string // a text that the library writes into the crossing's buffer; n >= 0
	TextLive   func() int64         // how many texts of TextNew are not freed; not timed

	Status func(x int32) error          // nil for 0, else a [*kernel.Error] with that status
	Errno  func(e int32) (int64, error) // 0, nil for 0; else -1 and the [syscall.Errno] that C left in errno

	// Handle makes an opaque number that stands for v, passes it, returns the value of the number that comes back, and
	// then forgets the number.
	Handle func(v any) any

	// Callback has C call f k times, x = f(x), and returns the last x. Thread does the same from a thread that C makes
	// and ends for it. If f panics, C is given 0 and f is not called again, since C code cannot be unwound; the panic
	// continues in the caller once C has returned.
	Callback func(f func(x int64) int64, x, k int64) int64
	Thread   func(f func(x int64) int64, x, k int64) int64

	// Next has C call a fixed Go function k times that returns x + 1: the callback alone, without a handle for the
	// function and without a guard against panics. It returns x + k for k > 0, else x.
	Next func(x, k int64) int64

	// They return after ns nanoseconds: busy on a core, or asleep.
	Spin, Sleep func(ns int64)
}

//go:generate go run toll/goside/internal/generate arity.go.tmpl

// MaxArity is the largest number of arguments that is passed, the last of Arities. Another needs functions in calls.h, and
// arities of goside/internal/generate.
const MaxArity = 32

// Pair mirrors toll_pair: 16 bytes, which C passes in two registers.
type Pair struct{ X, Y float64 }

// Longs mirrors toll_longs: 16 bytes, which C passes in two integer registers.
type Longs struct{ X, Y int64 }

// Split mirrors toll_split: 16 bytes, which C passes in an integer and a vector register.
type Split struct {
	X int64
	Y float64
}

// Triple mirrors toll_triple: 12 bytes, which C passes in vector registers: two on amd64, with two floats in the first;
// three on arm64.
type Triple struct{ X, Y, Z float32 }

// Mixed mirrors toll_mixed: 40 bytes including 9 of padding; C passes it in memory.
type Mixed struct {
	A int8
	B float64
	C int32
	D int16
	E float64
	F int64
}

// Crossing is one way of calling, such as "cgo".
type Crossing struct {
	Name  string
	Lang  string // the language that it calls
	Funcs *Funcs
}
