// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fuzz_test

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"toll/goside/fuzz"
	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/guard"
	"toll/goside/via/mem"
	"toll/goside/via/purego"
	"toll/goside/via/thread"
)

// budget is how many inputs a mutant gets, at most.
const budget = 30_000

// mutants are the reference with one thing wrong, mostly only where a kernel may decide to go another way.
var mutants = []struct {
	target, name string
	mutate       func(f *kernel.Funcs)
}{
	{"Not", "an int passed as 32 bits", func(f *kernel.Funcs) { f.Not = func(x int64) int64 { return int64(^int32(x)) } }},
	{"Not", "an int passed as a double", func(f *kernel.Funcs) { f.Not = func(x int64) int64 { return ^int64(float64(x)) } }},
	{"Not", "one number wrong", func(f *kernel.Funcs) {
		f.Not = func(x int64) int64 {
			if x == math.MaxInt32 {
				return 0
			}
			return ^x
		}
	}},
	{"Add", "doubles passed as floats", func(f *kernel.Funcs) {
		f.Add = func(x, y float64) float64 { return float64(float32(x) + float32(y)) }
	}},
	{"Add", "-0 becomes +0", func(f *kernel.Funcs) { f.Add = func(x, y float64) float64 { return x + y + 0 } }},
	{"Add", "subnormals flushed", func(f *kernel.Funcs) {
		f.Add = func(x, y float64) float64 { return flushed(x + y) }
	}},
	{"Sum", "starts from the first number", func(f *kernel.Funcs) {
		f.Sum = func(p []float64) float64 {
			if len(p) == 0 {
				return 0
			}
			s := p[0]
			for _, x := range p[1:] {
				s += x
			}
			return s
		}
	}},
	{"Sum", "two sums from 64 numbers on", func(f *kernel.Funcs) {
		of := f.Sum
		f.Sum = func(p []float64) float64 {
			if len(p) < 64 {
				return of(p)
			}
			return of(p[:len(p)/2]) + of(p[len(p)/2:])
		}
	}},

	{"Step", "one cell one ULP off in large grids", func(f *kernel.Funcs) {
		f.Step = after(f.Step, func(a *kernel.DiffusionStep) {
			if a.In.Rows > 40 && a.In.Cols > 40 && a.Lo < 30 && a.Hi > 30 {
				k := a.Out.At(30, 30)
				a.Out.Data[k] = math.Nextafter(a.Out.Data[k], math.Inf(1))
			}
		})
	}},
	{"Step", "stale output", func(f *kernel.Funcs) {
		calls, step := 0, f.Step
		f.Step = func(a *kernel.DiffusionStep) error {
			if calls++; calls%100 == 0 {
				return nil
			}
			return step(a)
		}
	}},
	{"Step", "last column missing in lines of 36", func(f *kernel.Funcs) {
		f.Step = after(f.Step, func(a *kernel.DiffusionStep) {
			if a.In.Cols == 36 {
				for i := max(1, a.Lo); i < min(a.Hi, a.In.Rows-1); i++ {
					a.Out.Data[a.Out.At(i, 34)] = kernel.Canary
				}
			}
		})
	}},
	{"Step", "fused", func(f *kernel.Funcs) { f.Step = fusedStep }},
	{"Step", "-0 becomes +0", func(f *kernel.Funcs) {
		f.Step = after(f.Step, func(a *kernel.DiffusionStep) {
			for k, x := range a.Out.Data {
				if x == 0 {
					a.Out.Data[k] = 0
				}
			}
		})
	}},
	{"Step", "padding written", func(f *kernel.Funcs) {
		f.Step = after(f.Step, func(a *kernel.DiffusionStep) {
			if a.Out.LD < len(a.Out.Data) && a.Lo < a.Hi {
				a.Out.Data[a.Out.LD-1] = 0
			}
		})
	}},
	{"Step", "share of the last of 7 threads lost", func(f *kernel.Funcs) {
		f.Step = before(f.Step, func(a *kernel.DiffusionStep) {
			if a.Par.Threads == 7 && a.Par.Schedule == kernel.Guided {
				a.Hi = a.Lo + (a.Hi-a.Lo)/7*7
			}
		})
	}},
	{"Step", "leaves the thread flushing to zero", func(f *kernel.Funcs) {
		f.Step = after(f.Step, func(a *kernel.DiffusionStep) {
			if a.In.Rows == 13 {
				thread.SetFloat(thread.FlushToZero)
			}
		})
	}},
	{"Step", "matrices side by side refused", func(f *kernel.Funcs) {
		step := f.Step
		f.Step = func(a *kernel.DiffusionStep) error {
			if mem.Overlap(a.Out.Data, a.In.Data) || beside(a.In.Data, a.Out.Data) {
				return kernel.FromNative("diffusion", int32(kernel.ErrOverlap))
			}
			return step(a)
		}
	}},
	{"Run", "wrong with fused steps on many cells", func(f *kernel.Funcs) {
		f.Run = after(f.Run, func(a *kernel.DiffusionRun) {
			if a.Steps >= 8 && a.A.Rows*a.A.Cols >= 12288 && a.A.Rows > 2 && a.A.Cols > 2 {
				k := a.A.At(1, a.A.Cols/2)
				a.A.Data[k] = math.Nextafter(a.A.Data[k], math.Inf(1))
			}
		})
	}},
	{"Run", "result in the other buffer", func(f *kernel.Funcs) {
		f.Run = before(f.Run, func(a *kernel.DiffusionRun) {
			if a.Steps == 7 {
				a.A, a.B = a.B, a.A
			}
		})
	}},
	{"Run", "boundary of b taken from a", func(f *kernel.Funcs) {
		f.Run = before(f.Run, func(a *kernel.DiffusionRun) {
			if a.Steps > 1 && a.A.Layout == kernel.Col {
				a.B.Data[0] = a.A.Data[0]
			}
		})
	}},
	{"RunInterchanged", "one step less", func(f *kernel.Funcs) {
		f.RunInterchanged = before(f.RunInterchanged, func(a *kernel.DiffusionRun) {
			if a.Steps > 10 {
				a.Steps--
			}
		})
	}},

	{"Julia", "escapes beyond 4, not at 4", func(f *kernel.Funcs) {
		f.Julia = after(f.Julia, func(a *kernel.Julia) {
			for k := a.Lo; k < a.Hi; k++ {
				if z := a.Zs[k]; float64(real(z)*real(z))+float64(imag(z)*imag(z)) == 4 && a.MaxIter > 0 {
					a.Out[k] = 1
				}
			}
		})
	}},
	{"Julia", "fused", func(f *kernel.Funcs) { f.Julia = fusedJulia }},
	{"Julia", "one iteration less from 100 on", func(f *kernel.Funcs) {
		f.Julia = before(f.Julia, func(a *kernel.Julia) {
			if a.MaxIter > 100 {
				a.MaxIter--
			}
		})
	}},
	{"Julia", "one c for all where many are alike", func(f *kernel.Funcs) {
		f.Julia = before(f.Julia, func(a *kernel.Julia) {
			if n := a.Hi - a.Lo; n > 64 && a.Cs[a.Lo] == a.Cs[a.Lo+31] {
				cs := make([]complex128, len(a.Cs))
				for k := range cs {
					cs[k] = a.Cs[a.Lo]
				}
				a.Cs = cs
			}
		})
	}},
	{"Julia", "one point beyond the range", func(f *kernel.Funcs) {
		f.Julia = before(f.Julia, func(a *kernel.Julia) { a.Hi = min(a.Hi+1, len(a.Zs)) })
	}},
	{"JuliaSplit", "parts of c swapped in one point", func(f *kernel.Funcs) {
		f.JuliaSplit = before(f.JuliaSplit, func(a *kernel.JuliaSplit) {
			if n := a.Hi - a.Lo; n%16 == 15 {
				a.Cr, a.Ci = slices.Clone(a.Cr), slices.Clone(a.Ci)
				k := a.Hi - 1
				a.Cr[k], a.Ci[k] = a.Ci[k], a.Cr[k]
			}
		})
	}},

	{"OLS", "one ULP off in rows of 129", func(f *kernel.Funcs) {
		f.OLS = after(f.OLS, func(a *kernel.OLS) {
			if a.Y.Cols == 129 && a.Lo < a.Hi {
				a.Slope[a.Lo] = math.Nextafter(a.Slope[a.Lo], math.Inf(1))
			}
		})
	}},
	{"OLS", "summed from the last observation", func(f *kernel.Funcs) {
		f.OLS = after(f.OLS, fromTheRight)
	}},
	{"OLS", "input written", func(f *kernel.Funcs) {
		f.OLS = after(f.OLS, func(a *kernel.OLS) {
			if a.Y.Rows > 16 && a.Lo < a.Hi {
				a.Y.Data[len(a.Y.Data)-1] = 0
			}
		})
	}},
	{"OLS", "a row beyond the range", func(f *kernel.Funcs) {
		f.OLS = before(f.OLS, func(a *kernel.OLS) {
			if a.Hi < a.Y.Rows && a.Hi%8 == 7 {
				a.Hi++
			}
		})
	}},
	{"OLSInterchanged", "subnormal slopes flushed", func(f *kernel.Funcs) {
		f.OLSInterchanged = after(f.OLSInterchanged, func(a *kernel.OLS) {
			for k := a.Lo; k < a.Hi; k++ {
				a.Slope[k] = flushed(a.Slope[k])
			}
		})
	}},

	{"Transpose", "signalling NaNs made quiet", func(f *kernel.Funcs) {
		f.Transpose = after(f.Transpose, func(a *kernel.Transpose) {
			for k, x := range a.Out.Data {
				if x != x && math.Float64bits(x) != math.Float64bits(kernel.Canary) {
					a.Out.Data[k] = math.Float64frombits(math.Float64bits(x) | 1<<51)
				}
			}
		})
	}},
	{"Transpose", "last block missing", func(f *kernel.Funcs) {
		f.Transpose = before(f.Transpose, func(a *kernel.Transpose) {
			if a.In.Rows%16 == 1 && a.In.Rows > 16 {
				a.In.Rows--
				a.Out.Rows--
			}
		})
	}},
	{"TransposeNaive", "padding copied", func(f *kernel.Funcs) {
		f.TransposeNaive = after(f.TransposeNaive, func(a *kernel.Transpose) {
			if k := a.Out.LD - 1; k < len(a.Out.Data) && a.Par.Threads > 1 {
				a.Out.Data[k] = a.In.Data[0]
			}
		})
	}},
}

