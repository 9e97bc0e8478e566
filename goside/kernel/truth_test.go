// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"testing"
)

// The tests of this file compare the reference with independent truths.

func TestJuliaPublishedSum(t *testing.T) {
	for name, f := range map[string]Funcs{"go": Go(), "go-par": GoPar()} {
		a := NewJulia(JuliaSize, JuliaMaxIter, Par{2, Guided})
		if len(a.Zs) != JuliaSize*JuliaSize {
			t.Fatalf("%d points, want %d", len(a.Zs), JuliaSize*JuliaSize)
		}
		if err := f.Julia(a); err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, n := range a.Out {
			sum += int(n)
		}
		if sum != JuliaSum {
			t.Errorf("%s: sum of counts is %d, want the book's %d", name, sum, JuliaSum)
		}
	}
}

// TestJuliaExact iterates in rational numbers, without rounding. Their digits double at each step, so it uses small
// counts.
func TestJuliaExact(t *testing.T) {
	const maxiter = 10
	a := randomJulia(150, 0, 150, maxiter, Par{1, Static})
	a.Out = make([]int32, 150)
	if err := goJulia(a); err != nil {
		t.Fatal(err)
	}
	four, two := big.NewRat(4, 1), big.NewRat(2, 1)
	rat := func(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }
	mul := func(x, y *big.Rat) *big.Rat { return new(big.Rat).Mul(x, y) }
	distinct := map[int32]bool{}
	for k := range a.Zs {
		zr, zi, cr, ci := rat(real(a.Zs[k])), rat(imag(a.Zs[k])), rat(real(a.Cs[k])), rat(imag(a.Cs[k]))
		var n int32
		for n < maxiter {
			rr, ii := mul(zr, zr), mul(zi, zi)
			if new(big.Rat).Add(rr, ii).Cmp(four) >= 0 {
				break
			}
			zi = new(big.Rat).Add(mul(two, mul(zr, zi)), ci)
			zr = new(big.Rat).Add(new(big.Rat).Sub(rr, ii), cr)
			n++
		}
		distinct[n] = true
		if a.Out[k] != n {
			t.Errorf("point %d, z = %v, c = %v: count %d, want exactly %d", k, a.Zs[k], a.Cs[k], a.Out[k], n)
		}
	}
	if len(distinct) < maxiter {
		t.Errorf("only %d different counts, want at least %d: these points prove little", len(distinct), maxiter)
	}
}

// TestOLSExact compares with the normal equations, solved without rounding. The kernel uses another formula.
func TestOLSExact(t *testing.T) {
	for _, n := range []int{2, 3, 4, 13, 14, 15, 731} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			rows := 2000 / n
			a := &OLS{Slope: make([]float64, rows), Intercept: make([]float64, rows),
				Y: OLSObservations(rows, n, 0, Row), Hi: rows, Par: Par{1, Static}}
			if err := goOLS(a); err != nil {
				t.Fatal(err)
			}
			var mean, most float64
			for i := range rows {
				slope, intercept := a.Exact(i)
				slopeScale, interceptScale := a.Scale(i, false)
				mean += float64(ULPs(a.Slope[i], slope)) / float64(rows)
				most = max(most, distance(a.Slope[i], slope, slopeScale), distance(a.Intercept[i], intercept, interceptScale))
			}
			t.Logf("slope: %.2f ULP off on average; slope and intercept: at most %.2f ULP of the terms' magnitude", mean, most)
			if most > 2 {
				t.Errorf("up to %.2f ULP of the terms' magnitude off, want at most 2", most)
			}
		})
	}
}

func distance(got, want, scale float64) float64 {
	return math.Abs(got-want) / (math.Nextafter(scale, math.Inf(1)) - scale)
}

// TestExact compares the exact fit with known lines, up to the limits of the exponent.
func TestExact(t *testing.T) {
	for _, c := range []struct {
		y                []float64
		slope, intercept float64
	}{
		{[]float64{0, 0}, 0, 0}, {[]float64{1, 2}, 1, 1}, {[]float64{5, 3, 1, -1}, -2, 5},
		{[]float64{0, 1, 0}, 0, 1.0 / 3}, {[]float64{1, 0, 0, 0}, -0.3, 0.7},
		{[]float64{5e-324, 1e-323}, 5e-324, 5e-324}, {[]float64{0, 0x1p1023}, 0x1p1023, 0},
		{[]float64{1e300, 1e300, 1e300}, 0, 1e300}, {[]float64{1e308, 5e-324}, -1e308, 1e308},
	} {
		a := &OLS{Y: Grid{Data: c.y, Rows: 1, Cols: len(c.y), LD: len(c.y)}}
		if slope, intercept := a.Exact(0); slope != c.slope || intercept != c.intercept {
			t.Errorf("%v: got slope %v, intercept %v, want %v, %v", c.y, slope, intercept, c.slope, c.intercept)
		}
	}
}

