// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package property

import (
	"fmt"
	"math"

	"toll/goside/kernel"
)

// fitter is a way to fit lines to some rows of y.
type fitter struct {
	name string
	fit  func(y kernel.Grid, lo, hi int) (*kernel.OLS, error)
}

// fitters returns the ways that f offers. Each also checks that the observations, and outputs out of the range, are left alone.
func fitters(f *kernel.Funcs, d *draw) (all []fitter) {
	for _, way := range []struct {
		name string
		fit  func(*kernel.OLS) error
	}{{"ols", f.OLS}, {"ols-interchanged", f.OLSInterchanged}} {
		if way.fit == nil {
			continue
		}
		all = append(all, fitter{way.name, func(y kernel.Grid, lo, hi int) (*kernel.OLS, error) {
			a := &kernel.OLS{Slope: make([]float64, y.Rows), Intercept: make([]float64, y.Rows), Y: clone(y), Lo: lo, Hi: hi, Par: d.par}
			for i := range y.Rows {
				a.Slope[i], a.Intercept[i] = mark, mark
			}
			if err := way.fit(a); err != nil {
				return nil, err
			}
			if err := untouched("y", a.Y.Data, y.Data); err != nil {
				return nil, err
			}
			for i := range y.Rows {
				if written := a.Slope[i] != mark || a.Intercept[i] != mark; (i < lo || i >= hi) && written {
					return nil, fmt.Errorf("the range [%d, %d) has row %d written", lo, hi, i)
				}
			}
			return a, nil
		}})
	}
	d.used = d.used || len(all) > 0
	return all
}

// line is row i's line as another computation has it, or as it must be.
func (d *draw) line(a *kernel.OLS, i int, slope, intercept float64) error {
	if err := d.slope(a, i, slope); err != nil {
		return err
	}
	_, scale := a.Scale(i, d.within.Normwise)
	return d.same("intercept", i, a.Intercept[i], intercept, scale)
}

func (d *draw) slope(a *kernel.OLS, i int, slope float64) error {
	scale, _ := a.Scale(i, d.within.Normwise)
	return d.same("slope", i, a.Slope[i], slope, scale)
}

// same allows twice the bound, since both numbers may come from the route.
func (d *draw) same(what string, i int, got, want, scale float64) error {
	if got == want || d.within.ULP > 0 && math.Abs(got-want) <= 2*d.within.ULP*(math.Nextafter(scale, math.Inf(1))-scale) {
		return nil
	}
	return fmt.Errorf("the %s of row %d is %v, want %v", what, i, got, want)
}

// observations returns a matrix of as many rows as a route with a bound fits in little time.
func (d *draw) observations(f func(i, j, n int) float64) kernel.Grid {
	rows, n := d.between(1, 4), d.between(2, 19)
	if d.within.ULP == 0 && d.IntN(3) == 0 {
		rows = d.between(5, 20)
	}
	return d.grid(rows, n, func(i, j int) float64 { return f(i, j, n) })
}

// whole returns an integer such that a fit to integers times it has an integer slope and, twice, an integer intercept: the slope's
// divisor n(n²-1)/6, times n.
func whole(n int) float64 { return float64(n*(n*n-1)/6) * float64(n) }