// after runs the reference and then spoils its result.
func after[A any](f func(*A) error, spoil func(*A)) func(*A) error {
	return func(a *A) error {
		if err := f(a); err != nil {
			return err
		}
		spoil(a)
		return nil
	}
}

// before spoils a copy of the arguments and runs the reference on it.
func before[A any](f func(*A) error, spoil func(*A)) func(*A) error {
	return func(a *A) error {
		b := *a
		spoil(&b)
		return f(&b)
	}
}

func flushed(x float64) float64 {
	if math.Abs(x) < 0x1p-1022 {
		return math.Copysign(0, x)
	}
	return x
}

// beside reports whether q begins where p ends.
func beside(p, q []float64) bool {
	return len(p) > 0 && len(q) > 0 && mem.Overlap(guard.Shifted(p, 8), q[:1]) && !mem.Overlap(p, q[:1])
}

// fusedStep has the last product and sum rounded once.
func fusedStep(a *kernel.DiffusionStep) error {
	u := func(i, j int) float64 { return a.In.Data[a.In.At(i, j)] }
	for i := max(a.Lo, 1); i < min(a.Hi, a.In.Rows-1); i++ {
		for j := 1; j < a.In.Cols-1; j++ {
			lap := (((u(i+1, j) + u(i-1, j)) + u(i, j+1)) + u(i, j-1)) - float64(4*u(i, j))
			a.Out.Data[a.Out.At(i, j)] = math.FMA(a.D*a.Dt, lap, u(i, j))
		}
	}
	return nil
}