// TestDiffusionEigenmodes: with a zero boundary, sin(πpi/(n-1)) sin(πqj/(m-1)) is multiplied in each step by
// 1 - 4*D*dt*(sin²(πp/2(n-1)) + sin²(πq/2(m-1))), exactly.
func TestDiffusionEigenmodes(t *testing.T) {
	const n, m, steps = 33, 47, 40
	for _, layout := range []Layout{Row, Col} {
		for _, mode := range [][2]int{{1, 1}, {2, 5}, {7, 3}, {31, 45}, {16, 1}} {
			p, q := float64(mode[0]), float64(mode[1])
			shape := func(i, j int) float64 {
				if i == 0 || j == 0 || i == n-1 || j == m-1 {
					return 0 // sin of a rounded π is not
				}
				return math.Sin(math.Pi*p*float64(i)/(n-1)) * math.Sin(math.Pi*q*float64(j)/(m-1))
			}
			a := &DiffusionRun{A: NewGrid(n, m, 0, layout), B: NewGrid(n, m, 0, layout), Steps: steps, D: 0.8, Dt: 0.25,
				Par: Par{1, Static}}
			a.A.fill(shape)
			if err := goRun(a); err != nil {
				t.Fatal(err)
			}
			square := func(x float64) float64 { return x * x }
			factor := 1 - 4*a.D*a.Dt*(square(math.Sin(math.Pi*p/2/(n-1)))+square(math.Sin(math.Pi*q/2/(m-1))))
			decay := math.Pow(factor, steps)
			for i := range n {
				for j := range m {
					got, want := a.Result().Data[a.Result().At(i, j)], decay*shape(i, j)
					if math.Abs(got-want) > 1e-13 {
						t.Fatalf("%v, mode %v: [%d][%d] is %v after %d steps, want %v", layout, mode, i, j, got, steps, want)
					}
				}
			}
		}
	}
}

// TestDiffusionMaximumPrinciple: for D*dt <= 1/4 a step takes weighted means, so no value leaves the initial range.
func TestDiffusionMaximumPrinciple(t *testing.T) {
	rng := random(5)
	in, out := NewGrid(60, 80, 0, Row), NewGrid(60, 80, 0, Row)
	in.fill(func(i, j int) float64 { return float64(rng.IntN(3) - 1) })
	copy(out.Data, in.Data)
	for range 200 {
		if err := goStep(&DiffusionStep{Out: out, In: in, Hi: 60, D: 1, Dt: 0.25}); err != nil {
			t.Fatal(err)
		}
		for k, x := range out.Data {
			if x < -1 || x > 1 {
				t.Fatalf("cell %d is %v, want within [-1, 1], where all began", k, x)
			}
		}
		in, out = out, in
	}
	var most float64
	for i := 1; i < 59; i++ {
		for j := 1; j < 79; j++ {
			most = max(most, math.Abs(in.Data[in.At(i, j)]))
		}
	}
	if most > 0.99 {
		t.Errorf("the interior still reaches %v, want it smoothed", most)
	}
}

// TestVariants compares the functions that only walk in another order with the plain ones, which the tests above
// verify; and transposition with its definition.
func TestVariants(t *testing.T) {
	plain := Funcs{RunInterchanged: goRun, OLSInterchanged: goOLS}
	plain.JuliaSplit = func(a *JuliaSplit) error {
		b := &Julia{Out: a.Out, Lo: a.Lo, Hi: a.Hi, MaxIter: a.MaxIter, Par: a.Par}
		for k := range a.Zr {
			b.Zs = append(b.Zs, complex(a.Zr[k], a.Zi[k]))
			b.Cs = append(b.Cs, complex(a.Cr[k], a.Ci[k]))
		}
		return goJulia(b)
	}
	plain.Transpose = func(a *Transpose) error {
		a.Out.fill(func(i, j int) float64 { return a.In.Data[a.In.At(i, j)] })
		return nil
	}
	plain.TransposeNaive = plain.Transpose
	plain = plain.Checked()
	for name, f := range map[string]Funcs{"go": Go().Checked(), "go-par": GoPar().Checked()} {
		compared := 0
		for _, c := range Cases() {
			if c.Want != OK {
				continue
			}
			want, got := c.New(), c.New()
			if err := want.Run(&plain); errors.Is(err, ErrNotOffered) {
				continue
			} else if err != nil {
				t.Fatalf("%v: %v", &c, err)
			}
			if err := got.Run(&f); err != nil {
				t.Fatalf("%s: %v: %v", name, &c, err)
			}
			compared++
			for b := range want.Buffers {
				w, g := &want.Buffers[b], &got.Buffers[b]
				for k := range w.Len {
					if w.Bits(k) != g.Bits(k) && !(math.IsNaN(w.Value(k)) && math.IsNaN(g.Value(k))) {
						t.Fatalf("%s: %v: %s is %s, want %s", name, &c, g.At(k), g.Text(k), w.Text(k))
					}
				}
			}
		}
		if compared < 100 {
			t.Errorf("%s: only %d cases compared", name, compared)
		}
	}
}
