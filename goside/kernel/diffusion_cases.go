// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"fmt"
	"math"

	"toll/goside/via/mem"
)

// The book's diffusion problem: a square of DiffusionSize², zero except for a hot block.
const (
	DiffusionSize = 512
	DiffusionD    = 1.0
	DiffusionDt   = 0.1
	hot           = 0.005
)

// HotBlock sets g to the book's start: zero except for the rows and columns [0.4n, 0.5n).
func HotBlock(g *Grid) {
	within := func(k, n int) bool { return k >= int(float64(n)*0.4) && k < int(float64(n)*0.5) }
	g.fill(func(i, j int) float64 {
		if within(i, g.Rows) && within(j, g.Cols) {
			return hot
		}
		return 0
	})
}

// NewDiffusionRun returns the book's problem for a side of n.
func NewDiffusionRun(n, steps int, layout Layout, par Par) *DiffusionRun {
	a := &DiffusionRun{A: NewGrid(n, n, 0, layout), B: NewGrid(n, n, 0, layout), Steps: steps,
		D: DiffusionD, Dt: DiffusionDt, Par: par}
	HotBlock(&a.A)
	return a
}

// DiffusionCase returns the case of [NewDiffusionRun].
func DiffusionCase(n, steps int, layout Layout) Case {
	return Case{Kernel: "diffusion", Layout: layout.String(), Name: fmt.Sprintf("the book's: %d x %d, run of %d", n, n, steps), New: func() *Job {
		run := NewDiffusionRun(n, steps, layout, Par{2, Static})
		a, bufferA := guardedGrid("a", n, n, 0, layout)
		b, bufferB := guardedGrid("b", n, n, 0, layout)
		copy(a.Data, run.A.Data)
		copy(b.Data, run.B.Data)
		run.A, run.B = a, b
		return &Job{Run: func(f *Funcs) error { return call(f.Run, run) }, Buffers: []Buffer{bufferA, bufferB}}
	}}
}

