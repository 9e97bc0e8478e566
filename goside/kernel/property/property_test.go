// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package property

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"toll/goside/kernel"
)

// TestReference draws many problems for the languages in Go.
func TestReference(t *testing.T) {
	for name, f := range map[string]kernel.Funcs{"go": kernel.Go().Checked(), "go-par": kernel.GoPar().Checked()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := 0
			for _, p := range All() {
				for seed := range uint64(60) {
					err := p.Check(&f, seed, Within{})
					if errors.Is(err, kernel.ErrNotOffered) && name == "go-par" && p.Kernel == "call" {
						continue
					}
					problems++
					if err != nil {
						t.Error(err)
						break
					}
				}
			}
			if want := 2000; problems < want {
				t.Errorf("%d problems, want at least %d", problems, want)
			}
		})
	}
}

// TestAllFunctions: each function of the kernels alone is asked by some property.
func TestAllFunctions(t *testing.T) {
	whole := kernel.Go()
	for _, f := range kernel.Functions {
		alone := kernel.Funcs{}
		switch f.Name {
		case "noop":
			alone.Noop = whole.Noop
		case "not":
			alone.Not = whole.Not
		case "add":
			alone.Add = whole.Add
		case "sum":
			alone.Sum = whole.Sum
		case "step":
			alone.Step = whole.Step
		case "run":
			alone.Run = whole.Run
		case "julia":
			alone.Julia = whole.Julia
		case "ols":
			alone.OLS = whole.OLS
		case "run-interchanged":
			alone.RunInterchanged = whole.RunInterchanged
		case "ols-interchanged":
			alone.OLSInterchanged = whole.OLSInterchanged
		case "julia-split":
			alone.JuliaSplit = whole.JuliaSplit
		case "transpose":
			alone.Transpose = whole.Transpose
		case "transpose-naive":
			alone.TransposeNaive = whole.TransposeNaive
		}
		asked := 0
		for _, p := range All() {
			if err := p.Check(&alone, 1, Within{}); err == nil {
				asked++
			} else if !errors.Is(err, kernel.ErrNotOffered) {
				t.Errorf("%s alone: %v", f.Name, err)
			}
		}
		if asked == 0 {
			t.Errorf("no property speaks of %s", f.Name)
		}
	}
}

// A mutant is a misunderstanding of a kernel that all its functions share: each agrees with the others, and a reference that made
// the same mistake would agree with all.
type mutant struct {
	name  string
	wrong func(f *kernel.Funcs)
}

// cell makes all ways of diffusion compute each interior cell by next, from its neighbours, which lie as far away as u is told.
func cell(next func(u func(down, right int) float64, d, dt float64) float64) func(f *kernel.Funcs) {
	return byStep(func(a *kernel.DiffusionStep) error {
		for i := max(a.Lo, 1); i < min(a.Hi, a.In.Rows-1); i++ {
			for j := 1; j < a.In.Cols-1; j++ {
				u := func(down, right int) float64 { return at(&a.In, i+down, j+right) }
				a.Out.Data[a.Out.At(i, j)] = next(u, a.D, a.Dt)
			}
		}
		return nil
	})
}

// byStep makes all ways of diffusion from one of a step.
func byStep(step func(a *kernel.DiffusionStep) error) func(f *kernel.Funcs) {
	return func(f *kernel.Funcs) {
		run := func(a *kernel.DiffusionRun) error {
			out, in := a.B, a.A
			for range a.Steps {
				if err := step(&kernel.DiffusionStep{Out: out, In: in, Hi: in.Rows, D: a.D, Dt: a.Dt, Par: a.Par}); err != nil {
					return err
				}
				out, in = in, out
			}
			return nil
		}
		f.Step, f.Run, f.RunInterchanged = step, run, run
	}
}

// afterStep spoils the reference's step.
func afterStep(spoil func(a *kernel.DiffusionStep)) func(f *kernel.Funcs) {
	reference := kernel.Go()
	return byStep(func(a *kernel.DiffusionStep) error {
		err := reference.Step(a)
		spoil(a)
		return err
	})
}

