// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import "fmt"

// Problem is a job that is measured: a call, or the book's own problem at its own size.
type Problem struct {
	Study  string // "Kernels" or "Call", as in the benchmark's name
	Kernel string
	Layout string // "row", "col", or "" for a kernel without matrices
	N      string // size, as in the benchmark's name
	Op     string // one operation: "step", "image", "matrix", "call"
	New    func(threads int) *Timed
}

// Timed is a problem's arguments in memory of their own, for repeated runs through any route.
type Timed struct {
	Reset func()                      // resets the arguments; not timed; may be nil
	Run   func(f *Funcs, n int) error // does n operations, or returns ErrNotOffered
	Least int                         // n must be a multiple of it
	Set   int                         // bytes of memory that the arguments span; Work says how many are moved
	Work  Work                        // of an operation

	// Skipping is Work for a tuned language, which may leave out what does not change the result.
	Skipping Work
}

// Work is the least that a computation needs in any language: the bytes that it reads and writes if each is moved once,
// and the floating-point operations of its formula. Each kernel declares the work of one item.
type Work struct{ Reads, Writes, Flops float64 }

func (w Work) times(n int) Work {
	return Work{w.Reads * float64(n), w.Writes * float64(n), w.Flops * float64(n)}
}

func (w Work) plus(v Work) Work {
	return Work{w.Reads + v.Reads, w.Writes + v.Writes, w.Flops + v.Flops}
}

// Verified returns the kernel whose cases verify the problem: all of its functions are one kernel's.
func (p *Problem) Verified() string {
	if p.Study == "Call" {
		return "call"
	}
	return p.Kernel
}

const diffusionSteps = 10 // in a timed run; even, and too few for the block's edge to reach denormals

// DiffusionProblem returns that of steps on a square of side n, in runs of so many.
func DiffusionProblem(study string, n, steps int, layout Layout) Problem {
	return Problem{study, "diffusion", layout.String(), fmt.Sprint(n), "step", func(threads int) *Timed {
		cells := (n - 2) * (n - 2)
		a := NewDiffusionRun(n, steps, layout, Par{threads, Static})
		return &Timed{
			Reset: func() { HotBlock(&a.A); clear(a.B.Data) },
			Run:   repeat(steps, func(f *Funcs) error { return call(f.Run, a) }),
			Least: steps,
			Set:   8 * (len(a.A.Data) + len(a.B.Data)),
			Work:  DiffusionCell.times(cells),
			// Several steps are made of cells that stay in the nearest caches.
			Skipping: Work{Flops: DiffusionCell.Flops}.times(cells),
		}
	}}
}

// Problems returns what is measured.
func Problems() []Problem {
	var problems []Problem
	for _, layout := range []Layout{Row, Col} {
		problems = append(problems, DiffusionProblem("Kernels", DiffusionSize, diffusionSteps, layout))
	}
	problems = append(problems, Problem{"Kernels", "julia", "", fmt.Sprint(JuliaSize), "image",
		func(threads int) *Timed {
			a := NewJulia(JuliaSize, JuliaMaxIter, Par{threads, Guided})
			return &Timed{
				Run:   repeat(1, func(f *Funcs) error { return call(f.Julia, a) }),
				Least: 1,
				Set:   16*(len(a.Zs)+len(a.Cs)) + 4*len(a.Out),
				Work:  JuliaPoint.times(len(a.Out)).plus(juliaIteration.times(iterations(a))),
				// A point that never escapes may be known to after a few iterations.
				Skipping: JuliaPoint.times(len(a.Out)).plus(juliaIteration.times(escaping(a))),
			}
		}})
	for _, layout := range []Layout{Row, Col} {
		problems = append(problems, Problem{"Kernels", "ols", layout.String(), fmt.Sprint(OLSRows), "matrix",
			func(threads int) *Timed {
				a := NewOLS(OLSRows, OLSDays, layout, Par{threads, Static})
				work := OLSLine.times(OLSRows).plus(OLSObservation.times(OLSRows * OLSDays))
				return &Timed{
					Run:   repeat(1, func(f *Funcs) error { return call(f.OLS, a) }),
					Least: 1,
					Set:   8 * (len(a.Y.Data) + len(a.Slope) + len(a.Intercept)),
					Work:  work, Skipping: work,
				}
			}})
	}
	return append(problems, callProblems()...)
}

// repeat returns a function that does n operations by calls of f, which does per operations each.
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
	problem := func(name, n string, set int, work Work, run func(f *Funcs, n int) error) Problem {
		return Problem{"Call", name, "", n, "call", func(int) *Timed { return &Timed{Run: run, Least: 1, Set: set, Work: work, Skipping: work} }}
	}
	p := make([]float64, 1000)
	return []Problem{
		problem("noop", "1", 0, Work{}, func(f *Funcs, n int) error {
			if f.Noop == nil {
				return ErrNotOffered
			}
			for range n {
				f.Noop()
			}
			return nil
		}),
		problem("not", "1", 0, Work{}, func(f *Funcs, n int) error {
			if f.Not == nil {
				return ErrNotOffered
			}
			for k := range n {
				f.Not(int64(k))
			}
			return nil
		}),
		problem("add", "1", 0, Work{}, func(f *Funcs, n int) error {
			if f.Add == nil {
				return ErrNotOffered
			}
			for range n {
				f.Add(1, 2)
			}
			return nil
		}),
		problem("sum", fmt.Sprint(len(p)), 8*len(p), sumElement.times(len(p)), func(f *Funcs, n int) error {
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
