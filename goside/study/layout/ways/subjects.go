// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

// waysName is the study of what can be done with a matrix whose layout is not the callee's.
const waysName = "Ways"

// The ways of its rows, and the parts of ways.
const (
	wayMatched    = "matched"      // the kernel for the layout that is there
	Interchanged  = "interchanged" // the kernel whose loops walk across the lines
	Transposed    = "transposed"   // transpose, the kernel for the other layout, transpose what it made
	wayCopied     = "copied"       // the route transposes by itself, unasked
	Given         = "given"        // whatever the route makes of the layout that it is given
	kernelPart    = "kernel"       // of transposed, or of copied: the kernel for the other layout alone
	TransposePart = "transpose"    // of transposed: without the kernel
)

// wayTransposers are what else c/cgo's ways transpose by, in runs of one step: Name is the value of "by" in the names.
var wayTransposers = []struct{ Name, Route, How string }{
	{"c-naive", "c/cgo", howNaive}, {"go-blocked", "go/direct", howBlocked}, {"gonum-dense-copy", "gonum/direct", howDenseCopy}, {"blas-domatcopy", "blas/netlib", howDomatcopy},
}

// waySteps are the steps of the longer of diffusion's runs, which c/cgo makes on squares of up to waysLong to see if times
// add up; the others have one.
const (
	waySteps = 10
	waysLong = 1024
)

// waySizes returns the sides of the squares: powers of two, and odd numbers of cache lines.
func waySizes(full bool) []int {
	if full {
		return []int{64, 88, 128, 184, 256, 360, 512, 728, 1024, 1448, 2048, 2904, 4096}
	}
	return []int{64, 184, 512, 728, 1024, 1448}
}

// Routes are those whose ways are measured, if their results hold.
var Routes = []string{"go/direct", "c/cgo", "c/purego", "fortran/cgo", "fortran/purego", "rust/cgo", "rust/purego"}

// wayPython are the routes through Python whose ways are measured, of diffusion at the sides wayPythonSizes.
var wayPython = []string{"numpy/cpython", "f2py/cpython", "f2py-copy/cpython"}

// wayPythonSizes are sides of both kinds that waySizes has.
var wayPythonSizes = []int{512, 728, 2048}

// waySubjects returns every way on every route of Routes and wayPython, for a caller whose matrices are row-major without
// padding: for diffusion in a run of one step and in one of waySteps, and for ols. An operation is a call, from and to
// the caller's layout. All that is of one kernel and side uses the same memory. Each way is first taken once, and must
// give the reference's bits.
func waySubjects(lab *study.Lab, routes []*seam.Route, sizes []int) ([]measure.Subject, error) {
	natives, err := study.Opened(routes, Routes)
	if err != nil {
		return nil, err
	}
	pythons, err := study.Opened(routes, wayPython)
	if err != nil {
		return nil, err
	}
	transposers, err := study.Opened(routes, []string{"c/cgo", "go/direct", "gonum/direct", "blas/netlib"})
	if err != nil {
		return nil, err
	}
	w := study.Collector{Lab: lab}
	w.Begin(study.Facts(&kernel.Problem{Kernel: "ways crossing", N: "1", Op: "call"}, &kernel.Timed{}))
	for _, route := range slices.Concat(Routes, wayPython) {
		f := natives[route]
		if f == nil {
			f = pythons[route]
		}
		if f == nil || f.Noop == nil {
			continue
		}
		do := func() error { f.Noop(); return nil }
		if err := w.Add(record.Name{Study: waysName, Op: "noop", N: "1"}, route, 1, do, do); err != nil {
			return nil, err
		}
	}
	for _, n := range sizes {
		d := NewDiffusion(n)
		for _, steps := range []int{1, waySteps} {
			if steps > 1 && n > waysLong {
				continue
			}
			w.Begin(study.Facts(&kernel.Problem{Kernel: fmt.Sprintf("ways diffusion steps=%d", steps), N: fmt.Sprint(n), Op: "call"}, &kernel.Timed{}))
			d := d.Of(steps)
			for _, route := range Routes {
				if f := natives[route]; f != nil && (steps == 1 || route == "c/cgo") {
					if err := d.native(&w, route, f); err != nil {
						return nil, err
					}
				}
			}
			if c := natives["c/cgo"]; c != nil && c.Run != nil && steps == 1 {
				if err := d.transposers(&w, c, transposers); err != nil {
					return nil, err
				}
			}
			if slices.Contains(wayPythonSizes, n) && steps == 1 {
				if err := d.python(&w, pythons); err != nil {
					return nil, err
				}
			}
		}
		o := newOLSWays(n)
		w.Begin(study.Facts(&kernel.Problem{Kernel: "ways ols", N: fmt.Sprint(n), Op: "call"}, &kernel.Timed{}))
		for _, route := range Routes {
			if f := natives[route]; f != nil {
				if err := o.native(&w, route, f); err != nil {
					return nil, err
				}
			}
		}
	}
	w.Begin(nil)
	return w.Subjects, nil
}

