// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package copies studies what it costs to copy a kernel's arguments into memory of the other side, and to work there:
// WebAssembly's linear memory, or memory that is shared with another process.
package copies

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/via/mem"
)

// benchmark is the name of the benchmark.
const benchmark = "Copies"

// native is the route that reaches Go's memory itself.
const native = registry.Baseline

// Where the arguments lie: in Go's memory, which native code reaches; there, to be copied in and out; on the other side.
const (
	reached = "reached"
	copied  = "copied"
	inPlace = "in-place"
)

// Part is what copies cost.
var Part = study.Part{
	Name:        "copies",
	Experiments: []study.Experiment{{Name: "copies", Quick: 12 * time.Second, Full: 40 * time.Second, Run: run}},
	Benchmarks:  []string{benchmark},
	Sections:    []func(*page.Page){tables},
	Answers:     []page.Question{{Text: "What does it cost to copy arguments, and what to work in place?", Answer: answer}},
}

func run(lab *study.Lab) ([]measure.Series, error) {
	routes, err := registry.Match([]string{"c/*", "c-simd128/*"})
	if err != nil {
		return nil, err
	}
	lab.Progress.Begin("verifying")
	all, release, err := subjects(lab, routes)
	if err != nil {
		return nil, err
	}
	defer release()
	return lab.Measure(all, study.Batch, 7, 1)
}

// subjects returns calls of each kernel, large and small, on the native route, and on each route whose library has memory of
// its own: from arguments in Go's memory and from arguments there. An operation is a call. What a call makes is first compared
// with the reference's, bit for bit. release frees the arguments.
func subjects(lab *study.Lab, routes []*seam.Route) (all []measure.Subject, release func(), err error) {
	var rooms []*room
	release = func() {
		for _, r := range rooms {
			r.free()
		}
	}
	w := study.Collector{Lab: lab}
	for _, p := range problems {
		w.Begin(study.Facts(&kernel.Problem{Kernel: "copies " + p.what(), N: p.n(), Op: "call"}, &kernel.Timed{}))
		reference := kernel.Go()
		want := p.in(&room{})
		if err := want.call(&reference); err != nil {
			return nil, release, err
		}
		here := p.in(&room{})
		for _, r := range routes {
			library, err := r.Open()
			switch {
			case errors.Is(err, seam.ErrUnavailable):
				continue
			case err != nil:
				return nil, release, fmt.Errorf("copies: %s: %w", r.Name(), err)
			case r.Name() != native && library.Memory == nil:
				continue
			}
			add := func(place string, of *work) error {
				do := func() error { return of.call(&library.Raw) }
				return w.Add(p.name(place), r.Name(), 1, do, func() error {
					of.reset()
					if err := do(); err != nil {
						return err
					}
					return of.same(want)
				})
			}
			if r.Name() == native {
				if err := add(reached, here); err != nil {
					return nil, release, err
				}
				w.Again()
				continue
			}
			there := &room{memory: library.Memory}
			rooms = append(rooms, there)
			moved := p.in(there)
			if err := errors.Join(there.err, add(copied, here)); err != nil {
				return nil, release, err
			}
			if err := add(inPlace, moved); err != nil {
				return nil, release, err
			}
		}
	}
	w.Begin(nil)
	return w.Subjects, release, nil
}

// problem is a kernel's work in one call.
type problem struct {
	kernel string
	items  int // points, lines, or rows of a square grid
	steps  int // of diffusion
	title  string
}

// problems are the kernels at their usual sizes, but for fewer steps and points, and at small ones.
var problems = []problem{
	{"diffusion", kernel.DiffusionSize, 10, "10 steps of diffusion on 512²"},
	{"diffusion", kernel.DiffusionSize, 1, "1 step of diffusion on 512²"},
	{"diffusion", 32, 1, "1 step of diffusion on 32²"},
	{"julia", 50_000, 0, "50,000 points of the Julia set"},
	{"julia", 100, 0, "100 points of the Julia set"},
	{"ols", kernel.OLSRows, 0, "100,000 fits"},
	{"ols", 10, 0, "10 fits"},
}

func (p *problem) n() string { return strconv.Itoa(p.items) }

func (p *problem) what() string {
	if p.steps == 0 {
		return p.kernel
	}
	return fmt.Sprintf("%s steps=%d", p.kernel, p.steps)
}