// runs spoils the arguments of both runs.
func runs(spoil func(a *kernel.DiffusionRun)) func(f *kernel.Funcs) {
	return func(f *kernel.Funcs) {
		run := f.Run
		f.Run = func(a *kernel.DiffusionRun) error {
			b := *a
			spoil(&b)
			return run(&b)
		}
		f.RunInterchanged = f.Run
	}
}

// point makes both ways of the Julia set count by count.
func point(count func(zr, zi, cr, ci float64, maxiter int32) int32) func(f *kernel.Funcs) {
	return func(f *kernel.Funcs) {
		f.Julia = func(a *kernel.Julia) error {
			for k := a.Lo; k < a.Hi; k++ {
				a.Out[k] = count(real(a.Zs[k]), imag(a.Zs[k]), real(a.Cs[k]), imag(a.Cs[k]), a.MaxIter)
			}
			return nil
		}
		f.JuliaSplit = func(a *kernel.JuliaSplit) error {
			for k := a.Lo; k < a.Hi; k++ {
				a.Out[k] = count(a.Zr[k], a.Zi[k], a.Cr[k], a.Ci[k], a.MaxIter)
			}
			return nil
		}
	}
}

// orbit is point with another iteration, or test.
func orbit(next func(zr, zi, cr, ci float64) (float64, float64), goesOn func(square float64) bool) func(f *kernel.Funcs) {
	return point(func(zr, zi, cr, ci float64, maxiter int32) (i int32) {
		for ; i < maxiter && goesOn(float64(zr*zr)+float64(zi*zi)); i++ {
			zr, zi = next(zr, zi, cr, ci)
		}
		return i
	})
}

func below(limit float64) func(float64) bool { return func(x float64) bool { return x < limit } }

func square(zr, zi, cr, ci float64) (float64, float64) {
	return (float64(zr*zr) - float64(zi*zi)) + cr, float64(2*float64(zr*zi)) + ci
}

// row makes both ways of OLS fit a row by fit.
func row(fit func(y []float64) (slope, intercept float64)) func(f *kernel.Funcs) {
	return func(f *kernel.Funcs) {
		f.OLS = func(a *kernel.OLS) error {
			for i := a.Lo; i < a.Hi; i++ {
				y := make([]float64, a.Y.Cols)
				for j := range y {
					y[j] = at(&a.Y, i, j)
				}
				a.Slope[i], a.Intercept[i] = fit(y)
			}
			return nil
		}
		f.OLSInterchanged = f.OLS
	}
}

// formula is the fit of toll.h, with parts that can be replaced.
type formula struct {
	weight  func(k, odd int) float64
	divisor func(n float64) float64
	mean    func(n float64) float64 // of x
	count   func(n float64) float64 // that the sum is divided by
	inwards bool
	right   bool // sums from there
	fused   bool
}

func (m formula) fit(y []float64) (slope, intercept float64) {
	n, half, odd := float64(len(y)), len(y)/2, len(y)%2
	var pairs, sum float64
	for k := range half {
		if m.inwards {
			k = half - 1 - k
		}
		w, difference := float64(2*k+1+odd), y[half+odd+k]-y[half-1-k]
		if m.weight != nil {
			w = m.weight(k, odd)
		}
		if m.fused {
			pairs = math.FMA(w, difference, pairs)
		} else {
			pairs += float64(w * difference)
		}
	}
	for j := range y {
		if m.right {
			j = len(y) - 1 - j
		}
		sum += y[j]
	}
	divisor, mean, count := float64(n*(float64(n*n)-1))/6, (n-1)/2, n
	if m.divisor != nil {
		divisor = m.divisor(n)
	}
	if m.mean != nil {
		mean = m.mean(n)
	}
	if m.count != nil {
		count = m.count(n)
	}
	slope = pairs / divisor
	return slope, sum/count - float64(slope*mean)
}

func laplacian(u func(down, right int) float64) float64 {
	return (((u(1, 0) + u(-1, 0)) + u(0, 1)) + u(0, -1)) - float64(4*u(0, 0))
}