func diffusionCases() []Case {
	var cases, runs []Case
	add := func(layout Layout, name string, newJob func() *Job) {
		cases = append(cases, Case{Kernel: "diffusion", Layout: layout.String(), Name: name, New: newJob})
	}
	addCase := func(c Case) { cases, runs = append(cases, c), append(runs, c) }
	addRun := func(layout Layout, name string, newJob func() *Job) {
		addCase(Case{Kernel: "diffusion", Layout: layout.String(), Name: name, New: newJob})
	}
	shapes := [][2]int{{1, 1}, {1, 2}, {2, 1}, {2, 2}, {1, 1000}, {2, 7}, {7, 2}, {3, 3}, {3, 1000}, {1000, 3},
		{4, 5}, {11, 13}, {64, 64}, {127, 31}, {511, 513}}
	for _, layout := range []Layout{Row, Col} {
		for k, shape := range shapes {
			rows, cols, pad := shape[0], shape[1], []int{0, 1, 7}[k%3]
			par := pars[k%len(pars)]
			size := fmt.Sprintf("%d x %d, pad %d, %v", rows, cols, pad, par)
			add(layout, "step "+size, stepJob(rows, cols, pad, 0, rows, layout, 1, 0.1, par, rough))
			lo := rows / 3
			add(layout, fmt.Sprintf("step %s, rows [%d, %d)", size, lo, rows-lo),
				stepJob(rows, cols, pad, lo, rows-lo, layout, 0.7, -0.13, par, rough))
			addRun(layout, fmt.Sprintf("run of %d, %s", k%6, size), runJob(rows, cols, pad, k%6, layout, par))
		}
		add(layout, "step 9 x 9, rows [4, 4)", stepJob(9, 9, 2, 4, 4, layout, 1, 0.1, pars[2], rough))
		add(layout, "step 9 x 40 of signed zeros and denormals", stepJob(9, 40, 1, 0, 9, layout, 1, -0.1, pars[4], tiny))
		add(layout, "step 9 x 9, D*dt overflows", stepJob(9, 9, 2, 0, 9, layout, 1e200, 1e200, pars[1], rough))
		add(layout, "step 9 x 43 of huge numbers", stepJob(9, 43, 2, 0, 9, layout, 0.9, 0.11, pars[3], huge))
		add(layout, "step 9 x 43 of huge numbers, D*dt underflows", stepJob(9, 43, 2, 0, 9, layout, 1e-200, -1e-200, pars[1], huge))
		add(layout, "step 9 x 43 of huge numbers, D*dt denormal", stepJob(9, 43, 0, 0, 9, layout, 1e-160, -1e-160, pars[2], huge))
		addRun(layout, "run of 2, 11 x 43 of huge numbers", runOf(11, 43, 3, 2, layout, pars[5], huge))
		addRun(layout, "run of 9, 120 x 130 of few numbers that overflow", runOf(120, 130, 1, 9, layout, pars[5], overflowing))
		addRun(layout, "run of 9, 120 x 130 of signed zeros and denormals", runOf(120, 130, 1, 9, layout, pars[4], tiny))
		addRun(layout, "run of 2, 9 x 40 of signed zeros and denormals", runOf(9, 40, 1, 2, layout, pars[4], tiny))
		addRun(layout, "run of 3, 200 x 9, pad 56, 3 x static", runJob(200, 9, 56, 3, layout, Par{3, Static}))
		// Tuned kernels make many steps at once, on tiles with halos: runs around the number of fused steps, with lines
		// around the widths of one tile and of several, and a few numbers that spread over their borders.
		for k, run := range []struct{ lines, n, pad, steps int }{{70, 40, 3, 7}, {70, 180, 0, 8}, {195, 64, 1, 23}, {180, 70, 5, 24},
			{180, 71, 0, 25}, {64, 200, 7, 51}, {22, 600, 2, 9}, {23, 560, 1, 25}, {20, 1027, 4, 26}, {23, 561, 0, 24}} {
			rows, cols := run.lines, run.n
			if layout == Col {
				rows, cols = cols, rows
			}
			par := pars[k%3]
			addRun(layout, fmt.Sprintf("run of %d, %d x %d, pad %d, %v, of few special numbers", run.steps, rows, cols, run.pad, par),
				runOf(rows, cols, run.pad, run.steps, layout, par, spread))
		}
		addCase(DiffusionCase(DiffusionSize, 50, layout))
		cases = append(cases, badDiffusionCases(layout)...)
		bad := badRunCases(layout)
		cases = append(cases, bad...)
		runs = append(runs, bad...)
	}
	return append(cases, interchanged(runs)...)
}

// rough returns numbers of all magnitudes, including signed zeros, denormals and infinities.
func rough(seed uint64) func(i, j int) float64 {
	rng := random(seed)
	special := []float64{0, math.Copysign(0, -1), 5e-324, -2.5e-310, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN()}
	return func(i, j int) float64 {
		if rng.IntN(200) == 0 {
			return special[rng.IntN(len(special))]
		}
		return normal(rng) * math.Pow10(rng.IntN(8)-4)
	}
}

// spread returns ordinary numbers and rarely a NaN, an infinity or a denormal, so that most cells are still numbers after
// some steps.
func spread(seed uint64) func(i, j int) float64 {
	rng := random(seed)
	special := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 5e-324, math.Copysign(0, -1)}
	return func(i, j int) float64 {
		if rng.IntN(4000) == 0 {
			return special[rng.IntN(len(special))]
		}
		return normal(rng)
	}
}

// tiny returns numbers around zero. A library that flushes denormals or loses a zero's sign gets them wrong.
func tiny(seed uint64) func(i, j int) float64 {
	rng := random(seed)
	return func(i, j int) float64 {
		return math.Copysign(float64(rng.IntN(3))*5e-320, normal(rng))
	}
}

