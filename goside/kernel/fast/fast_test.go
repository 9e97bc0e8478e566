// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fast

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"
	"testing"

	"toll/goside/kernel"
	"toll/goside/level"
)

// languages are those at each level that the processor has.
var languages, whole = func() (all map[string]kernel.Funcs, whole []string) {
	all = map[string]kernel.Funcs{}
	for _, name := range level.Names {
		if l, ok := At(name); ok {
			for lang, f := range map[string]kernel.Funcs{"go-fast": l.Go(), "go-fast-par": l.GoPar(), "go-fast-brute": l.Brute()} {
				lang = level.Join(lang, name)
				all[lang] = f
				if f.Run != nil {
					whole = append(whole, lang)
				}
			}
		}
	}
	return all, whole
}()

// pars are how go-fast-par runs; the others do not look at it.
var pars = []kernel.Par{{Threads: 1}, {Threads: 2}, {Threads: 3, Schedule: kernel.Dynamic}, {Threads: 64, Schedule: kernel.Guided}}

// differ returns the first index at which the bits of a and b differ, but for those of NaNs, or -1.
func differ(a, b []float64) int {
	for k := range a {
		if math.Float64bits(a[k]) != math.Float64bits(b[k]) && (a[k] == a[k] || b[k] == b[k]) {
			return k
		}
	}
	return -1
}

// checkJulia holds all languages and both forms against the reference.
func checkJulia(t *testing.T, zs, cs []complex128, lo, hi int, maxiter int32) {
	t.Helper()
	counts := func(f kernel.Funcs, par kernel.Par, split bool) []int32 {
		a := &kernel.Julia{Out: make([]int32, len(zs)), Zs: zs, Cs: cs, Lo: lo, Hi: hi, MaxIter: maxiter, Par: par}
		for k := range a.Out {
			a.Out[k] = -1
		}
		var err error
		if s := a.Split(); split {
			s.Out = a.Out
			err = f.JuliaSplit(s)
		} else {
			err = f.Julia(a)
		}
		if err != nil {
			t.Fatal(err)
		}
		return a.Out
	}
	want := counts(kernel.Go(), pars[0], false)
	for name, f := range languages {
		for k, par := range pars[:2] {
			if got := counts(f, par, k > 0); !slices.Equal(got, want) {
				for k := range got {
					if got[k] != want[k] {
						t.Fatalf("%s, %v: z %v, c %v, point %d of [%d, %d): count %d, want %d",
							name, par, zs[k], cs[k], k, lo, hi, got[k], want[k])
					}
				}
			}
		}
	}
}

// hardC returns a c with |c| < 2.5: anywhere; or near the edge of the main cardioid, where the cycle attracts ever more slowly
// and then no longer; or near that of the disc of period 2; or of a real cycle.
func hardC(random *rand.Rand) complex128 {
	at := cmplx.Rect(1, 2*math.Pi*random.Float64())
	near := complex(1+math.Copysign(math.Pow(10, -16*random.Float64()), random.Float64()-0.7), 0)
	switch random.IntN(4) {
	case 0:
		return complex(2.5*random.Float64(), 0) * at
	case 1:
		return near * (at/2 - at*at/4)
	case 2:
		return -1 + near*at/4
	}
	return complex(-2.01+2.27*random.Float64(), 0)
}

func TestJulia(t *testing.T) {
	random := rand.New(rand.NewPCG(16, 1))
	for range 10_000 {
		c, n := hardC(random), 4+random.IntN(20)*(1+random.IntN(8))
		zs, cs := make([]complex128, n), make([]complex128, n)
		z := complex(0, 0)
		for k := range zs {
			cs[k] = c
			zs[k] = complex(4*random.Float64()-2, 4*random.Float64()-2)
			switch random.IntN(4) {
			case 0: // on its way to the cycle, or on it
				for range random.IntN(100) {
					if next := z*z + c; cmplx.Abs(next) < 2 {
						z = next
					}
				}
				zs[k] = z
			case 1:
				zs[k] *= 0.3
			}
		}
		if random.IntN(4) == 0 { // two traps in turn
			cs[n/2] = hardC(random)
			cs[n-1] = cs[n/2]
		}
		lo := random.IntN(n / 2)
		checkJulia(t, zs, cs, lo, n-random.IntN(n/2), int32(math.Pow(5000, random.Float64())))
	}
}