// fusedJulia has one product and sum rounded once.
func fusedJulia(a *kernel.Julia) error {
	for k := a.Lo; k < a.Hi; k++ {
		zr, zi, cr, ci := real(a.Zs[k]), imag(a.Zs[k]), real(a.Cs[k]), imag(a.Cs[k])
		var i int32
		for ; i < a.MaxIter && float64(zr*zr)+float64(zi*zi) < 4; i++ {
			zr, zi = float64(zr*zr)-float64(zi*zi)+cr, math.FMA(2*zr, zi, ci)
		}
		a.Out[k] = i
	}
	return nil
}

func fromTheRight(a *kernel.OLS) {
	n := float64(a.Y.Cols)
	for i := a.Lo; i < a.Hi; i++ {
		var sum float64
		for j := range a.Y.Cols {
			sum += a.Y.Data[a.Y.At(i, a.Y.Cols-1-j)]
		}
		a.Intercept[i] = sum/n - float64(a.Slope[i]*((n-1)/2))
	}
}

func open(t *testing.T, library *seam.Library) []*fuzz.Subject {
	t.Helper()
	route := seam.NewRoute("mutant", "direct", func() (*seam.Library, error) { return library, nil })
	all, _, err := fuzz.Open([]*seam.Route{route})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestMutants has the random loop find each mutant, without the corpus and within the budget.
func TestMutants(t *testing.T) {
	for _, m := range mutants {
		t.Run(m.target+": "+m.name, func(t *testing.T) {
			t.Parallel()
			f := kernel.Go()
			m.mutate(&f)
			r, err := fuzz.Loop(open(t, seam.NewLibrary(f, false, seam.Build{})),
				fuzz.Options{Seed: 1, Targets: []*fuzz.Target{fuzz.Find(m.target)}, Inputs: budget, Threads: 1, First: true})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Failures) == 0 {
				t.Fatalf("not caught in %d inputs", budget)
			}
			cases, _ := r.Totals(fuzz.Find(m.target))
			line, _, _ := strings.Cut(r.Failures[0].Err.Error(), "\n")
			t.Logf("caught in case %d, by %d bytes: %s", cases, len(r.Failures[0].Input), line)
		})
	}
}

