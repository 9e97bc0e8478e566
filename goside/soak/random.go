// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package soak

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"toll/goside/kernel"
	"toll/goside/seam"
)

// random gives one random problem to a function of the library and compares all memory with what the reference makes of it. It
// returns the kernel's name; kernels in except are left out. most is how many elements a matrix may have.
func random(rng *rand.Rand, library *seam.Library, most int, except func(kernel string) bool) (name string, err error) {
	offered := slices.DeleteFunc(library.Offered(), func(f kernel.Function) bool { return except(f.Kernel) || f.Name == "noop" })
	if len(offered) == 0 {
		return "", kernel.ErrNotOffered
	}
	f := offered[rng.IntN(len(offered))]
	p := problem{Rand: rng, most: most, got: &library.Funcs, want: &reference}
	if rng.IntN(3) == 0 {
		p.got = &library.Raw // the arguments are good
	}
	if library.Memory != nil && rng.IntN(2) == 0 {
		p.memory = library.Memory
	}
	defer p.free()
	return f.Name, p.ask(f.Name)
}

var reference = kernel.Go().Checked()

// problem is one random problem.
type problem struct {
	*rand.Rand
	most      int
	got, want *kernel.Funcs
	memory    kernel.Memory // nil: Go's
	lent      [][]float64
	pairs     []pair
}

// pair is memory that the route was given, and the same for the reference.
type pair struct {
	name      string
	got, want any
}

func (p *problem) between(lo, hi int) int { return lo + p.IntN(hi-lo+1) }

func (p *problem) par() kernel.Par {
	return kernel.Par{Threads: []int{1, 2, 3, 7}[p.IntN(4)], Schedule: kernel.Schedule(p.IntN(3))}
}

func (p *problem) free() {
	for _, s := range p.lent {
		p.memory.Free(s)
	}
}

// floats returns two slices of the same n random numbers; the first lies in the crossing's memory, if that is used.
func (p *problem) floats(name string, n int) (got, want []float64, err error) {
	want = make([]float64, n)
	for k := range want {
		want[k] = p.NormFloat64()
	}
	if p.memory != nil {
		if got, err = p.memory.Alloc(n); err != nil {
			return nil, nil, err
		}
		p.lent = append(p.lent, got)
	} else {
		// At any alignment within a line of the cache.
		from := p.IntN(8)
		got = make([]float64, n+from)[from:]
	}
	copy(got, want)
	p.pairs = append(p.pairs, pair{name, got, want})
	return got, want, nil
}

func (p *problem) grid(name string, rows, cols, pad int, layout kernel.Layout) (got, want kernel.Grid, err error) {
	got = kernel.NewGrid(rows, cols, pad, layout)
	want = got
	got.Data, want.Data, err = p.floats(name, len(got.Data))
	return got, want, err
}

// shape returns extents whose product is at most p.most.
func (p *problem) shape(least int) (rows, cols int) {
	rows = p.between(least, max(least, p.most/least/4))
	rows = min(rows, p.between(least, 200))
	return rows, p.between(least, max(least, p.most/rows))
}

// ask gives both the same problem of the function.
func (p *problem) ask(function string) error {
	switch function {
	case "not":
		x := int64(p.Uint64())
		return same(function, p.got.Not(x), ^x)
	case "add":
		x, y := p.NormFloat64(), p.NormFloat64()
		return same(function, p.got.Add(x, y), x+y)
	case "sum":
		got, want, err := p.floats("p", p.IntN(p.most))
		if err != nil {
			return err
		}
		return same(function, p.got.Sum(got), p.want.Sum(want))
	}
	got, want, err := p.both(function)
	if err != nil {
		return err
	}
	if err := errors.Join(got(), want()); err != nil {
		return fmt.Errorf("%s: %w", function, err)
	}
	for _, pair := range p.pairs {
		if err := equal(pair.got, pair.want); err != nil {
			return fmt.Errorf("%s: %s: %w", function, pair.name, err)
		}
	}
	return nil
}

func same[T int64 | float64](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s is %v, want %v", what, got, want)
	}
	return nil
}

func equal(got, want any) error {
	switch want := want.(type) {
	case []float64:
		got := got.([]float64)
		for k := range want {
			if math.Float64bits(got[k]) != math.Float64bits(want[k]) {
				return fmt.Errorf("element %d of %d is %v, want %v, %d ULP apart", k, len(want), got[k], want[k], kernel.ULPs(got[k], want[k]))
			}
		}
	case []int32:
		got := got.([]int32)
		for k := range want {
			if got[k] != want[k] {
				return fmt.Errorf("element %d of %d is %d, want %d", k, len(want), got[k], want[k])
			}
		}
	case []complex128:
		got := got.([]complex128)
		for k := range want {
			if got[k] != want[k] {
				return fmt.Errorf("element %d of %d is %v, want %v", k, len(want), got[k], want[k])
			}
		}
	}
	return nil
}

