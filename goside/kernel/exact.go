// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"math"
	"math/big"
)

// Exact returns kernels whose results are the true ones rounded once. Routes with a bound are compared with it instead
// of the reference's bits. It offers ols only. A row with an observation that is not finite has no true line and gets
// the reference's result.
func Exact() Funcs {
	return Funcs{OLS: func(a *OLS) error {
		for i := a.Lo; i < a.Hi; i++ {
			if !a.finite(i) {
				row := *a
				row.Lo, row.Hi = i, i+1
				ols(&row, serial)
				continue
			}
			a.Slope[i], a.Intercept[i] = a.Exact(i)
		}
		return nil
	}}
}

// finite reports whether all observations of row i are finite.
func (a *OLS) finite(i int) bool {
	for j := range a.Y.Cols {
		if y := a.Y.Data[a.Y.At(i, j)]; math.IsNaN(y) || math.IsInf(y, 0) {
			return false
		}
	}
	return true
}

// Exact returns the slope and intercept of row i, rounded once, by the normal equations in integers and
// rational numbers. The observations must be finite.
func (a *OLS) Exact(i int) (slope, intercept float64) {
	n := int64(a.Y.Cols)
	observation := func(j int) (mantissa int64, exponent int) {
		fraction, exponent := math.Frexp(a.Y.Data[a.Y.At(i, j)])
		return int64(fraction * (1 << 53)), exponent - 53
	}
	least := math.MaxInt
	for j := range a.Y.Cols {
		if mantissa, exponent := observation(j); mantissa != 0 {
			least = min(least, exponent)
		}
	}
	if least == math.MaxInt {
		return 0, 0 // all observations are zero
	}
	// All observations as integers, in units of 2^least.
	sumY, sumXY, y := new(big.Int), new(big.Int), new(big.Int)
	for j := range a.Y.Cols {
		mantissa, exponent := observation(j)
		if mantissa == 0 {
			continue
		}
		y.Lsh(y.SetInt64(mantissa), uint(exponent-least))
		sumY.Add(sumY, y)
		sumXY.Add(sumXY, y.Mul(y, big.NewInt(int64(j))))
	}
	sumX, sumXX, count := big.NewInt(n*(n-1)/2), big.NewInt((n-1)*n*(2*n-1)/6), big.NewInt(n)
	mul := func(x, y *big.Int) *big.Int { return new(big.Int).Mul(x, y) }
	sub := func(x, y *big.Int) *big.Int { return new(big.Int).Sub(x, y) }
	denominator := sub(mul(count, sumXX), mul(sumX, sumX))
	return quotient(sub(mul(count, sumXY), mul(sumX, sumY)), denominator, least),
		quotient(sub(mul(sumXX, sumY), mul(sumX, sumXY)), denominator, least)
}

// quotient returns p/q * 2^exponent, rounded once; q > 0.
func quotient(p, q *big.Int, exponent int) float64 {
	if exponent >= 0 {
		p = new(big.Int).Lsh(p, uint(exponent))
	} else {
		q = new(big.Int).Lsh(q, uint(-exponent))
	}
	x, _ := new(big.Rat).SetFrac(p, q).Float64()
	return x
}
