// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package rounding

import (
	"fmt"
	"slices"
	"strings"

	"toll/goside/kernel"
)

// ols is how a line is fitted.
type ols struct {
	formula       formula
	pairs, sum    lanes
	fusePairs     bool // w*(y[hi] - y[lo]) and the sum
	apart         int  // with fusePairs: products that fill a vector of so many are rounded, and added one by one
	fuseIntercept bool // slope*((n-1)/2) and the difference
	narrowSums    bool // running sums are rounded to binary64 at each assignment
	keepSlope     bool // the intercept takes the slope from its register, not as it was stored
	fuseMean      bool // sum*(1/n) and the difference
	inverseN      bool // the sum is multiplied by 1/n
	divisor       divisor
}

// divisor is how the sum of pairs is divided by n*(n*n - 1)/6.
type divisor int

const (
	divided         divisor = iota // by p/6, p = n*(n*n - 1)
	inverse                        // * 1/(p/6)
	sixInverse                     // * (6*(1/p)), as gcc does
	dividedBySixth                 // by q = (n*(1/6))*(n*n - 1)
	inverseOfSixths                // * 1/q, as clang does
)

type formula int

const (
	pairwise formula = iota // the reference's
	textbook                // (nΣxy - ΣxΣy) / (nΣxx - ΣxΣx)
	centred                 // Σ(x - x̄)(y - ȳ) / Σ(x - x̄)²
)

// lanes is the order of a sum: in count partial sums, as in the lanes of a vector. The terms that are left over are
// added at the end.
type lanes struct {
	count   int // 1 for one sum
	reduce  reduce
	reverse bool // from the last term
}

// reduce is the order in which lanes are added.
type reduce int

const (
	halves  reduce = iota // the upper half to the lower one, and so on
	inOrder               // one after another
	cascade               // as halves, but each half takes on what terms are left over, if they fill it
)

var paired = ols{pairs: lanes{count: 1}, sum: lanes{count: 1}}

func (l lanes) String() string {
	if l.reverse {
		return "from the last term"
	}
	added := [...]string{"by halves", "in order", "by halves that take on more terms"}[l.reduce]
	return fmt.Sprintf("in %d lanes, added %s", l.count, added)
}

// orders are all of a sum but the reference's. Of two lanes, all reduce to the same.
var orders = func() []lanes {
	all := []lanes{{count: 2}}
	for _, count := range []int{4, 8, 16} {
		for _, by := range []reduce{halves, inOrder, cascade} {
			all = append(all, lanes{count: count, reduce: by})
		}
	}
	return append(all, lanes{count: 1, reverse: true})
}()

func pairsOrder(w *Way, l lanes) { w.ols.pairs = l }

func sumOrder(w *Way, l lanes) { w.ols.sum = l }

// sums returns the changes of the order of one of a row's sums, or of both.
func sums(name string, set func(w *Way, l lanes)) []change {
	var all []change
	for _, l := range orders {
		all = append(all, change{name + " " + l.String(), order, false, func(w *Way) { set(w, l) }})
	}
	return all
}

func olsOrders() []change {
	var both []change
	for _, pairs := range orders {
		for _, sum := range orders {
			if pairs.count != sum.count || pairs.reverse != sum.reverse {
				continue
			}
			name := "both sums " + pairs.String()
			if pairs != sum {
				name = fmt.Sprintf("sum of pairs %v, and sum of y %v", pairs, sum)
			}
			both = append(both, change{name, order, false, func(w *Way) { w.ols.pairs, w.ols.sum = pairs, sum }})
		}
	}
	return slices.Concat(both, sums("sum of pairs", pairsOrder), sums("sum of y", sumOrder), []change{
		{"textbook formula", order, false, func(w *Way) { w.ols.formula = textbook }},
		{"textbook formula about the means", order, false, func(w *Way) { w.ols.formula = centred }},
	})
}