// Diffusion are the arguments of all ways of diffusion on a side: row-major grids of the caller's, and scratch of the
// other layout.
type Diffusion struct {
	N, steps    int
	Rows, Cols  kernel.DiffusionRun
	in, Want    []float64 // what the caller's A holds at first, and what its result must then be
	there, back kernel.Transpose
}

// NewDiffusion returns the arguments of all ways of diffusion on a side.
func NewDiffusion(n int) *Diffusion {
	d := &Diffusion{N: n, Rows: *kernel.NewDiffusionRun(n, 1, kernel.Row, study.SerialPar), Cols: *kernel.NewDiffusionRun(n, 1, kernel.Col, study.SerialPar)}
	for k := range d.Rows.A.Data {
		d.Rows.A.Data[k] = 1 + math.Sin(float64(k))/2 // none comes near what is denormal, however many steps
	}
	d.in = slices.Clone(d.Rows.A.Data)
	return d
}

// Of returns the arguments of runs of that many steps, in the same memory, with what the reference gives.
func (d *Diffusion) Of(steps int) *Diffusion {
	e := *d
	d = &e
	d.steps, d.Rows.Steps, d.Cols.Steps = steps, steps, steps
	d.Reset()
	if err := kernel.Go().Run(&d.Rows); err != nil {
		panic(err) // the reference, given what it makes itself
	}
	d.Want = slices.Clone(d.Rows.Result().Data)
	d.there = kernel.Transpose{Out: d.Cols.A, In: d.Rows.A, Par: study.SerialPar}
	d.back = kernel.Transpose{Out: *d.Rows.Result(), In: *d.Cols.Result(), Par: study.SerialPar}
	return d
}

// Reset sets the caller's grids, both with the boundary.
func (d *Diffusion) Reset() {
	copy(d.Rows.A.Data, d.in)
	copy(d.Rows.B.Data, d.in)
}

// sendBoundary gives the scratch for the state after a step the boundary of that before it.
func (d *Diffusion) sendBoundary() {
	from, to, n := d.Cols.A.Data, d.Cols.B.Data, d.N
	copy(to[:n], from[:n])
	copy(to[(n-1)*n:], from[(n-1)*n:])
	for at := n; at < (n-1)*n; at += n {
		to[at], to[at+n-1] = from[at], from[at+n-1]
	}
}

// transposed returns the way there and back, with what is to be done in between.
func (d *Diffusion) transposed(transpose func(*kernel.Transpose) error, between func() error) func() error {
	return func() error {
		if err := transpose(&d.there); err != nil {
			return err
		}
		d.sendBoundary()
		if err := between(); err != nil {
			return err
		}
		return transpose(&d.back)
	}
}

// right returns a check that a way gives the reference's bits.
func (d *Diffusion) right(do func() error) func() error {
	return func() error {
		d.Reset()
		if err := do(); err != nil {
			return err
		}
		return study.SameBits(d.Rows.Result().Data, d.Want)
	}
}

// name returns the benchmark of a way, but for the route; by is one of wayTransposers, or "" for the route's own.
func (d *Diffusion) name(way, by string) record.Name {
	return record.Name{Study: waysName, Kernel: "diffusion", Layout: kernel.Row.String(), N: strconv.Itoa(d.N),
		Keys: []record.Key{{Key: "way", Value: way}, {Key: "by", Value: by}, {Key: "steps", Value: strconv.Itoa(d.steps)}}}
}

func nothingBetween() error { return nil }

func (d *Diffusion) native(w *study.Collector, route string, f *kernel.Funcs) error {
	if f.Run == nil || f.RunInterchanged == nil || f.Transpose == nil {
		return nil
	}
	matched := func() error { return f.Run(&d.Rows) }
	interchanged := func() error { return f.RunInterchanged(&d.Rows) }
	other := func() error { return f.Run(&d.Cols) }
	whole, around := d.transposed(f.Transpose, other), d.transposed(f.Transpose, nothingBetween)
	for _, way := range []struct {
		name  string
		do    func() error
		right func() error
	}{
		{wayMatched, matched, d.right(matched)}, {Interchanged, interchanged, d.right(interchanged)},
		{Transposed, whole, d.right(whole)}, {kernelPart, other, other}, {TransposePart, around, around},
	} {
		if err := w.Add(d.name(way.name, ""), route, 1, way.do, way.right); err != nil {
			return err
		}
		if route == "c/cgo" && way.name == wayMatched {
			w.Again()
		}
	}
	return nil
}

