// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/seam"
)

// WaysName is the study of what can be done with a matrix whose layout is not the callee's.
const WaysName = "Ways"

// The ways of its rows, and the parts of ways.
const (
	WayMatched      = "matched"      // the kernel for the layout that is there
	WayInterchanged = "interchanged" // the kernel whose loops walk across the lines
	WayTransposed   = "transposed"   // transpose, the kernel for the other layout, transpose what it made
	WayCopied       = "copied"       // the route transposes by itself, unasked
	WayGiven        = "given"        // whatever the route makes of the layout that it is given
	PartKernel      = "kernel"       // of transposed, or of copied: the kernel for the other layout alone
	PartTranspose   = "transpose"    // of transposed: without the kernel
	PartNoop        = "noop"         // the crossing alone
)

// WayTransposers are what else c/cgo is transposed by, in runs of one step: the name is the way's, or the part's, with the how
// after it.
var WayTransposers = []struct{ Route, How string }{{"c/cgo", HowNaive}, {"go/direct", HowBlocked}, {"gonum/direct", HowDenseCopy}, {"blas/netlib", HowDomatcopy}}

// WayBy returns the name of a way, or of its part, that is transposed by a route's how.
func WayBy(way, route, how string) string {
	return way + "-by-" + strings.ReplaceAll(route, "/", "-") + "-" + how
}

// WaySteps are the steps of the longer of diffusion's runs, which c/cgo makes on squares of up to waysLong to see if times
// add up; the others have one.
const (
	WaySteps = 10
	waysLong = 1024
)

// WaySizes returns the sides of the squares: powers of two, and odd numbers of cache lines.
func WaySizes(full bool) []int {
	if full {
		return []int{64, 88, 128, 184, 256, 360, 512, 728, 1024, 1448, 2048, 2904, 4096}
	}
	return []int{64, 184, 512, 728, 1024, 1448}
}

// WayRoutes are those whose ways are measured, if their results hold.
var WayRoutes = []string{"go/direct", "c/cgo", "c/purego", "fortran/cgo", "fortran/purego", "rust/cgo", "rust/purego"}

// WayPython are the routes through Python whose ways are measured, of diffusion at the sides WayPythonSizes.
var WayPython = []string{"numpy/cpython", "f2py/cpython", "f2py-copy/cpython"}

// WayPythonSizes are sides of both kinds that WaySizes has.
var WayPythonSizes = []int{512, 728, 2048}

// ways collects subjects of one problem.
type ways struct {
	subjects []measure.Subject
	facts    []measure.Fact
	verified []string
	first    int // subject of the problem
}

// begin begins with a problem, after what it has verified of the last was noted.
func (w *ways) begin(facts []measure.Fact) {
	if w.facts != nil {
		facts := append(w.facts, measure.Fact{Key: "verified", Value: "bit-identical in 1 cases: " + strings.Join(w.verified, " ")})
		for k := w.first; k < len(w.subjects); k++ {
			w.subjects[k].Facts = facts
		}
	}
	w.facts, w.verified, w.first = facts, nil, len(w.subjects)
}

// add adds a subject, named lang=... and so on, whose operations are done so many at a time, after check was called: it does
// them once, and returns an error if what they made is wrong.
func (w *ways) add(study, kernel, route, rest string, operations int, do, check func() error) error {
	if err := check(); err != nil {
		return fmt.Errorf("study: %s %s on %s, %s: %w", study, kernel, route, rest, err)
	}
	if !slices.Contains(w.verified, route) {
		w.verified = append(w.verified, route)
	}
	lang, via, _ := strings.Cut(route, "/")
	name := fmt.Sprintf("%s/kernel=%s/lang=%s/via=%s/%s", study, kernel, lang, via, rest)
	w.subjects = append(w.subjects, measure.Subject{Name: name, Run: passes(operations, do), Least: operations})
	return nil
}

// again enters the last subject once more, see Again.
func (w *ways) again() {
	s := w.subjects[len(w.subjects)-1]
	name, rest, _ := strings.Cut(s.Name, "/via=")
	s.Name = name + Again + "/via=" + rest
	w.subjects = append(w.subjects, s)
}

