// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"math"
	"math/cmplx"
	"slices"
	"strings"
	"testing"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/purego"
)

// A mutant is the reference with one thing wrong. The suite must catch each.
type mutant struct {
	name   string
	mutate func(f *kernel.Funcs)
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

// bump moves the middle element one unit in the last place up, or one up.
func bump(p []float64) {
	if len(p) > 0 {
		p[len(p)/2] = math.Nextafter(p[len(p)/2], math.Inf(1))
	}
}

// stale returns the first call's result at every call.
func stale[A any](f func(*A) error, out func(*A) []float64) func(*A) error {
	var first []float64
	return func(a *A) error {
		if first == nil {
			err := f(a)
			first = append(first, out(a)...)
			return err
		}
		copy(out(a), first)
		return nil
	}
}

// flush sets subnormal numbers to zero, as a processor with flush-to-zero does.
func flush(p []float64) {
	for k, x := range p {
		if math.Abs(x) < 0x1p-1022 {
			p[k] = math.Copysign(0, x)
		}
	}
}

// eachRow calls f with the sum of the magnitudes of each row's observations, for the rows in the range.
func eachRow(a *kernel.OLS, f func(i int, sum float64)) {
	for i := a.Lo; i < a.Hi; i++ {
		var sum float64
		for j := range a.Y.Cols {
			sum += math.Abs(a.Y.Data[a.Y.At(i, j)])
		}
		f(i, sum)
	}
}

func infinite(a *kernel.OLS, i int) bool {
	for j := range a.Y.Cols {
		if math.IsInf(a.Y.Data[a.Y.At(i, j)], 0) {
			return true
		}
	}
	return false
}

// spoilNext makes the row that follows an infinite one NaN.
func spoilNext(a *kernel.OLS) {
	for i := a.Lo; i+1 < a.Hi; i++ {
		if infinite(a, i) {
			a.Slope[i+1] = math.NaN()
		}
	}
}

func interior(g *kernel.Grid, f func(i, j int)) {
	for i := 1; i < g.Rows-1; i++ {
		for j := 1; j < g.Cols-1; j++ {
			f(i, j)
		}
	}
}

// fusedStep is the diffusion step with each product fused with the sum that follows it.
func fusedStep(a *kernel.DiffusionStep) error {
	u := func(i, j int) float64 { return a.In.Data[a.In.At(i, j)] }
	interior(&a.In, func(i, j int) {
		if i >= a.Lo && i < a.Hi {
			lap := math.FMA(-4, u(i, j), ((u(i+1, j)+u(i-1, j))+u(i, j+1))+u(i, j-1))
			a.Out.Data[a.Out.At(i, j)] = math.FMA(a.D*a.Dt, lap, u(i, j))
		}
	})
	return nil
}

// fusedJulia iterates with the products fused that form names.
func fusedJulia(form string) func(a *kernel.Julia) error {
	return func(a *kernel.Julia) error {
		for k := a.Lo; k < a.Hi; k++ {
			zr, zi, cr, ci := real(a.Zs[k]), imag(a.Zs[k]), real(a.Cs[k]), imag(a.Cs[k])
			var i int32
			for ; i < a.MaxIter && float64(zr*zr)+float64(zi*zi) < 4; i++ {
				re, im := float64(zr*zr)-float64(zi*zi)+cr, float64(2*float64(zr*zi))+ci
				switch form {
				case "zr*zr":
					re = math.FMA(zr, zr, -float64(zi*zi)) + cr
				case "zi*zi":
					re = math.FMA(-zi, zi, float64(zr*zr)) + cr
				case "2*zr*zi":
					im = math.FMA(2*zr, zi, ci)
				}
				zr, zi = re, im
			}
			a.Out[k] = i
		}
		return nil
	}
}

// trappedJulia takes orbits for endless that come, in steps along the axes, within r of where the critical orbit is after 500 iterations, or
// within the next 7, as long as that orbit's growth there, per iteration, is below a limit.
func trappedJulia(r, limit float64) func(a *kernel.Julia) error {
	next := func(z, c complex128) complex128 {
		return complex(float64(real(z)*real(z))-float64(imag(z)*imag(z))+real(c), float64(2*float64(real(z)*imag(z)))+imag(c))
	}
	return func(a *kernel.Julia) error {
		cycles := map[complex128][]complex128{}
		for k := a.Lo; k < a.Hi; k++ {
			c := a.Cs[k]
			cycle, known := cycles[c]
			if !known {
				z, growth := complex128(0), 0.0
				for i := range 508 {
					z = next(z, c)
					if i >= 500 && cmplx.Abs(z) < 2 {
						growth += math.Log(2 * cmplx.Abs(z))
						cycle = append(cycle, z)
					}
				}
				if growth >= 8*math.Log(limit) {
					cycle = nil
				}
				cycles[c] = cycle
			}
			z := a.Zs[k]
			var i int32
			for ; i < a.MaxIter && float64(real(z)*real(z))+float64(imag(z)*imag(z)) < 4; i++ {
				if slices.ContainsFunc(cycle, func(p complex128) bool { return math.Abs(real(z-p))+math.Abs(imag(z-p)) < r }) {
					i = a.MaxIter
					break
				}
				z = next(z, c)
			}
			a.Out[k] = i
		}
		return nil
	}
}

var mutants = []mutant{
	{"call: not is negation", func(f *kernel.Funcs) { f.Not = func(x int64) int64 { return -x } }},
	{"call: int passed as 32 bits", func(f *kernel.Funcs) { f.Not = func(x int64) int64 { return int64(^int32(x)) } }},
	{"call: int passed as a double", func(f *kernel.Funcs) { f.Not = func(x int64) int64 { return ^int64(float64(x)) } }},
	{"call: second double lost", func(f *kernel.Funcs) { f.Add = func(x, y float64) float64 { return x } }},
	{"call: doubles passed as floats", func(f *kernel.Funcs) { f.Add = func(x, y float64) float64 { return float64(float32(x) + float32(y)) } }},
	{"call: sum one short", func(f *kernel.Funcs) {
		sum := f.Sum
		f.Sum = func(p []float64) float64 { return sum(p[:max(0, len(p)-1)]) }
	}},
	{"call: sum from the right", func(f *kernel.Funcs) {
		f.Sum = func(p []float64) (sum float64) {
			for k := range p {
				sum += p[len(p)-1-k]
			}
			return sum
		}
	}},

	{"diffusion: does nothing", func(f *kernel.Funcs) { f.Step = func(*kernel.DiffusionStep) error { return nil } }},
	{"diffusion: refuses all", func(f *kernel.Funcs) {
		f.Step = func(*kernel.DiffusionStep) error { return kernel.FromNative("diffusion", 1) }
	}},
	{"diffusion: last row missing", func(f *kernel.Funcs) {
		f.Step = before(f.Step, func(a *kernel.DiffusionStep) { a.Hi = max(a.Lo, a.Hi-2) })
	}},
	{"diffusion: range ignored", func(f *kernel.Funcs) {
		f.Step = before(f.Step, func(a *kernel.DiffusionStep) { a.Lo, a.Hi = 0, a.In.Rows })
	}},
	{"diffusion: stale output", func(f *kernel.Funcs) {
		f.Step = stale(f.Step, func(a *kernel.DiffusionStep) []float64 { return a.Out.Data })
	}},
	{"diffusion: transposed", func(f *kernel.Funcs) {
		f.Step = before(f.Step, func(a *kernel.DiffusionStep) {
			if a.In.Rows == a.In.Cols && a.Lo == 0 && a.Hi == a.In.Rows { // else it would not fit
				a.In.Layout, a.Out.Layout = 1-a.In.Layout, 1-a.Out.Layout
			}
		})
	}},
	{"diffusion: columns summed before rows", func(f *kernel.Funcs) {
		f.Step = func(a *kernel.DiffusionStep) error {
			u := func(i, j int) float64 { return a.In.Data[a.In.At(i, j)] }
			interior(&a.In, func(i, j int) {
				if i >= a.Lo && i < a.Hi {
					lap := (((u(i, j+1) + u(i, j-1)) + u(i+1, j)) + u(i-1, j)) - float64(4*u(i, j))
					a.Out.Data[a.Out.At(i, j)] = u(i, j) + float64(a.D*a.Dt*lap)
				}
			})
			return nil
		}
	}},
	{"diffusion: boundary copied", func(f *kernel.Funcs) {
		f.Step = after(f.Step, func(a *kernel.DiffusionStep) { a.Out.Data[0] = a.In.Data[0] })
	}},
	{"diffusion: far boundary zeroed", func(f *kernel.Funcs) {
		f.Step = after(f.Step, func(a *kernel.DiffusionStep) { a.Out.Data[a.Out.At(a.Out.Rows-1, a.Out.Cols-1)] = 0 })
	}},
	{"diffusion: padding written", func(f *kernel.Funcs) {
		f.Step = after(f.Step, func(a *kernel.DiffusionStep) {
			if k := a.Out.At(0, 0) + a.Out.LD - 1; k < len(a.Out.Data) {
				a.Out.Data[k] = 0
			}
		})
	}},
	{"diffusion: input written", func(f *kernel.Funcs) {
		f.Step = after(f.Step, func(a *kernel.DiffusionStep) { bump(a.In.Data) })
	}},
	{"diffusion: one ULP off", func(f *kernel.Funcs) {
		f.Step = after(f.Step, func(a *kernel.DiffusionStep) {
			if a.In.Rows == 511 && a.Lo < 100 && a.Hi > 100 {
				k := a.Out.At(100, 100)
				a.Out.Data[k] = math.Nextafter(a.Out.Data[k], math.Inf(1))
			}
		})
	}},
	{"diffusion: -0 becomes +0", func(f *kernel.Funcs) {
		f.Step = after(f.Step, func(a *kernel.DiffusionStep) {
			for k, x := range a.Out.Data {
				if x == 0 {
					a.Out.Data[k] = 0
				}
			}
		})
	}},
	{"diffusion: denormals flushed", func(f *kernel.Funcs) {
		f.Step = before(f.Step, func(a *kernel.DiffusionStep) {
			a.In.Data = append([]float64(nil), a.In.Data...)
			for k, x := range a.In.Data {
				if math.Abs(x) < 0x1p-1022 {
					a.In.Data[k] = 0
				}
			}
		})
	}},
	{"diffusion: computed in float32", func(f *kernel.Funcs) {
		f.Step = after(f.Step, func(a *kernel.DiffusionStep) {
			interior(&a.Out, func(i, j int) {
				k := a.Out.At(i, j)
				if !math.IsNaN(a.Out.Data[k]) {
					a.Out.Data[k] = float64(float32(a.Out.Data[k]))
				}
			})
		})
	}},
	{"diffusion: fused", func(f *kernel.Funcs) { f.Step = fusedStep }},
	{"diffusion: one step less", func(f *kernel.Funcs) {
		f.Run = before(f.Run, func(a *kernel.DiffusionRun) { a.Steps = max(0, a.Steps-1) })
	}},
	{"diffusion: result in the other buffer", func(f *kernel.Funcs) {
		f.Run = before(f.Run, func(a *kernel.DiffusionRun) { a.A, a.B = a.B, a.A })
	}},
	{"diffusion: share of the last thread lost", func(f *kernel.Funcs) {
		f.Step = before(f.Step, func(a *kernel.DiffusionStep) { a.Hi = a.Lo + (a.Hi-a.Lo)/a.Par.Threads*a.Par.Threads })
	}},

	{"diffusion: interchanged does nothing", func(f *kernel.Funcs) { f.RunInterchanged = func(*kernel.DiffusionRun) error { return nil } }},
	{"diffusion: interchanged, one step less", func(f *kernel.Funcs) {
		f.RunInterchanged = before(f.RunInterchanged, func(a *kernel.DiffusionRun) { a.Steps = max(0, a.Steps-1) })
	}},
	{"diffusion: interchanged, columns summed before rows", func(f *kernel.Funcs) {
		f.RunInterchanged = before(f.RunInterchanged, func(a *kernel.DiffusionRun) {
			if a.A.Rows == a.A.Cols { // else it would not fit
				a.A.Layout, a.B.Layout = 1-a.A.Layout, 1-a.B.Layout
			}
		})
	}},
	{"diffusion: interchanged, padding written", func(f *kernel.Funcs) {
		f.RunInterchanged = after(f.RunInterchanged, func(a *kernel.DiffusionRun) {
			if k := a.B.At(0, 0) + a.B.LD - 1; k < len(a.B.Data) {
				a.B.Data[k] = 0
			}
		})
	}},
	{"diffusion: interchanged, last line missing", func(f *kernel.Funcs) {
		f.RunInterchanged = before(f.RunInterchanged, func(a *kernel.DiffusionRun) {
			if a.A.Rows > 3 && a.A.Layout == kernel.Row {
				a.A.Rows, a.B.Rows = a.A.Rows-1, a.B.Rows-1
			}
		})
	}},

	{"julia: does nothing", func(f *kernel.Funcs) { f.Julia = func(*kernel.Julia) error { return nil } }},
	{"julia: last point missing", func(f *kernel.Funcs) {
		f.Julia = before(f.Julia, func(a *kernel.Julia) { a.Hi = max(a.Lo, a.Hi-1) })
	}},
	{"julia: one point beyond the range", func(f *kernel.Funcs) {
		f.Julia = before(f.Julia, func(a *kernel.Julia) { a.Hi = min(a.Hi+1, len(a.Zs)) })
	}},
	{"julia: stale output", func(f *kernel.Funcs) {
		var first []int32
		julia := f.Julia
		f.Julia = func(a *kernel.Julia) error {
			if first == nil {
				err := julia(a)
				first = append(first, a.Out...)
				return err
			}
			copy(a.Out, first)
			return nil
		}
	}},
	{"julia: one iteration less", func(f *kernel.Funcs) {
		f.Julia = before(f.Julia, func(a *kernel.Julia) { a.MaxIter = max(0, a.MaxIter-1) })
	}},
	{"julia: one c for all", func(f *kernel.Funcs) {
		f.Julia = before(f.Julia, func(a *kernel.Julia) {
			a.Cs = make([]complex128, len(a.Zs))
			for k := range a.Cs {
				a.Cs[k] = kernel.JuliaC
			}
		})
	}},
	{"julia: real and imaginary parts swapped", func(f *kernel.Funcs) {
		f.Julia = before(f.Julia, func(a *kernel.Julia) {
			a.Zs = append([]complex128(nil), a.Zs...)
			for k, z := range a.Zs {
				a.Zs[k] = complex(imag(z), real(z))
			}
		})
	}},
	{"julia: escapes beyond 4, not at 4", func(f *kernel.Funcs) {
		f.Julia = after(f.Julia, func(a *kernel.Julia) {
			for k := a.Lo; k < a.Hi; k++ {
				if z := a.Zs[k]; real(z)*real(z)+imag(z)*imag(z) == 4 && a.MaxIter > 0 {
					a.Out[k]++
				}
			}
		})
	}},
	{"julia: one point off by one", func(f *kernel.Funcs) {
		f.Julia = after(f.Julia, func(a *kernel.Julia) {
			if a.Hi-a.Lo == kernel.JuliaSize*kernel.JuliaSize {
				a.Out[len(a.Out)/2]++
				a.Out[0]-- // keeps the sum right
			}
		})
	}},
	{"julia: fused, zr*zr", func(f *kernel.Funcs) { f.Julia = fusedJulia("zr*zr") }},
	{"julia: fused, zi*zi", func(f *kernel.Funcs) { f.Julia = fusedJulia("zi*zi") }},
	{"julia: fused, 2*zr*zi", func(f *kernel.Funcs) { f.Julia = fusedJulia("2*zr*zi") }},

	{"julia: trapped within too large a disc", func(f *kernel.Funcs) { f.Julia = trappedJulia(0.45, 1) }},
	{"julia: trapped without an attracting cycle", func(f *kernel.Funcs) { f.Julia = trappedJulia(1e-3, math.Inf(1)) }},
	{"julia: split does nothing", func(f *kernel.Funcs) { f.JuliaSplit = func(*kernel.JuliaSplit) error { return nil } }},
	{"julia: split, last point missing", func(f *kernel.Funcs) {
		f.JuliaSplit = before(f.JuliaSplit, func(a *kernel.JuliaSplit) { a.Hi = max(a.Lo, a.Hi-1) })
	}},
	{"julia: split, parts of z swapped", func(f *kernel.Funcs) {
		f.JuliaSplit = before(f.JuliaSplit, func(a *kernel.JuliaSplit) { a.Zr, a.Zi = a.Zi, a.Zr })
	}},
	{"julia: split, parts of c swapped", func(f *kernel.Funcs) {
		f.JuliaSplit = before(f.JuliaSplit, func(a *kernel.JuliaSplit) { a.Cr, a.Ci = a.Ci, a.Cr })
	}},
	{"julia: split, input written", func(f *kernel.Funcs) {
		f.JuliaSplit = after(f.JuliaSplit, func(a *kernel.JuliaSplit) { bump(a.Ci) })
	}},

	{"ols: does nothing", func(f *kernel.Funcs) { f.OLS = func(*kernel.OLS) error { return nil } }},
	{"ols: last row missing", func(f *kernel.Funcs) {
		f.OLS = before(f.OLS, func(a *kernel.OLS) { a.Hi = max(a.Lo, a.Hi-1) })
	}},
	{"ols: range ignored", func(f *kernel.Funcs) {
		f.OLS = before(f.OLS, func(a *kernel.OLS) { a.Lo, a.Hi = 0, a.Y.Rows })
	}},
	{"ols: stale output", func(f *kernel.Funcs) {
		f.OLS = stale(f.OLS, func(a *kernel.OLS) []float64 { return a.Slope })
	}},
	{"ols: transposed", func(f *kernel.Funcs) {
		f.OLS = before(f.OLS, func(a *kernel.OLS) {
			if a.Y.Rows == a.Y.Cols {
				a.Y.Layout = 1 - a.Y.Layout
			}
		})
	}},
	{"ols: slope and intercept swapped", func(f *kernel.Funcs) {
		f.OLS = before(f.OLS, func(a *kernel.OLS) { a.Slope, a.Intercept = a.Intercept, a.Slope })
	}},
	{"ols: intercept at the mean of x", func(f *kernel.Funcs) {
		f.OLS = after(f.OLS, func(a *kernel.OLS) {
			for i := a.Lo; i < a.Hi; i++ {
				a.Intercept[i] += a.Slope[i] * float64(a.Y.Cols-1) / 2
			}
		})
	}},
	{"ols: one ULP off", func(f *kernel.Funcs) {
		f.OLS = after(f.OLS, func(a *kernel.OLS) { bump(a.Slope[a.Lo:a.Hi]) })
	}},
	{"ols: input written", func(f *kernel.Funcs) {
		f.OLS = after(f.OLS, func(a *kernel.OLS) { bump(a.Y.Data) })
	}},
	{"ols: textbook sums", func(f *kernel.Funcs) {
		f.OLS = func(a *kernel.OLS) error {
			n := float64(a.Y.Cols)
			for i := a.Lo; i < a.Hi; i++ {
				var sx, sy, sxx, sxy float64
				for j := range a.Y.Cols {
					x, y := float64(j), a.Y.Data[a.Y.At(i, j)]
					sx, sy, sxx, sxy = sx+x, sy+y, sxx+float64(x*x), sxy+float64(x*y)
				}
				a.Slope[i] = (float64(n*sxy) - float64(sx*sy)) / (float64(n*sxx) - float64(sx*sx))
				a.Intercept[i] = sy/n - float64(a.Slope[i]*sx/n)
			}
			return nil
		}
	}},
	{"ols: interchanged does nothing", func(f *kernel.Funcs) { f.OLSInterchanged = func(*kernel.OLS) error { return nil } }},
	{"ols: interchanged, range ignored", func(f *kernel.Funcs) {
		f.OLSInterchanged = before(f.OLSInterchanged, func(a *kernel.OLS) { a.Lo, a.Hi = 0, a.Y.Rows })
	}},
	{"ols: interchanged, share of the last thread lost", func(f *kernel.Funcs) {
		f.OLSInterchanged = before(f.OLSInterchanged, func(a *kernel.OLS) { a.Hi = a.Lo + (a.Hi-a.Lo)/a.Par.Threads*a.Par.Threads })
	}},
	{"ols: interchanged, one ULP off", func(f *kernel.Funcs) {
		f.OLSInterchanged = after(f.OLSInterchanged, func(a *kernel.OLS) { bump(a.Intercept[a.Lo:a.Hi]) })
	}},
	{"ols: interchanged, summed from the last observation", func(f *kernel.Funcs) {
		f.OLSInterchanged = after(f.OLSInterchanged, func(a *kernel.OLS) {
			n := float64(a.Y.Cols)
			for i := a.Lo; i < a.Hi; i++ {
				var sum float64
				for j := range a.Y.Cols {
					sum += a.Y.Data[a.Y.At(i, a.Y.Cols-1-j)]
				}
				a.Intercept[i] = sum/n - float64(a.Slope[i]*((n-1)/2))
			}
		})
	}},
	{"ols: block of the last thread lost", func(f *kernel.Funcs) {
		f.OLS = before(f.OLS, func(a *kernel.OLS) { a.Hi = a.Lo + (a.Hi-a.Lo)/a.Par.Threads*a.Par.Threads })
	}},

	{"ols: denormals flushed", func(f *kernel.Funcs) {
		f.OLS = after(f.OLS, func(a *kernel.OLS) { flush(a.Slope[a.Lo:a.Hi]) })
	}},
	{"ols: denormals read as zero", func(f *kernel.Funcs) {
		f.OLSInterchanged = before(f.OLSInterchanged, func(a *kernel.OLS) {
			a.Y.Data = append([]float64(nil), a.Y.Data...)
			flush(a.Y.Data)
		})
	}},
	{"ols: a number where the sum overflows", func(f *kernel.Funcs) {
		f.OLS = after(f.OLS, func(a *kernel.OLS) {
			eachRow(a, func(i int, sum float64) {
				if math.IsInf(sum, 1) && !infinite(a, i) {
					a.Intercept[i] = math.MaxFloat64
				}
			})
		})
	}},
	{"ols: an infinite row spoils the next", func(f *kernel.Funcs) { f.OLS = after(f.OLS, spoilNext) }},
	{"ols: sum starts from the first observation", func(f *kernel.Funcs) {
		f.OLS = after(f.OLS, func(a *kernel.OLS) {
			eachRow(a, func(i int, sum float64) {
				if sum == 0 && math.Signbit(a.Y.Data[a.Y.At(i, 0)]) {
					a.Intercept[i] = math.Copysign(0, -1)
				}
			})
		})
	}},

	{"transpose: does nothing", func(f *kernel.Funcs) { f.Transpose = func(*kernel.Transpose) error { return nil } }},
	{"transpose: copies", func(f *kernel.Funcs) {
		f.TransposeNaive = func(a *kernel.Transpose) error {
			copy(a.Out.Data, a.In.Data)
			return nil
		}
	}},
	{"transpose: last block of columns missing", func(f *kernel.Funcs) {
		f.Transpose = before(f.Transpose, func(a *kernel.Transpose) {
			if cols := a.In.Cols / 16 * 16; cols > 0 {
				a.In.Cols, a.Out.Cols = cols, cols
			}
		})
	}},
	{"transpose: -0 becomes +0", func(f *kernel.Funcs) {
		f.Transpose = after(f.Transpose, func(a *kernel.Transpose) {
			for k, x := range a.Out.Data {
				if x == 0 {
					a.Out.Data[k] = 0
				}
			}
		})
	}},
	{"transpose: padding written", func(f *kernel.Funcs) {
		f.TransposeNaive = after(f.TransposeNaive, func(a *kernel.Transpose) {
			if k := a.Out.LD - 1; k < len(a.Out.Data) {
				a.Out.Data[k] = 0
			}
		})
	}},
	{"transpose: input written", func(f *kernel.Funcs) {
		f.TransposeNaive = after(f.TransposeNaive, func(a *kernel.Transpose) { bump(a.In.Data) })
	}},
}

// verifyMutant returns the faults that the cases of one kernel, or of all for "", find in a library.
func verifyMutant(library *seam.Library, kind string) (caught []error) {
	of := suite().Only(func(c *kernel.Case) bool { return kind == "" || c.Kernel == kind })
	return verifyCases(mutantRoute(library), of)
}

func mutantRoute(library *seam.Library) *seam.Route {
	return seam.NewRoute("mutant", "direct", func() (*seam.Library, error) { return library, nil })
}

func verifyCases(route *seam.Route, cases *conform.Suite) (caught []error) {
	for _, r := range cases.Verify([]*seam.Route{route}) {
		caught = append(caught, r.Failures...)
	}
	return caught
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// TestMutants runs the suite on the mutants.
func TestMutants(t *testing.T) {
	t.Parallel()
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			f := kernel.Go()
			m.mutate(&f)
			kind, _, _ := strings.Cut(m.name, ":")
			caught := verifyMutant(seam.NewLibrary(f, false, seam.Build{}), kind)
			if len(caught) == 0 {
				t.Fatal("not caught")
			}
			t.Logf("caught in %d cases, first: %s", len(caught), firstLine(caught[0]))
		})
	}
}