func TestJuliaUnequal(t *testing.T) {
	random := rand.New(rand.NewPCG(16, 2))
	special := []float64{0, math.Copysign(0, -1), 1, 2, -2, math.Nextafter(2, 0), math.Sqrt2, 5e-324, 1e-160, 1e160,
		math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN()}
	var zs, cs []complex128
	for _, re := range special {
		for _, im := range special {
			for _, c := range []complex128{0, kernel.JuliaC, complex(re, im), complex(im, re), hardC(random), 3} {
				zs, cs = append(zs, complex(re, im)), append(cs, c)
			}
		}
	}
	for _, maxiter := range []int32{0, 1, 2, 7, 8, 9, 5000} {
		checkJulia(t, zs, cs, 0, len(zs), maxiter)
		checkJulia(t, zs, zs, 3, len(zs)-1, maxiter)
	}
	for n := 1; n < 12; n++ {
		checkJulia(t, zs[:n], cs[:n], 0, n, 100)
		checkJulia(t, zs[:n], cs[:n], n/2, n/2, 100)
	}
}

// TestJuliaOfTheBook is large enough for a disc in each share of a goroutine.
func TestJuliaOfTheBook(t *testing.T) {
	a := kernel.NewJulia(kernel.JuliaSize, kernel.JuliaMaxIter, kernel.Par{Threads: 3, Schedule: kernel.Guided})
	for name, f := range languages {
		clear(a.Out)
		if err := f.Julia(a); err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, n := range a.Out {
			sum += int(n)
		}
		if sum != kernel.JuliaSum {
			t.Errorf("%s: the counts sum to %d, want %d", name, sum, kernel.JuliaSum)
		}
	}
}

// TestTrap: a disc is found where it must be, and only there.
func TestTrap(t *testing.T) {
	for _, c := range []complex128{0, kernel.JuliaC, -1, -0.5, 0.2, -0.12 + 0.74i, -1.3107, -1.7549, 0.2499} {
		var f trap
		f.search(c)
		if f.squared == 0 {
			t.Errorf("c %v: no disc, want one", c)
		}
	}
	for _, c := range []complex128{0.25, -0.75, -2, 0.26, 1.9, 2, 3i, -1.9, complex(math.NaN(), 0), complex(0, math.Inf(1)), -1.25} {
		f := trap{squared: 1}
		f.search(c)
		if f.squared != 0 {
			t.Errorf("c %v: a disc of radius² %v, want none", c, f.squared)
		}
	}
}

// TestTrapHolds iterates points of many discs, most of them at the edge.
func TestTrapHolds(t *testing.T) {
	random := rand.New(rand.NewPCG(16, 3))
	found := 0
	for range 2000 {
		c := hardC(random)
		var f trap
		if f.search(c); f.squared == 0 {
			continue
		}
		found++
		for range 10 {
			z := complex(f.re, f.im) + cmplx.Rect(math.Sqrt(f.squared)*min(1, 1.5*random.Float64()), 2*math.Pi*random.Float64())
			if n := escape(real(z), imag(z), real(c), imag(c), 10_000); n != 10_000 {
				t.Fatalf("c %v: %v in the disc of radius² %v around %v escapes after %d iterations", c, z, f.squared, complex(f.re, f.im), n)
			}
		}
	}
	if found < 500 {
		t.Errorf("found discs for %d of 2000 c, want at least 500", found)
	}
}

// TestTrapCatches: points of the book's problem are caught long before they have done all iterations.
func TestTrapCatches(t *testing.T) {
	var f trap
	f.search(kernel.JuliaC)
	l := lanes{left: [4]int{9, 9, 9, 9}}
	for k := range l.zr {
		l.zr[k], l.zi[k], l.cr[k], l.ci[k] = f.re, f.im, real(kernel.JuliaC), imag(kernel.JuliaC)
	}
	l.zr[1] += math.Sqrt(f.squared) * (1 + 1e-9)
	l.ci[2] = math.Nextafter(l.ci[2], 0)
	f.catch(&l)
	if want := [4]int{0, 9, 9, 0}; l.left != want {
		t.Errorf("left are %v iterations, want %v", l.left, want)
	}
}