// opened returns the libraries of the routes that are there, by name.
func opened(routes []*seam.Route, names []string) (map[string]*kernel.Funcs, error) {
	all := map[string]*kernel.Funcs{}
	for _, r := range routes {
		if !slices.Contains(names, r.Name()) {
			continue
		}
		library, err := r.Open()
		switch {
		case errors.Is(err, seam.ErrUnavailable):
		case err != nil:
			return nil, fmt.Errorf("study: %s: %w", r.Name(), err)
		default:
			all[r.Name()] = &library.Funcs
		}
	}
	return all, nil
}

// Ways returns every way on every route of WayRoutes and WayPython, for a caller whose matrices are row-major without
// padding: for diffusion in a run of one step and in one of WaySteps, and for ols. An operation is a call, from and to
// the caller's layout. All that is of one kernel and side uses the same memory. Each way is first taken once, and must
// give the reference's bits.
func Ways(routes []*seam.Route, sizes []int) ([]measure.Subject, error) {
	natives, err := opened(routes, WayRoutes)
	if err != nil {
		return nil, err
	}
	pythons, err := opened(routes, WayPython)
	if err != nil {
		return nil, err
	}
	transposers, err := opened(routes, []string{"c/cgo", "go/direct", "gonum/direct", "blas/netlib"})
	if err != nil {
		return nil, err
	}
	var w ways
	w.begin(Facts(&kernel.Problem{Kernel: "ways crossing", N: "1", Op: "call"}, &kernel.Timed{}))
	for _, route := range slices.Concat(WayRoutes, WayPython) {
		f := natives[route]
		if f == nil {
			f = pythons[route]
		}
		if f == nil || f.Noop == nil {
			continue
		}
		do := func() error { f.Noop(); return nil }
		if err := w.add(WaysName, "call", route, "n=1/way="+PartNoop, 1, do, do); err != nil {
			return nil, err
		}
	}
	for _, n := range sizes {
		d := newDiffusionWays(n)
		for _, steps := range []int{1, WaySteps} {
			if steps > 1 && n > waysLong {
				continue
			}
			w.begin(Facts(&kernel.Problem{Kernel: fmt.Sprintf("ways diffusion steps=%d", steps), N: fmt.Sprint(n), Op: "call"}, &kernel.Timed{}))
			d := d.of(steps)
			for _, route := range WayRoutes {
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
			if slices.Contains(WayPythonSizes, n) && steps == 1 {
				if err := d.python(&w, pythons); err != nil {
					return nil, err
				}
			}
		}
		o := newOLSWays(n)
		w.begin(Facts(&kernel.Problem{Kernel: "ways ols", N: fmt.Sprint(n), Op: "call"}, &kernel.Timed{}))
		for _, route := range WayRoutes {
			if f := natives[route]; f != nil {
				if err := o.native(&w, route, f); err != nil {
					return nil, err
				}
			}
		}
	}
	w.begin(nil)
	return w.subjects, nil
}

// diffusionWays are the arguments of all ways of diffusion on a side: row-major grids of the caller's, and scratch of the
// other layout.
type diffusionWays struct {
	n, steps    int
	rows, cols  kernel.DiffusionRun
	in, want    []float64 // what the caller's A holds at first, and what its result must then be
	there, back kernel.Transpose
}

func newDiffusionWays(n int) *diffusionWays {
	d := &diffusionWays{n: n, rows: *kernel.NewDiffusionRun(n, 1, kernel.Row, serialPar), cols: *kernel.NewDiffusionRun(n, 1, kernel.Col, serialPar)}
	for k := range d.rows.A.Data {
		d.rows.A.Data[k] = 1 + math.Sin(float64(k))/2 // none comes near what is denormal, however many steps
	}
	d.in = slices.Clone(d.rows.A.Data)
	return d
}

// of returns the arguments of runs of so many steps, in the same memory, which the reference has done.
func (d *diffusionWays) of(steps int) *diffusionWays {
	e := *d
	d = &e
	d.steps, d.rows.Steps, d.cols.Steps = steps, steps, steps
	d.reset()
	if err := kernel.Go().Run(&d.rows); err != nil {
		panic(err) // the reference, given what it makes itself
	}
	d.want = slices.Clone(d.rows.Result().Data)
	d.there = kernel.Transpose{Out: d.cols.A, In: d.rows.A, Par: serialPar}
	d.back = kernel.Transpose{Out: *d.rows.Result(), In: *d.cols.Result(), Par: serialPar}
	return d
}

// reset sets the caller's grids, both with the boundary.
func (d *diffusionWays) reset() {
	copy(d.rows.A.Data, d.in)
	copy(d.rows.B.Data, d.in)
}

// sendBoundary gives the scratch for the state after a step the boundary of that before it.
func (d *diffusionWays) sendBoundary() {
	from, to, n := d.cols.A.Data, d.cols.B.Data, d.n
	copy(to[:n], from[:n])
	copy(to[(n-1)*n:], from[(n-1)*n:])
	for at := n; at < (n-1)*n; at += n {
		to[at], to[at+n-1] = from[at], from[at+n-1]
	}
}

// transposed returns the way there and back, with what is to be done in between.
func (d *diffusionWays) transposed(transpose func(*kernel.Transpose) error, between func() error) func() error {
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
func (d *diffusionWays) right(do func() error) func() error {
	return func() error {
		d.reset()
		if err := do(); err != nil {
			return err
		}
		return sameBits(d.rows.Result().Data, d.want)
	}
}

func sameBits(got, want []float64) error {
	for k, x := range want {
		if math.Float64bits(got[k]) != math.Float64bits(x) {
			return fmt.Errorf("element %d is %v, want %v, bit for bit", k, got[k], x)
		}
	}
	return nil
}

func (d *diffusionWays) rest(layout kernel.Layout, way string) string {
	return fmt.Sprintf("layout=%v/n=%d/way=%s/steps=%d", layout, d.n, way, d.steps)
}

func nothingBetween() error { return nil }

func (d *diffusionWays) native(w *ways, route string, f *kernel.Funcs) error {
	if f.Run == nil || f.RunInterchanged == nil || f.Transpose == nil {
		return nil
	}
	matched := func() error { return f.Run(&d.rows) }
	interchanged := func() error { return f.RunInterchanged(&d.rows) }
	other := func() error { return f.Run(&d.cols) }
	whole, around := d.transposed(f.Transpose, other), d.transposed(f.Transpose, nothingBetween)
	for _, way := range []struct {
		name  string
		do    func() error
		right func() error
	}{
		{WayMatched, matched, d.right(matched)}, {WayInterchanged, interchanged, d.right(interchanged)},
		{WayTransposed, whole, d.right(whole)}, {PartKernel, other, other}, {PartTranspose, around, around},
	} {
		if err := w.add(WaysName, "diffusion", route, d.rest(kernel.Row, way.name), 1, way.do, way.right); err != nil {
			return err
		}
		if route == "c/cgo" && way.name == WayMatched {
			w.again()
		}
	}
	return nil
}

// transposers adds, for the kernel of c/cgo, what else transposes.
func (d *diffusionWays) transposers(w *ways, c *kernel.Funcs, routes map[string]*kernel.Funcs) error {
	for _, by := range WayTransposers {
		f := routes[by.Route]
		if f == nil {
			continue
		}
		transpose := f.Transpose
		if by.How == HowNaive {
			transpose = f.TransposeNaive
		}
		if transpose == nil {
			continue
		}
		whole, around := d.transposed(transpose, func() error { return c.Run(&d.cols) }), d.transposed(transpose, nothingBetween)
		if err := w.add(WaysName, "diffusion", "c/cgo", d.rest(kernel.Row, WayBy(WayTransposed, by.Route, by.How)), 1, whole, d.right(whole)); err != nil {
			return err
		}
		if err := w.add(WaysName, "diffusion", "c/cgo", d.rest(kernel.Row, WayBy(PartTranspose, by.Route, by.How)), 1, around, around); err != nil {
			return err
		}
	}
	return nil
}

func (d *diffusionWays) python(w *ways, routes map[string]*kernel.Funcs) error {
	type way struct {
		route, name string
		layout      kernel.Layout
		do          func() error
		right       func() error
	}
	var all []way
	add := func(route, name string, layout kernel.Layout, do, right func() error) {
		all = append(all, way{route, name, layout, do, right})
	}
	if f := routes["f2py/cpython"]; f != nil {
		do := func() error { return f.Run(&d.rows) }
		add("f2py/cpython", WayMatched, kernel.Row, do, d.right(do))
	}
	if f := routes["f2py-copy/cpython"]; f != nil {
		do, other := func() error { return f.Run(&d.rows) }, func() error { return f.Run(&d.cols) }
		add("f2py-copy/cpython", WayCopied, kernel.Row, do, d.right(do))
		add("f2py-copy/cpython", PartKernel, kernel.Row, other, other)
	}
	if f := routes["numpy/cpython"]; f != nil {
		numpy, err := newNumPy()
		if err != nil {
			return err
		}
		transpose := func(a *kernel.Transpose) error { return numpy.copyTo(&a.Out, &a.In) }
		do, other := func() error { return f.Run(&d.rows) }, func() error { return f.Run(&d.cols) }
		whole, around := d.transposed(transpose, other), d.transposed(transpose, nothingBetween)
		add("numpy/cpython", WayMatched, kernel.Row, do, d.right(do))
		add("numpy/cpython", WayTransposed, kernel.Row, whole, d.right(whole))
		add("numpy/cpython", PartKernel, kernel.Row, other, other) // a view with the strides of a column-major matrix
		add("numpy/cpython", PartTranspose, kernel.Row, around, around)
	}
	for _, way := range all {
		if err := w.add(WaysName, "diffusion", way.route, d.rest(way.layout, way.name), 1, way.do, way.right); err != nil {
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
	o.rows = kernel.OLS{Slope: make([]float64, n), Intercept: make([]float64, n), Y: y, Hi: n, Par: serialPar}
	if err := kernel.Go().OLS(&o.rows); err != nil {
		panic(err) // the reference, given what it makes itself
	}
	o.want = [2][]float64{slices.Clone(o.rows.Slope), slices.Clone(o.rows.Intercept)}
	o.cols = o.rows
	o.cols.Y = kernel.NewGrid(n, n, 0, kernel.Col)
	o.there = kernel.Transpose{Out: o.cols.Y, In: o.rows.Y, Par: serialPar}
	return o
}

func (o *olsWays) native(w *ways, route string, f *kernel.Funcs) error {
	if f.OLS == nil || f.OLSInterchanged == nil || f.Transpose == nil {
		return nil
	}
	there, other := func() error { return f.Transpose(&o.there) }, func() error { return f.OLS(&o.cols) }
	for _, way := range []struct {
		name string
		do   func() error
	}{
		{WayMatched, func() error { return f.OLS(&o.rows) }},
		{WayInterchanged, func() error { return f.OLSInterchanged(&o.rows) }},
		{WayTransposed, func() error { return errors.Join(there(), other()) }},
		{PartKernel, other}, {PartTranspose, there},
	} {
		right := func() error {
			if way.name == PartTranspose {
				return way.do()
			}
			clear(o.rows.Slope)
			clear(o.rows.Intercept)
			return errors.Join(way.do(), sameBits(o.rows.Slope, o.want[0]), sameBits(o.rows.Intercept, o.want[1]))
		}
		rest := fmt.Sprintf("layout=row/n=%d/way=%s", o.n, way.name)
		if err := w.add(WaysName, "ols", route, rest, 1, way.do, right); err != nil {
			return err
		}
		if route == "c/cgo" && way.name == WayMatched {
			w.again()
		}
	}
	return nil
}