func ols() []Property {
	property := func(name string, bits bool, holds func(s fitter, d *draw) error) Property {
		return Property{"ols", name, bits, func(f *kernel.Funcs, d *draw) error {
			seed := d.Uint64()
			for _, s := range fitters(f, d) {
				again := *d
				again.Rand = newRand(seed)
				if err := failed(s.name, holds(s, &again)); err != nil {
					return err
				}
			}
			return nil
		}}
	}
	// changed compares the fits to y with those to its image under to, which are to be the images of the lines.
	changed := func(s fitter, d *draw, y kernel.Grid, to func(i, j int) float64, line func(i int, slope, intercept float64) (float64, float64)) error {
		image := clone(y)
		fill(&image, to)
		was, err := s.fit(y, 0, y.Rows)
		if err != nil {
			return err
		}
		now, err := s.fit(image, 0, y.Rows)
		if err != nil {
			return err
		}
		for i := range y.Rows {
			slope, intercept := line(i, was.Slope[i], was.Intercept[i])
			if err := d.line(now, i, slope, intercept); err != nil {
				return err
			}
		}
		return nil
	}
	return []Property{
		// Each pair's term is slope*w², the sum of w² is the divisor: of integers all is exact.
		property("exact lines are found", false, func(s fitter, d *draw) error {
			var slopes, intercepts [20]float64
			for i := range slopes {
				slopes[i], intercepts[i] = d.small(), d.small()
			}
			y := d.observations(func(i, j, _ int) float64 { return slopes[i]*float64(j) + intercepts[i] })
			a, err := s.fit(y, 0, y.Rows)
			if err != nil {
				return err
			}
			for i := range y.Rows {
				if err := d.line(a, i, slopes[i], intercepts[i]); err != nil {
					return err
				}
			}
			return nil
		}),
		property("a line added to the observations is added to the fit", false, func(s fitter, d *draw) error {
			y := d.observations(func(_, _, n int) float64 { return d.small() * whole(n) })
			p, q := d.small(), d.small()
			return changed(s, d, y, func(i, j int) float64 { return at(&y, i, j) + p*float64(j) + q },
				func(_ int, slope, intercept float64) (float64, float64) { return slope + p, intercept + q })
		}),
		// (1, -2, 1) on three neighbours is orthogonal to all lines. With the properties above this makes the fit that of least
		// squares, since such vectors and the lines span all observations.
		property("what is orthogonal to all lines leaves the fit as it is", false, func(s fitter, d *draw) error {
			y := d.observations(func(_, _, n int) float64 { return d.small() * whole(n) })
			if y.Cols < 3 {
				return nil
			}
			from, t := d.IntN(y.Cols-2), d.small()
			return changed(s, d, y, func(i, j int) float64 {
				if k := j - from; k >= 0 && k < 3 {
					return at(&y, i, j) + t*[]float64{1, -2, 1}[k]
				}
				return at(&y, i, j)
			}, func(_ int, slope, intercept float64) (float64, float64) { return slope, intercept })
		}),
		// The normal equations, which define the fit. All terms are integers or halves.
		property("residuals have the sum 0, and so they have times x", true, func(s fitter, d *draw) error {
			y := d.observations(func(_, _, n int) float64 { return d.small() * whole(n) })
			a, err := s.fit(y, 0, y.Rows)
			if err != nil {
				return err
			}
			for i := range y.Rows {
				var sum, moment float64
				for j := range y.Cols {
					residual := at(&y, i, j) - a.Slope[i]*float64(j) - a.Intercept[i]
					sum += residual
					moment += residual * float64(j)
				}
				if sum != 0 || moment != 0 {
					return fmt.Errorf("the residuals of row %d have the sum %v, and times x %v, want 0", i, sum, moment)
				}
			}
			return nil
		}),
		property("observations times a power of two give the fit times it", false, func(s fitter, d *draw) error {
			y, k := d.observations(func(_, _, _ int) float64 { return d.rough() }), d.between(-300, 300)
			return changed(s, d, y, func(i, j int) float64 { return math.Ldexp(at(&y, i, j), k) },
				func(_ int, slope, intercept float64) (float64, float64) {
					return math.Ldexp(slope, k), math.Ldexp(intercept, k)
				})
		}),
		// The pairs are the same with the other sign, in the same order.
		property("observations reversed give the negative slope", false, func(s fitter, d *draw) error {
			y := d.observations(func(_, _, _ int) float64 { return d.rough() })
			reversed := clone(y)
			fill(&reversed, func(i, j int) float64 { return at(&y, i, y.Cols-1-j) })
			was, err := s.fit(y, 0, y.Rows)
			if err != nil {
				return err
			}
			now, err := s.fit(reversed, 0, y.Rows)
			if err != nil {
				return err
			}
			for i := range y.Rows {
				if err := d.slope(now, i, -was.Slope[i]); err != nil {
					return err
				}
			}
			return nil
		}),
		// The reversed line has at 0 what the line had at n-1.
		property("integers reversed give the line reversed", false, func(s fitter, d *draw) error {
			y := d.observations(func(_, _, n int) float64 { return d.small() * whole(n) })
			return changed(s, d, y, func(i, j int) float64 { return at(&y, i, y.Cols-1-j) },
				func(_ int, slope, intercept float64) (float64, float64) {
					return -slope, intercept + slope*float64(y.Cols-1)
				})
		}),
		property("the negative observations give the negative fit", false, func(s fitter, d *draw) error {
			y := d.observations(func(_, _, _ int) float64 { return d.rough() })
			return changed(s, d, y, func(i, j int) float64 { return -at(&y, i, j) },
				func(_ int, slope, intercept float64) (float64, float64) { return -slope, -intercept })
		}),
		property("rows in another order, and in parts, have the same lines", false, func(s fitter, d *draw) error {
			y := d.observations(func(_, _, _ int) float64 { return d.rough() })
			was, err := s.fit(y, 0, y.Rows)
			if err != nil {
				return err
			}
			order, other := d.Perm(y.Rows), clone(y)
			fill(&other, func(i, j int) float64 { return at(&y, order[i], j) })
			for lo := 0; lo < y.Rows; {
				hi := d.between(lo, y.Rows)
				now, err := s.fit(other, lo, hi)
				if err != nil {
					return err
				}
				for i := lo; i < hi; i++ {
					if err := d.line(now, i, was.Slope[order[i]], was.Intercept[order[i]]); err != nil {
						return err
					}
				}
				lo = max(hi, lo+1)
			}
			return nil
		}),
		property("both layouts have the same lines", false, func(s fitter, d *draw) error {
			y := d.observations(func(_, _, _ int) float64 { return d.rough() })
			d.layout = 1 - d.layout
			other := d.grid(y.Rows, y.Cols, func(i, j int) float64 { return at(&y, i, j) })
			was, err := s.fit(y, 0, y.Rows)
			if err != nil {
				return err
			}
			now, err := s.fit(other, 0, y.Rows)
			if err != nil {
				return err
			}
			for i := range y.Rows {
				if err := d.line(now, i, was.Slope[i], was.Intercept[i]); err != nil {
					return err
				}
			}
			return nil
		}),
		property("sums are taken from the middle outwards, and from the left", true, orderOLS),
		property("each product is rounded before it is added to", true, unfusedOLS),
	}
}