// overflowing returns large numbers, of which only a few overflow as they are multiplied by 4, and come back in range as the
// sum of their neighbours is added: a kernel that fuses the two gets these wrong.
func overflowing(uint64) func(i, j int) float64 {
	return func(i, j int) float64 {
		if i%40 == 30 && j%40 == 30 {
			return 0x1p1022
		}
		return 0x1p1020
	}
}

// huge returns numbers whose sums and products by 4 may overflow, including infinities and NaNs, and rarely a small
// one.
func huge(seed uint64) func(i, j int) float64 {
	rng := random(seed)
	magnitudes := []float64{0x1p1023, 0x1p1022, 0x1p1021, 0x1p1020, math.MaxFloat64, 1e308, 1e307, 1, 1e-308, 5e-324}
	return func(i, j int) float64 {
		switch rng.IntN(60) {
		case 0:
			return math.NaN()
		case 1:
			return math.Inf(1 - 2*rng.IntN(2))
		}
		return math.Copysign(magnitudes[rng.IntN(len(magnitudes))], normal(rng))
	}
}

func stepJob(rows, cols, pad, lo, hi int, layout Layout, d, dt float64, par Par,
	values func(seed uint64) func(i, j int) float64) func() *Job {
	fill := kept(func() func(i, j int) float64 { return values(uint64(rows*cols + lo)) })
	return func() *Job {
		out, bufferOut := guardedGrid("out", rows, cols, pad, layout)
		in, bufferIn := guardedGrid("in", rows, cols, pad, layout)
		fill(&in)
		a := &DiffusionStep{Out: out, In: in, Lo: lo, Hi: hi, D: d, Dt: dt, Par: par}
		return &Job{Run: func(f *Funcs) error { return call(f.Step, a) }, Buffers: []Buffer{bufferOut, bufferIn}}
	}
}

func runJob(rows, cols, pad, steps int, layout Layout, par Par) func() *Job {
	return runOf(rows, cols, pad, steps, layout, par, rough)
}

func runOf(rows, cols, pad, steps int, layout Layout, par Par, values func(seed uint64) func(i, j int) float64) func() *Job {
	newRun := runJobs(rows, cols, pad, steps, layout, par, values)
	return func() *Job {
		_, job := newRun()
		return job
	}
}

// runJobs returns a function that makes such jobs.
func runJobs(rows, cols, pad, steps int, layout Layout, par Par,
	values func(seed uint64) func(i, j int) float64) func() (*DiffusionRun, *Job) {
	fillA := kept(func() func(i, j int) float64 { return values(uint64(rows + cols)) })
	fillB := kept(func() func(i, j int) float64 { return values(uint64(rows - cols)) })
	return func() (*DiffusionRun, *Job) {
		a, bufferA := guardedGrid("a", rows, cols, pad, layout)
		b, bufferB := guardedGrid("b", rows, cols, pad, layout)
		fillA(&a)
		fillB(&b)
		run := &DiffusionRun{A: a, B: b, Steps: steps, D: 0.9, Dt: 0.11, Par: par}
		return run, &Job{Run: func(f *Funcs) error { return call(f.Run, run) }, Buffers: []Buffer{bufferA, bufferB}}
	}
}

