// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"fmt"
	"math"

	"toll/goside/via/mem"
)

// transposeOf are the functions that every case of the kernel tests.
var transposeOf = []struct {
	name string
	of   func(*Funcs) func(*Transpose) error
}{
	{"", func(f *Funcs) func(*Transpose) error { return f.Transpose }},
	{"naive, ", func(f *Funcs) func(*Transpose) error { return f.TransposeNaive }},
}

func transposeCases() []Case {
	var cases []Case
	shapes := [][2]int{{1, 1}, {1, 2}, {2, 1}, {1, 1000}, {1000, 1}, {3, 3}, {15, 17}, {16, 16}, {17, 15}, {33, 64},
		{100, 14}, {127, 31}, {128, 128}, {511, 513}}
	for _, layout := range []Layout{Row, Col} {
		for _, f := range transposeOf {
			for k, shape := range shapes {
				rows, cols, padIn, padOut := shape[0], shape[1], []int{0, 1, 7}[k%3], []int{0, 5}[k%2]
				par := pars[k%len(pars)]
				newTranspose := transposeJobs(rows, cols, padIn, padOut, layout, par, f.of)
				cases = append(cases, Case{Kernel: "transpose", Layout: layout.String(),
					Name: fmt.Sprintf("%s%d x %d, pad %d to %d, %v", f.name, rows, cols, padIn, padOut, par), New: func() *Job {
						_, job := newTranspose()
						return job
					}})
			}
			cases = append(cases, badTransposeCases(layout, f.name, f.of)...)
		}
	}
	return cases
}

// transposeJobs returns a function that makes jobs of an In of that layout.
func transposeJobs(rows, cols, padIn, padOut int, layout Layout, par Par,
	of func(*Funcs) func(*Transpose) error) func() (*Transpose, *Job) {
	fill := kept(func() func(i, j int) float64 { return rough(uint64(rows*cols + padIn)) })
	return func() (*Transpose, *Job) {
		in, bufferIn := guardedGrid("in", rows, cols, padIn, layout)
		out, bufferOut := guardedGrid("out", rows, cols, padOut, 1-layout)
		fill(&in)
		a := &Transpose{Out: out, In: in, Par: par}
		return a, &Job{Run: func(f *Funcs) error { return call(of(f), a) }, Buffers: []Buffer{bufferOut, bufferIn}}
	}
}

func badTransposeCases(layout Layout, of string, function func(*Funcs) func(*Transpose) error) []Case {
	var cases []Case
	newTranspose := transposeJobs(6, 8, 1, 2, layout, Par{1, Static}, function)
	bad := func(want Status, native bool, name string, spoil func(*Transpose)) {
		cases = append(cases, Case{Kernel: "transpose", Layout: layout.String(), Name: of + "refused: " + name,
			Want: want, Native: native, New: func() *Job {
				a, job := newTranspose()
				spoil(a)
				return job
			}})
	}
	both := func(f func(*Grid)) func(*Transpose) {
		return func(a *Transpose) { f(&a.Out); f(&a.In) }
	}
	bad(ErrShape, true, "no rows", both(func(g *Grid) { g.Rows = 0 }))
	bad(ErrShape, true, "negative columns", both(func(g *Grid) { g.Cols = -1 }))
	bad(ErrShape, true, "ld of in too small", func(a *Transpose) { a.In.LD = 5 })
	bad(ErrShape, true, "ld of out too small", func(a *Transpose) { a.Out.LD = 5 })
	bad(ErrShape, true, "size of in overflows", func(a *Transpose) { a.In.LD = math.MaxInt64 / 8 })
	bad(ErrShape, true, "size of out overflows", func(a *Transpose) { a.Out.LD = math.MaxInt64 / 8 })
	bad(ErrShape, false, "different shapes", func(a *Transpose) { a.Out.Rows = 5 })
	bad(ErrShape, false, "one layout", func(a *Transpose) { a.Out.Layout = layout })
	bad(ErrShape, false, "no such layout", func(a *Transpose) { a.Out.Layout = 7 })
	bad(ErrShort, true, "nil in", func(a *Transpose) { a.In.Data = nil })
	bad(ErrShort, true, "nil out", func(a *Transpose) { a.Out.Data = nil })
	bad(ErrShort, false, "short in", func(a *Transpose) { a.In.Data = a.In.Data[1:] })
	bad(ErrShort, false, "short out", func(a *Transpose) { a.Out.Data = a.Out.Data[1:] })
	bad(ErrAlign, true, "misaligned in", func(a *Transpose) { a.In.Data = mem.Misaligned[float64](100) })
	bad(ErrAlign, true, "misaligned out", func(a *Transpose) { a.Out.Data = mem.Misaligned[float64](100) })
	bad(ErrAlign, true, "misaligned in and out", func(a *Transpose) {
		a.In.Data, a.Out.Data = mem.Misaligned[float64](100), mem.Misaligned[float64](100)
	})
	bad(ErrOverlap, true, "out is in", func(a *Transpose) {
		a.Out.Data, a.Out.LD = a.In.Data, 8
		a.In.Rows, a.In.Cols, a.Out.Rows, a.Out.Cols = 5, 5, 5, 5
	})
	badPars(func(name string, p Par) { bad(ErrArg, true, name, func(a *Transpose) { a.Par = p }) })
	return cases
}
