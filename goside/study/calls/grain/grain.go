// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package grain

import (
	"errors"
	"fmt"
	"slices"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

// GrainName is the study of how much work one crossing carries.
const GrainName = "Grain"

// GrainChecked is what a crossing's name has after it where each call's arguments are checked.
const GrainChecked = "-checked"

// Subjects returns the real kernels crossed at every grain: the same work, in calls of one item, of ten, and so on
// up to all items at once. What each is, is said at newGrainArgs.
//
// An operation is one item: a cell of one step, a point, a fit. A subject's n is a multiple of a pass over all
// items, which is the n of its name; the name's grain is the items in one crossing, and its per, where that has
// one, the grain's name. All crossings of one kernel at one grain have the same Facts and share its memory.
//
// The crossings are go/direct and those to the language c, of the routes; one that is not available is left out,
// and so is one from the kernels that it does not offer. Arguments are made once. A call changes only its range,
// or in diffusion-step below a row the two slices of its view, which is a nanosecond or two. It is not checked
// ([seam.Library].Raw), so that the crossing is what varies: every call's Check would pass, and a test holds it to
// that. Native code looks at its arguments all the same, at every call, and go/direct makes a closure for a
// step; that is part of what a call of theirs costs. The first route to c is entered twice more: again,
// for the noise (see [Again]), and with each call checked (see [GrainChecked]), which is what a program pays
// that calls the safe functions.
//
// full takes more grains between the same ends.
func Subjects(routes []*seam.Route, full bool) ([]measure.Subject, error) {
	crossings, err := grainCrossings(routes)
	if err != nil {
		return nil, err
	}
	var subjects []measure.Subject
	for _, p := range newGrainArgs().problems() {
		for _, g := range p.grains {
			if g.full && !full {
				continue
			}
			size := fmt.Sprintf("n=%d/grain=%d", p.items, g.items)
			if p.layout != "" {
				size = "layout=" + p.layout + "/" + size
			}
			if g.name != "" {
				size += "/per=" + g.name
			}
			facts := []measure.Fact{
				{Key: "problem", Value: fmt.Sprintf("grain %s %s", p.kernel, size)},
				{Key: "per", Value: p.op},
				{Key: "group", Value: p.kernel},
			}
			for _, c := range crossings {
				if !p.offered(c.funcs) {
					continue
				}
				subjects = append(subjects, measure.Subject{
					Name:  fmt.Sprintf("%s/kernel=%s/lang=%s/via=%s/%s", GrainName, p.kernel, c.lang, c.via, size),
					Facts: facts,
					Run: func(n int) error {
						for range n / p.items {
							if err := p.pass(c.funcs, g.items); err != nil {
								return err
							}
						}
						return nil
					},
					Least: p.items,
				})
			}
		}
	}
	return subjects, nil
}

type grainCrossing struct {
	lang, via string
	funcs     *kernel.Funcs
}

func grainCrossings(routes []*seam.Route) ([]grainCrossing, error) {
	var crossings, extra []grainCrossing
	for _, r := range routes {
		if r.Lang != "c" && r.Name() != "go/direct" {
			continue
		}
		library, err := r.Open()
		switch {
		case errors.Is(err, seam.ErrUnavailable):
			continue
		case err != nil:
			return nil, fmt.Errorf("study: %s: %w", r.Name(), err)
		}
		crossings = append(crossings, grainCrossing{r.Lang, r.Via, &library.Raw})
		if r.Lang == "c" && extra == nil {
			extra = []grainCrossing{{r.Lang, r.Via + GrainChecked, &library.Funcs}, {r.Lang + record.Again, r.Via, &library.Raw}}
		}
	}
	return append(crossings, extra...), nil
}

// grainProblem is a kernel's work, to be done in calls of any of its grains.
type grainProblem struct {
	kernel, layout, op string
	items              int // in a pass
	grains             []grainSize
	offered            func(*kernel.Funcs) bool
	pass               func(f *kernel.Funcs, grain int) error // does all items once
}

// grainSize is how many items one call does: a divisor of all.
type grainSize struct {
	items int
	name  string // "row" say, or ""
	full  bool   // only in the full study
}

// grainArgs are the arguments of all calls.
type grainArgs struct {
	step  *kernel.DiffusionStep
	run   *kernel.DiffusionRun
	julia *kernel.Julia
	ols   *kernel.OLS
}

const (
	grainInner = kernel.DiffusionSize - 2 // interior rows, and cells in each
	grainCells = grainInner * grainInner  // of a step
	grainSteps = 100                      // of a pass of diffusion-run
	grainEvery = 20                       // of the rows of the book's image one is taken
)

// newGrainArgs returns the book's problems at the book's sizes, by rows where there is a layout. Two are altered:
//
//   - All of diffusion's cells are 1 more, boundary included. Nothing comes near zero then, however many
//     steps follow each other, where numbers are denormal and slow.
//   - Of the Julia set's 1000 rows of points every 20th is taken, the same 50,000 points at every grain. A point
//     costs between 1 and 300 iterations; these cost on average what all of them do, within 1 %.
func newGrainArgs() *grainArgs {
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
	for i := 0; i < kernel.JuliaSize; i += grainEvery {
		row := i * kernel.JuliaSize
		julia.Zs = append(julia.Zs, zs[row:row+kernel.JuliaSize]...)
		julia.Cs = append(julia.Cs, cs[row:row+kernel.JuliaSize]...)
	}
	julia.Hi = len(julia.Zs)
	julia.Out = make([]int32, len(julia.Zs))
	return &grainArgs{step, run, julia, kernel.NewOLS(kernel.OLSRows, kernel.OLSDays, kernel.Row, study.SerialPar)}
}

func (a *grainArgs) problems() []grainProblem {
	const row, grid = grainInner, grainCells
	return []grainProblem{
		{"diffusion-step", "row", "cell", grid, []grainSize{
			{1, "pixel", false}, {2, "", true}, {5, "", true}, {10, "", false}, {30, "", true}, {102, "", false}, {255, "", true},
			{row, "row", false}, {2 * row, "", true}, {5 * row, "", true}, {10 * row, "block", false}, {17 * row, "", true},
			{51 * row, "", false}, {170 * row, "", true}, {grid, "grid", false},
		}, func(f *kernel.Funcs) bool { return f.Step != nil }, a.passStep},
		{"diffusion-run", "row", "cell", grainSteps * grid, []grainSize{
			{grid, "step", false}, {2 * grid, "", true}, {5 * grid, "", true}, {10 * grid, "10-steps", false}, {20 * grid, "", true},
			{50 * grid, "", true}, {grainSteps * grid, "run", false},
		}, func(f *kernel.Funcs) bool { return f.Run != nil }, a.passRun},
		{"julia", "", "point", len(a.julia.Zs), []grainSize{
			{1, "pixel", false}, {2, "", true}, {5, "", true}, {10, "", false}, {20, "", true}, {50, "", true}, {100, "", false},
			{200, "", true}, {500, "", true}, {kernel.JuliaSize, "row", false}, {2_000, "", true}, {5_000, "", true},
			{10_000, "block", false}, {25_000, "", true}, {len(a.julia.Zs), "image", false},
		}, func(f *kernel.Funcs) bool { return f.Julia != nil }, a.passJulia},
		{"ols", "row", "fit", kernel.OLSRows, []grainSize{
			{1, "fit", false}, {2, "", true}, {5, "", true}, {10, "", false}, {20, "", true}, {50, "", true}, {100, "", false},
			{200, "", true}, {500, "", true}, {1_000, "", false}, {2_000, "", true}, {5_000, "", true}, {10_000, "", false},
			{20_000, "", true}, {50_000, "", true}, {kernel.OLSRows, "matrix", false},
		}, func(f *kernel.Funcs) bool { return f.OLS != nil }, a.passOLS},
	}
}

// passStep does one step, in calls for rows or, below a row, for a part of one. A part is the interior of a view
// of the whole grids, three rows high, with the same ld.
func (a *grainArgs) passStep(f *kernel.Funcs, grain int) error {
	call := *a.step
	if grain < grainInner {
		call.Out.Rows, call.In.Rows = 3, 3
		call.Out.Cols, call.In.Cols = grain+2, grain+2
		call.Lo, call.Hi = 1, 2
		for i := range grainInner {
			for j := 0; j < grainInner; j += grain {
				at := a.step.In.At(i, j)
				call.Out.Data, call.In.Data = a.step.Out.Data[at:], a.step.In.Data[at:]
				if err := f.Step(&call); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for call.Lo = 1; call.Lo <= grainInner; call.Lo = call.Hi {
		call.Hi = call.Lo + grain/grainInner
		if err := f.Step(&call); err != nil {
			return err
		}
	}
	return nil
}

// passRun does grainSteps steps, on from where the last pass ended, in calls for some of them. The result of
// each call is put into A, where the next one begins.
func (a *grainArgs) passRun(f *kernel.Funcs, grain int) error {
	a.run.Steps = grain / grainCells
	for done := 0; done < grainSteps; done += a.run.Steps {
		if err := f.Run(a.run); err != nil {
			return err
		}
		if a.run.Result() == &a.run.B {
			a.run.A, a.run.B = a.run.B, a.run.A
		}
	}
	return nil
}

func (a *grainArgs) passJulia(f *kernel.Funcs, grain int) error {
	call := *a.julia
	for call.Lo = 0; call.Lo < len(call.Zs); call.Lo = call.Hi {
		call.Hi = call.Lo + grain
		if err := f.Julia(&call); err != nil {
			return err
		}
	}
	return nil
}

func (a *grainArgs) passOLS(f *kernel.Funcs, grain int) error {
	call := *a.ols
	for call.Lo = 0; call.Lo < call.Y.Rows; call.Lo = call.Hi {
		call.Hi = call.Lo + grain
		if err := f.OLS(&call); err != nil {
			return err
		}
	}
	return nil
}
