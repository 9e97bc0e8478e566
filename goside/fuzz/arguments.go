// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fuzz

import (
	"fmt"
	"math"

	"toll/goside/kernel"
	"toll/goside/via/guard"
)

// most is the largest number of elements of a matrix or an array.
const most = 1<<20 + 1<<14

// arguments are those of one function, decoded and in memory.
type arguments interface {
	// decode reads what the arguments are but for their numbers, and plans their buffers.
	decode(r *reader, p *plan)
	// fill sets the numbers of the inputs.
	fill(v *values, memory [][]byte)
	// bind makes the arguments of buffers that lie there, one for each that was planned. It spoils them if the input says so.
	bind(memory [][]byte)
	check() error
	call(f *kernel.Funcs) error
	// String says what they are, for a reader.
	String() string
}

// plan is what buffers the arguments need, and what else is known before they are filled.
type plan struct {
	buffers [5]buffer
	n       int
	work    int  // about so many numbers are computed
	blind   bool // the fault, if there is one, is one that native code cannot see
	lone    bool // the fault is the ld of a single line, which a NumPy array does not have
	null    bool // a slice is nil, which native code can see
	shared  bool // two arguments share memory, or lie side by side
}

// buffer is memory of one argument.
type buffer struct {
	name   string
	size   int // of an element, in bytes
	n      int // elements
	output bool
	exact  bool // NaNs, too, are wanted with their bits
	lines  int  // of the matrix, 0 for an array
	inner  int  // their length
	ld     int
	apart  int // elements between it and the guard
	host   int // the buffer whose memory it lies in, or its own
	shift  int // bytes there
}

func (p *plan) add(b buffer) *buffer {
	b.host = p.n
	p.buffers[p.n] = b
	p.n++
	return &p.buffers[p.n-1]
}

// share has buffer k lie in the memory of another, shift bytes behind its start.
func (p *plan) share(k, host, shift int) {
	p.buffers[k].host, p.buffers[k].shift, p.shared = host, shift, true
	p.buffers[host].output = p.buffers[host].output || p.buffers[k].output
}

func (b *buffer) bytes() int { return b.n * b.size }

// at names an element.
func (b *buffer) at(k int) string {
	parts := b.size / min(b.size, 8)
	switch {
	case b.lines > 0 && k%b.ld >= b.inner:
		return fmt.Sprintf("%s: padding of line %d", b.name, k/b.ld)
	case b.lines > 0:
		return fmt.Sprintf("%s: element %d of line %d", b.name, k%b.ld, k/b.ld)
	case parts == 2:
		return fmt.Sprintf("%s[%d].%s", b.name, k/2, [...]string{"re", "im"}[k%2])
	}
	return fmt.Sprintf("%s[%d]", b.name, k)
}

// fault is what is wrong with arguments: no more than one thing in ten inputs, and 0 if nothing is.
type fault struct {
	kind byte
	v    int
}

func (r *reader) fault() fault {
	kind, v := r.byte(), r.within(1<<16)
	if kind < 232 {
		return fault{}
	}
	return fault{kind - 231, v}
}

// apart returns how many elements lie between a buffer and the guard: mostly none.
func (r *reader) apart() int {
	if b := r.byte(); b >= 176 {
		return int(b % 16)
	}
	return 0
}

// grid is the shape of a matrix.
type grid struct {
	rows, cols, ld int
	layout         kernel.Layout
}

// grid returns a shape whose number of elements is at most limit.
func (r *reader) grid(lines, inner []int, limit int) grid {
	layout, outer, n, pad := kernel.Layout(r.byte()&1), r.extent(lines), r.extent(inner), r.padding()
	n = min(n, limit)
	g := grid{ld: min(n+pad, limit), layout: layout}
	outer = min(outer, limit/g.ld)
	if outer == 1 && pad > 250 {
		g.ld = math.MaxInt64 // of one line it means nothing
	}
	if g.rows, g.cols = outer, n; layout == kernel.Col {
		g.rows, g.cols = n, outer
	}
	return g
}

func (g *grid) String() string {
	return fmt.Sprintf("%d x %d, %v-major, ld %d", g.rows, g.cols, g.layout, g.ld)
}

func (g *grid) lines() (outer, inner int) {
	if g.layout == kernel.Col {
		return g.cols, g.rows
	}
	return g.rows, g.cols
}

// lone reports whether the matrix is one line that is longer than its ld.
func lone(g *kernel.Grid) bool {
	lines, inner := (&grid{rows: g.Rows, cols: g.Cols, layout: g.Layout}).lines()
	return lines == 1 && g.LD < inner
}