var mutants = []mutant{
	{"diffusion: does nothing", cell(func(u func(int, int) float64, _, _ float64) float64 { return u(0, 0) })},
	{"diffusion: a neighbour's sign is wrong", cell(func(u func(int, int) float64, d, dt float64) float64 {
		return u(0, 0) + float64(d*dt*((((u(1, 0)+u(-1, 0))+u(0, 1))-u(0, -1))-4*u(0, 0)))
	})},
	{"diffusion: the row below twice, that above never", cell(func(u func(int, int) float64, d, dt float64) float64 {
		return u(0, 0) + float64(d*dt*((((u(1, 0)+u(1, 0))+u(0, 1))+u(0, -1))-4*u(0, 0)))
	})},
	{"diffusion: the column to the left twice, that to the right never", cell(func(u func(int, int) float64, d, dt float64) float64 {
		return u(0, 0) + float64(d*dt*((((u(1, 0)+u(-1, 0))+u(0, -1))+u(0, -1))-4*u(0, 0)))
	})},
	{"diffusion: 4.0001 for 4", cell(func(u func(int, int) float64, d, dt float64) float64 {
		return u(0, 0) + float64(d*dt*((((u(1, 0)+u(-1, 0))+u(0, 1))+u(0, -1))-4.0001*u(0, 0)))
	})},
	{"diffusion: 4 with one more last digit", cell(func(u func(int, int) float64, d, dt float64) float64 {
		return u(0, 0) + float64(d*dt*((((u(1, 0)+u(-1, 0))+u(0, 1))+u(0, -1))-float64(math.Nextafter(4, 5)*u(0, 0))))
	})},
	{"diffusion: the neighbours at the corners", cell(func(u func(int, int) float64, d, dt float64) float64 {
		return u(0, 0) + float64(d*dt*((((u(1, 1)+u(-1, 1))+u(1, -1))+u(-1, -1))-4*u(0, 0)))
	})},
	{"diffusion: the corners, too", cell(func(u func(int, int) float64, d, dt float64) float64 {
		corners := (((u(1, 1) + u(-1, 1)) + u(1, -1)) + u(-1, -1)) - 4*u(0, 0)
		return u(0, 0) + float64(d*dt*(laplacian(u)/2+corners/4))
	})},
	{"diffusion: columns faster than rows", cell(func(u func(int, int) float64, d, dt float64) float64 {
		return u(0, 0) + float64(d*dt*((((u(1, 0)+u(-1, 0))+2*u(0, 1))+2*u(0, -1))-6*u(0, 0)))
	})},
	{"diffusion: columns before rows", cell(func(u func(int, int) float64, d, dt float64) float64 {
		return u(0, 0) + float64(d*dt*((((u(0, 1)+u(0, -1))+u(1, 0))+u(-1, 0))-float64(4*u(0, 0))))
	})},
	{"diffusion: left before right", cell(func(u func(int, int) float64, d, dt float64) float64 {
		return u(0, 0) + float64(d*dt*((((u(1, 0)+u(-1, 0))+u(0, -1))+u(0, 1))-float64(4*u(0, 0))))
	})},
	{"diffusion: in pairs", cell(func(u func(int, int) float64, d, dt float64) float64 {
		return u(0, 0) + float64(d*dt*(((u(1, 0)+u(-1, 0))+(u(0, 1)+u(0, -1)))-float64(4*u(0, 0))))
	})},
	{"diffusion: each difference by itself", cell(func(u func(int, int) float64, d, dt float64) float64 {
		c := u(0, 0)
		return c + float64(d*dt*((((u(1, 0)-c)+(u(-1, 0)-c))+(u(0, 1)-c))+(u(0, -1)-c)))
	})},
	{"diffusion: fused", cell(func(u func(int, int) float64, d, dt float64) float64 { return math.FMA(d*dt, laplacian(u), u(0, 0)) })},
	{"diffusion: D forgotten", cell(func(u func(int, int) float64, _, dt float64) float64 { return u(0, 0) + float64(dt*laplacian(u)) })},
	{"diffusion: D squared", cell(func(u func(int, int) float64, d, dt float64) float64 { return u(0, 0) + float64(d*d*dt*laplacian(u)) })},
	{"diffusion: backwards", cell(func(u func(int, int) float64, d, dt float64) float64 { return u(0, 0) - float64(d*dt*laplacian(u)) })},
	{"diffusion: in single precision", cell(func(u func(int, int) float64, d, dt float64) float64 {
		return float64(float32(u(0, 0) + float64(d*dt*laplacian(u))))
	})},
	{"diffusion: never negative", cell(func(u func(int, int) float64, d, dt float64) float64 {
		return max(0, u(0, 0)+float64(d*dt*laplacian(u)))
	})},
	{"diffusion: a little is lost", cell(func(u func(int, int) float64, d, dt float64) float64 {
		return float64((1 - 0x1p-50) * (u(0, 0) + float64(d*dt*laplacian(u))))
	})},
	{"diffusion: a source everywhere", cell(func(u func(int, int) float64, d, dt float64) float64 { return u(0, 0) + float64(d*dt*laplacian(u)) + 1 })},
	{"diffusion: reads what it has written", byStep(func(a *kernel.DiffusionStep) error {
		state := clone(a.In)
		for i := max(a.Lo, 1); i < min(a.Hi, a.In.Rows-1); i++ {
			for j := 1; j < a.In.Cols-1; j++ {
				u := func(down, right int) float64 { return at(&state, i+down, j+right) }
				state.Data[state.At(i, j)] += float64(a.D * a.Dt * laplacian(u))
				a.Out.Data[a.Out.At(i, j)] = at(&state, i, j)
			}
		}
		return nil
	})},
	{"diffusion: twice as strong in the first row", afterStep(func(a *kernel.DiffusionStep) {
		for j := 1; j < a.In.Cols-1 && a.In.Rows > 2 && a.Lo <= 1 && a.Hi > 1; j++ {
			a.Out.Data[a.Out.At(1, j)] += at(&a.Out, 1, j) - at(&a.In, 1, j)
		}
	})},
	{"diffusion: the last interior row is left out", byStep(func(a *kernel.DiffusionStep) error {
		b, reference := *a, kernel.Go()
		b.Hi = max(b.Lo, min(b.Hi, a.In.Rows-2))
		for j := 1; j < a.In.Cols-1 && a.Hi > a.In.Rows-2 && a.Lo <= a.In.Rows-2; j++ {
			a.Out.Data[a.Out.At(a.In.Rows-2, j)] = at(&a.In, a.In.Rows-2, j)
		}
		return reference.Step(&b)
	})},
	{"diffusion: the boundary is insulated", afterStep(func(a *kernel.DiffusionStep) {
		for j := range a.Out.Cols {
			a.Out.Data[a.Out.At(0, j)] = at(&a.Out, min(1, a.Out.Rows-1), j)
		}
	})},
	{"diffusion: the boundary is set to zero", afterStep(func(a *kernel.DiffusionStep) { a.Out.Data[a.Out.At(0, 0)] = 0 })},
	{"diffusion: padding is written", afterStep(func(a *kernel.DiffusionStep) {
		if inner := a.Out.Cols; a.Out.Layout == kernel.Row && a.Out.LD > inner {
			a.Out.Data[inner] = 0
		}
	})},
	{"diffusion: the input is written", afterStep(func(a *kernel.DiffusionStep) { a.In.Data[a.In.At(0, 0)]++ })},
	{"diffusion: the range is ignored", func(f *kernel.Funcs) {
		step := f.Step
		f.Step = func(a *kernel.DiffusionStep) error {
			b := *a
			b.Lo, b.Hi = 0, a.In.Rows
			return step(&b)
		}
	}},
	{"diffusion: the range is of columns", func(f *kernel.Funcs) {
		step := f.Step
		f.Step = func(a *kernel.DiffusionStep) error {
			if a.In.Rows != a.In.Cols {
				return step(a)
			}
			b := *a
			b.In.Layout, b.Out.Layout = 1-a.In.Layout, 1-a.In.Layout
			return step(&b)
		}
	}},
	{"diffusion: i is the line, whatever the layout", func(f *kernel.Funcs) {
		turn := func(g *kernel.Grid) {
			if g.Layout == kernel.Col {
				g.Layout, g.Rows, g.Cols = kernel.Row, g.Cols, g.Rows
			}
		}
		step, run := f.Step, f.Run
		f.Step = func(a *kernel.DiffusionStep) error {
			b := *a
			turn(&b.In)
			turn(&b.Out)
			b.Lo, b.Hi = 0, b.In.Rows
			return step(&b)
		}
		f.Run = func(a *kernel.DiffusionRun) error {
			b := *a
			turn(&b.A)
			turn(&b.B)
			return run(&b)
		}
		f.RunInterchanged = f.Run
	}},
	{"diffusion: one step less", runs(func(a *kernel.DiffusionRun) { a.Steps = max(0, a.Steps-1) })},
	{"diffusion: one step more", runs(func(a *kernel.DiffusionRun) { a.Steps++ })},
	{"diffusion: a step for none", runs(func(a *kernel.DiffusionRun) { a.Steps = max(1, a.Steps) })},
	{"diffusion: the result is in the other buffer", runs(func(a *kernel.DiffusionRun) { a.A, a.B = a.B, a.A })},
	{"diffusion: the other buffer is spoilt", func(f *kernel.Funcs) {
		run := f.Run
		f.Run = func(a *kernel.DiffusionRun) error {
			err := run(a)
			other := a.A
			if a.Steps%2 == 0 {
				other = a.B
			}
			if a.Steps > 0 {
				other.Data[other.At(1, 1)]++
			}
			return err
		}
		f.RunInterchanged = f.Run
	}},

	{"julia: does nothing", func(f *kernel.Funcs) {
		f.Julia, f.JuliaSplit = func(*kernel.Julia) error { return nil }, func(*kernel.JuliaSplit) error { return nil }
	}},
	{"julia: c is added twice", orbit(func(zr, zi, cr, ci float64) (float64, float64) {
		zr, zi = square(zr, zi, cr, ci)
		return zr + cr, zi + ci
	}, below(4))},
	{"julia: c is never added", orbit(func(zr, zi, _, _ float64) (float64, float64) { return square(zr, zi, 0, 0) }, below(4))},
	{"julia: c is conjugated", orbit(func(zr, zi, cr, ci float64) (float64, float64) { return square(zr, zi, cr, -ci) }, below(4))},
	{"julia: z is conjugated", orbit(func(zr, zi, cr, ci float64) (float64, float64) { return square(zr, -zi, cr, ci) }, below(4))},
	{"julia: the square's parts are added", orbit(func(zr, zi, cr, ci float64) (float64, float64) {
		return zr*zr + zi*zi + cr, 2*zr*zi + ci
	}, below(4))},
	{"julia: the imaginary part is not doubled", orbit(func(zr, zi, cr, ci float64) (float64, float64) {
		return zr*zr - zi*zi + cr, zr*zi + ci
	}, below(4))},
	{"julia: the new real part is used too early", orbit(func(zr, zi, cr, ci float64) (float64, float64) {
		zr = zr*zr - zi*zi + cr
		return zr, 2*zr*zi + ci
	}, below(4))},
	{"julia: cubes", orbit(func(zr, zi, cr, ci float64) (float64, float64) {
		z := complex(zr, zi)
		z = z*z*z + complex(cr, ci)
		return real(z), imag(z)
	}, below(4))},
	{"julia: escapes at 4.0001", orbit(square, below(4.0001))},
	{"julia: escapes at 3.9999", orbit(square, below(3.9999))},
	{"julia: escapes beyond 4, not at 4", orbit(square, func(x float64) bool { return x <= 4 })},
	{"julia: escapes one last digit after 4", orbit(square, below(math.Nextafter(4, 5)))},
	{"julia: escapes one last digit before 4", orbit(square, below(math.Nextafter(4, 0)))},
	{"julia: |z| is compared with 4", orbit(square, below(16))},
	{"julia: only the real part is tested", point(func(zr, zi, cr, ci float64, maxiter int32) (i int32) {
		for ; i < maxiter && zr*zr < 4; i++ {
			zr, zi = square(zr, zi, cr, ci)
		}
		return i
	})},
	{"julia: counts from 1", point(func(zr, zi, cr, ci float64, maxiter int32) int32 {
		i := int32(0)
		for i < maxiter && float64(zr*zr)+float64(zi*zi) < 4 {
			zr, zi = square(zr, zi, cr, ci)
			i++
		}
		return i + 1
	})},
	{"julia: one iteration more", point(func(zr, zi, cr, ci float64, maxiter int32) (i int32) {
		for ; i <= maxiter && float64(zr*zr)+float64(zi*zi) < 4; i++ {
			zr, zi = square(zr, zi, cr, ci)
		}
		return i
	})},
	{"julia: 0 for what never escapes", point(func(zr, zi, cr, ci float64, maxiter int32) int32 {
		for i := range maxiter {
			if !(float64(zr*zr)+float64(zi*zi) < 4) {
				return i
			}
			zr, zi = square(zr, zi, cr, ci)
		}
		return 0
	})},
	{"julia: fused real part", orbit(func(zr, zi, cr, ci float64) (float64, float64) {
		return math.FMA(zr, zr, -float64(zi*zi)) + cr, float64(2*float64(zr*zi)) + ci
	}, below(4))},
	{"julia: fused imaginary part", orbit(func(zr, zi, cr, ci float64) (float64, float64) {
		return (float64(zr*zr) - float64(zi*zi)) + cr, math.FMA(2*zr, zi, ci)
	}, below(4))},
	{"julia: c before the difference", orbit(func(zr, zi, cr, ci float64) (float64, float64) {
		return float64(zr*zr) - (float64(zi*zi) - cr), float64(2*float64(zr*zi)) + ci
	}, below(4))},
	{"julia: in single precision", orbit(func(zr, zi, cr, ci float64) (float64, float64) {
		zr, zi = square(zr, zi, cr, ci)
		return float64(float32(zr)), float64(float32(zi))
	}, below(4))},
	{"julia: the first c for all", func(f *kernel.Funcs) {
		julia, split := f.Julia, f.JuliaSplit
		f.Julia = func(a *kernel.Julia) error {
			b := *a
			b.Cs = slices.Repeat(a.Cs[:1], len(a.Cs))
			return julia(&b)
		}
		f.JuliaSplit = func(a *kernel.JuliaSplit) error {
			b := *a
			b.Cr, b.Ci = slices.Repeat(a.Cr[:1], len(a.Cr)), slices.Repeat(a.Ci[:1], len(a.Ci))
			return split(&b)
		}
	}},
	{"julia: the range is ignored", func(f *kernel.Funcs) {
		julia, split := f.Julia, f.JuliaSplit
		f.Julia = func(a *kernel.Julia) error {
			b := *a
			b.Lo, b.Hi = 0, len(a.Zs)
			return julia(&b)
		}
		f.JuliaSplit = func(a *kernel.JuliaSplit) error {
			b := *a
			b.Lo, b.Hi = 0, len(a.Zr)
			return split(&b)
		}
	}},
	{"julia: separate parts are exchanged", func(f *kernel.Funcs) {
		split := f.JuliaSplit
		f.JuliaSplit = func(a *kernel.JuliaSplit) error {
			b := *a
			b.Cr, b.Ci = a.Ci, a.Cr
			return split(&b)
		}
	}},

	{"ols: does nothing", func(f *kernel.Funcs) {
		f.OLS, f.OLSInterchanged = func(*kernel.OLS) error { return nil }, func(*kernel.OLS) error { return nil }
	}},
	{"ols: about n/2", row(formula{mean: func(n float64) float64 { return n / 2 }}.fit)},
	{"ols: about (n+1)/2, as if x began at 1", row(formula{mean: func(n float64) float64 { return (n + 1) / 2 }}.fit)},
	{"ols: about 0", row(formula{mean: func(float64) float64 { return 0 }}.fit)},
	{"ols: mean of n-1", row(formula{count: func(n float64) float64 { return n - 1 }}.fit)},
	{"ols: divisor n³/6", row(formula{divisor: func(n float64) float64 { return n * n * n / 6 }}.fit)},
	{"ols: divisor n(n²-1)/12", row(formula{divisor: func(n float64) float64 { return n * (n*n - 1) / 12 }}.fit)},
	{"ols: weights 2k+1 for odd n, too", row(formula{weight: func(k, _ int) float64 { return float64(2*k + 1) }}.fit)},
	{"ols: all weights 1", row(formula{weight: func(int, int) float64 { return 1 }}.fit)},
	{"ols: from outside inwards", row(formula{inwards: true}.fit)},
	{"ols: summed from the right", row(formula{right: true}.fit)},
	{"ols: fused", row(formula{fused: true}.fit)},
	{"ols: fused intercept", row(func(y []float64) (float64, float64) {
		slope, _ := formula{}.fit(y)
		var sum float64
		for _, x := range y {
			sum += x
		}
		return slope, math.FMA(-slope, float64(len(y)-1)/2, sum/float64(len(y)))
	})},
	{"ols: from end to end", row(func(y []float64) (float64, float64) {
		return (y[len(y)-1] - y[0]) / float64(len(y)-1), y[0]
	})},
	{"ols: through the first point", row(func(y []float64) (float64, float64) {
		slope, _ := formula{}.fit(y)
		return slope, y[0]
	})},
	{"ols: slope and intercept exchanged", row(func(y []float64) (float64, float64) {
		slope, intercept := formula{}.fit(y)
		return intercept, slope
	})},
	{"ols: the other direction", row(func(y []float64) (float64, float64) {
		y = slices.Clone(y)
		slices.Reverse(y)
		return formula{}.fit(y)
	})},
	{"ols: in single precision", row(func(y []float64) (float64, float64) {
		slope, intercept := formula{}.fit(y)
		return float64(float32(slope)), float64(float32(intercept))
	})},
	{"ols: the last observation is left out", row(func(y []float64) (float64, float64) {
		if len(y) == 2 {
			return formula{}.fit(y)
		}
		return formula{}.fit(y[:len(y)-1])
	})},
	{"ols: the textbook's sums", row(func(y []float64) (float64, float64) {
		var sx, sy, sxx, sxy float64
		n := float64(len(y))
		for j, v := range y {
			x := float64(j)
			sx, sy, sxx, sxy = sx+x, sy+v, sxx+x*x, sxy+float64(x*v)
		}
		slope := (float64(n*sxy) - float64(sx*sy)) / (float64(n*sxx) - float64(sx*sx))
		return slope, sy/n - float64(slope*((n-1)/2))
	})},
	{"ols: the magnitude of each row's slope", row(func(y []float64) (float64, float64) {
		slope, intercept := formula{}.fit(y)
		return math.Abs(slope), intercept
	})},
	{"ols: the first row for all", func(f *kernel.Funcs) {
		ols := f.OLS
		f.OLS = func(a *kernel.OLS) error {
			err := ols(a)
			for i := a.Lo; i < a.Hi; i++ {
				a.Slope[i], a.Intercept[i] = a.Slope[a.Lo], a.Intercept[a.Lo]
			}
			return err
		}
		f.OLSInterchanged = f.OLS
	}},
	{"ols: the range is ignored", func(f *kernel.Funcs) {
		ols := f.OLS
		f.OLS = func(a *kernel.OLS) error {
			b := *a
			b.Lo, b.Hi = 0, a.Y.Rows
			return ols(&b)
		}
		f.OLSInterchanged = f.OLS
	}},
	{"ols: another line for each layout", func(f *kernel.Funcs) {
		ols := f.OLS
		f.OLS = func(a *kernel.OLS) error {
			err := ols(a)
			for i := a.Lo; i < a.Hi && a.Y.Layout == kernel.Col; i++ {
				a.Slope[i] = math.Nextafter(a.Slope[i], math.Inf(1))
			}
			return err
		}
		f.OLSInterchanged = f.OLS
	}},

	{"transpose: copies", func(f *kernel.Funcs) {
		f.Transpose = func(a *kernel.Transpose) error { copy(a.Out.Data, a.In.Data); return nil }
		f.TransposeNaive = f.Transpose
	}},
	{"transpose: makes all NaNs alike", transposing(func(x float64) float64 {
		if math.IsNaN(x) {
			return math.NaN()
		}
		return x
	})},
	{"transpose: computes", transposing(func(x float64) float64 { return x * 1 * 0.5 * 2 })},
	{"transpose: the input is lost", func(f *kernel.Funcs) {
		transpose := f.Transpose
		f.Transpose = func(a *kernel.Transpose) error { err := transpose(a); clear(a.In.Data); return err }
		f.TransposeNaive = f.Transpose
	}},
	{"transpose: right once only", func(f *kernel.Funcs) {
		transpose := f.Transpose
		f.Transpose = func(a *kernel.Transpose) error {
			err := transpose(a)
			if a.In.At(0, 0) == 0 && a.In.Layout == kernel.Col {
				a.Out.Data[0] = 0
			}
			return err
		}
		f.TransposeNaive = f.Transpose
	}},

	{"call: not is the negative", func(f *kernel.Funcs) { f.Not = func(x int64) int64 { return -x } }},
	{"call: not of 32 bits", func(f *kernel.Funcs) { f.Not = func(x int64) int64 { return int64(^int32(x)) } }},
	{"call: add returns the larger", func(f *kernel.Funcs) { f.Add = math.Max }},
	{"call: add in single precision", func(f *kernel.Funcs) { f.Add = func(x, y float64) float64 { return float64(float32(x) + float32(y)) } }},
	{"call: sum from the right", func(f *kernel.Funcs) {
		f.Sum = func(p []float64) (sum float64) {
			for k := range p {
				sum += p[len(p)-1-k]
			}
			return sum
		}
	}},
	{"call: sum without the last", func(f *kernel.Funcs) {
		sum := f.Sum
		f.Sum = func(p []float64) float64 { return sum(p[:max(0, len(p)-1)]) }
	}},
	{"call: sum of halves", func(f *kernel.Funcs) {
		sum := f.Sum
		f.Sum = func(p []float64) float64 { return sum(p[:len(p)/2]) + sum(p[len(p)/2:]) }
	}},
	{"call: sum with all its digits", func(f *kernel.Funcs) {
		f.Sum = func(p []float64) float64 { // Kahan's
			var sum, lost float64
			for _, x := range p {
				next := sum + (x - lost)
				sum, lost = next, (next-sum)-(x-lost)
			}
			return sum
		}
	}},
}