// olsFused are the ways to fuse. gcc, for one, makes products in vectors, adds their elements one after another, and
// fuses only what does not fill a vector.
var olsFused = func() []change {
	const pairs, intercept = "fma(w, difference, pairs)", "fma(-slope, mean x, mean y)"
	all := []change{
		{pairs + " and " + intercept, fused, false, func(w *Way) {
			w.ols.fusePairs, w.ols.fuseIntercept = true, true
		}},
		{pairs, fused, false, func(w *Way) { w.ols.fusePairs = true }},
		{intercept, fused, false, func(w *Way) { w.ols.fuseIntercept = true }},
	}
	const mean = "fma(sum, 1/n, -slope*mean x)"
	all = append(all,
		change{pairs + " and " + mean, fused, false, func(w *Way) { w.ols.fusePairs, w.ols.fuseMean = true, true }},
		change{mean, fused, false, func(w *Way) { w.ols.fuseMean = true }})
	for _, lanes := range []int{2, 4, 8, 16} {
		name := fmt.Sprintf("%s, but for products that fill %d lanes, and %s", pairs, lanes, intercept)
		all = append(all, change{name, fused, true, func(w *Way) {
			w.ols.fusePairs, w.ols.fuseIntercept, w.ols.apart = true, true, lanes
		}})
	}
	return all
}()

var olsExtended = []change{
	{"sums kept in registers", x87, false, func(w *Way) { w.arithmetic.extended = true }},
	{"sums and slope kept in registers", x87, false, func(w *Way) { w.arithmetic.extended, w.ols.keepSlope = true, true }},
	{"sums stored", x87, false, func(w *Way) { w.arithmetic.extended, w.ols.narrowSums = true, true }},
	{"sums stored, slope kept in a register", x87, false, func(w *Way) {
		w.arithmetic.extended, w.ols.narrowSums, w.ols.keepSlope = true, true, true
	}},
}

var olsReciprocals = func() []change {
	var all []change
	const q = "(n*(1/6)*(n*n-1))"
	for k, slope := range []string{"", "pairs * 1/(p/6)", "pairs * (6*(1/p))", "pairs / " + q, "pairs * 1/" + q} {
		for _, inverseN := range []bool{false, true} {
			var names []string
			if slope != "" {
				names = append(names, slope)
			}
			if inverseN {
				names = append(names, "sum * 1/n")
			}
			if names != nil {
				all = append(all, change{strings.Join(names, " and "), reciprocal, false, func(w *Way) {
					w.ols.divisor, w.ols.inverseN = divisor(k), inverseN
				}})
			}
		}
	}
	return all
}()

// sum returns the sum of p from +0.
func (w *Way) sum(p []float64) float64 {
	y := make([]number, len(p))
	for k := range p {
		y[k] = load(p[k])
	}
	return w.arithmetic.narrow(w.total(w.ols.sum, len(p), w.ols.narrowSums, func(sum number, k int) number {
		return w.arithmetic.add(sum, y[k])
	})).float()
}

// total returns the sum of n terms, of which more adds one; stored says that it is stored after each.
func (w *Way) total(l lanes, n int, stored bool, more func(sum number, k int) number) number {
	m := &w.arithmetic
	partial := make([]number, max(l.count, 1))
	next := func(lane, k int) {
		if l.reverse {
			k = n - 1 - k
		}
		if partial[lane] = more(partial[lane], k); stored {
			partial[lane] = m.narrow(partial[lane])
		}
	}
	k := 0
	for {
		for ; k+len(partial) <= n; k += len(partial) {
			for lane := range partial {
				next(lane, k+lane)
			}
		}
		if len(partial) == 1 {
			return partial[0]
		}
		for len(partial) > 1 {
			if l.reduce == inOrder {
				partial[1] = m.add(partial[0], partial[1])
				partial = partial[1:]
				continue
			}
			half := len(partial) / 2
			for lane := range half {
				partial[lane] = m.add(partial[lane], partial[lane+half])
			}
			if partial = partial[:half]; l.reduce == cascade {
				break
			}
		}
	}
}

// fit fits the rows in the range of a. stored says that running sums lie in the outputs, as where the rows are walked
// beside each other.
func (w *Way) fit(a *kernel.OLS, stored bool) error {
	y := make([]number, a.Y.Cols)
	for i := a.Lo; i < a.Hi; i++ {
		for j := range y {
			y[j] = load(a.Y.Data[a.Y.At(i, j)])
		}
		slope, intercept := w.line(y, stored)
		a.Slope[i], a.Intercept[i] = w.arithmetic.narrow(slope).float(), w.arithmetic.narrow(intercept).float()
	}
	return nil
}

