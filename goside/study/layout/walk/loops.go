// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

// loopsName is the study of loop order against memory layout.
const loopsName = "Loops"

// walk is a way through a square matrix: how it lies in memory, and in which order its elements are visited.
type walk struct {
	Kernel       string // "diffusion" or "ols"
	Layout       kernel.Layout
	Interchanged bool // the inner loop goes from line to line, not along them
	LD           string
	N            int
}

// The leading dimensions of walks.
const (
	UnitLD   = "unit"   // the lines' length: no padding
	PaddedLD = "padded" // the next odd number of cache lines beyond that: line after line begins in another set of a cache
	powerLD  = "pow2"   // the next power of two, where that is not the lines' length: the lines begin in few sets
)

// cacheLine is what padding is counted in, as doubles.
const cacheLine = 8

// elements returns the leading dimension.
func (w *walk) elements() int { return Leading(w.LD, w.N) }

// Leading returns the leading dimension of that name of lines of n elements.
func Leading(ld string, n int) int {
	switch ld {
	case PaddedLD:
		return (n/cacheLine + 1 + n/cacheLine%2) * cacheLine
	case powerLD:
		return 1 << bits.Len(uint(n-1))
	}
	return n
}

// loops returns what the walk's place in a benchmark's name has.
func (w *walk) loops() string {
	if w.Interchanged {
		return "interchanged"
	}
	return "matched"
}

// name returns the walk's benchmark, but for the route.
func (w *walk) name() record.Name {
	return record.Name{Study: loopsName, Kernel: w.Kernel, Layout: w.Layout.String(), N: strconv.Itoa(w.N),
		Keys: []record.Key{{Key: "loops", Value: w.loops()}, {Key: "ld", Value: w.LD}}}
}

// String returns the name of the walk's benchmark without a route.
func (w *walk) String() string {
	name := w.name()
	return name.String()
}

// parseWalk returns the walk that String made s of.
func parseWalk(s string) (walk, error) {
	name := record.ParseName(s)
	w, err := walkOf(&name)
	if err != nil || w.String() != s {
		return w, fmt.Errorf("walk: %q is no walk, want one such as Loops/kernel=diffusion/layout=row/n=512/loops=matched/ld=unit", s)
	}
	return w, nil
}

// walkOf returns the walk that a benchmark of that name takes.
func walkOf(name *record.Name) (walk, error) {
	n, err := strconv.Atoi(name.N)
	w := walk{Kernel: name.Kernel, Interchanged: name.Get("loops") == "interchanged", LD: name.Get("ld"), N: n}
	if name.Layout == kernel.Col.String() {
		w.Layout = kernel.Col
	}
	switch {
	case err != nil || n < 3 || name.N != strconv.Itoa(n), name.Layout != w.Layout.String(), name.Get("loops") != w.loops(),
		!slices.Contains(kernels, w.Kernel), !slices.Contains(leadingDimensions, w.LD):
		return w, fmt.Errorf("walk: the benchmark %v is of no walk", name)
	}
	return w, nil
}

// loopSizes returns the sides of the squares: powers of two, whose unit leading dimension is one, and between them
// odd numbers of cache lines, at which all three leading dimensions differ. full takes more of them, up to 8192.
func loopSizes(full bool) []int {
	if full {
		return []int{32, 40, 64, 88, 128, 184, 256, 360, 512, 728, 1024, 1448, 2048, 2904, 4096, 5800, 8192}
	}
	return []int{32, 64, 128, 184, 256, 512, 728, 1024, 1448, 2048}
}

// walks returns all walks through squares of side n.
func walks(kernels []string, n int) []walk {
	lds := []string{UnitLD, PaddedLD}
	if Leading(powerLD, n) != n {
		lds = append(lds, powerLD)
	}
	var walks []walk
	for _, k := range kernels {
		for _, ld := range lds {
			for _, layout := range []kernel.Layout{kernel.Row, kernel.Col} {
				for _, interchanged := range []bool{false, true} {
					walks = append(walks, walk{k, layout, interchanged, ld, n})
				}
			}
		}
	}
	return walks
}

// kernels are the kernels of the study.
var kernels = []string{"diffusion", "ols"}

