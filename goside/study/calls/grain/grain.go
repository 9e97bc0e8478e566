// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package grain studies how much work a call must carry: kernels called on more and more items at a time.
package grain

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
)

// benchmark is the name of the benchmark.
const benchmark = "Grain"

// The languages that are called: plain code, and code at the hardware's speed.
const (
	plain = "c"
	tuned = "c-simd"
)

// checked is the form of a crossing whose calls have their arguments checked, as the safe functions do.
const checked = "checked"

// Part is the grain of a call.
var Part = study.Part{
	Name:        "grain",
	Experiments: []study.Experiment{{Name: "grain", Quick: 22 * time.Second, Full: 135 * time.Second, Run: run}},
	Benchmarks:  []string{benchmark},
	Sections:    []func(*page.Page){tables},
	Answers:     []page.Question{{Text: "How much work must a call carry?", Answer: answer}},
	Pictures: []study.Picture{
		{Name: "grain", Alt: alt, Draw: drawAll},
		{Name: "grain-ols", Alt: altOne, Draw: drawOne},
		{Name: "grain-tuned", Alt: altTuned, Draw: drawTuned},
	},
}

// reached are the routes: a trampoline takes what cgo does, and calls to another process would take minutes.
var reached = []string{"go/direct", "c/cgo", "c/purego", "c/syscalln", "c-simd/cgo", "c-simd/purego", "c-simd/syscalln"}

// run times the kernels at every grain.
func run(lab *study.Lab) ([]measure.Series, error) {
	routes, err := registry.Match(reached)
	if err != nil {
		return nil, err
	}
	results, err := lab.Verify(routes, []string{"diffusion", "julia", "ols"})
	if err != nil {
		return nil, err
	}
	all, err := subjects(study.Holding(results), lab.Full)
	if err != nil {
		return nil, err
	}
	return lab.Measure(all, study.Batch, 7, 1)
}

// subjects returns the real kernels crossed at every grain: the same work, in calls of one item, of ten, and so on
// up to all items at once. newArguments says what each is.
//
// An operation is one item: a cell of one step, a point, a fit. A subject's n is a multiple of a pass over all
// items, which is the n of its name. The name's grain is the items in one crossing, and its chunk what these are
// together: a row, say. All crossings of one kernel at one grain have the same Facts and share its memory.
//
// The crossings are go/direct and those of the routes that reach C, plain and tuned. One that is not available is left out, and so
// is one from the kernels that it does not offer. Arguments are made once. A call changes only its range, or in a
// diffusion step below a row the two slices of its view, which is a nanosecond or two. Calls are not checked
// ([seam.Library].Raw), so that the crossing is what varies; a test holds that every call's Check would pass. Native
// code looks at its arguments all the same, at every call, and go/direct makes a closure for a step: both are part
// of what their calls cost. The first route to each language is entered again, for the noise floor, and that to plain C
// once more with each call checked, which is what a program pays that calls the safe functions.
//
// full takes more grains between the same ends.
func subjects(routes []*seam.Route, full bool) ([]measure.Subject, error) {
	crossings, err := crossingsOf(routes)
	if err != nil {
		return nil, err
	}
	var all []measure.Subject
	for _, p := range newArguments().problems() {
		for _, g := range p.grains {
			if g.full && !full {
				continue
			}
			what := p.name(g)
			facts := []measure.Fact{{Key: "problem", Value: what.Problem()}, {Key: "per", Value: p.item}}
			for _, c := range crossings {
				if !p.offered(c.funcs) {
					continue
				}
				all = append(all, measure.Subject{
					Name:  c.names(what).String(),
					Facts: facts,
					Group: what.Problem(),
					Run:   study.Passes(p.items, func() error { return p.pass(c.funcs, g.items) }),
					Least: p.items,
				})
			}
		}
	}
	return all, nil
}

// crossing is a way to call the kernels, in one of its forms and entries.
type crossing struct {
	lang, via, form, entry string
	funcs                  *kernel.Funcs
}

// names returns the name of the crossing's benchmark of a problem.
func (c *crossing) names(problem record.Name) record.Name {
	name := problem
	name.Lang, name.Via, name.Entry = c.lang, c.via, c.entry
	name.Keys = append(slices.Clone(problem.Keys), record.Key{Key: "form", Value: c.form})
	return name
}