func FuzzJulia(f *testing.F) {
	f.Add(-0.62772, -0.42193, 0.1, 0.2, -0.3, 0.01, uint16(300))
	f.Add(0.25, 0.0, 0.5, 0.0, 0.5, 1e-9, uint16(5000))
	f.Add(math.NaN(), 2.0, math.Inf(1), 0.0, -2.0, 0.0, uint16(9))
	f.Fuzz(func(t *testing.T, cr, ci, re, im, dre, dim float64, maxiter uint16) {
		var zs, cs []complex128
		for k := range 80 { // enough for vectors
			zs = append(zs, complex(re+float64(k)*dre, im+float64(k)*dim))
			cs = append(cs, complex(cr, ci))
		}
		checkJulia(t, zs, cs, 0, len(zs), int32(maxiter))
	})
}

// noise fills all memory, padding included; a few values are special.
func noise(random *rand.Rand, data []float64) {
	special := []float64{math.Copysign(0, -1), math.NaN(), math.Inf(1), 5e-324, 1e300}
	for k := range data {
		data[k] = random.NormFloat64()
		if random.IntN(300) == 0 {
			data[k] = special[random.IntN(len(special))]
		}
	}
}

func grids(random *rand.Rand, rows, cols int, layout kernel.Layout) (a, b kernel.Grid) {
	pad := random.IntN(4)
	a, b = kernel.NewGrid(rows, cols, pad, layout), kernel.NewGrid(rows, cols, pad, layout)
	noise(random, a.Data)
	noise(random, b.Data)
	return a, b
}

func clone(g kernel.Grid) kernel.Grid {
	g.Data = slices.Clone(g.Data)
	return g
}

func TestDiffusion(t *testing.T) {
	random := rand.New(rand.NewPCG(16, 4))
	for k := range 600 {
		rows, cols, steps := 1+random.IntN(90), 1+random.IntN(40), random.IntN(100)
		switch k {
		case 0:
			rows, cols = 12, 6000 // fewer steps are fused
		case 1:
			rows, cols = 12, 40_000 // none
		}
		layout := kernel.Layout(k % 2)
		if k < 2 {
			layout = kernel.Row
		}
		a, b := grids(random, rows, cols, layout)
		want := kernel.DiffusionRun{A: clone(a), B: clone(b), Steps: steps,
			D: random.Float64(), Dt: random.Float64(), Par: pars[k/2%len(pars)]}
		if err := kernel.Go().Run(&want); err != nil {
			t.Fatal(err)
		}
		for _, name := range whole {
			got := want
			got.A, got.B = clone(a), clone(b)
			if err := languages[name].Run(&got); err != nil {
				t.Fatal(err)
			}
			for what, d := range map[string]int{"a": differ(got.A.Data, want.A.Data), "b": differ(got.B.Data, want.B.Data)} {
				if d >= 0 {
					t.Fatalf("%s: %d steps on %d x %d, %v-major, ld %d, %v: element %d of %s differs from the reference's",
						name, steps, rows, cols, layout, a.LD, want.Par, d, what)
				}
			}
		}
	}
}

func TestDiffusionStep(t *testing.T) {
	random := rand.New(rand.NewPCG(16, 5))
	for k := range 400 {
		in, out := grids(random, 1+random.IntN(30), 1+random.IntN(30), kernel.Layout(k%2))
		lo := random.IntN(in.Rows + 1)
		want := kernel.DiffusionStep{Out: clone(out), In: in, Lo: lo, Hi: lo + random.IntN(in.Rows-lo+1),
			D: random.Float64(), Dt: random.Float64(), Par: pars[k/2%len(pars)]}
		if err := kernel.Go().Step(&want); err != nil {
			t.Fatal(err)
		}
		for _, name := range whole {
			got := want
			got.Out = clone(out)
			if err := languages[name].Step(&got); err != nil {
				t.Fatal(err)
			}
			if d := differ(got.Out.Data, want.Out.Data); d >= 0 {
				t.Fatalf("%s: rows [%d, %d) of %d x %d, %v-major, %v: element %d differs from the reference's",
					name, want.Lo, want.Hi, in.Rows, in.Cols, in.Layout, want.Par, d)
			}
		}
	}
}

