// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import "fmt"

// Problem is a job that is measured: the book's own problem at the book's own size, or a call.
type Problem struct {
	Study  string // "Kernels" or "Call", as in the benchmark's name
	Kernel string
	Layout string // "row", "col", or "" for a kernel without matrices
	N      string // size, as in the benchmark's name
	Op     string // what one operation is: "step", "image", "matrix", "call"
	New    func(threads int) *Timed
}

// Timed is a problem's arguments in memory of their own, to be run again and again through any route.
type Timed struct {
	Reset func()                      // sets the arguments back; not timed
	Run   func(f *Funcs, n int) error // does n operations, or returns ErrNotOffered
	Least int                         // operations that a Run is good for: n is a multiple of it
}

const diffusionSteps = 50 // in a run that is timed; even, and too few for the block's edge to reach denormals

// Problems returns what is measured.
func Problems() []Problem {
	var problems []Problem
	for _, layout := range []Layout{Row, Col} {
		problems = append(problems, Problem{"Kernels", "diffusion", layout.String(), fmt.Sprint(DiffusionSize), "step",
			func(threads int) *Timed {
				a := NewDiffusionRun(DiffusionSize, diffusionSteps, layout, Par{threads, Static})
				return &Timed{
					Reset: func() { HotBlock(&a.A); clear(a.B.Data) },
					Run:   repeat(diffusionSteps, func(f *Funcs) error { return call(f.Run, a) }),
					Least: diffusionSteps,
				}
			}})
	}
	problems = append(problems, Problem{"Kernels", "julia", "", fmt.Sprint(JuliaSize), "image",
		func(threads int) *Timed {
			a := NewJulia(JuliaSize, JuliaMaxIter, Par{threads, Guided})
			return &Timed{func() {}, repeat(1, func(f *Funcs) error { return call(f.Julia, a) }), 1}
		}})
	for _, layout := range []Layout{Row, Col} {
		problems = append(problems, Problem{"Kernels", "ols", layout.String(), fmt.Sprint(OLSRows), "matrix",
			func(threads int) *Timed {
				a := NewOLS(OLSRows, OLSDays, layout, Par{threads, Static})
				return &Timed{func() {}, repeat(1, func(f *Funcs) error { return call(f.OLS, a) }), 1}
			}})
	}
	return append(problems, callProblems()...)
}

// repeat returns a function that does n operations by calls of f, each of which does per operations.
func repeat(per int, f func(*Funcs) error) func(*Funcs, int) error {
	return func(r *Funcs, n int) error {
		for range n / per {
			if err := f(r); err != nil {
				return err
			}
		}
		return nil
	}
}

func callProblems() []Problem {
	problem := func(name, n string, run func(f *Funcs, n int) error) Problem {
		return Problem{"Call", name, "", n, "call", func(int) *Timed { return &Timed{func() {}, run, 1} }}
	}
	p := make([]float64, 1000)
	return []Problem{
		problem("noop", "1", func(f *Funcs, n int) error {
			if f.Noop == nil {
				return ErrNotOffered
			}
			for range n {
				f.Noop()
			}
			return nil
		}),
		problem("not", "1", func(f *Funcs, n int) error {
			if f.Not == nil {
				return ErrNotOffered
			}
			for k := range n {
				f.Not(int64(k))
			}
			return nil
		}),
		problem("add", "1", func(f *Funcs, n int) error {
			if f.Add == nil {
				return ErrNotOffered
			}
			for range n {
				f.Add(1, 2)
			}
			return nil
		}),
		problem("sum", fmt.Sprint(len(p)), func(f *Funcs, n int) error {
			if f.Sum == nil {
				return ErrNotOffered
			}
			for range n {
				f.Sum(p)
			}
			return nil
		}),
	}
}