// loopSubjects returns every walk of both kernels through squares of these sides in every language, each through the first of
// its routes: of the serial languages, or of the parallel ones if threads is more than one. An operation is a cell of one
// diffusion step, or an observation. All walks of one side use the same memory, in which all numbers are about one, so
// that none comes near what is denormal.
//
// Each is first run on numbers that all differ, and must give the reference's bits. If the run is to stop, the error is
// measure.ErrStopped.
func loopSubjects(routes []*seam.Route, sizes []int, threads int, lab *study.Lab) ([]measure.Subject, error) {
	languages, err := study.Walkers(routes, threads > 1)
	if err != nil {
		return nil, err
	}
	done, all := 0, 0
	for _, n := range sizes {
		all += len(walks(kernels, n)) * len(languages)
	}
	twice := max(0, slices.IndexFunc(languages, func(w study.Walker) bool { return w.Route.Lang == "c" })) // see record.EntryAgain
	var subjects []measure.Subject
	for _, n := range sizes {
		arena := newArena(n)
		for _, k := range kernels {
			facts := walkFacts(k, n, languages)
			check := newWalkCheck(k, n)
			for _, w := range walks([]string{k}, n) {
				for _, l := range languages {
					if lab.Stopped() {
						return nil, measure.ErrStopped
					}
					if err := check.verify(&w, l, arena, threads); err != nil {
						return nil, err
					}
					done++
					lab.Progress.Step(done, all)
					s := arena.subject(&w, l, threads)
					s.Facts, s.Group = facts, facts[0].Value
					subjects = append(subjects, s)
					if l == languages[twice] && w == (walk{k, kernel.Row, false, UnitLD, n}) {
						s.Name = walkName(&w, l.Route, record.EntryAgain)
						subjects = append(subjects, s)
					}
				}
			}
		}
		arena.fill()
	}
	return subjects, nil
}

func walkName(w *walk, route *seam.Route, entry string) string {
	name := w.name()
	name.Lang, name.Via, name.Entry = route.Lang, route.Via, entry
	return name.String()
}

func walkFacts(k string, n int, languages []study.Walker) []measure.Fact {
	p := &kernel.Problem{Kernel: "loops " + k, N: fmt.Sprint(n), Op: "cell"}
	work := kernel.DiffusionCell
	if k == "ols" {
		p.Op, work = "observation", kernel.OLSObservation
	}
	return append(study.Facts(p, &kernel.Timed{Work: work}), study.VerifiedFact(len(walks([]string{k}, n)), languages))
}

// arena is the memory of all walks through squares of one side.
type arena struct {
	n                int
	a, b             []float64
	slope, intercept []float64
}

func newArena(n int) *arena {
	elements := n * max(Leading(powerLD, n), Leading(PaddedLD, n))
	return &arena{n, make([]float64, elements), make([]float64, elements), make([]float64, n), make([]float64, n)}
}

// fill makes all numbers about one.
func (m *arena) fill() {
	for k := range m.a {
		x := 1 + float64(k%7)/64
		m.a[k], m.b[k] = x, x
	}
}

// grid returns a square in p.
func (m *arena) grid(p []float64, w *walk) kernel.Grid {
	ld := w.elements()
	return kernel.Grid{Data: p[:(m.n-1)*ld+m.n], Rows: m.n, Cols: m.n, LD: ld, Layout: w.Layout}
}

// loopElements is how many elements a call of a small square is to visit, so that the call itself hardly counts.
const loopElements = 1 << 16

// walk returns a function that walks, and how many elements it visits.
func (m *arena) walk(w *walk, f *kernel.Funcs, steps, threads int) (run func() error, elements int) {
	par := kernel.Par{Threads: threads, Schedule: kernel.Static}
	if w.Kernel == "ols" {
		a := &kernel.OLS{Slope: m.slope, Intercept: m.intercept, Y: m.grid(m.a, w), Hi: m.n, Par: par}
		ols := f.OLS
		if w.Interchanged {
			ols = f.OLSInterchanged
		}
		return func() error { return ols(a) }, m.n * m.n
	}
	a := &kernel.DiffusionRun{A: m.grid(m.a, w), B: m.grid(m.b, w), Steps: steps, D: kernel.DiffusionD, Dt: kernel.DiffusionDt, Par: par}
	diffuse := f.Run
	if w.Interchanged {
		diffuse = f.RunInterchanged
	}
	return func() error { return diffuse(a) }, steps * (m.n - 2) * (m.n - 2)
}