// TestAt: a level that is forced is the one that is had, or an error.
func TestAt(t *testing.T) {
	best, ok := At("")
	if !ok {
		t.Fatal("there is no best level")
	}
	for _, name := range level.Names {
		t.Setenv(level.Variable, name)
		l, ok := At("")
		if ok != has(name) || ok && l.group != levels[name].group {
			t.Errorf("with %s=%s: a level with groups of %d (had: %v); the processor has it: %v",
				level.Variable, name, l.group, ok, has(name))
		}
		if has(name) && l.group > best.group {
			t.Errorf("level %s has groups of %d points, the best %d", name, l.group, best.group)
		}
	}
	t.Setenv(level.Variable, "sse9")
	if _, ok := At(""); ok {
		t.Error("level sse9 is had")
	}
	if _, ok := At("baseline"); !ok {
		t.Error("the baseline is not had, if the environment forces another level")
	}
}

// TestShares: fused steps come in shares that are about equal, however many there are.
func TestShares(t *testing.T) {
	for _, c := range []struct{ steps, most, want int }{{1, 32, 1}, {32, 32, 32}, {33, 32, 17}, {100, 32, 25}, {100, 1, 1},
		{math.MaxInt, 32, 32}} {
		if got := even(c.steps, c.most); got != c.want {
			t.Errorf("of %d steps, at most %d fused: %d come first, want %d", c.steps, c.most, got, c.want)
		}
	}
}

func TestOLS(t *testing.T) {
	random := rand.New(rand.NewPCG(16, 6))
	for k := range 600 {
		rows, n := 1+random.IntN(20), 2+random.IntN(40)
		if k%20 == 0 {
			rows = 600
		}
		y, _ := grids(random, rows, n, kernel.Layout(k%2))
		lo := random.IntN(rows + 1)
		fit := func(f kernel.Funcs) (slope, intercept []float64) {
			a := kernel.OLS{Slope: make([]float64, rows), Intercept: make([]float64, rows), Y: y,
				Lo: lo, Hi: max(lo, rows-k%3), Par: pars[k/2%len(pars)]}
			if err := f.OLS(&a); err != nil {
				t.Fatal(err)
			}
			return a.Slope, a.Intercept
		}
		slope, intercept := fit(kernel.Go())
		for _, name := range whole {
			gotSlope, gotIntercept := fit(languages[name])
			for what, d := range map[string]int{"slope": differ(gotSlope, slope), "intercept": differ(gotIntercept, intercept)} {
				if d >= 0 {
					t.Fatalf("%s: %d x %d, %v-major, from row %d: the %s of row %d differs from the reference's",
						name, rows, n, y.Layout, lo, what, d)
				}
			}
		}
	}
}

// TestEmptyWork has nothing to do, in many steps or on no memory at all.
func TestEmptyWork(t *testing.T) {
	const many = 1 << 40
	for name, f := range languages {
		for _, layout := range []kernel.Layout{kernel.Row, kernel.Col} {
			t.Run(fmt.Sprint(name, layout), func(t *testing.T) {
				par := kernel.Par{Threads: 2}
				wide := kernel.Grid{Rows: 3, Cols: many, LD: many, Layout: layout}
				tall := kernel.Grid{Rows: many, Cols: 2, LD: many, Layout: layout}
				if err := f.Julia(&kernel.Julia{MaxIter: 1, Par: par}); err != nil {
					t.Error(err)
				}
				if f.Run == nil {
					return
				}
				for _, err := range []error{
					f.Run(&kernel.DiffusionRun{A: tall, B: tall, Steps: 1 << 62, D: 1, Dt: 1, Par: par}),
					f.Step(&kernel.DiffusionStep{Out: wide, In: wide, Lo: 1, Hi: 1, D: 1, Dt: 1, Par: par}),
					f.Step(&kernel.DiffusionStep{Out: tall, In: tall, Hi: many, D: 1, Dt: 1, Par: par}),
					f.OLS(&kernel.OLS{Y: wide, Lo: 2, Hi: 2, Par: par}),
				} {
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}