// TestMutantsWithinBound runs the suite on mutants with a bound. Where it does not hold on a row, only that row's
// content is open. Results within the bound must pass.
func TestMutantsWithinBound(t *testing.T) {
	t.Parallel()
	cases := suite().Only(func(c *kernel.Case) bool { return c.Kernel == "ols" && strings.Contains(c.Name, "denormal") })
	if len(cases.Cases()) == 0 {
		t.Fatal("no case has extreme rows")
	}
	for name, spoil := range map[string]func(a *kernel.OLS){
		"allowed: the reference": func(*kernel.OLS) {},
		"allowed: an infinite row answered with NaN": func(a *kernel.OLS) {
			eachRow(a, func(i int, _ float64) {
				if infinite(a, i) {
					a.Slope[i], a.Intercept[i] = math.NaN(), math.NaN()
				}
			})
		},
		"an infinite row spoils the next": spoilNext,
		"an infinite row spoils all": func(a *kernel.OLS) {
			for i := a.Lo; i < a.Hi; i++ {
				if infinite(a, i) {
					for k := a.Lo; k < a.Hi; k++ {
						a.Slope[k], a.Intercept[k] = math.NaN(), math.NaN()
					}
					return
				}
			}
		},
		"a huge row takes the digits of tiny ones": func(a *kernel.OLS) {
			var largest float64
			eachRow(a, func(_ int, sum float64) { largest = max(largest, min(sum, math.MaxFloat64)) })
			if scale := largest / 1e292; scale > 1 {
				for i := a.Lo; i < a.Hi; i++ {
					a.Slope[i] = a.Slope[i] / scale * scale
				}
			}
		},
		"denormals flushed": func(a *kernel.OLS) { flush(a.Slope[a.Lo:a.Hi]) },
		"a NaN answered with a number": func(a *kernel.OLS) {
			eachRow(a, func(i int, sum float64) {
				if math.IsNaN(sum) {
					a.Intercept[i] = 0
				}
			})
		},
		"an overflow answered with a number": func(a *kernel.OLS) {
			for i := a.Lo; i < a.Hi; i++ {
				if math.IsInf(a.Intercept[i], 0) {
					a.Intercept[i] = math.Copysign(math.MaxFloat64, a.Intercept[i])
				}
			}
		},
		"an infinite row not written": func(a *kernel.OLS) {
			for i := a.Lo; i < a.Hi; i++ {
				if infinite(a, i) {
					a.Slope[i] = kernel.Canary
				}
			}
		},
		"17 ULP off beside an infinite row": func(a *kernel.OLS) {
			for i := a.Lo + 1; i < a.Hi; i++ {
				if slope, _ := a.Scale(i, true); infinite(a, i-1) && !math.IsInf(slope, 0) {
					a.Slope[i] += 17 * (math.Nextafter(slope, math.Inf(1)) - slope)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := kernel.Funcs{OLS: after(kernel.Go().OLS, spoil)}
			route := mutantRoute(seam.NewLibrary(f, false, seam.Build{})).Within(seam.Bound{Kernel: "ols", ULP: 8, Grows: 1.0 / 128, Normwise: true})
			caught := verifyCases(route, cases)
			allowed := strings.HasPrefix(name, "allowed")
			switch {
			case allowed && len(caught) > 0:
				t.Fatalf("%d cases failed, want none: %s", len(caught), firstLine(caught[0]))
			case !allowed && len(caught) == 0:
				t.Fatal("not caught")
			case !allowed:
				t.Logf("caught in %d cases, first: %s", len(caught), firstLine(caught[0]))
			}
		})
	}
}

// TestMutantChecks removes the checks of arguments: first those in front of a route, then those of native code. The
// suite must notice that each refusal is missing.
func TestMutantChecks(t *testing.T) {
	t.Parallel()
	unchecked := seam.NewLibrary(kernel.Go(), false, seam.Build{})
	unchecked.Funcs = unchecked.Raw
	trusting := seam.NewLibrary(kernel.Go(), true, seam.Build{})
	for name, m := range map[string]struct {
		library *seam.Library
		missed  func(c *kernel.Case) bool
	}{
		"route":       {unchecked, func(c *kernel.Case) bool { return c.Want != kernel.OK }},
		"native code": {trusting, func(c *kernel.Case) bool { return c.Want != kernel.OK && c.Native }},
	} {
		caught, wanted := verifyMutant(m.library, ""), 0
		for _, c := range suite().Cases() {
			if m.missed(&c) {
				wanted++
			}
		}
		if len(caught) != wanted {
			t.Fatalf("%s: missed %d refusals, want all %d", name, len(caught), wanted)
		}
		t.Logf("%s: caught in all of %d refusals, first: %s", name, len(caught), firstLine(caught[0]))
	}
}

// TestMutantFusedLibrary runs the suite on csrc compiled with contraction: a real library with the right Julia sum.
func TestMutantFusedLibrary(t *testing.T) {
	t.Parallel()
	library, err := purego.Open("wrong/libfused.so", "c")
	if err != nil {
		t.Fatal(err)
	}
	julia := kernel.NewJulia(kernel.JuliaSize, kernel.JuliaMaxIter, kernel.Par{Threads: 1})
	if err := library.Julia(julia); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, n := range julia.Out {
		sum += int(n)
	}
	if sum != kernel.JuliaSum {
		t.Errorf("the sum of its counts is %d, want %d: this mutant is to be one that the sum does not show", sum, kernel.JuliaSum)
	}
	caught := verifyMutant(library, "")
	if len(caught) == 0 {
		t.Fatal("not caught")
	}
	t.Logf("caught in %d cases, first: %s", len(caught), firstLine(caught[0]))
}
