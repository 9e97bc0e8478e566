// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import "math/big"

// Exact returns the slope and intercept of row i computed in rational numbers by the normal equations, and
// rounded once. The observations must be finite.
func (a *OLS) Exact(i int) (slope, intercept float64) {
	n := int64(a.Y.Cols)
	sumY, sumXY := new(big.Rat), new(big.Rat)
	for j := range a.Y.Cols {
		y := new(big.Rat).SetFloat64(a.Y.Data[a.Y.At(i, j)])
		sumY.Add(sumY, y)
		sumXY.Add(sumXY, y.Mul(y, big.NewRat(int64(j), 1)))
	}
	sumX, sumXX := big.NewRat(n*(n-1)/2, 1), big.NewRat((n-1)*n*(2*n-1)/6, 1)
	count := big.NewRat(n, 1)
	mul := func(x, y *big.Rat) *big.Rat { return new(big.Rat).Mul(x, y) }
	sub := func(x, y *big.Rat) *big.Rat { return new(big.Rat).Sub(x, y) }
	b := sub(mul(count, sumXY), mul(sumX, sumY))
	b.Quo(b, sub(mul(count, sumXX), mul(sumX, sumX)))
	c := sub(sumY, mul(b, sumX))
	c.Quo(c, count)
	slope, _ = b.Float64()
	intercept, _ = c.Float64()
	return slope, intercept
}
