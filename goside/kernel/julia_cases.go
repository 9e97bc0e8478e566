// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"fmt"
	"math"
	"slices"

	"toll/goside/via/mem"
)

// NewJulia returns the book's problem for a side of n.
func NewJulia(n int, maxiter int32, par Par) *Julia {
	zs, cs := JuliaPoints(n)
	return &Julia{Out: make([]int32, len(zs)), Zs: zs, Cs: cs, Hi: len(zs), MaxIter: maxiter, Par: par}
}

func juliaCases() []Case {
	var cases []Case
	add := func(name string, newArgs func() *Julia) {
		cases = append(cases, Case{Kernel: "julia", Layout: "-", Name: name, New: func() *Job { return juliaJob(newArgs()) }},
			Case{Kernel: "julia", Layout: "-", Name: "split, " + name, New: func() *Job {
				_, job := juliaSplitJob(newArgs())
				return job
			}})
	}
	addLarge := func(name string, newArgs func() *Julia) {
		add(name, newArgs)
		for k := range cases[len(cases)-2:] {
			cases[len(cases)-2+k].Large = true
		}
	}
	for k, n := range []int{1, 2, 3, 63, 64, 65, 997, 1000, 10007} {
		par := pars[k%len(pars)]
		maxiter := []int32{300, 1, 0}[k%3]
		add(fmt.Sprintf("%d random points, maxiter %d, %v", n, maxiter, par),
			func() *Julia { return randomJulia(n, 0, n, maxiter, par) })
		lo := n / 3
		add(fmt.Sprintf("%d random points, [%d, %d), %v", n, lo, n-lo, par),
			func() *Julia { return randomJulia(n, lo, n-lo, 50, par) })
	}
	add("special points", func() *Julia {
		special := []float64{0, math.Copysign(0, -1), 2, -2, math.Nextafter(2, 0), math.Sqrt2, 5e-324, 1e-160, 1e160,
			math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN()}
		a := &Julia{MaxIter: 1000, Par: pars[2]}
		for _, re := range special {
			for _, im := range special {
				for _, c := range []complex128{0, JuliaC, complex(-0.75, 0.1), complex(im, re)} {
					a.Zs = append(a.Zs, complex(re, im))
					a.Cs = append(a.Cs, c)
				}
			}
		}
		a.Hi = len(a.Zs)
		return a
	})
	add("zs and cs share memory", func() *Julia {
		a := randomJulia(500, 0, 500, 100, pars[1])
		a.Cs = a.Zs
		return a
	})
	add("the book's: 1000 x 1000, maxiter 300", func() *Julia { return NewJulia(JuliaSize, JuliaMaxIter, Par{2, Guided}) })
	add("points of the Julia set itself", boundaryJulia)
	add("points on the circle of radius 2", circleJulia)
	for _, c := range []struct {
		name string
		c    complex128
	}{
		{"0", 0}, {"of a cycle of 1", -0.5 + 0.3i}, {"of a cycle of 2", -1.1 + 0.1i}, {"of a cycle of 3", -0.12 + 0.75i},
		{"of a cycle of 7", JuliaC}, {"of a cycle of 8", -1.38}, {"of a slow cycle of 1", 0.2499}, {"1/4, parabolic", 0.25},
		{"-3/4, parabolic", -0.75}, {"i, preperiodic", 1i}, {"-2, preperiodic", -2}, {"outside", -0.7 + 0.5i},
		{"just within 2", complex(math.Nextafter(-2, 0), 0)}, {"just beyond 2", complex(math.Nextafter(-2, -3), 0)},
		{"of size 2", complex(1.2, 1.6)}, {"not a number", complex(math.NaN(), 0)}, {"infinite", complex(0, math.Inf(1))},
	} {
		add("1200 points of one c, "+c.name, func() *Julia { return oneC(c.c, 1200, 300, pars[0]) })
	}
	add("90 points of one c, maxiter 5000", func() *Julia { return oneC(JuliaC, 90, 5000, pars[1]) })
	add("points of several c, in runs", runsJulia)
	addLarge("20,000 points of one c, dealt out", func() *Julia { return oneC(-1.1+0.1i, 20_000, 150, Par{3, Dynamic}) })
	return slices.Concat(cases, badJuliaCases(), badJuliaSplitCases())
}