func badDiffusionCases(layout Layout) []Case {
	var cases []Case
	one := Par{1, Static}
	bad := func(want Status, native bool, name string, spoil func(*DiffusionStep)) {
		cases = append(cases, Case{Kernel: "diffusion", Layout: layout.String(), Name: "step refused: " + name,
			Want: want, Native: native, New: func() *Job {
				out, bufferOut := guardedGrid("out", 6, 8, 1, layout)
				in, bufferIn := guardedGrid("in", 6, 8, 1, layout)
				a := &DiffusionStep{Out: out, In: in, Hi: 6, D: 1, Dt: 0.1, Par: one}
				spoil(a)
				return &Job{Run: func(f *Funcs) error { return call(f.Step, a) }, Buffers: []Buffer{bufferOut, bufferIn}}
			}})
	}
	both := func(f func(*Grid)) func(*DiffusionStep) {
		return func(a *DiffusionStep) { f(&a.Out); f(&a.In) }
	}
	bad(ErrShape, true, "no rows", both(func(g *Grid) { g.Rows = 0 }))
	bad(ErrShape, true, "no columns", both(func(g *Grid) { g.Cols = 0 }))
	bad(ErrShape, true, "negative rows", both(func(g *Grid) { g.Rows = -6 }))
	bad(ErrShape, true, "negative columns", both(func(g *Grid) { g.Cols = -1 }))
	bad(ErrShape, true, "ld too small", both(func(g *Grid) { g.LD = 5 }))
	bad(ErrShape, true, "negative ld", both(func(g *Grid) { g.LD = -9 }))
	bad(ErrShape, true, "size overflows", both(func(g *Grid) { g.LD = math.MaxInt64 / 8 }))
	bad(ErrShape, true, "two lines, bytes of ld overflow", func(a *DiffusionStep) { a.Lo, a.Hi = 0, twoLines(&a.Out, &a.In) })
	bad(ErrShape, true, "size in bytes overflows", both(func(g *Grid) { g.Rows, g.Cols, g.LD = 1<<31, 1<<31, 1<<31 }))
	bad(ErrShape, true, "negative range", func(a *DiffusionStep) { a.Lo = -1 })
	bad(ErrShape, true, "range reversed", func(a *DiffusionStep) { a.Lo, a.Hi = 3, 2 })
	bad(ErrShape, true, "range beyond the end", func(a *DiffusionStep) { a.Hi = 7 })
	bad(ErrShape, false, "different shapes", func(a *DiffusionStep) { a.In.Rows = 5 })
	bad(ErrShape, false, "different layouts", func(a *DiffusionStep) { a.In.Layout = 1 - layout })
	bad(ErrShape, false, "no such layout", both(func(g *Grid) { g.Layout = 7 }))
	bad(ErrShort, true, "nil out", func(a *DiffusionStep) { a.Out.Data = nil })
	bad(ErrShort, true, "nil in", func(a *DiffusionStep) { a.In.Data = nil })
	bad(ErrShort, false, "short out", func(a *DiffusionStep) { a.Out.Data = a.Out.Data[:len(a.Out.Data)-1] })
	bad(ErrShort, false, "short in", func(a *DiffusionStep) { a.In.Data = a.In.Data[1:] })
	bad(ErrShort, false, "empty out", func(a *DiffusionStep) { a.Out.Data = a.Out.Data[:0] })
	bad(ErrAlign, true, "misaligned out", func(a *DiffusionStep) { a.Out.Data = mem.Misaligned[float64](100) })
	bad(ErrAlign, true, "misaligned in", func(a *DiffusionStep) { a.In.Data = mem.Misaligned[float64](100) })
	bad(ErrAlign, true, "misaligned out and in", func(a *DiffusionStep) {
		a.Out.Data, a.In.Data = mem.Misaligned[float64](100), mem.Misaligned[float64](100)
	})
	bad(ErrOverlap, true, "out is in", func(a *DiffusionStep) { a.Out = a.In })
	bad(ErrOverlap, true, "out begins in in", func(a *DiffusionStep) {
		_, inner := a.In.lines()
		a.In.Rows, a.Out.Rows, a.In.Cols, a.Out.Cols, a.Lo, a.Hi = 2, 2, 2, 2, 0, 2
		a.Out.Data, a.In.LD, a.Out.LD = a.In.Data[2:], inner, inner
	})
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		bad(ErrArg, true, fmt.Sprintf("D = %v", x), func(a *DiffusionStep) { a.D = x })
		bad(ErrArg, true, fmt.Sprintf("dt = %v", x), func(a *DiffusionStep) { a.Dt = x })
	}
	badPars(func(name string, p Par) { bad(ErrArg, true, name, func(a *DiffusionStep) { a.Par = p }) })
	bad(ErrShape, true, "bad shape before bad argument", func(a *DiffusionStep) { a.Lo, a.D = -1, math.NaN() })
	bad(ErrShort, true, "short buffer before overlap", func(a *DiffusionStep) { a.In.Data, a.Out.Data = nil, nil })

	return cases
}

