// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package kernel holds the numerical jobs that Toll runs in every language: argument types and checks, the problems
// that are verified and measured, and the Go implementation. The latter is the reference: all others must equal it bit
// for bit. The contract itself is csrc/include/toll.h.
//
// Note: products are wrapped in float64(). Go may otherwise fuse a product and a sum into one operation with one
// rounding (it does on arm64 and at GOAMD64=v3), and the bits would differ.
package kernel

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Funcs are the kernels of one language through one crossing. A nil function is not offered.
//
// A kernel returns nil and has written its whole result, or returns an *[Error] and has written nothing (except under
// ErrPanic, see there). The functions may be called from any goroutine, and concurrently if their outputs are disjoint.
type Funcs struct {
	Noop  func()
	Not   func(x int64) int64        // ^x
	Add   func(x, y float64) float64 // x + y
	Sum   func(p []float64) float64  // left to right, from +0
	Step  func(*DiffusionStep) error
	Run   func(*DiffusionRun) error
	Julia func(*Julia) error
	OLS   func(*OLS) error

	// The same with the loops interchanged: each step of the inner loop moves LD elements, the wrong order.
	RunInterchanged func(*DiffusionRun) error
	OLSInterchanged func(*OLS) error
	JuliaSplit      func(*JuliaSplit) error
	Transpose       func(*Transpose) error // block by block
	TransposeNaive  func(*Transpose) error // along the lines of Out

	// Team returns how many threads would work on a call that asks for this many now. It is fewer if the language's
	// runtime is configured so or has no more, and 0 if threads is not 1 to 1024. Nil means unknown.
	Team func(threads int) int
}

// Memory is memory of Go's and of a crossing's other side: slices of it cross without a copy. Its methods may be called from any
// goroutine.
type Memory interface {
	// Alloc returns n zeroed numbers that begin at a multiple of 64 bytes, or an error that says how many there is room for.
	Alloc(n int) ([]float64, error)
	// Free takes back what Alloc returned; it is not used any more.
	Free(p []float64)
}

// Function is one of the functions of [Funcs].
type Function struct {
	Kernel, Name string
	Offered      func(*Funcs) bool
}

// Functions are all of them.
var Functions = []Function{
	{"call", "noop", func(f *Funcs) bool { return f.Noop != nil }},
	{"call", "not", func(f *Funcs) bool { return f.Not != nil }},
	{"call", "add", func(f *Funcs) bool { return f.Add != nil }},
	{"call", "sum", func(f *Funcs) bool { return f.Sum != nil }},
	{"diffusion", "step", func(f *Funcs) bool { return f.Step != nil }},
	{"diffusion", "run", func(f *Funcs) bool { return f.Run != nil }},
	{"julia", "julia", func(f *Funcs) bool { return f.Julia != nil }},
	{"ols", "ols", func(f *Funcs) bool { return f.OLS != nil }},
	{"diffusion", "run-interchanged", func(f *Funcs) bool { return f.RunInterchanged != nil }},
	{"ols", "ols-interchanged", func(f *Funcs) bool { return f.OLSInterchanged != nil }},
	{"julia", "julia-split", func(f *Funcs) bool { return f.JuliaSplit != nil }},
	{"transpose", "transpose", func(f *Funcs) bool { return f.Transpose != nil }},
	{"transpose", "transpose-naive", func(f *Funcs) bool { return f.TransposeNaive != nil }},
}

// Offered returns the functions that f has.
func (f *Funcs) Offered() []Function {
	return slices.DeleteFunc(slices.Clone(Functions), func(g Function) bool { return !g.Offered(f) })
}

// Checked returns f with a check of its arguments before each kernel. Only checked functions are safe for any input; a
// crossing's own functions are not, since native code cannot see the length of a buffer.
func (f Funcs) Checked() Funcs {
	f.Step = checked(f.Step)
	f.Run = checked(f.Run)
	f.Julia = checked(f.Julia)
	f.OLS = checked(f.OLS)
	f.RunInterchanged = checked(f.RunInterchanged)
	f.OLSInterchanged = checked(f.OLSInterchanged)
	f.JuliaSplit = checked(f.JuliaSplit)
	f.Transpose = checked(f.Transpose)
	f.TransposeNaive = checked(f.TransposeNaive)
	return f
}

func checked[A interface{ Check() error }](f func(A) error) func(A) error {
	if f == nil {
		return nil
	}
	return func(a A) error {
		if err := a.Check(); err != nil {
			return err
		}
		return f(a)
	}
}

// ErrNotOffered is returned by a [Job] whose kernel the route does not have.
var ErrNotOffered = errors.New("kernel: not offered by this route")

func call[A any](f func(*A) error, a *A) error {
	if f == nil {
		return ErrNotOffered
	}
	return f(a)
}

// Status is the kind of an error; the values are those of toll.h. It is an error itself: errors.Is(err,
// kernel.ErrShape) holds whichever route refused the arguments.
type Status int32

// Where several apply, the first in this order is reported.
const (
	OK         Status = iota
	ErrShape          // an extent < 1, ld < contiguous extent, a range outside, a size that overflows
	ErrShort          // a buffer shorter than its shape
	ErrAlign          // a buffer not aligned to its elements
	ErrOverlap        // an output that shares memory with another argument
	ErrArg            // a number outside its domain
	ErrPanic          // the implementation failed; the output is undefined
)

func (s Status) Error() string {
	switch s {
	case OK:
		return "ok"
	case ErrShape:
		return "bad shape"
	case ErrShort:
		return "short buffer"
	case ErrAlign:
		return "misaligned buffer"
	case ErrOverlap:
		return "overlapping buffers"
	case ErrArg:
		return "bad argument"
	case ErrPanic:
		return "panic in native code"
	}
	return fmt.Sprintf("unknown status %d", int32(s))
}

