// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package compilers

import (
	"errors"
	"strconv"

	"toll/goside/kernel"
	"toll/goside/study"
	"toll/goside/via/mem"
)

// problem is what is timed. Each is so short that a batch rarely loses its core.
type problem struct {
	kernel.Problem
	arguments func(r *room) (timed *kernel.Timed, do func(f *kernel.Funcs) error)
}

// steps are those of a run of diffusion; imageRows are the rows of the Julia set's image that are computed, which lie evenly in it.
const steps, imageRows = 10, 20

// problems are the book's kernels, row-major.
var problems = []problem{
	{kernel.Problem{Study: benchmark, Kernel: "diffusion", Layout: "row", N: strconv.Itoa(kernel.DiffusionSize), Op: "step"}, diffusion},
	{kernel.Problem{Study: benchmark, Kernel: "julia", N: strconv.Itoa(imageRows * kernel.JuliaSize), Op: "call"}, julia},
	{kernel.Problem{Study: benchmark, Kernel: "ols", Layout: "row", N: strconv.Itoa(kernel.OLSRows), Op: "matrix"}, ols},
}

// in returns the problem with arguments in that memory; nil: in Go's.
func (p *problem) in(memory kernel.Memory) (*kernel.Timed, error) {
	r := &room{memory: memory}
	timed, do := p.arguments(r)
	timed.Run = func(f *kernel.Funcs, n int) error {
		return study.Passes(timed.Least, func() error { return do(f) })(n)
	}
	return timed, r.failed
}

// room is memory that arguments are made in.
type room struct {
	memory kernel.Memory
	failed error
}

func (r *room) floats(n int) []float64 {
	if r.memory == nil {
		return make([]float64, n)
	}
	p, err := r.memory.Alloc(n)
	if err != nil {
		r.failed = errors.Join(r.failed, err)
		return make([]float64, n)
	}
	return p
}

func (r *room) copyOf(p []float64) []float64 {
	q := r.floats(len(p))
	copy(q, p)
	return q
}

func diffusion(r *room) (*kernel.Timed, func(f *kernel.Funcs) error) {
	a := kernel.NewDiffusionRun(kernel.DiffusionSize, steps, kernel.Row, study.SerialPar)
	a.A.Data, a.B.Data = r.copyOf(a.A.Data), r.copyOf(a.B.Data)
	reset := func() {
		kernel.HotBlock(&a.A)
		clear(a.B.Data)
	}
	return &kernel.Timed{Least: steps, Reset: reset}, func(f *kernel.Funcs) error { return f.Run(a) }
}

func julia(r *room) (*kernel.Timed, func(f *kernel.Funcs) error) {
	const n, apart = kernel.JuliaSize, kernel.JuliaSize / imageRows
	zs, cs := kernel.JuliaPoints(n)
	a := &kernel.Julia{Hi: imageRows * n, MaxIter: kernel.JuliaMaxIter, Par: study.SerialPar}
	a.Zs, a.Cs = mem.Complexes(r.floats(2*a.Hi)), mem.Complexes(r.floats(2*a.Hi))
	a.Out = mem.Int32s(r.floats((a.Hi + 1) / 2))[:a.Hi]
	for k := range imageRows {
		from := (k*apart + apart/2) * n
		copy(a.Zs[k*n:], zs[from:from+n])
		copy(a.Cs[k*n:], cs[from:from+n])
	}
	return &kernel.Timed{Least: 1}, func(f *kernel.Funcs) error { return f.Julia(a) }
}

func ols(r *room) (*kernel.Timed, func(f *kernel.Funcs) error) {
	a := kernel.NewOLS(kernel.OLSRows, kernel.OLSDays, kernel.Row, study.SerialPar)
	a.Y.Data, a.Slope, a.Intercept = r.copyOf(a.Y.Data), r.copyOf(a.Slope), r.copyOf(a.Intercept)
	return &kernel.Timed{Least: 1}, func(f *kernel.Funcs) error { return f.OLS(a) }
}