func (w *Way) line(y []number, stored bool) (slope, intercept number) {
	m, o, n := &w.arithmetic, &w.ols, len(y)
	stored = stored || o.narrowSums
	switch o.formula {
	case textbook:
		return w.textbook(y, stored)
	case centred:
		return w.centred(y, stored)
	}
	x, one := whole(n), whole(1)
	half, odd := n/2, n%2
	apart := 0
	if o.apart > 0 {
		apart = half - half%o.apart
	}
	pairs := w.total(o.pairs, half, stored, func(sum number, k int) number {
		weight, difference := whole(2*k+1+odd), m.sub(y[half+odd+k], y[half-1-k])
		if k < apart {
			return m.add(sum, m.mul(weight, difference))
		}
		return w.plus(sum, weight, difference)
	})
	sum := w.total(o.sum, n, stored, func(sum number, j int) number { return m.add(sum, y[j]) })
	meanX := m.div(m.sub(x, one), whole(2))
	slope = w.divide(pairs, x)
	if !o.keepSlope {
		slope = m.narrow(slope)
	}
	if o.fuseMean && o.inverseN {
		return slope, m.fma(sum, m.div(one, x), m.mul(slope, meanX).negated())
	}
	return slope, w.minus(w.over(sum, x, o.inverseN), slope, meanX)
}

// divide returns pairs/(n*(n*n - 1)/6).
func (w *Way) divide(pairs, n number) number {
	m, one, six := &w.arithmetic, whole(1), whole(6)
	square := m.sub(m.mul(n, n), one)
	var by number
	switch w.ols.divisor {
	case divided, inverse:
		by = m.narrow(m.div(m.mul(n, square), six))
	case sixInverse:
		return m.mul(pairs, m.mul(six, m.div(one, m.mul(n, square))))
	case dividedBySixth, inverseOfSixths:
		by = m.mul(m.mul(n, m.div(one, six)), square)
	}
	return w.over(pairs, by, w.ols.divisor == inverse || w.ols.divisor == inverseOfSixths)
}

// plus returns sum + x*y.
func (w *Way) plus(sum, x, y number) number {
	if w.ols.fusePairs {
		return w.arithmetic.fma(x, y, sum)
	}
	return w.arithmetic.add(sum, w.arithmetic.mul(x, y))
}

// minus returns mean - slope*x.
func (w *Way) minus(mean, slope, x number) number {
	if w.ols.fuseIntercept {
		return w.arithmetic.fma(slope.negated(), x, mean)
	}
	return w.arithmetic.sub(mean, w.arithmetic.mul(slope, x))
}

// over returns x/y.
func (w *Way) over(x, y number, inverse bool) number {
	if inverse {
		return w.arithmetic.mul(x, w.arithmetic.div(whole(1), y))
	}
	return w.arithmetic.div(x, y)
}

func (w *Way) textbook(y []number, stored bool) (slope, intercept number) {
	m, o, n := &w.arithmetic, &w.ols, len(y)
	sum := w.total(o.sum, n, stored, func(sum number, j int) number { return m.add(sum, y[j]) })
	products := w.total(o.pairs, n, stored, func(sum number, j int) number { return w.plus(sum, whole(j), y[j]) })
	x, sumX, sumXX := whole(n), whole(n*(n-1)/2), whole((n-1)*n*(2*n-1)/6)
	numerator := m.sub(m.mul(x, products), m.mul(sumX, sum))
	slope = m.narrow(w.over(numerator, m.sub(m.mul(x, sumXX), m.mul(sumX, sumX)), o.divisor != divided))
	return slope, w.over(w.minus(sum, slope, sumX), x, o.inverseN)
}

func (w *Way) centred(y []number, stored bool) (slope, intercept number) {
	m, o, n := &w.arithmetic, &w.ols, len(y)
	x, meanX := whole(n), m.div(whole(n-1), whole(2))
	meanY := w.over(w.total(o.sum, n, stored, func(sum number, j int) number { return m.add(sum, y[j]) }), x, o.inverseN)
	off := func(j int) number { return m.sub(whole(j), meanX) }
	numerator := w.total(o.pairs, n, stored, func(sum number, j int) number {
		return w.plus(sum, off(j), m.sub(y[j], meanY))
	})
	squares := w.total(o.pairs, n, stored, func(sum number, j int) number { return w.plus(sum, off(j), off(j)) })
	slope = m.narrow(w.over(numerator, squares, o.divisor != divided))
	return slope, w.minus(meanY, slope, meanX)
}