// Error says which kernel refused its arguments, and why. It unwraps to its Status.
type Error struct {
	Kernel string
	Status Status
	Detail string // what was found and what was wanted
}

func (e *Error) Error() string {
	return fmt.Sprintf("kernel: %s: %v: %s", e.Kernel, e.Status, e.Detail)
}

func (e *Error) Unwrap() error { return e.Status }

// FromNative turns the status that native code returned into an error, or nil for OK.
func FromNative(kernel string, status int32) error {
	if Status(status) == OK {
		return nil
	}
	return &Error{kernel, Status(status), "the native library returned this status"}
}

// Layout is the order of a matrix's elements in memory.
type Layout int

// Element (i, j) of a matrix with leading dimension ld is p[i*ld+j] in Row order (C's) and p[i+j*ld] in
// Col order (Fortran's).
const (
	Row Layout = iota
	Col
)

func (l Layout) String() string {
	if l == Col {
		return "col"
	}
	return "row"
}

// Grid is a matrix in the caller's memory. Elements between one line's end and the next line's start are
// padding: neither read nor written.
type Grid struct {
	Data       []float64
	Rows, Cols int
	LD         int // distance between the starts of two lines, >= the contiguous extent
	Layout     Layout
}

// NewGrid returns a zero matrix with pad elements of padding behind each line.
func NewGrid(rows, cols, pad int, layout Layout) Grid {
	g := Grid{Rows: rows, Cols: cols, Layout: layout}
	outer, inner := g.lines()
	g.LD = inner + pad
	g.Data = make([]float64, outer*g.LD)
	return g
}

// At returns the index of element (i, j) in g.Data.
func (g *Grid) At(i, j int) int {
	if g.Layout == Col {
		return i + j*g.LD
	}
	return i*g.LD + j
}

// lines returns the number of lines and their length.
func (g *Grid) lines() (outer, inner int) {
	if g.Layout == Col {
		return g.Cols, g.Rows
	}
	return g.Rows, g.Cols
}

// Span returns the elements from the first to the last, with the padding between them.
func (g *Grid) Span() []float64 {
	outer, inner := g.lines()
	return g.Data[:(outer-1)*g.LD+inner]
}

// Schedule is how a parallel language distributes its items over threads. Results do not depend on it.
type Schedule int32

// The values are those of toll.h.
const (
	Static  Schedule = iota // equal contiguous shares
	Dynamic                 // small chunks, taken as threads come free
	Guided                  // large chunks first, then smaller ones
)

func (s Schedule) String() string {
	if s < Static || s > Guided {
		return fmt.Sprintf("Schedule(%d)", int32(s))
	}
	return [...]string{"static", "dynamic", "guided"}[s]
}

// Par is how a parallel language runs one call; a serial one always uses one thread.
type Par struct {
	Threads  int // 1 to 1024
	Schedule Schedule
}

// mostElements is the largest number of float64 in an argument: an int64 counts its bytes.
const mostElements = math.MaxInt64 / 8

// The checks below are shared by the kernels. Each returns the detail of an error, or "".

func badGrid(name string, g *Grid) string {
	outer, inner := g.lines()
	switch {
	case g.Layout != Row && g.Layout != Col:
		return fmt.Sprintf("%s has layout %d, want Row or Col", name, g.Layout)
	case g.Rows < 1 || g.Cols < 1:
		return fmt.Sprintf("%s is %d x %d, want at least 1 x 1", name, g.Rows, g.Cols)
	case g.LD < inner:
		return fmt.Sprintf("%s has ld %d, want at least %d, the length of its %s-major lines", name, g.LD, inner, g.Layout)
	case inner > mostElements || outer > 1 && g.LD > (mostElements-inner)/(outer-1):
		return fmt.Sprintf("%s has %d lines of %d elements and ld %d, more bytes than an int64 counts", name, outer, inner, g.LD)
	}
	return ""
}

func badRange(lo, hi, count int) string {
	if lo < 0 || hi < lo || hi > count {
		return fmt.Sprintf("range [%d, %d), want one within [0, %d)", lo, hi, count)
	}
	return ""
}

func tooShort(name string, have, want int) string {
	if have < want {
		return fmt.Sprintf("%s has %d elements, want at least %d", name, have, want)
	}
	return ""
}

func gridTooShort(name string, g *Grid) string {
	outer, inner := g.lines()
	return tooShort(name, len(g.Data), (outer-1)*g.LD+inner)
}

func misaligned(name string, aligned bool, align int) string {
	if !aligned {
		return fmt.Sprintf("%s does not lie at a multiple of %d bytes", name, align)
	}
	return ""
}

func overlapping(out, in string, overlap bool) string {
	if overlap {
		return fmt.Sprintf("%s shares memory with %s", out, in)
	}
	return ""
}

func badPar(p Par) string {
	switch {
	case p.Threads < 1 || p.Threads > 1024:
		return fmt.Sprintf("threads is %d, want 1 to 1024", p.Threads)
	case p.Schedule < Static || p.Schedule > Guided:
		return fmt.Sprintf("schedule is %d, want Static, Dynamic or Guided", int32(p.Schedule))
	}
	return ""
}

func notFinite(name string, x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Sprintf("%s is %v, want a finite number", name, x)
	}
	return ""
}

// refuse returns an error with the first detail that is not empty.
func refuse(kernel string, status Status, details ...string) error {
	for _, d := range details {
		if d != "" {
			return &Error{kernel, status, d}
		}
	}
	return nil
}