func transposing(element func(float64) float64) func(f *kernel.Funcs) {
	return func(f *kernel.Funcs) {
		f.Transpose = func(a *kernel.Transpose) error {
			fill(&a.Out, func(i, j int) float64 { return element(at(&a.In, i, j)) })
			return nil
		}
		f.TransposeNaive = f.Transpose
	}
}

// TestMutants: each mutant fails some property, and each property but one is failed by some mutant.
func TestMutants(t *testing.T) {
	failed := map[string]bool{}
	for _, m := range mutants {
		f := kernel.Go()
		m.wrong(&f)
		f = f.Checked()
		kind, _, _ := strings.Cut(m.name, ":")
		var caught []string
		for _, p := range All() {
			if p.Kernel != kind || len(caught) > 0 && failed[p.String()] {
				continue
			}
			for seed := range uint64(12) {
				err := p.Check(&f, seed, Within{})
				if err == nil || errors.Is(err, kernel.ErrNotOffered) {
					continue
				}
				caught, failed[p.String()] = append(caught, p.Name), true
				break
			}
		}
		if len(caught) == 0 {
			t.Errorf("%s: not caught", m.name)
		}
		t.Logf("%s: caught by: %s", m.name, strings.Join(caught, "; "))
	}
	for _, p := range All() {
		if comesBack := p.Name == "a call that does nothing comes back"; !failed[p.String()] && !comesBack {
			t.Errorf("%v: no mutant fails it", &p)
		}
	}
}
