// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !noasm

package fast

import (
	"toll/goside/kernel"
	"toll/goside/level"
)

//go:generate go run toll/goside/internal/fastasm

// The functions below are assembly. The caller has checked that the elements are there. Each iteration of a loop over
// elements is one element of a vector.

// rowAVX2 is the loop of [rowLine] for n elements, n a multiple of 4:
//
//	for k := range n {
//		lap := (((after[k] + before[k]) + at[k+2]) + at[k]) - 4*at[k+1]
//		out[k] = at[k+1] + ddt*lap
//	}
//
//go:noescape
func rowAVX2(out, before, at, after *float64, n int, ddt float64)

// colAVX2 is the loop of [colLine]: lap is (((at[k+2] + at[k]) + after[k]) + before[k]) - 4*at[k+1].
//
//go:noescape
func colAVX2(out, before, at, after *float64, n int, ddt float64)

// transposeAVX2 copies the first n elements of 16 rows, n a multiple of 4 and at least 4:
//
//	for i := range 16 {
//		for j := range n {
//			columns[16*j+i] = rows[i*ld+j]
//		}
//	}
//
//go:noescape
func transposeAVX2(columns, rows *float64, ld, n int)

// fitAVX2 fits the lines of 16 rows of a column-major matrix:
//
//	for i := range 16 {
//		var pairs, sum float64
//		for k := range n/2 {
//			pairs += float64(2*k+1+n%2) * (y[(n-n/2+k)*ld+i] - y[(n/2-1-k)*ld+i])
//		}
//		for j := range n {
//			sum += y[j*ld+i]
//		}
//		slope[i] = pairs / denominator
//		intercept[i] = sum/x - slope[i]*meanX
//	}
//
//go:noescape
func fitAVX2(slope, intercept, y *float64, ld, n int, x, denominator, meanX float64)

// passAVX2 iterates the first n points of the [work] that begins at w, n a multiple of 16. It goes on with points that have
// escaped: see [vectorsFor].
//
//	for k := range n {
//		count := 0
//		for range iterations {
//			if zr[k]*zr[k] + zi[k]*zi[k] < 4 {
//				count++
//			}
//			zr[k], zi[k] = (zr[k]*zr[k] - zi[k]*zi[k]) + cr, 2*(zr[k]*zi[k]) + ci
//		}
//		caught := (zr[k]-re)*(zr[k]-re) + (zi[k]-im)*(zi[k]-im) <= squared
//		switch {
//		case count == iterations && !caught:
//			zr[alive], zi[alive], id[alive] = zr[k], zi[k], id[k]
//			alive++
//		case count == iterations:
//			doneID[done], doneCount[done] = id[k], rest
//			done++
//		default:
//			doneID[done], doneCount[done] = id[k], count
//			done++
//		}
//	}
//
// Four elements beyond those may be overwritten, with any values.
//
//go:noescape
func passAVX2(w *float64, n, iterations, rest int, cr, ci, re, im, squared float64) (alive, done int)

// passAVX512 is the same for n a multiple of 32. It may overwrite eight elements.
//
//go:noescape
func passAVX512(w *float64, n, iterations, rest int, cr, ci, re, im, squared float64) (alive, done int)

// has reports whether the processor has a level.
func has(name string) bool { return level.Has(name) }

var levels = map[string]Level{
	"baseline": baseline,
	"avx2":     {rowVectors, colVectors, fitVectors, 16},
	"avx512":   {rowVectors, colVectors, fitVectors, 32},
}

// pass does passAVX2 or passAVX512. It is no function value, since the arguments of one move to the heap.
func (l *Level) pass(w *work, n, iterations, rest int, cr, ci, re, im, squared float64) (alive, done int) {
	if l.group == 32 {
		return passAVX512(&w.zr[0], n, iterations, rest, cr, ci, re, im, squared)
	}
	return passAVX2(&w.zr[0], n, iterations, rest, cr, ci, re, im, squared)
}

func rowVectors(out, before, at, after []float64, ddt float64) {
	n := len(out)
	if n < 4 {
		rowLine(out, before, at, after, ddt)
		return
	}
	before, at, after = before[:n], at[:n+2], after[:n]
	rowAVX2(&out[0], &before[0], &at[0], &after[0], n&^3, ddt)
	if k := n - 4; n%4 > 0 { // the last four again, in part: the results are the same
		rowAVX2(&out[k], &before[k], &at[k], &after[k], 4, ddt)
	}
}

func colVectors(out, before, at, after []float64, ddt float64) {
	n := len(out)
	if n < 4 {
		colLine(out, before, at, after, ddt)
		return
	}
	before, at, after = before[:n], at[:n+2], after[:n]
	colAVX2(&out[0], &before[0], &at[0], &after[0], n&^3, ddt)
	if k := n - 4; n%4 > 0 {
		colAVX2(&out[k], &before[k], &at[k], &after[k], 4, ddt)
	}
}

const widest = 128 // observations in a row that go through a scratch matrix, of 16 KiB

// fitVectors fits the rows that it can in sixteens, and returns how many these were.
func fitVectors(a *kernel.OLS, lo, hi int) int {
	n, ld, y := a.Y.Cols, a.Y.LD, a.Y.Data
	sixteens := (hi - lo) / 16
	if sixteens == 0 || a.Y.Layout == kernel.Row && (n < 4 || n > widest) {
		return 0
	}
	x, denominator, meanX := divisors(n)
	slope, intercept := a.Slope[lo:hi], a.Intercept[lo:hi]
	if a.Y.Layout == kernel.Col {
		y = y[lo : (n-1)*ld+hi]
		for i := 0; i < 16*sixteens; i += 16 {
			fitAVX2(&slope[i], &intercept[i], &y[i], ld, n, x, denominator, meanX)
		}
		return 16 * sixteens
	}
	var scratch [16 * widest]float64
	y = y[lo*ld : (hi-1)*ld+n]
	for i := 0; i < 16*sixteens; i += 16 {
		transposeAVX2(&scratch[0], &y[i*ld], ld, n&^3)
		if n%4 > 0 { // the last four columns again, in part
			transposeAVX2(&scratch[16*(n-4)], &y[i*ld+n-4], ld, 4)
		}
		fitAVX2(&slope[i], &intercept[i], &scratch[0], 16, n, x, denominator, meanX)
	}
	return 16 * sixteens
}