func (g *grid) buffer(name string, output bool, apart int) buffer {
	outer, inner := g.lines()
	return buffer{name: name, size: 8, n: (outer-1)*g.ld + inner, output: output, lines: outer, inner: inner, ld: g.ld, apart: apart}
}

func (g *grid) bind(to *kernel.Grid, memory []byte) {
	*to = kernel.Grid{Data: guard.As[float64](memory), Rows: g.rows, Cols: g.cols, LD: g.ld, Layout: g.layout}
}

// fill sets the elements of a matrix, and leaves its padding.
func (g *grid) fill(v *values, memory []byte) {
	outer, inner := g.lines()
	p := guard.As[float64](memory)
	for line := range outer {
		v.fill(p[line*g.ld:][:inner])
		if v.flavor < 244 { // else all elements are the same
			v.raw = nil
		}
	}
}

// spoil makes a slice short, empty or misaligned. It returns whether the slice is nil.
func spoil[T any](p *[]T, how int) (null bool) {
	switch n := len(*p); how % 6 {
	case 0:
		*p = nil
		return true
	case 1:
		*p = (*p)[:0]
	case 2, 3:
		*p = (*p)[min(n, how/6%max(n, 1)+1):]
	case 4:
		*p = (*p)[:max(n-1, 0)]
	case 5:
		*p = guard.Shifted(*p, 1+how/6%3)
	}
	return false
}

func (f fault) String() string {
	if f.kind == 0 {
		return ""
	}
	return fmt.Sprintf(", spoiled in way %d.%d", f.kind, f.v)
}

// edge returns an integer at an edge.
func edge(v int) int {
	edges := [...]int{0, -1, 1, 2, math.MaxInt32, math.MinInt32, math.MaxInt64 / 8, math.MaxInt64/8 + 1, math.MaxInt64, math.MinInt64}
	return edges[v%len(edges)]
}

// edgeLD is edge without numbers that padding would not be padding by.
func edgeLD(v int) int {
	if ld := edge(v); ld < 1 || ld > 2 {
		return ld
	}
	return 0
}

// spoilPar asks for threads or a schedule that there is none of.
func spoilPar(p *kernel.Par, v int) {
	if v%2 == 0 {
		p.Threads = [...]int{0, -1, 1025, math.MaxInt32, math.MinInt32}[v/2%5]
	} else {
		p.Schedule = [...]kernel.Schedule{-1, 3, math.MaxInt32, math.MinInt32}[v/2%4]
	}
}

func spoilNumber(x *float64, v int) { *x = [...]float64{math.NaN(), math.Inf(1), math.Inf(-1)}[v%3] }

// Numbers near which tuned kernels go another way: see the constants of csrc/simd, rust/src/simd and goside/kernel/fast.
var (
	diffusionLines = []int{3, 4, 6, 8, 16, 22, 24, 54, 64, 120, 195, 504}
	diffusionInner = []int{34, 36, 64, 66, 128, 504, 512, 558, 560, 600, 1008, 1027, 1120}
	olsRows        = []int{16, 32, 64, 128, 256, 512, 1024, 2048}
	olsDays        = []int{2, 14, 16, 17, 64, 128, 129, 365, 730, 2048, 2049}
	transposeSides = []int{8, 16, 17, 32, 64, 128, 256, 512}
	juliaPoints    = []int{64, 128, 200, 512, 2048, 4096, 8192}
)

// diffusion is what both functions of that kernel have in common.
type diffusion struct {
	grid
	d, dt  float64
	par    kernel.Par
	fault  fault
	within bool // one matrix lies in the other
	plan   *plan
}

// decode also reads where two matrices lie: in memory of their own or, in few inputs, one in or right behind the other.
func (a *diffusion) decode(r *reader, p *plan, first, second string, limit int) {
	a.par, a.fault = r.par(), r.fault()
	a.grid = r.grid(diffusionLines, diffusionInner, limit)
	a.d, a.dt = r.coefficient(), r.coefficient()
	one := p.add(a.buffer(first, true, r.apart()))
	p.add(a.buffer(second, second == "b", r.apart()))
	class, v := r.byte(), r.within(1<<16)
	switch a.within = class >= 252; {
	case a.within:
		p.share(0, 1, 8*(v%one.n))
	case class >= 248:
		p.share(0, 1, 8*one.n) // right behind
	}
	p.blind = a.fault.kind == 3 || a.fault.kind == 4
	a.plan = p
}

