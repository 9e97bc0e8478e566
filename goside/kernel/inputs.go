// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"math"
	"math/rand/v2"
)

// The cases' inputs must be the same on each processor, so that certificates of two machines can be compared. What is made
// of math.Log, math.Exp, math.Pow or math.Sin is not: Go computes them otherwise on some processors, and fuses multiplications
// and additions in them. Square roots and math.Pow10 are the same.

// normal returns a number distributed about as in the normal distribution, between -6 and 6.
func normal(rng *rand.Rand) float64 {
	sum := -6.0
	for range 12 {
		sum += rng.Float64()
	}
	return sum
}

// circle returns a point near the circle around 0 with the radius r.
func circle(rng *rand.Rand, r float64) complex128 {
	t := float64(2*rng.Float64()) - 1
	square := float64(t * t)
	x, y := (1-square)/(1+square), float64(2*t)/(1+square)
	if rng.IntN(2) == 0 {
		x = -x
	}
	return complex(float64(r*x), float64(r*y))
}

// disc returns a point within the circle around 0 with the radius r.
func disc(rng *rand.Rand, r float64) complex128 {
	return circle(rng, float64(r*math.Sqrt(rng.Float64())))
}

// scaled returns z times s.
func scaled(z complex128, s float64) complex128 {
	return complex(float64(real(z)*s), float64(imag(z)*s))
}

// root returns the square root of z whose real part is not negative.
func root(z complex128) complex128 {
	size := math.Sqrt(float64(real(z)*real(z)) + float64(imag(z)*imag(z)))
	return complex(math.Sqrt((size+real(z))/2), math.Copysign(math.Sqrt(max(size-real(z), 0)/2), imag(z)))
}
