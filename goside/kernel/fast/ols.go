// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fast

import "toll/goside/kernel"

// divisors returns the divisors of the sums of n observations, and the mean of x.
func divisors(n int) (x, denominator, meanX float64) {
	x = float64(n)
	return x, float64(x*(float64(x*x)-1)) / 6, (x - 1) / 2
}

const olsBlock = 1024 // rows

func (l *Level) ols(a *kernel.OLS, each executor) error {
	if a.Lo == a.Hi {
		return nil
	}
	each(a.Lo, a.Hi, olsBlock, func(lo, hi int) {
		lo += l.fit(a, lo, hi)
		if a.Y.Layout == kernel.Row {
			olsRows(a, lo, hi)
		} else {
			olsColumns(a, lo, hi)
		}
	})
	return nil
}

// olsRows takes four rows at once, so that no sum waits for its last addition.
func olsRows(a *kernel.OLS, lo, hi int) {
	n, ld := a.Y.Cols, a.Y.LD
	x, denominator, meanX := divisors(n)
	row := func(i int) []float64 { return a.Y.Data[i*ld:][:n] }
	finish := func(i int, pairs, sum float64) {
		a.Slope[i] = pairs / denominator
		a.Intercept[i] = sum/x - float64(a.Slope[i]*meanX)
	}
	i := lo
	for ; i+4 <= hi; i += 4 {
		pairs0, pairs1, pairs2, pairs3, sum0, sum1, sum2, sum3 := olsSums(row(i), row(i+1), row(i+2), row(i+3))
		finish(i, pairs0, sum0)
		finish(i+1, pairs1, sum1)
		finish(i+2, pairs2, sum2)
		finish(i+3, pairs3, sum3)
	}
	for ; i < hi; i++ {
		pairs, _, _, _, sum, _, _, _ := olsSums(row(i), row(i), row(i), row(i))
		finish(i, pairs, sum)
	}
}

// olsSums returns the sums over the pairs, and over all observations, of four rows. With each pair it adds the next two
// observations to the latter: each sum keeps its order.
func olsSums(p, q, r, s []float64) (p0, p1, p2, p3, s0, s1, s2, s3 float64) {
	n := len(p)
	q, r, s = q[:n], r[:n], s[:n]
	w := float64(1 + n%2)
	up := n - n/2
	for down := n/2 - 1; down >= 0; down-- {
		p0 += float64(w * (p[up] - p[down]))
		p1 += float64(w * (q[up] - q[down]))
		p2 += float64(w * (r[up] - r[down]))
		p3 += float64(w * (s[up] - s[down]))
		w += 2
		up++
	}
	for k := range p {
		s0 += p[k]
		s1 += q[k]
		s2 += r[k]
		s3 += s[k]
	}
	return p0, p1, p2, p3, s0, s1, s2, s3
}

// olsColumns takes four rows at once, whose sums stay in registers while it walks over the columns.
func olsColumns(a *kernel.OLS, lo, hi int) {
	n, ld, y := a.Y.Cols, a.Y.LD, a.Y.Data
	x, denominator, meanX := divisors(n)
	half, odd := n/2, n%2
	i := lo
	for ; i+4 <= hi; i += 4 {
		var p0, p1, p2, p3, s0, s1, s2, s3 float64
		w := float64(1 + odd)
		at := (half+odd)*ld + i
		for down := (half-1)*ld + i; down >= 0; down -= ld {
			u, d := y[at:][:4], y[down:][:4]
			p0 += float64(w * (u[0] - d[0]))
			p1 += float64(w * (u[1] - d[1]))
			p2 += float64(w * (u[2] - d[2]))
			p3 += float64(w * (u[3] - d[3]))
			w += 2
			at += ld
		}
		at = i
		for range n {
			column := y[at:][:4]
			s0 += column[0]
			s1 += column[1]
			s2 += column[2]
			s3 += column[3]
			at += ld
		}
		slope, intercept := a.Slope[i:][:4], a.Intercept[i:][:4]
		slope[0], slope[1], slope[2], slope[3] = p0/denominator, p1/denominator, p2/denominator, p3/denominator
		intercept[0] = s0/x - float64(slope[0]*meanX)
		intercept[1] = s1/x - float64(slope[1]*meanX)
		intercept[2] = s2/x - float64(slope[2]*meanX)
		intercept[3] = s3/x - float64(slope[3]*meanX)
	}
	for ; i < hi; i++ {
		var pairs, sum float64
		for k := range half {
			pairs += float64(float64(2*k+1+odd) * (y[(half+odd+k)*ld+i] - y[(half-1-k)*ld+i]))
		}
		for k := range n {
			sum += y[k*ld+i]
		}
		a.Slope[i] = pairs / denominator
		a.Intercept[i] = sum/x - float64(a.Slope[i]*meanX)
	}
}
