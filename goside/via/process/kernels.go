// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package process

import (
	"toll/goside/kernel"
	"toll/goside/via/abi"
	"toll/goside/via/mem"
)

// Variant is Python's test in the Julia set.
type Variant uint32

// The values are those of the protocol.
const (
	Plain    Variant = iota // abs(z) < 2, as in the book's pure Python
	Expanded                // zr*zr + zi*zi < 4
)

func input[T float64 | complex128](s []T) array {
	kind := byte('d')
	if _, ok := any(s).([]complex128); ok {
		kind = 'D'
	}
	return array{kind: kind, bytes: mem.Bytes(s), in: true}
}

// output returns the array of which the worker writes elements lo to hi.
func output[T float64 | int32](s []T, lo, hi int) array {
	kind, size := byte('d'), 8
	if _, ok := any(s).([]int32); ok {
		kind, size = 'i', 4
	}
	a := array{kind: kind, bytes: mem.Bytes(s)}
	if lo < hi {
		a.out = area{lo * size, (hi - lo) * size, 0, 1}
	}
	return a
}

// span returns a grid's elements from the first to the last.
func span(g *kernel.Grid) []float64 {
	lines, length := lines(g)
	return g.Data[:(lines-1)*g.LD+length]
}

func lines(g *kernel.Grid) (lines, length int) {
	if g.Layout == kernel.Col {
		return g.Cols, g.Rows
	}
	return g.Rows, g.Cols
}

// interior is what a step on the rows lo to hi writes. There is some.
func interior(g *kernel.Grid, lo, hi int) area {
	lo, hi = max(lo, 1), min(hi, g.Rows-1)
	if g.Layout == kernel.Col {
		return area{8 * (g.LD + lo), 8 * (hi - lo), 8 * g.LD, g.Cols - 2}
	}
	return area{8 * (lo*g.LD + 1), 8 * (g.Cols - 2), 8 * g.LD, hi - lo}
}

// integers returns the arguments of a kernel on a grid: its shape, more, and how it runs.
func integers(g *kernel.Grid, par kernel.Par, more ...int) []int64 {
	all := append(make([]int64, 0, 8), int64(g.Rows), int64(g.Cols), int64(g.LD), int64(g.Layout))
	for _, x := range more {
		all = append(all, int64(x))
	}
	return append(all, int64(par.Threads), int64(par.Schedule))
}

// kernel asks for a kernel.
func (w *Worker) kernel(name string, function, variant uint32, integers []int64, doubles []float64, arrays ...array) error {
	a, err := w.ask(function, variant, integers, doubles, arrays...)
	if err != nil {
		return err
	}
	return kernel.FromNative(name, int32(a.integers[0]))
}

// must is for functions that cannot return an error.
func must(a answer, err error) answer {
	if err != nil {
		panic(err)
	}
	return a
}

// Funcs returns the functions that every worker has; arguments are not checked.
func (w *Worker) Funcs(variant Variant) kernel.Funcs {
	return kernel.Funcs{
		Noop: func() { must(w.ask(fnNoop, 0, nil, nil)) },
		Not:  func(x int64) int64 { return must(w.ask(fnNot, 0, []int64{x}, nil)).integers[0] },
		Add:  func(x, y float64) float64 { return must(w.ask(fnAdd, 0, nil, []float64{x, y})).doubles[0] },
		Sum:  func(p []float64) float64 { return must(w.ask(fnSum, 0, nil, nil, input(p))).doubles[0] },
		Team: kernel.Alone,
		// Empty work makes no request: it would send all inputs.
		Step: func(a *kernel.DiffusionStep) error {
			if max(a.Lo, 1) >= min(a.Hi, a.In.Rows-1) || a.In.Cols < 3 {
				return nil
			}
			out := array{kind: 'd', bytes: mem.Bytes(span(&a.Out)), out: interior(&a.Out, a.Lo, a.Hi)}
			return w.kernel("diffusion", fnStep, 0, integers(&a.In, a.Par, a.Lo, a.Hi), []float64{a.D, a.Dt}, out, input(span(&a.In)))
		},
		Run: w.run(fnRun),
		Julia: func(a *kernel.Julia) error {
			if a.Lo == a.Hi {
				return nil
			}
			n := len(a.Zs)
			return w.kernel("julia", fnJulia, uint32(variant), points(a.Lo, a.Hi, a.MaxIter, a.Par), nil,
				output(a.Out[:n], a.Lo, a.Hi), input(a.Zs), input(a.Cs[:n]))
		},
		OLS: w.ols(fnOLS),
	}
}

// NativeFuncs returns all kernels, which the workers in C and Go have.
func (w *Worker) NativeFuncs() kernel.Funcs {
	f := w.Funcs(Plain)
	f.Team = func(threads int) int {
		return int(must(w.ask(fnTeam, 0, []int64{int64(abi.Threads(threads))}, nil)).integers[0])
	}
	f.RunInterchanged, f.OLSInterchanged = w.run(fnRunInterchanged), w.ols(fnOLSInterchanged)
	f.JuliaSplit = func(a *kernel.JuliaSplit) error {
		if a.Lo == a.Hi {
			return nil
		}
		n := len(a.Zr)
		return w.kernel("julia", fnJuliaSplit, 0, points(a.Lo, a.Hi, a.MaxIter, a.Par), nil, output(a.Out[:n], a.Lo, a.Hi),
			input(a.Zr), input(a.Zi[:n]), input(a.Cr[:n]), input(a.Ci[:n]))
	}
	f.Transpose, f.TransposeNaive = w.transpose(fnTranspose), w.transpose(fnTransposeNaive)
	return f
}

func points(lo, hi int, maxiter int32, par kernel.Par) []int64 {
	return []int64{int64(lo), int64(hi), int64(maxiter), int64(par.Threads), int64(par.Schedule)}
}

func (w *Worker) run(function uint32) func(*kernel.DiffusionRun) error {
	return func(a *kernel.DiffusionRun) error {
		if a.A.Rows < 3 || a.A.Cols < 3 || a.Steps == 0 {
			return nil
		}
		x := array{kind: 'd', bytes: mem.Bytes(span(&a.A)), in: true, out: interior(&a.A, 0, a.A.Rows)}
		y := array{kind: 'd', bytes: mem.Bytes(span(&a.B)), in: true, out: interior(&a.B, 0, a.B.Rows)}
		return w.kernel("diffusion", function, 0, integers(&a.A, a.Par, a.Steps), []float64{a.D, a.Dt}, x, y)
	}
}

func (w *Worker) ols(function uint32) func(*kernel.OLS) error {
	return func(a *kernel.OLS) error {
		if a.Lo == a.Hi {
			return nil
		}
		rows := a.Y.Rows
		return w.kernel("ols", function, 0, integers(&a.Y, a.Par, a.Lo, a.Hi), nil,
			output(a.Slope[:rows], a.Lo, a.Hi), output(a.Intercept[:rows], a.Lo, a.Hi), input(span(&a.Y)))
	}
}

func (w *Worker) transpose(function uint32) func(*kernel.Transpose) error {
	return func(a *kernel.Transpose) error {
		rows, cols := abi.TransposeShape(a)
		lines, length := lines(&a.Out)
		out := array{kind: 'd', bytes: mem.Bytes(span(&a.Out)), out: area{0, 8 * length, 8 * a.Out.LD, lines}}
		return w.kernel("transpose", function, 0, []int64{int64(rows), int64(cols), int64(a.Out.LD), int64(a.In.LD),
			int64(a.Par.Threads), int64(a.Par.Schedule)}, nil, out, input(span(&a.In)))
	}
}