// orderOLS has sums that are exact in the order prescribed and lose digits in the reverse.
func orderOLS(s fitter, d *draw) error {
	const big = 0x1p53
	// n = 6: 1*3big, 3*-big, 5*1 from the middle outwards; the slope is their sum, 5, over 35. From outside, 5 - 3big is rounded.
	a, err := s.fit(d.grid(1, 6, func(_, j int) float64 { return []float64{0, 0, 0, 3 * big, -big, 1}[j] }), 0, 1)
	if err != nil {
		return err
	}
	if want := 5.0 / 35; a.Slope[0] != want {
		return fmt.Errorf("the slope of terms 3*2⁵³, -3*2⁵³ and 5 is %v, want %v", a.Slope[0], want)
	}
	// n = 5: a slope of 0, and sums of 6 from the left and of 10 from the right.
	a, err = s.fit(d.grid(1, 5, func(_, j int) float64 { return []float64{2 * big, 2, -4 * big, 10, 2*big - 4}[j] }), 0, 1)
	if err != nil {
		return err
	}
	if want := 6.0 / 5; a.Slope[0] != 0 || a.Intercept[0] != want {
		return fmt.Errorf("of 2⁵⁴, 2, -2⁵⁵, 10 and 2⁵⁴-4 slope and intercept are %v and %v, want 0 and %v", a.Slope[0], a.Intercept[0], want)
	}
	return nil
}

// unfusedOLS has sums of a number and the negative of its rounded product: 0 unless the product is fused with the sum.
func unfusedOLS(s fitter, d *draw) error {
	// n = 4: 1*-fl(3x) + 3*x.
	x := 0.0
	for x == 0 || exactProduct(3, x) {
		x = d.rough()
	}
	a, err := s.fit(d.grid(1, 4, func(_, j int) float64 { return []float64{0, 0, -float64(3 * x), x}[j] }), 0, 1)
	if err != nil {
		return err
	}
	if a.Slope[0] != 0 {
		return fmt.Errorf("the slope of terms %v and 3*%v is %v, want 0, as of a rounded product", -float64(3*x), x, a.Slope[0])
	}
	// n = 4, a row 0, 0, 2x, x: mean and slope*1.5 are equal once the product is rounded.
	var slope float64
	for slope == 0 || exactProduct(slope, 1.5) || float64(slope*1.5) != 3*x/4 {
		x = d.rough()
		slope = float64(2*x+float64(3*x)) / 10
	}
	a, err = s.fit(d.grid(1, 4, func(_, j int) float64 { return []float64{0, 0, 2 * x, x}[j] }), 0, 1)
	if err != nil {
		return err
	}
	if a.Slope[0] != slope || a.Intercept[0] != 0 {
		return fmt.Errorf("of 0, 0, %v and %v slope and intercept are %v and %v, want %v and 0, as of a rounded product",
			2*x, x, a.Slope[0], a.Intercept[0], slope)
	}
	return nil
}