// juliaJob moves a into guarded memory.
func juliaJob(a *Julia) *Job {
	n := len(a.Zs)
	out, wholeOut := guarded(n, int32(canary32))
	zs, wholeZs := guarded(n, complex(Canary, Canary))
	cs, wholeCs := zs, wholeZs
	copy(zs, a.Zs)
	if &a.Cs[0] != &a.Zs[0] {
		cs, wholeCs = guarded(n, complex(Canary, Canary))
		copy(cs, a.Cs)
	}
	a.Out, a.Zs, a.Cs = out, zs, cs
	buffer := integers("out", wholeOut, nil)
	buffer.Near = func(k int, value float64) float64 {
		if k -= guard; k < a.Lo || k >= a.Hi {
			return math.Inf(1)
		}
		return a.Near(k, value)
	}
	return &Job{
		Run: func(f *Funcs) error { return call(f.Julia, a) },
		Buffers: []Buffer{buffer, floats("zs", mem.View(wholeZs), interleaved("zs")),
			floats("cs", mem.View(wholeCs), interleaved("cs"))},
	}
}

// Split returns the same points with their parts in separate slices. Out has no memory yet.
func (a *Julia) Split() *JuliaSplit {
	n := len(a.Zs)
	s := &JuliaSplit{Zr: make([]float64, n), Zi: make([]float64, n), Cr: make([]float64, n), Ci: make([]float64, n),
		Lo: a.Lo, Hi: a.Hi, MaxIter: a.MaxIter, Par: a.Par}
	for k, z := range a.Zs {
		s.Zr[k], s.Zi[k], s.Cr[k], s.Ci[k] = real(z), imag(z), real(a.Cs[k]), imag(a.Cs[k])
	}
	return s
}

// juliaSplitJob is juliaJob on separate parts.
func juliaSplitJob(from *Julia) (*JuliaSplit, *Job) {
	a := from.Split()
	job := &Job{Run: func(f *Funcs) error { return call(f.JuliaSplit, a) }}
	out, whole := guarded(len(a.Zr), int32(canary32))
	a.Out = out
	job.Buffers = append(job.Buffers, integers("out", whole, nil))
	for _, part := range []struct {
		name string
		data *[]float64
	}{{"zr", &a.Zr}, {"zi", &a.Zi}, {"cr", &a.Cr}, {"ci", &a.Ci}} {
		inner, whole := guarded(len(*part.data), Canary)
		copy(inner, *part.data)
		*part.data = inner
		job.Buffers = append(job.Buffers, floats(part.name, whole, nil))
	}
	return a, job
}

// Near returns how many ULP of 4 the squares |z|² must be off for point k to have that count.
func (a *Julia) Near(k int, count float64) float64 {
	zr, zi, c := real(a.Zs[k]), imag(a.Zs[k]), a.Cs[k]
	var off float64
	for i := range a.MaxIter {
		square := float64(zr*zr) + float64(zi*zi)
		distance, stops := math.Abs(square-4)/(math.Nextafter(4, 5)-4), !(square < 4)
		if count == float64(i) && stops {
			return off
		}
		if count == float64(i) || stops {
			off = max(off, distance)
		}
		if count == float64(i) {
			return off
		}
		zr, zi = (float64(zr*zr)-float64(zi*zi))+real(c), float64(2*float64(zr*zi))+imag(c)
	}
	if count != float64(a.MaxIter) {
		return math.Inf(1)
	}
	return off
}

// circleJulia returns points within a few ULP of the circle of radius 2. There, tests that are equal in exact
// arithmetic differ by their rounding.
func circleJulia() *Julia {
	rng := random(2)
	a := &Julia{MaxIter: 4, Par: Par{2, Guided}}
	for range 2000 {
		z := circle(rng, 2)
		re := real(z)
		for range rng.IntN(3) {
			re = math.Nextafter(re, float64(8*rng.IntN(2)-4))
		}
		a.Zs = append(a.Zs, complex(re, imag(z)))
		a.Cs = append(a.Cs, complex(normal(rng)/4, normal(rng)/4))
	}
	a.Hi = len(a.Zs)
	return a
}

// interleaved names the elements of complex numbers viewed as floats, with guards of twice the length.
func interleaved(name string) func(k int) string {
	return func(k int) string {
		return fmt.Sprintf("%s[%d].%s", name, (k-guard)/2, [...]string{"re", "im"}[k%2])
	}
}

