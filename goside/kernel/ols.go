// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"toll/goside/via/mem"
)

// OLS asks for the least-squares line through each row Lo <= i < Hi of Y, whose n = Y.Cols observations
// were made at x = 0 ... n-1, n >= 2, in the paired closed form:
//
//	n even: hi = n/2+k,   lo = n/2-1-k, w = 2k+1,   k = 0 ... n/2-1
//	n odd:  hi = n/2+1+k, lo = n/2-1-k, w = 2k+2,   k = 0 ... n/2-1
//	slope     = (sum over k of w*(y[hi] - y[lo])) / ((n*(n*n - 1)) / 6)
//	intercept = (sum over j of y[j]) / n - slope*((n - 1)/2)
type OLS struct {
	Slope, Intercept []float64 // at least Y.Rows each
	Y                Grid
	Lo, Hi           int
	Par              Par
}

// A pair of observations takes a subtraction, a product and an addition; each observation takes an addition for the
// mean; a line takes two quotients, a product and a subtraction for its slope and intercept.
var (
	OLSObservation = Work{Reads: 8, Flops: 2.5}
	OLSLine        = Work{Writes: 16, Flops: 4}
)

// Check returns the error with which every route refuses a.
func (a *OLS) Check() error {
	const k = "ols"
	rows := a.Y.Rows
	if err := refuse(k, ErrShape, badGrid("y", &a.Y)); err != nil {
		return err
	}
	if a.Y.Cols < 2 {
		return refuse(k, ErrShape, fmt.Sprintf("y has %d observations a row, want at least 2", a.Y.Cols))
	}
	if err := refuse(k, ErrShape, badRange(a.Lo, a.Hi, rows)); err != nil {
		return err
	}
	if err := refuse(k, ErrShort, tooShort("slope", len(a.Slope), rows),
		tooShort("intercept", len(a.Intercept), rows), gridTooShort("y", &a.Y)); err != nil {
		return err
	}
	if err := refuse(k, ErrAlign, misaligned("slope", mem.Aligned(a.Slope, 8), 8),
		misaligned("intercept", mem.Aligned(a.Intercept, 8), 8), misaligned("y", mem.Aligned(a.Y.Data, 8), 8)); err != nil {
		return err
	}
	slope, intercept, y := a.Slope[:rows], a.Intercept[:rows], a.Y.Span()
	if err := refuse(k, ErrOverlap, overlapping("slope", "intercept", mem.Overlap(slope, intercept)),
		overlapping("slope", "y", mem.Overlap(slope, y)),
		overlapping("intercept", "y", mem.Overlap(intercept, y))); err != nil {
		return err
	}
	return refuse(k, ErrArg, badPar(a.Par))
}

func goOLS(a *OLS) error {
	ols(a, serial)
	return nil
}

func goParOLS(a *OLS) error {
	ols(a, a.Par.Each)
	return nil
}

func goOLSInterchanged(a *OLS) error {
	olsInterchanged(a, serial)
	return nil
}

func goParOLSInterchanged(a *OLS) error {
	olsInterchanged(a, a.Par.Each)
	return nil
}

const olsBlock = 256 // rows; their sums stay in cache while the columns are walked

func ols(a *OLS, each executor) {
	if a.Lo == a.Hi {
		return
	}
	if a.Y.Layout == Row {
		each(a.Lo, a.Hi, olsBlock, func(lo, hi int) { olsRows(a, lo, hi) })
		return
	}
	blocks := (a.Hi - a.Lo + olsBlock - 1) / olsBlock
	each(0, blocks, 1, func(first, last int) {
		for b := first; b < last; b++ {
			lo := a.Lo + b*olsBlock
			olsColumns(a, lo, min(lo+olsBlock, a.Hi))
		}
	})
}

// divisors returns the divisors of the sums of n observations, and the mean of x.
func divisors(n int) (x, denominator, meanX float64) {
	x = float64(n)
	return x, float64(x*(float64(x*x)-1)) / 6, (x - 1) / 2
}

func olsRows(a *OLS, lo, hi int) {
	n := a.Y.Cols
	x, denominator, meanX := divisors(n)
	slope, intercept := a.Slope[lo:hi], a.Intercept[lo:hi]
	for i := range slope {
		row := a.Y.Data[(lo+i)*a.Y.LD:][:n]
		up := row[n-n/2:]
		down, w := row[:len(up)], float64(1+n%2)
		var pairs, sum float64
		for k, y := range up {
			pairs += float64(w * (y - down[len(down)-1-k]))
			w += 2
		}
		for _, y := range row {
			sum += y
		}
		slope[i] = pairs / denominator
		intercept[i] = sum/x - float64(slope[i]*meanX)
	}
}