// TestReference is the loop on a mutant with nothing wrong.
func TestReference(t *testing.T) {
	t.Parallel()
	r, err := fuzz.Loop(open(t, seam.NewLibrary(kernel.Go(), false, seam.Build{})), fuzz.Options{Seed: 2, Inputs: 500, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Failures {
		t.Error(f)
	}
}

// TestUnchecked removes the checks of arguments before a route and those of native code, of which most inputs see nothing.
func TestUnchecked(t *testing.T) {
	for name, library := range map[string]*seam.Library{
		"the route":   {Funcs: kernel.Go(), Raw: kernel.Go()},
		"native code": seam.NewLibrary(kernel.Go(), true, seam.Build{}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, target := range fuzz.Targets {
				if target.Kernel == "call" {
					continue
				}
				r, err := fuzz.Loop(open(t, library), fuzz.Options{Seed: 1, Targets: []*fuzz.Target{target}, Inputs: budget, Threads: 1, First: true})
				if err != nil {
					t.Fatal(err)
				}
				if len(r.Failures) == 0 {
					t.Errorf("%s: not caught in %d inputs", target.Name, budget)
				}
			}
		})
	}
}

// TestFaults has languages written in C reach beyond their arguments: the process that calls them ends, and its parent names
// route, side and input.
func TestFaults(t *testing.T) {
	if target := fuzz.Find(os.Getenv("TOLL_FUZZ_FAULT")); target != nil {
		lang := os.Getenv("TOLL_FUZZ_LANG")
		route := seam.NewRoute(lang, "purego", func() (*seam.Library, error) { return purego.Open("wrong/libbounds.so", lang) })
		all, _, err := fuzz.Open([]*seam.Route{route})
		if err != nil {
			t.Fatal(err)
		}
		r, err := fuzz.Loop(all, fuzz.Options{Seed: 1, Targets: []*fuzz.Target{target}, Inputs: budget, Threads: 1, First: true})
		t.Fatalf("error %v, failures %v: want this process to have ended", err, r.Failures)
	}
	quiet, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = quiet.Close() })
	for _, c := range []struct {
		target, lang string
		side         guard.Side
	}{
		{"Sum", "past", guard.After}, {"Julia", "past", guard.After}, {"Transpose", "past", guard.After},
		{"Step", "front", guard.Before}, {"OLS", "spill", guard.After},
	} {
		t.Setenv("TOLL_FUZZ_FAULT", c.target)
		t.Setenv("TOLL_FUZZ_LANG", c.lang)
		code, doing, err := child(quiet, "-test.run=^TestFaults$")
		switch {
		case err != nil || code == 0:
			t.Errorf("%s in %s: the process lives (error %v), want a fault to end it", c.target, c.lang, err)
		case len(doing) != 1 || doing[0].Target.Name != c.target || doing[0].Route != c.lang+"/purego" || doing[0].Side != c.side:
			t.Errorf("%s in %s: the process was doing %v, want that function with the guard %v", c.target, c.lang, doing, c.side)
		default:
			t.Logf("%v: %q", doing[0], doing[0].Input)
		}
	}
}