// spoil does to two matrices what the input says.
func (a *diffusion) spoil(one, two *kernel.Grid, d, dt *float64, par *kernel.Par) {
	v := a.fault.v
	pick := [...]*kernel.Grid{one, two}[v%2]
	both := func(f func(*kernel.Grid)) { f(one); f(two) }
	switch v /= 2; a.fault.kind {
	case 1, 2:
		a.plan.null = spoil(&pick.Data, v)
	case 3:
		pick.Rows++
	case 4:
		pick.Layout = [...]kernel.Layout{1 - pick.Layout, 7, -1}[v%3]
	case 5:
		both(func(g *kernel.Grid) { g.Rows = edge(v) })
	case 6:
		both(func(g *kernel.Grid) { g.Cols = edge(v) })
	case 7:
		both(func(g *kernel.Grid) { g.LD = edgeLD(v) })
	case 8:
		both(func(g *kernel.Grid) { g.LD = min(g.Rows, g.Cols) - 1 })
	case 9:
		spoilNumber(d, v)
	case 10:
		spoilNumber(dt, v)
	case 11, 12:
		spoilPar(par, v)
	case 13:
		two.Data = one.Data
	case 14: // several at once
		spoilNumber(d, v)
		spoilPar(par, v)
		a.plan.null = spoil(&pick.Data, v)
	case 15:
		spoilNumber(d, v)
		both(func(g *kernel.Grid) { g.Cols = 0 })
	}
}

// step are the arguments of the diffusion step.
type step struct {
	diffusion
	lo, hi int
	a      kernel.DiffusionStep
}

func (s *step) decode(r *reader, p *plan) {
	s.diffusion.decode(r, p, "out", "in", 1<<16)
	s.lo, s.hi = r.span(s.rows)
	p.work = s.rows * s.cols
}

func (s *step) fill(v *values, memory [][]byte) { s.grid.fill(v, memory[1]) }

func (s *step) bind(memory [][]byte) {
	s.grid.bind(&s.a.Out, memory[0])
	s.grid.bind(&s.a.In, memory[1])
	s.a.Lo, s.a.Hi, s.a.D, s.a.Dt, s.a.Par = s.lo, s.hi, s.d, s.dt, s.par
	s.spoil(&s.a.Out, &s.a.In, &s.a.D, &s.a.Dt, &s.a.Par)
	s.plan.lone = lone(&s.a.In)
	switch v := s.fault.v; s.fault.kind {
	case 16, 17:
		s.a.Lo = edge(v)
	case 18, 19:
		s.a.Hi = edge(v)
	case 20:
		s.a.Lo, s.a.Hi = s.a.Hi+1, s.a.Lo
	case 21:
		s.a.Hi = s.rows + 1
	}
}

func (s *step) check() error { return s.a.Check() }
func (s *step) String() string {
	return fmt.Sprintf("a step on %v, rows [%d, %d), D %g, dt %g, %v%v", &s.grid, s.lo, s.hi, s.d, s.dt, s.par, s.fault)
}
func (s *step) call(f *kernel.Funcs) error { return f.Step(&s.a) }

// run are the arguments of a run of diffusion.
type run struct {
	diffusion
	steps int
	of    func(*kernel.Funcs) func(*kernel.DiffusionRun) error
	a     kernel.DiffusionRun
}

func (s *run) decode(r *reader, p *plan) {
	class, v := r.byte(), r.within(1<<16)
	limit := 1 << 14
	switch {
	case class < 144:
		s.steps = v % 4
	case class < 224:
		s.steps = v % 13
	default:
		s.steps, limit = v%60, 1<<16
	}
	if class == 255 && v < 4096 { // a grid that is assumed not to stay in the caches, in a millionth of the inputs
		limit = most
		s.steps = v % 9
	}
	s.diffusion.decode(r, p, "a", "b", limit)
	if class == 255 && v < 4096 && s.ld < most { // as many lines as there is room for
		if lines := most / s.ld; s.layout == kernel.Row {
			s.rows = lines
		} else {
			s.cols = lines
		}
		for k := range 2 {
			b := &p.buffers[k]
			*b = s.buffer(b.name, true, b.apart)
			b.host = k
		}
		s.within = false // they are apart now: what b's boundary is has to be filled in, too
	}
	if (s.rows < 3 || s.cols < 3) && v%5 == 0 {
		s.steps = math.MaxInt64 // of nothing
	}
	p.work = s.rows * s.cols
	if s.rows > 2 && s.cols > 2 {
		p.work *= max(1, s.steps)
	}
}