func crossingsOf(routes []*seam.Route) ([]crossing, error) {
	var all, extra []crossing
	again := map[string]bool{}
	for _, r := range routes {
		if r.Lang != plain && r.Lang != tuned && r.Name() != "go/direct" {
			continue
		}
		library, err := r.Open()
		switch {
		case errors.Is(err, seam.ErrUnavailable):
			continue
		case err != nil:
			return nil, fmt.Errorf("grain: %s: %w", r.Name(), err)
		}
		all = append(all, crossing{lang: r.Lang, via: r.Via, funcs: &library.Raw})
		if again[r.Lang] || r.Name() == "go/direct" {
			continue
		}
		again[r.Lang] = true
		if r.Lang == plain {
			extra = append(extra, crossing{lang: r.Lang, via: r.Via, form: checked, funcs: &library.Funcs})
		}
		extra = append(extra, crossing{lang: r.Lang, via: r.Via, entry: record.EntryAgain, funcs: &library.Raw})
	}
	return append(all, extra...), nil
}

// problem is a kernel's work, to be done in calls of any of its grains.
type problem struct {
	kernel, op, layout string
	item               string // what an operation is
	items              int    // in a pass
	grains             []grain
	offered            func(*kernel.Funcs) bool
	pass               func(f *kernel.Funcs, grain int) error // does all items once
}

// grain is how many items one call does: a divisor of all.
type grain struct {
	items int
	chunk string // "row" say, or ""
	full  bool   // only in the full study
}

// name returns the problem's name at a grain, without a crossing.
func (p *problem) name(g grain) record.Name {
	return record.Name{Study: benchmark, Kernel: p.kernel, Op: p.op, Layout: p.layout, N: strconv.Itoa(p.items),
		Keys: []record.Key{{Key: "grain", Value: strconv.Itoa(g.items)}, {Key: "chunk", Value: g.chunk}}}
}

// arguments are the arguments of all calls.
type arguments struct {
	step  *kernel.DiffusionStep
	run   *kernel.DiffusionRun
	julia *kernel.Julia
	ols   *kernel.OLS
}

const (
	inner     = kernel.DiffusionSize - 2 // interior rows, and cells in each
	stepCells = inner * inner            // of a step
	runSteps  = 100                      // of a pass of runs
	everyRow  = 20                       // one row of the book's image is taken of so many
)

// newArguments returns the book's problems at the book's sizes, by rows where there is a layout. Two are altered:
//
//   - All of diffusion's cells are 1 more, boundary included. Nothing comes near zero then, however many
//     steps follow each other, where numbers are denormal and slow.
//   - Of the Julia set's 1000 rows of points every 20th is taken, the same 50,000 points at every grain. A point
//     costs between 1 and 300 iterations; these cost on average what all of them do, within 1 %.
func newArguments() *arguments {
	run := kernel.NewDiffusionRun(kernel.DiffusionSize, 1, kernel.Row, study.SerialPar)
	for k := range run.A.Data {
		run.A.Data[k]++
		run.B.Data[k]++
	}
	step := &kernel.DiffusionStep{
		Out: kernel.NewGrid(run.A.Rows, run.A.Cols, 0, kernel.Row), In: run.A,
		Hi: run.A.Rows, D: run.D, Dt: run.Dt, Par: run.Par,
	}
	step.In.Data = slices.Clone(run.A.Data)
	zs, cs := kernel.JuliaPoints(kernel.JuliaSize)
	julia := &kernel.Julia{MaxIter: kernel.JuliaMaxIter, Par: study.SerialPar}
	for i := 0; i < kernel.JuliaSize; i += everyRow {
		row := i * kernel.JuliaSize
		julia.Zs = append(julia.Zs, zs[row:row+kernel.JuliaSize]...)
		julia.Cs = append(julia.Cs, cs[row:row+kernel.JuliaSize]...)
	}
	julia.Hi = len(julia.Zs)
	julia.Out = make([]int32, len(julia.Zs))
	return &arguments{step, run, julia, kernel.NewOLS(kernel.OLSRows, kernel.OLSDays, kernel.Row, study.SerialPar)}
}