func (m *arena) subject(w *walk, l study.Walker, threads int) measure.Subject {
	run, elements := m.walk(w, l.Funcs, max(1, loopElements/(m.n*m.n)), threads)
	return measure.Subject{
		Name: walkName(w, l.Route, ""),
		Run: func(n int) error {
			for range n / elements {
				if err := run(); err != nil {
					return err
				}
			}
			return nil
		},
		Least: elements,
		Parks: study.Parks(l.Route),
	}
}

// walkCheck holds walks of one kernel and side to the reference.
type walkCheck struct {
	n       int
	in      [2][]float64 // by layout, without padding
	want    [2][]float64 // of diffusion
	of      *arena       // the reference's, with its lines
	prepare string       // the layout and leading dimension that the arena holds the input in
}

// newWalkCheck has the reference compute on a row-major square; what a column-major one must give is its transpose.
func newWalkCheck(k string, n int) *walkCheck {
	c := &walkCheck{n: n, of: &arena{n, make([]float64, n*n), make([]float64, n*n), make([]float64, n), make([]float64, n)}}
	for at := range c.of.a {
		c.of.a[at] = 1 + math.Sin(float64(at)) // all different, none tiny
	}
	c.in[kernel.Row] = slices.Clone(c.of.a)
	c.in[kernel.Col] = transposed(c.of.a, n)
	reference := kernel.Go()
	run, _ := c.of.walk(&walk{k, kernel.Row, false, UnitLD, n}, &reference, 1, 1)
	if err := run(); err != nil {
		panic(err) // the reference, given what it makes itself
	}
	c.want[kernel.Row], c.want[kernel.Col] = c.of.b, transposed(c.of.b, n)
	return c
}

func transposed(p []float64, n int) []float64 {
	q := make([]float64, n*n)
	f := kernel.Go()
	err := f.Transpose(&kernel.Transpose{
		In:  kernel.Grid{Data: p, Rows: n, Cols: n, LD: n, Layout: kernel.Row},
		Out: kernel.Grid{Data: q, Rows: n, Cols: n, LD: n, Layout: kernel.Col},
	})
	if err != nil {
		panic(err) // the reference, given what it makes itself
	}
	return q
}

// verify walks once, and compares with the reference every line and all that lies between them.
func (c *walkCheck) verify(w *walk, l study.Walker, m *arena, threads int) error {
	ld := w.elements()
	if prepared := fmt.Sprint(w.Layout, ld); c.prepare != prepared {
		c.prepare = prepared
		for k := range m.a {
			m.a[k] = kernel.Canary
		}
		for line := range c.n {
			copy(m.a[line*ld:], c.in[w.Layout][line*c.n:(line+1)*c.n])
		}
	}
	for k := range m.b[:c.n*ld] {
		m.b[k] = kernel.Canary
	}
	for line := range c.n { // the kernel writes nothing of the boundary
		at := line * ld
		m.b[at], m.b[at+c.n-1] = 0, 0
		if line == 0 || line == c.n-1 {
			clear(m.b[at : at+c.n])
		}
	}
	for k := range m.n { // what an earlier walk made must not pass for this one's
		m.slope[k], m.intercept[k] = kernel.Canary, kernel.Canary
	}
	run, _ := m.walk(w, l.Funcs, 1, threads)
	if err := run(); err != nil {
		return fmt.Errorf("walk: %v on %s: %w", w, l.Route.Name(), err)
	}
	wrong := func(what string, k int, got, want float64) error {
		return fmt.Errorf("walk: %v on %s: %s[%d] is %v, want %v, bit for bit", w, l.Route.Name(), what, k, got, want)
	}
	same := func(what string, got, want []float64) error {
		for k, x := range want {
			if math.Float64bits(got[k]) != math.Float64bits(x) {
				return wrong(what, k, got[k], x)
			}
		}
		return nil
	}
	if w.Kernel == "ols" {
		return errors.Join(same("slope", m.slope, c.of.slope), same("intercept", m.intercept, c.of.intercept))
	}
	for line := range c.n {
		at := line * ld
		if err := same(fmt.Sprintf("line %d", line), m.b[at:at+c.n], c.want[w.Layout][line*c.n:(line+1)*c.n]); err != nil {
			return err
		}
		for k := at + c.n; k < at+ld && line < c.n-1; k++ {
			if math.Float64bits(m.b[k]) != math.Float64bits(kernel.Canary) {
				return wrong("padding", k, m.b[k], kernel.Canary)
			}
		}
	}
	return nil
}