func (s *run) fill(v *values, memory [][]byte) {
	s.grid.fill(v, memory[0])
	if s.within {
		return
	}
	// Of the other matrix only the boundary is an input.
	outer, inner := s.lines()
	b := guard.As[float64](memory[1])
	for line := range outer {
		if line == 0 || line == outer-1 {
			v.fill(b[line*s.ld:][:inner])
			continue
		}
		v.fill(b[line*s.ld:][:1])
		v.fill(b[line*s.ld+inner-1:][:1])
	}
}

func (s *run) bind(memory [][]byte) {
	s.grid.bind(&s.a.A, memory[0])
	s.grid.bind(&s.a.B, memory[1])
	s.a.Steps, s.a.D, s.a.Dt, s.a.Par = s.steps, s.d, s.dt, s.par
	s.spoil(&s.a.A, &s.a.B, &s.a.D, &s.a.Dt, &s.a.Par)
	s.plan.lone = lone(&s.a.A)
	if s.fault.kind > 15 {
		s.a.Steps = [...]int{-1, math.MinInt64, math.MinInt32}[s.fault.v%3]
	}
}

func (s *run) check() error { return s.a.Check() }
func (s *run) String() string {
	return fmt.Sprintf("%d steps on %v, D %g, dt %g, %v%v", s.steps, &s.grid, s.d, s.dt, s.par, s.fault)
}
func (s *run) call(f *kernel.Funcs) error { return s.of(f)(&s.a) }

// ols are the arguments of a fit.
type ols struct {
	grid
	lo, hi int
	par    kernel.Par
	fault  fault
	of     func(*kernel.Funcs) func(*kernel.OLS) error
	a      kernel.OLS
	plan   *plan
}

func (s *ols) decode(r *reader, p *plan) {
	s.par, s.fault = r.par(), r.fault()
	lines, inner := olsRows, olsDays
	if len(r.rest) > 0 && r.rest[0]&1 != 0 { // column-major
		lines, inner = inner, lines
	}
	s.grid = r.grid(lines, inner, 1<<17)
	if s.cols < 2 {
		s.cols = 2
		if s.ld = max(s.ld, 2); s.layout == kernel.Col {
			s.ld = s.rows
		}
	}
	p.add(buffer{name: "slope", size: 8, n: s.rows, output: true, apart: r.apart()})
	p.add(buffer{name: "intercept", size: 8, n: s.rows, output: true, apart: r.apart()})
	y := p.add(s.buffer("y", false, r.apart()))
	s.lo, s.hi = r.span(s.rows)
	class, v := r.byte(), r.within(1<<16)
	switch {
	case class >= 253:
		p.share(1, 0, 8*(v%(s.rows+1)))
	case class >= 250:
		p.share(0, 2, 8*(v%(y.n+1)))
	case class >= 247:
		p.share(1, 2, 8*y.n)
	}
	p.work = (s.hi - s.lo) * s.cols
	s.plan = p
}

func (s *ols) fill(v *values, memory [][]byte) { s.grid.fill(v, memory[2]) }

func (s *ols) bind(memory [][]byte) {
	a := &s.a
	a.Slope, a.Intercept = guard.As[float64](memory[0]), guard.As[float64](memory[1])
	s.grid.bind(&a.Y, memory[2])
	a.Lo, a.Hi, a.Par = s.lo, s.hi, s.par
	v := s.fault.v
	switch s.fault.kind {
	case 1, 2:
		s.plan.null = spoil(&a.Slope, v)
	case 3, 4:
		s.plan.null = spoil(&a.Intercept, v)
	case 5, 6:
		s.plan.null = spoil(&a.Y.Data, v)
	case 7:
		a.Y.Rows = edge(v)
	case 8:
		a.Y.Cols = [...]int{1, 0, -1, math.MinInt64}[v%4]
	case 9:
		a.Y.LD = edgeLD(v)
	case 10:
		a.Y.LD = min(a.Y.Rows, a.Y.Cols) - 1
	case 11, 12:
		spoilPar(&a.Par, v)
	case 13:
		a.Slope = a.Intercept
	case 14:
		a.Intercept = a.Y.Data
	case 15:
		a.Y.Layout = 7
		s.plan.blind = true
	case 16, 17:
		a.Lo = edge(v)
	case 18, 19:
		a.Hi = edge(v)
	case 20:
		a.Lo, a.Hi = a.Hi+1, a.Lo
	case 21:
		a.Hi = s.rows + 1
	case 22:
		s.plan.null = spoil(&a.Slope, v)
		spoilPar(&a.Par, v)
	}
	s.plan.lone = lone(&a.Y)
}