func randomJulia(n, lo, hi int, maxiter int32, par Par) *Julia {
	rng := random(uint64(n))
	a := &Julia{Zs: make([]complex128, n), Cs: make([]complex128, n), Lo: lo, Hi: hi, MaxIter: maxiter, Par: par}
	for k := range n {
		a.Zs[k] = complex(float64(4*rng.Float64())-2, float64(4*rng.Float64())-2)
		a.Cs[k] = JuliaC + complex(normal(rng)/10, normal(rng)/10)
	}
	return a
}

// boundaryJulia returns points as close to the Julia set as rounding allows, by inverse iteration. There a single
// operation rounded differently, such as a fused multiply-add, changes counts. On the book's grid it changes none, on a
// grid of 2048 x 2048 it changes two.
func boundaryJulia() *Julia {
	rng := random(2048)
	a := &Julia{MaxIter: 1000, Par: Par{2, Dynamic}}
	z := complex(1, 0)
	for k := range 5000 {
		z = root(z - JuliaC)
		if rng.IntN(2) == 0 {
			z = -z
		}
		if k >= 100 {
			a.Zs = append(a.Zs, z)
			a.Cs = append(a.Cs, JuliaC)
		}
	}
	a.Hi = len(a.Zs)
	return a
}

// oneC returns points of one c for which a kernel may know better than to follow them to the end: by its attracting
// cycle, if it has one. There are points on the critical orbit and at distances from 1e-16 up from it, points around 0,
// points near |z| = 2 and others all over the disc.
func oneC(c complex128, n int, maxiter int32, par Par) *Julia {
	rng := random(uint64(n))
	orbit := make([]complex128, 64)
	z := complex128(0)
	for k := range 2000 + len(orbit) {
		orbit[k%len(orbit)] = z
		if square := float64(real(z)*real(z)) + float64(imag(z)*imag(z)); square < 4 {
			z = complex((float64(real(z)*real(z))-float64(imag(z)*imag(z)))+real(c), float64(2*float64(real(z)*imag(z)))+imag(c))
		}
	}
	a := &Julia{Zs: make([]complex128, n), Cs: make([]complex128, n), Hi: n, MaxIter: maxiter, Par: par}
	for k := range n {
		away := disc(rng, 1)
		switch k % 6 {
		case 0:
			a.Zs[k] = orbit[rng.IntN(len(orbit))]
		case 1:
			a.Zs[k] = orbit[rng.IntN(len(orbit))] + scaled(away, math.Pow10(-rng.IntN(17)))
		case 2:
			a.Zs[k] = scaled(away, 0.5)
		case 3:
			a.Zs[k] = circle(rng, 2)
		default:
			a.Zs[k] = scaled(away, 1.8)
		}
		a.Cs[k] = c
	}
	return a
}

// runsJulia returns points whose c stays the same for runs of 1 to some hundred points.
func runsJulia() *Julia {
	rng := random(7)
	a := &Julia{MaxIter: 200, Par: pars[2]}
	for len(a.Zs) < 3000 {
		c := circle(rng, float64(2.2*rng.Float64()))
		if rng.IntN(2) == 0 {
			c = JuliaC
		}
		for range 1 + rng.IntN(1<<rng.IntN(10)) {
			a.Zs = append(a.Zs, circle(rng, float64(2.1*rng.Float64())))
			a.Cs = append(a.Cs, c)
		}
	}
	a.Hi = len(a.Zs)
	return a
}