func badRunCases(layout Layout) []Case {
	var cases []Case
	newRun := runJobs(6, 8, 1, 2, layout, Par{1, Static}, rough)
	bad := func(want Status, native bool, name string, spoil func(*DiffusionRun)) {
		cases = append(cases, Case{Kernel: "diffusion", Layout: layout.String(), Name: "run refused: " + name,
			Want: want, Native: native, New: func() *Job {
				a, job := newRun()
				spoil(a)
				return job
			}})
	}
	bad(ErrShape, true, "no rows", func(a *DiffusionRun) { a.A.Rows, a.B.Rows = 0, 0 })
	bad(ErrShape, true, "ld too small", func(a *DiffusionRun) { a.A.LD, a.B.LD = 5, 5 })
	bad(ErrShape, true, "size overflows", func(a *DiffusionRun) { a.A.LD, a.B.LD = math.MaxInt64/8, math.MaxInt64/8 })
	bad(ErrShape, true, "two lines, bytes of ld overflow", func(a *DiffusionRun) { twoLines(&a.A, &a.B) })
	bad(ErrShape, false, "different layouts", func(a *DiffusionRun) { a.B.Layout = 1 - layout })
	bad(ErrShort, true, "nil b", func(a *DiffusionRun) { a.B.Data = nil })
	bad(ErrShort, false, "short a", func(a *DiffusionRun) { a.A.Data = a.A.Data[1:] })
	bad(ErrAlign, true, "misaligned b", func(a *DiffusionRun) { a.B.Data = mem.Misaligned[float64](100) })
	bad(ErrAlign, true, "misaligned a and b", func(a *DiffusionRun) {
		a.A.Data, a.B.Data = mem.Misaligned[float64](100), mem.Misaligned[float64](100)
	})
	bad(ErrOverlap, true, "a is b", func(a *DiffusionRun) { a.B = a.A })
	bad(ErrArg, true, "-1 steps", func(a *DiffusionRun) { a.Steps = -1 })
	bad(ErrArg, true, "least steps", func(a *DiffusionRun) { a.Steps = math.MinInt64 })
	bad(ErrArg, true, "D is NaN", func(a *DiffusionRun) { a.D = math.NaN() })
	bad(ErrArg, true, "dt is infinite", func(a *DiffusionRun) { a.Dt = math.Inf(1) })
	badPars(func(name string, p Par) { bad(ErrArg, true, name, func(a *DiffusionRun) { a.Par = p }) })
	return cases
}

// twoLines has matrices be two lines of one element, with the least ld whose bytes an int64 does not count. It returns the
// number of rows.
func twoLines(grids ...*Grid) int {
	for _, g := range grids {
		if g.LD = math.MaxInt64/8 + 1; g.Layout == Row {
			g.Rows, g.Cols = 2, 1
		} else {
			g.Rows, g.Cols = 1, 2
		}
	}
	return grids[0].Rows
}

// badPars gives each wrong way to ask for threads.
func badPars(bad func(name string, p Par)) {
	bad("no threads", Par{0, Static})
	bad("negative threads", Par{-1, Static})
	bad("too many threads", Par{1025, Static})
	bad("negative schedule", Par{1, -1})
	bad("no such schedule", Par{1, Guided + 1})
	bad("no threads, no such schedule", Par{0, Guided + 1})
	bad("too many threads, negative schedule", Par{1025, -1})
}