func (s *ols) check() error { return s.a.Check() }
func (s *ols) String() string {
	return fmt.Sprintf("lines through %v, rows [%d, %d), %v%v", &s.grid, s.lo, s.hi, s.par, s.fault)
}
func (s *ols) call(f *kernel.Funcs) error { return s.of(f)(&s.a) }

// scale is [kernel.Buffer]'s, of the buffer k.
func (s *ols) scale(k int) func(i int, normwise bool) (float64, bool) {
	return func(i int, normwise bool) (float64, bool) {
		if k > 1 || i < s.a.Lo || i >= s.a.Hi {
			return 0, false
		}
		slope, intercept := s.a.Scale(i, normwise)
		return [...]float64{slope, intercept}[k], true
	}
}

// transpose are the arguments of a transposition.
type transpose struct {
	in, out grid
	par     kernel.Par
	fault   fault
	of      func(*kernel.Funcs) func(*kernel.Transpose) error
	a       kernel.Transpose
	plan    *plan
}

func (s *transpose) decode(r *reader, p *plan) {
	s.par, s.fault = r.par(), r.fault()
	s.in = r.grid(transposeSides, transposeSides, 1<<16)
	s.out = s.in
	s.out.layout = 1 - s.in.layout
	outer, inner := s.out.lines()
	s.out.ld = inner + r.padding()
	if s.out.ld*outer > most {
		s.out.ld = inner
	}
	out := s.out.buffer("out", true, r.apart())
	out.exact = true
	p.add(out)
	in := p.add(s.in.buffer("in", false, r.apart()))
	in.exact = true
	if class, v := r.byte(), r.within(1<<16); class >= 252 {
		p.share(0, 1, 8*(v%in.n))
	} else if class >= 248 {
		p.share(0, 1, 8*in.n)
	}
	p.work = s.in.rows * s.in.cols
	p.blind = s.fault.kind == 5 || s.fault.kind == 6
	s.plan = p
}

func (s *transpose) fill(v *values, memory [][]byte) { s.in.fill(v, memory[1]) }

func (s *transpose) bind(memory [][]byte) {
	a, v := &s.a, s.fault.v
	s.out.bind(&a.Out, memory[0])
	s.in.bind(&a.In, memory[1])
	a.Par = s.par
	pick := [...]*kernel.Grid{&a.Out, &a.In}[v%2]
	both := func(f func(*kernel.Grid)) { f(&a.Out); f(&a.In) }
	switch v /= 2; s.fault.kind {
	case 1, 2, 3, 4:
		s.plan.null = spoil(&pick.Data, v)
	case 5:
		pick.Rows++
	case 6:
		pick.Layout = [...]kernel.Layout{1 - pick.Layout, 7}[v%2]
	case 7:
		both(func(g *kernel.Grid) { g.Rows = edge(v) })
	case 8:
		both(func(g *kernel.Grid) { g.Cols = edge(v) })
	case 9, 10:
		pick.LD = edgeLD(v)
	case 11, 12:
		spoilPar(&a.Par, v)
	case 13, 14:
		_, inner := (&grid{a.Out.Rows, a.Out.Cols, 0, a.Out.Layout}).lines()
		if len(a.In.Data) >= (a.Out.Rows*a.Out.Cols/inner-1)*inner+inner {
			a.Out.Data, a.Out.LD = a.In.Data, inner
		}
	case 15:
		spoilPar(&a.Par, v)
		s.plan.null = spoil(&pick.Data, v)
	}
}

func (s *transpose) check() error { return s.a.Check() }
func (s *transpose) String() string {
	return fmt.Sprintf("%v, to ld %d, %v%v", &s.in, s.out.ld, s.par, s.fault)
}
func (s *transpose) call(f *kernel.Funcs) error { return s.of(f)(&s.a) }

// bounded gives buffer k what a bound on a route's results needs.
func bounded(a arguments, k int, b *kernel.Buffer, before int) {
	switch a := a.(type) {
	case *ols:
		scale := a.scale(k)
		b.Observations = a.cols
		b.Scale = func(i int, normwise bool) (float64, bool) { return scale(i-before, normwise) }
	case *julia:
		if k == 0 {
			b.Near = func(i int, count float64) float64 { return a.near(i-before, count) }
		}
	}
}