// transposers adds, for the kernel of c/cgo, what else transposes.
func (d *Diffusion) transposers(w *study.Collector, c *kernel.Funcs, routes map[string]*kernel.Funcs) error {
	for _, by := range wayTransposers {
		f := routes[by.Route]
		if f == nil {
			continue
		}
		transpose := f.Transpose
		if by.How == howNaive {
			transpose = f.TransposeNaive
		}
		if transpose == nil {
			continue
		}
		whole, around := d.transposed(transpose, func() error { return c.Run(&d.Cols) }), d.transposed(transpose, nothingBetween)
		if err := w.Add(d.name(Transposed, by.Name), "c/cgo", 1, whole, d.right(whole)); err != nil {
			return err
		}
		if err := w.Add(d.name(TransposePart, by.Name), "c/cgo", 1, around, around); err != nil {
			return err
		}
	}
	return nil
}

func (d *Diffusion) python(w *study.Collector, routes map[string]*kernel.Funcs) error {
	type way struct {
		route, name string
		do, right   func() error
	}
	var all []way
	add := func(route, name string, do, right func() error) {
		all = append(all, way{route, name, do, right})
	}
	if f := routes["f2py/cpython"]; f != nil {
		do := func() error { return f.Run(&d.Rows) }
		add("f2py/cpython", wayMatched, do, d.right(do))
	}
	if f := routes["f2py-copy/cpython"]; f != nil {
		do, other := func() error { return f.Run(&d.Rows) }, func() error { return f.Run(&d.Cols) }
		add("f2py-copy/cpython", wayCopied, do, d.right(do))
		add("f2py-copy/cpython", kernelPart, other, other)
	}
	if f := routes["numpy/cpython"]; f != nil {
		numpy, err := newNumPy()
		if err != nil {
			return err
		}
		transpose := func(a *kernel.Transpose) error { return numpy.copyTo(&a.Out, &a.In) }
		do, other := func() error { return f.Run(&d.Rows) }, func() error { return f.Run(&d.Cols) }
		whole, around := d.transposed(transpose, other), d.transposed(transpose, nothingBetween)
		add("numpy/cpython", wayMatched, do, d.right(do))
		add("numpy/cpython", Transposed, whole, d.right(whole))
		add("numpy/cpython", kernelPart, other, other) // a view with the strides of a column-major matrix
		add("numpy/cpython", TransposePart, around, around)
	}
	for _, way := range all {
		if err := w.Add(d.name(way.name, ""), way.route, 1, way.do, way.right); err != nil {
			return err
		}
	}
	return nil
}

// olsWays are the arguments of all ways of ols on a side.
type olsWays struct {
	n          int
	rows, cols kernel.OLS
	want       [2][]float64
	there      kernel.Transpose
}

func newOLSWays(n int) *olsWays {
	o := &olsWays{n: n}
	y := kernel.NewGrid(n, n, 0, kernel.Row)
	for k := range y.Data {
		y.Data[k] = 1 + math.Sin(float64(k))
	}
	o.rows = kernel.OLS{Slope: make([]float64, n), Intercept: make([]float64, n), Y: y, Hi: n, Par: study.SerialPar}
	if err := kernel.Go().OLS(&o.rows); err != nil {
		panic(err) // the reference, given what it makes itself
	}
	o.want = [2][]float64{slices.Clone(o.rows.Slope), slices.Clone(o.rows.Intercept)}
	o.cols = o.rows
	o.cols.Y = kernel.NewGrid(n, n, 0, kernel.Col)
	o.there = kernel.Transpose{Out: o.cols.Y, In: o.rows.Y, Par: study.SerialPar}
	return o
}

func (o *olsWays) native(w *study.Collector, route string, f *kernel.Funcs) error {
	if f.OLS == nil || f.OLSInterchanged == nil || f.Transpose == nil {
		return nil
	}
	there, other := func() error { return f.Transpose(&o.there) }, func() error { return f.OLS(&o.cols) }
	for _, way := range []struct {
		name string
		do   func() error
	}{
		{wayMatched, func() error { return f.OLS(&o.rows) }},
		{Interchanged, func() error { return f.OLSInterchanged(&o.rows) }},
		{Transposed, func() error { return errors.Join(there(), other()) }},
		{kernelPart, other}, {TransposePart, there},
	} {
		right := func() error {
			if way.name == TransposePart {
				return way.do()
			}
			clear(o.rows.Slope)
			clear(o.rows.Intercept)
			return errors.Join(way.do(), study.SameBits(o.rows.Slope, o.want[0]), study.SameBits(o.rows.Intercept, o.want[1]))
		}
		name := record.Name{Study: waysName, Kernel: "ols", Layout: kernel.Row.String(), N: strconv.Itoa(o.n), Keys: []record.Key{{Key: "way", Value: way.name}}}
		if err := w.Add(name, route, 1, way.do, right); err != nil {
			return err
		}
		if route == "c/cgo" && way.name == wayMatched {
			w.Again()
		}
	}
	return nil
}