func badJuliaCases() []Case {
	var cases []Case
	bad := func(want Status, native bool, name string, spoil func(*Julia)) {
		cases = append(cases, Case{Kernel: "julia", Layout: "-", Name: "refused: " + name,
			Want: want, Native: native, New: func() *Job {
				a := randomJulia(20, 0, 20, 30, Par{1, Static})
				job := juliaJob(a)
				spoil(a)
				return job
			}})
	}
	bad(ErrShape, true, "no points", func(a *Julia) { a.Zs, a.Cs, a.Out, a.Hi = nil, nil, nil, 0 })
	bad(ErrShape, true, "negative range", func(a *Julia) { a.Lo = -1 })
	bad(ErrShape, true, "range reversed", func(a *Julia) { a.Lo, a.Hi = 3, 2 })
	bad(ErrShape, true, "range beyond the end", func(a *Julia) { a.Hi = 21 })
	bad(ErrShort, false, "short out", func(a *Julia) { a.Out = a.Out[:19] })
	bad(ErrShort, true, "nil out", func(a *Julia) { a.Out = nil })
	bad(ErrShort, false, "short cs", func(a *Julia) { a.Cs = a.Cs[:19] })
	bad(ErrShort, true, "nil cs", func(a *Julia) { a.Cs = nil })
	bad(ErrAlign, true, "misaligned out", func(a *Julia) { a.Out = mem.Misaligned[int32](20) })
	bad(ErrAlign, true, "misaligned zs", func(a *Julia) { a.Zs = mem.Misaligned[complex128](20) })
	bad(ErrAlign, true, "misaligned cs", func(a *Julia) { a.Cs = mem.Misaligned[complex128](20) })
	bad(ErrAlign, true, "misaligned out and zs", func(a *Julia) { a.Out, a.Zs = mem.Misaligned[int32](20), mem.Misaligned[complex128](20) })
	bad(ErrAlign, true, "misaligned zs and cs", func(a *Julia) { a.Zs, a.Cs = mem.Misaligned[complex128](20), mem.Misaligned[complex128](20) })
	bad(ErrOverlap, true, "out in zs", func(a *Julia) { a.Out = mem.Int32s(a.Zs)[3:] })
	bad(ErrOverlap, true, "out in cs", func(a *Julia) { a.Out = mem.Int32s(a.Cs)[60:] })
	bad(ErrArg, true, "maxiter -1", func(a *Julia) { a.MaxIter = -1 })
	bad(ErrArg, true, "least maxiter", func(a *Julia) { a.MaxIter = math.MinInt32 })
	badPars(func(name string, p Par) { bad(ErrArg, true, name, func(a *Julia) { a.Par = p }) })
	return cases
}

func badJuliaSplitCases() []Case {
	var cases []Case
	bad := func(want Status, native bool, name string, spoil func(*JuliaSplit)) {
		cases = append(cases, Case{Kernel: "julia", Layout: "-", Name: "split, refused: " + name,
			Want: want, Native: native, New: func() *Job {
				a, job := juliaSplitJob(randomJulia(20, 0, 20, 30, Par{1, Static}))
				spoil(a)
				return job
			}})
	}
	parts := func(a *JuliaSplit) map[string]*[]float64 {
		return map[string]*[]float64{"zr": &a.Zr, "zi": &a.Zi, "cr": &a.Cr, "ci": &a.Ci}
	}
	bad(ErrShape, true, "no points", func(a *JuliaSplit) { a.Zr, a.Zi, a.Cr, a.Ci, a.Out, a.Hi = nil, nil, nil, nil, nil, 0 })
	bad(ErrShape, true, "negative range", func(a *JuliaSplit) { a.Lo = -1 })
	bad(ErrShape, true, "range reversed", func(a *JuliaSplit) { a.Lo, a.Hi = 3, 2 })
	bad(ErrShape, true, "range beyond the end", func(a *JuliaSplit) { a.Hi = 21 })
	bad(ErrShort, false, "short out", func(a *JuliaSplit) { a.Out = a.Out[:19] })
	bad(ErrShort, true, "nil out", func(a *JuliaSplit) { a.Out = nil })
	bad(ErrAlign, true, "misaligned out", func(a *JuliaSplit) { a.Out = mem.Misaligned[int32](20) })
	for _, part := range []string{"zr", "zi", "cr", "ci"} {
		if part != "zr" { // its length is the number of points
			bad(ErrShort, false, "short "+part, func(a *JuliaSplit) { *parts(a)[part] = (*parts(a)[part])[:19] })
			bad(ErrShort, true, "nil "+part, func(a *JuliaSplit) { *parts(a)[part] = nil })
		}
		bad(ErrAlign, true, "misaligned "+part, func(a *JuliaSplit) { *parts(a)[part] = mem.Misaligned[float64](20) })
		bad(ErrOverlap, true, "out in "+part, func(a *JuliaSplit) { a.Out = mem.Int32s(*parts(a)[part])[3:] })
	}
	bad(ErrAlign, true, "misaligned out and zr", func(a *JuliaSplit) { a.Out, a.Zr = mem.Misaligned[int32](20), mem.Misaligned[float64](20) })
	bad(ErrAlign, true, "misaligned zi and cr", func(a *JuliaSplit) { a.Zi, a.Cr = mem.Misaligned[float64](20), mem.Misaligned[float64](20) })
	bad(ErrArg, true, "maxiter -1", func(a *JuliaSplit) { a.MaxIter = -1 })
	badPars(func(name string, p Par) { bad(ErrArg, true, name, func(a *JuliaSplit) { a.Par = p }) })
	return cases
}