// olsColumns walks down the columns of the rows lo <= i < hi; the outputs hold the sums until the end.
func olsColumns(a *OLS, lo, hi int) {
	n, ld := a.Y.Cols, a.Y.LD
	x, denominator, meanX := divisors(n)
	half, odd := n/2, n%2
	pairs, sum := a.Slope[lo:hi], a.Intercept[lo:hi]
	clear(pairs)
	clear(sum)
	for k := range half {
		w := float64(2*k + 1 + odd)
		up, down := a.Y.Data[(half+odd+k)*ld+lo:][:len(pairs)], a.Y.Data[(half-1-k)*ld+lo:][:len(pairs)]
		for i := range pairs {
			pairs[i] += float64(w * (up[i] - down[i]))
		}
	}
	for j := range n {
		column := a.Y.Data[j*ld+lo:][:len(sum)]
		for i := range sum {
			sum[i] += column[i]
		}
	}
	for i := range pairs {
		pairs[i] /= denominator
		sum[i] = sum[i]/x - float64(pairs[i]*meanX)
	}
}

// olsInterchanged walks across the lines: down the columns of a row-major matrix, without blocks, and along the
// rows of a column-major one.
func olsInterchanged(a *OLS, each executor) {
	if a.Lo == a.Hi {
		return
	}
	if a.Y.Layout == Row {
		// One share for each thread, whatever the schedule: smaller shares would be blocks.
		share := (a.Hi - a.Lo + a.Par.Threads - 1) / max(a.Par.Threads, 1)
		each(0, a.Par.Threads, 1, func(first, last int) {
			if lo, hi := min(a.Lo+first*share, a.Hi), min(a.Lo+last*share, a.Hi); lo < hi {
				olsAcrossRows(a, lo, hi)
			}
		})
		return
	}
	each(a.Lo, a.Hi, olsBlock, func(lo, hi int) { olsAcrossColumns(a, lo, hi) })
}

func olsAcrossRows(a *OLS, lo, hi int) {
	n, ld := a.Y.Cols, a.Y.LD
	x, denominator, meanX := divisors(n)
	half, odd := n/2, n%2
	pairs, sum := a.Slope[lo:hi], a.Intercept[lo:hi]
	clear(pairs)
	clear(sum)
	for k := range half {
		w := float64(2*k + 1 + odd)
		up, down := lo*ld+half+odd+k, lo*ld+half-1-k
		for i := range pairs {
			pairs[i] += float64(w * (a.Y.Data[up+i*ld] - a.Y.Data[down+i*ld]))
		}
	}
	for j := range n {
		at := lo*ld + j
		for i := range sum {
			sum[i] += a.Y.Data[at+i*ld]
		}
	}
	for i := range pairs {
		pairs[i] /= denominator
		sum[i] = sum[i]/x - float64(pairs[i]*meanX)
	}
}

func olsAcrossColumns(a *OLS, lo, hi int) {
	n, ld := a.Y.Cols, a.Y.LD
	x, denominator, meanX := divisors(n)
	half, odd := n/2, n%2
	for i := lo; i < hi; i++ {
		var pairs, sum float64
		up, down := (half+odd)*ld+i, (half-1)*ld+i
		for k := range half {
			pairs += float64(float64(2*k+1+odd) * (a.Y.Data[up+k*ld] - a.Y.Data[down-k*ld]))
		}
		for j := range n {
			sum += a.Y.Data[j*ld+i]
		}
		a.Slope[i] = pairs / denominator
		a.Intercept[i] = sum/x - float64(a.Slope[i]*meanX)
	}
}

// The book's OLS problem: daily hours of a service's users over two weeks.
const (
	OLSRows = 100_000
	OLSDays = 14
)

// OLSObservations returns a rows x n matrix of Poisson(60)/60 numbers, the same for every layout.
func OLSObservations(rows, n, pad int, layout Layout) Grid {
	hours := distuv.Poisson{Lambda: 60, Src: rand.NewPCG(60, 14)}
	g := NewGrid(rows, n, pad, layout)
	for i := range rows {
		for j := range n {
			g.Data[g.At(i, j)] = hours.Rand() / 60
		}
	}
	return g
}