// name returns the benchmark of a call, but for the route.
func (p *problem) name(place string) record.Name {
	name := record.Name{Study: benchmark, Kernel: p.kernel, N: p.n(), Keys: []record.Key{{Key: "place", Value: place}}}
	if p.kernel != "julia" {
		name.Layout = "row"
	}
	if p.steps != 0 {
		name.Keys = append(name.Keys, record.Key{Key: "steps", Value: strconv.Itoa(p.steps)})
	}
	return name
}

// room is memory that arguments are made in: Go's if there is no other.
type room struct {
	memory kernel.Memory
	taken  [][]float64
	err    error // of the first that could not be had: what follows lies in Go's memory
}

func (r *room) floats(n int) []float64 {
	if r.memory == nil || r.err != nil {
		return make([]float64, n)
	}
	p, err := r.memory.Alloc(n)
	if err != nil {
		r.err = fmt.Errorf("copies: %w", err)
		return make([]float64, n)
	}
	r.taken = append(r.taken, p)
	return p
}

func (r *room) copyOf(p []float64) []float64 {
	q := r.floats(len(p))
	copy(q, p)
	return q
}

func (r *room) free() {
	for _, p := range r.taken {
		r.memory.Free(p)
	}
	r.taken = nil
}

// work is a problem's arguments.
type work struct {
	call  func(f *kernel.Funcs) error
	reset func() // to what they were before the first call, and outputs to what no kernel returns
	out   func() []float64
	count []int32 // of the Julia set
}

// same returns an error unless the outputs are those wanted.
func (w *work) same(want *work) error {
	for k, n := range want.count {
		if w.count[k] != n {
			return fmt.Errorf("count %d is %d, want %d", k, w.count[k], n)
		}
	}
	return study.SameBits(w.out(), want.out())
}

// in returns the problem's arguments in the room.
func (p *problem) in(r *room) *work {
	switch p.kernel {
	case "diffusion":
		return p.diffusion(r)
	case "julia":
		return p.julia(r)
	default:
		return p.ols(r)
	}
}

// diffusion has 1 more in all cells, so that no number becomes so small that it is slow.
func (p *problem) diffusion(r *room) *work {
	a := kernel.NewDiffusionRun(p.items, p.steps, kernel.Row, study.SerialPar)
	for k := range a.A.Data {
		a.A.Data[k]++
		a.B.Data[k] = 1
	}
	first, second := a.A.Data, a.B.Data
	a.A.Data, a.B.Data = r.copyOf(first), r.copyOf(second)
	return &work{
		call: func(f *kernel.Funcs) error { return f.Run(a) },
		reset: func() {
			copy(a.A.Data, first)
			copy(a.B.Data, second)
		},
		out: func() []float64 { return slices.Concat(a.A.Data, a.B.Data) },
	}
}

func (p *problem) julia(r *room) *work {
	zs, cs := kernel.JuliaPoints(kernel.JuliaSize)
	a := &kernel.Julia{Hi: p.items, MaxIter: kernel.JuliaMaxIter, Par: study.SerialPar}
	a.Zs, a.Cs = mem.Complexes(r.floats(2*p.items)), mem.Complexes(r.floats(2*p.items))
	for k := range a.Zs { // from the whole image, each only once
		const apart = 19_997 // a prime
		at := k * apart % len(zs)
		a.Zs[k], a.Cs[k] = zs[at], cs[at]
	}
	a.Out = mem.Int32s(r.floats((p.items + 1) / 2))[:p.items]
	return &work{
		call: func(f *kernel.Funcs) error { return f.Julia(a) },
		reset: func() {
			for k := range a.Out {
				a.Out[k] = -1
			}
		},
		out:   func() []float64 { return nil },
		count: a.Out,
	}
}

func (p *problem) ols(r *room) *work {
	a := kernel.NewOLS(p.items, kernel.OLSDays, kernel.Row, study.SerialPar)
	a.Y.Data, a.Slope, a.Intercept = r.copyOf(a.Y.Data), r.copyOf(a.Slope), r.copyOf(a.Intercept)
	return &work{
		call: func(f *kernel.Funcs) error { return f.OLS(a) },
		reset: func() {
			for k := range a.Slope {
				a.Slope[k], a.Intercept[k] = kernel.Canary, kernel.Canary
			}
		},
		out: func() []float64 { return slices.Concat(a.Slope, a.Intercept) },
	}
}