func (a *arguments) problems() []problem {
	const row, grid = inner, stepCells
	return []problem{
		{"diffusion", "step", "row", "cell", grid, []grain{
			{1, "pixel", false}, {2, "", true}, {5, "", true}, {10, "", false}, {30, "", true}, {102, "", false}, {255, "", true},
			{row, "row", false}, {2 * row, "", true}, {5 * row, "", true}, {10 * row, "block", false}, {17 * row, "", true},
			{51 * row, "", false}, {170 * row, "", true}, {grid, "grid", false},
		}, func(f *kernel.Funcs) bool { return f.Step != nil }, a.passStep},
		{"diffusion", "run", "row", "cell", runSteps * grid, []grain{
			{grid, "step", false}, {2 * grid, "", true}, {5 * grid, "", true}, {10 * grid, "10-steps", false}, {20 * grid, "", true},
			{50 * grid, "", true}, {runSteps * grid, "run", false},
		}, func(f *kernel.Funcs) bool { return f.Run != nil }, a.passRun},
		{"julia", "", "", "point", len(a.julia.Zs), []grain{
			{1, "pixel", false}, {2, "", true}, {5, "", true}, {10, "", false}, {20, "", true}, {50, "", true}, {100, "", false},
			{200, "", true}, {500, "", true}, {kernel.JuliaSize, "row", false}, {2_000, "", true}, {5_000, "", true},
			{10_000, "block", false}, {25_000, "", true}, {len(a.julia.Zs), "image", false},
		}, func(f *kernel.Funcs) bool { return f.Julia != nil }, a.passJulia},
		{"ols", "", "row", "fit", kernel.OLSRows, []grain{
			{1, "fit", false}, {2, "", true}, {5, "", true}, {10, "", false}, {20, "", true}, {50, "", true}, {100, "", false},
			{200, "", true}, {500, "", true}, {1_000, "", false}, {2_000, "", true}, {5_000, "", true}, {10_000, "", false},
			{20_000, "", true}, {50_000, "", true}, {kernel.OLSRows, "matrix", false},
		}, func(f *kernel.Funcs) bool { return f.OLS != nil }, a.passOLS},
	}
}

// passStep does one step, in calls for rows or, below a row, for a part of one. A part is the interior of a view
// of the whole grids, three rows high, with the same ld.
func (a *arguments) passStep(f *kernel.Funcs, grain int) error {
	call := *a.step
	if grain < inner {
		call.Out.Rows, call.In.Rows = 3, 3
		call.Out.Cols, call.In.Cols = grain+2, grain+2
		call.Lo, call.Hi = 1, 2
		for i := range inner {
			for j := 0; j < inner; j += grain {
				at := a.step.In.At(i, j)
				call.Out.Data, call.In.Data = a.step.Out.Data[at:], a.step.In.Data[at:]
				if err := f.Step(&call); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for call.Lo = 1; call.Lo <= inner; call.Lo = call.Hi {
		call.Hi = call.Lo + grain/inner
		if err := f.Step(&call); err != nil {
			return err
		}
	}
	return nil
}

// passRun does runSteps steps, on from where the last pass ended, in calls for some of them. The result of
// each call is put into A, where the next one begins.
func (a *arguments) passRun(f *kernel.Funcs, grain int) error {
	a.run.Steps = grain / stepCells
	for done := 0; done < runSteps; done += a.run.Steps {
		if err := f.Run(a.run); err != nil {
			return err
		}
		if a.run.Result() == &a.run.B {
			a.run.A, a.run.B = a.run.B, a.run.A
		}
	}
	return nil
}

func (a *arguments) passJulia(f *kernel.Funcs, grain int) error {
	call := *a.julia
	for call.Lo = 0; call.Lo < len(call.Zs); call.Lo = call.Hi {
		call.Hi = call.Lo + grain
		if err := f.Julia(&call); err != nil {
			return err
		}
	}
	return nil
}

func (a *arguments) passOLS(f *kernel.Funcs, grain int) error {
	call := *a.ols
	for call.Lo = 0; call.Lo < call.Y.Rows; call.Lo = call.Hi {
		call.Hi = call.Lo + grain
		if err := f.OLS(&call); err != nil {
			return err
		}
	}
	return nil
}
