// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package openmp

import (
	"fmt"
	"slices"
	"strconv"

	"toll/goside/kernel"
	"toll/goside/record"
	"toll/goside/study"
)

// job is what a goroutine calls again and again.
type job struct {
	kernel, grain string // the grain is also what a call does
	n             int
	new           func(n int, par kernel.Par) *arguments
}

// arguments are a caller's own: memory that no other writes.
type arguments struct {
	call  func(f *kernel.Funcs) error
	clear func()                       // makes the result of the last call unusable
	same  func(other *arguments) error // compares the results, bit for bit
	out   [][]float64
	count []int32
}

// jobs are those of the grid. A call takes less than about a millisecond on one core, so that many fit into a pass.
var jobs = []job{
	{"diffusion", "step", 256, newStep},
	{"diffusion", "run", 128, newRun},
	{"julia", "image", 100, newJulia},
	{"ols", "matrix", 10_000, newOLS},
}

// few is so little work that beside it the cost of a parallel region shows.
var few = job{"diffusion", "step", 16, newStep}

// jobNamed returns the job whose figures a name has.
func jobNamed(kernel, grain, n string) (*job, error) {
	for _, j := range append(slices.Clone(jobs), few) {
		if j.kernel == kernel && j.grain == grain && strconv.Itoa(j.n) == n {
			return &j, nil
		}
	}
	return nil, fmt.Errorf("openmp: the job is %s %s of %s, want one that the study has", kernel, grain, n)
}

// name returns the name of the job's benchmark.
func (j *job) name(benchmark string) record.Name {
	return record.Name{Study: benchmark, Kernel: j.kernel, N: strconv.Itoa(j.n), Keys: []record.Key{{Key: "grain", Value: j.grain}}}
}

// call makes one call, if the route offers it.
func call[A any](do func(*A) error, a *A) error {
	if do == nil {
		return kernel.ErrNotOffered
	}
	return do(a)
}

// floats returns arguments whose results are these numbers.
func floats(call func(f *kernel.Funcs) error, out ...[]float64) *arguments {
	a := &arguments{call: call, out: out}
	a.clear = func() {
		for _, p := range out {
			for k := range p {
				p[k] = kernel.Canary
			}
		}
	}
	a.same = func(other *arguments) error {
		for k := range out {
			if err := study.SameBits(out[k], other.out[k]); err != nil {
				return err
			}
		}
		return nil
	}
	return a
}

func newStep(n int, par kernel.Par) *arguments {
	a := &kernel.DiffusionStep{Out: kernel.NewGrid(n, n, 0, kernel.Row), In: kernel.NewGrid(n, n, 0, kernel.Row), Lo: 0, Hi: n,
		D: kernel.DiffusionD, Dt: kernel.DiffusionDt, Par: par}
	kernel.HotBlock(&a.In)
	return floats(func(f *kernel.Funcs) error { return call(f.Step, a) }, a.Out.Data)
}

// runSteps are those of a run: even, and too few for the block's edge to reach denormals.
const runSteps = 50

// newRun returns a run that begins with setting its grids, so that each call does the same.
func newRun(n int, par kernel.Par) *arguments {
	a := kernel.NewDiffusionRun(n, runSteps, kernel.Row, par)
	return floats(func(f *kernel.Funcs) error {
		kernel.HotBlock(&a.A)
		clear(a.B.Data)
		return call(f.Run, a)
	}, a.A.Data)
}

func newJulia(n int, par kernel.Par) *arguments {
	par.Schedule = kernel.Guided // points differ in their work
	a := kernel.NewJulia(n, kernel.JuliaMaxIter, par)
	return &arguments{
		call: func(f *kernel.Funcs) error { return call(f.Julia, a) },
		clear: func() {
			for k := range a.Out {
				a.Out[k] = -1
			}
		},
		same: func(other *arguments) error {
			for k, n := range other.count {
				if a.Out[k] != n {
					return fmt.Errorf("count %d is %d, want %d", k, a.Out[k], n)
				}
			}
			return nil
		},
		count: a.Out,
	}
}

func newOLS(n int, par kernel.Par) *arguments {
	a := kernel.NewOLS(n, kernel.OLSDays, kernel.Row, par)
	return floats(func(f *kernel.Funcs) error { return call(f.OLS, a) }, a.Slope, a.Intercept)
}