// both returns the same call of the route's function and of the reference's.
func (p *problem) both(function string) (got, want func() error, err error) {
	layout, par, pad := kernel.Layout(p.IntN(2)), p.par(), p.IntN(9)
	switch function {
	case "step", "run", "run-interchanged":
		rows, cols := p.shape(1)
		a1, a2, err1 := p.grid("a", rows, cols, pad, layout)
		b1, b2, err2 := p.grid("b", rows, cols, pad, layout)
		if err := errors.Join(err1, err2); err != nil {
			return nil, nil, err
		}
		d, dt := p.Float64(), p.Float64()/4
		if function == "step" {
			lo := p.IntN(rows + 1)
			hi := p.between(lo, rows)
			return func() error {
					return p.got.Step(&kernel.DiffusionStep{Out: a1, In: b1, Lo: lo, Hi: hi, D: d, Dt: dt, Par: par})
				}, func() error {
					return p.want.Step(&kernel.DiffusionStep{Out: a2, In: b2, Lo: lo, Hi: hi, D: d, Dt: dt, Par: par})
				}, nil
		}
		run, steps := p.got.Run, p.between(0, 8)
		if function == "run-interchanged" {
			run = p.got.RunInterchanged
		}
		return func() error { return run(&kernel.DiffusionRun{A: a1, B: b1, Steps: steps, D: d, Dt: dt, Par: par}) },
			func() error {
				return p.want.Run(&kernel.DiffusionRun{A: a2, B: b2, Steps: steps, D: d, Dt: dt, Par: par})
			}, nil
	case "julia", "julia-split":
		got, want := p.julia(par)
		if function == "julia" {
			return func() error { return p.got.Julia(got) }, func() error { return p.want.Julia(want) }, nil
		}
		split := got.Split()
		split.Out = got.Out
		return func() error { return p.got.JuliaSplit(split) }, func() error { return p.want.Julia(want) }, nil
	case "ols", "ols-interchanged":
		rows, cols := p.shape(2)
		y1, y2, err1 := p.grid("y", rows, cols, pad, layout)
		s1, s2, err2 := p.floats("slope", rows)
		i1, i2, err3 := p.floats("intercept", rows)
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, nil, err
		}
		fit, lo := p.got.OLS, p.IntN(rows+1)
		if function == "ols-interchanged" {
			fit = p.got.OLSInterchanged
		}
		hi := p.between(lo, rows)
		return func() error { return fit(&kernel.OLS{Slope: s1, Intercept: i1, Y: y1, Lo: lo, Hi: hi, Par: par}) },
			func() error {
				return p.want.OLS(&kernel.OLS{Slope: s2, Intercept: i2, Y: y2, Lo: lo, Hi: hi, Par: par})
			}, nil
	case "transpose", "transpose-naive":
		rows, cols := p.shape(1)
		in1, in2, err1 := p.grid("in", rows, cols, pad, layout)
		out1, out2, err2 := p.grid("out", rows, cols, p.IntN(9), 1-layout)
		if err := errors.Join(err1, err2); err != nil {
			return nil, nil, err
		}
		transpose := p.got.Transpose
		if function == "transpose-naive" {
			transpose = p.got.TransposeNaive
		}
		return func() error { return transpose(&kernel.Transpose{Out: out1, In: in1, Par: par}) },
			func() error { return p.want.Transpose(&kernel.Transpose{Out: out2, In: in2, Par: par}) }, nil
	}
	return nil, nil, fmt.Errorf("soak: no problem is known of %s", function)
}

func (p *problem) julia(par kernel.Par) (got, want *kernel.Julia) {
	n := p.between(1, max(1, p.most/8))
	lo := p.IntN(n + 1)
	near := func() complex128 { return complex(4*p.Float64()-2, 4*p.Float64()-2) }
	got = &kernel.Julia{Out: make([]int32, n), Lo: lo, Hi: p.between(lo, n), MaxIter: int32(p.between(0, 200)), Par: par}
	c, one := near()/2, p.IntN(2) == 0
	for k := range n {
		if !one {
			c = near() / 2
		}
		got.Out[k] = -int32(k)
		got.Zs, got.Cs = append(got.Zs, near()), append(got.Cs, c)
	}
	copied := *got
	copied.Out, copied.Zs, copied.Cs = slices.Clone(got.Out), slices.Clone(got.Zs), slices.Clone(got.Cs)
	p.pairs = append(p.pairs, pair{"out", got.Out, copied.Out}, pair{"zs", got.Zs, copied.Zs}, pair{"cs", got.Cs, copied.Cs})
	return got, &copied
}
