// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package rounding

import (
	"math"
	"math/big"
	"math/rand/v2"
	"runtime"
	"testing"

	"toll/goside/level"
	"toll/goside/via/thread"
)

// edges are numbers at which formats and operations change their behaviour.
var edges = func() (all []float64) {
	for _, x := range []float64{
		0, 5e-324, 1e-323, 0x1p-1060, 0x1p-1023, math.Nextafter(0x1p-1022, 0), 0x1p-1022, math.Nextafter(0x1p-1022, 1),
		0x1p-600, 0x1p-537, 0x1.8p-538, 0x1p-54, 0x1p-53, math.Nextafter(0x1p-53, 1), 0x1p-52, 1.0 / 3,
		math.Nextafter(1, 0), 1, math.Nextafter(1, 2), 1 + 0x1p-26, 1.5, 2, 3, 4, 0x1p53, 0x1p53 + 2, 0x1p64, 0x1p511,
		0x1p512, 0x1p600, 0x1p1023, 0x1.fffffffffffffp1022, math.MaxFloat64, math.Inf(1), math.NaN(),
	} {
		all = append(all, x, -x)
	}
	return all
}()

// anyFloat returns numbers of all kinds; such that meet in sums have similar exponents often.
func anyFloat(rng *rand.Rand) float64 {
	switch rng.IntN(8) {
	case 0:
		return edges[rng.IntN(len(edges))]
	case 1:
		return math.Float64frombits(rng.Uint64()) // any exponent
	case 2:
		return math.Float64frombits(rng.Uint64() &^ (0x7ff << 52)) // subnormal
	case 3:
		return math.Float64frombits(rng.Uint64()&^(0x7ff<<52) | uint64(rng.IntN(60))<<52) // and small
	case 4:
		return math.Float64frombits(rng.Uint64()&^(0x7ff<<52) | uint64(2046-rng.IntN(60))<<52) // and large
	case 5:
		return float64(rng.IntN(1<<20) - 1<<19) // few bits: ties and cancellation
	}
	return math.Float64frombits(rng.Uint64()&^(0x7ff<<52) | uint64(1023+rng.IntN(128)-64)<<52)
}

// triples calls f with edges and with random numbers.
func triples(n int, f func(x, y, z float64)) {
	for _, x := range edges {
		for _, y := range edges {
			for _, z := range edges {
				f(x, y, z)
			}
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range n {
		x, y, z := anyFloat(rng), anyFloat(rng), anyFloat(rng)
		if rng.IntN(4) == 0 {
			z = -float64(x*y) * []float64{1, 1 + 0x1p-52, 1 - 0x1p-53}[rng.IntN(3)]
		}
		f(x, y, z)
	}
}

// equal compares bits, since a processor that takes subnormal operands for zero takes them for equal.
func equal(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

// TestHardware compares each operation with the processor's, also where that flushes subnormals to zero.
func TestHardware(t *testing.T) {
	const both = thread.FlushToZero | thread.DenormalsAreZero
	settings := map[thread.Float]arithmetic{0: {}}
	switch runtime.GOARCH {
	case "amd64":
		settings[both] = arithmetic{operands: true, results: true}
		settings[thread.FlushToZero] = arithmetic{results: true}
		settings[thread.DenormalsAreZero] = arithmetic{operands: true}
	case "arm64":
		settings[both] = arithmetic{operands: true, results: true, early: true}
	}
	for float, m := range settings {
		t.Run(float.String(), func(t *testing.T) {
			thread.Do(func() {
				thread.SetFloat(float)
				compare(t, &m, float == 0 || level.Has("avx2"))
				thread.SetFloat(0)
			})
		})
	}
}

// compare compares m with the processor as it is set; fused says that it has a fused multiply-add.
func compare(t *testing.T, m *arithmetic, fused bool) {
	wrong := 0
	triples(200_000, func(x, y, z float64) {
		a, b, c := load(x), load(y), load(z)
		for _, check := range []struct {
			what string
			got  number
			want float64
		}{
			{"load", a, x},
			{"sum", m.add(a, b), x + y},
			{"difference", m.sub(a, b), x - y},
			{"product", m.mul(a, b), float64(x * y)},
			{"quotient", m.div(a, b), x / y},
			{"fused", m.fma(a, b, c), math.FMA(x, y, z)},
		} {
			if equal(check.got.float(), check.want) || check.what == "fused" && !fused {
				continue
			}
			if wrong++; wrong < 10 {
				t.Errorf("%s of %#x, %#x, %#x: got %#x, want %#x", check.what, math.Float64bits(x), math.Float64bits(y),
					math.Float64bits(z), math.Float64bits(check.got.float()), math.Float64bits(check.want))
			}
		}
	})
	if wrong > 0 {
		t.Errorf("%d are wrong", wrong)
	}
}

// TestExact compares each operation, to 64 bits and to 53, with exact arithmetic on numbers of any size.
func TestExact(t *testing.T) {
	wide := arithmetic{extended: true}
	wrong := 0
	value := func(x number) *big.Float {
		f := new(big.Float).SetMantExp(new(big.Float).SetUint64(x.mant), x.exp)
		if x.kind == infinite {
			f.SetInf(false)
		}
		if x.neg {
			f.Neg(f)
		}
		return f
	}
	check := func(what string, got number, want *big.Float, x, y, z float64) {
		to64 := new(big.Float).SetPrec(64).Set(want)
		to53, _ := want.Float64()
		narrowed, _ := to64.Float64()
		if value(got).Cmp(to64) != 0 || got.neg != to64.Signbit() || !equal(wide.narrow(got).float(), narrowed) {
			if wrong++; wrong < 10 {
				t.Errorf("%s of %v, %v, %v: got %v, want %v, as binary64 %v", what, x, y, z, value(got), to64, to53)
			}
		}
	}
	triples(30_000, func(x, y, z float64) {
		for _, f := range []float64{x, y, z} {
			if math.IsNaN(f) || math.IsInf(f, 0) {
				return
			}
		}
		const enough = 4400
		big1 := func(f float64) *big.Float { return new(big.Float).SetPrec(enough).SetFloat64(f) }
		a, b, c := load(x), load(y), load(z)
		op := func() *big.Float { return new(big.Float).SetPrec(enough) }
		check("sum", wide.add(a, b), op().Add(big1(x), big1(y)), x, y, z)
		check("product", wide.mul(a, b), op().Mul(big1(x), big1(y)), x, y, z)
		check("fused", wide.fma(a, b, c), op().Add(op().Mul(big1(x), big1(y)), big1(z)), x, y, z)
		if y != 0 {
			// 64 operand bits are too few for a quotient to lie nearer to a tie than 2^-200.
			check("quotient", wide.div(a, b), new(big.Float).SetPrec(200).Quo(big1(x), big1(y)), x, y, z)
		}
		// A number of 64 bits.
		d := wide.div(wide.add(a, c), whole(3))
		check("sum of 64 bits", wide.add(d, b), op().Add(value(d), big1(y)), x, y, z)
		check("product of 64 bits", wide.mul(d, d), op().Mul(value(d), value(d)), x, y, z)
		check("fused of 64 bits", wide.fma(d, d, c), op().Add(op().Mul(value(d), value(d)), big1(z)), x, y, z)
	})
	if wrong > 0 {
		t.Errorf("%d are wrong", wrong)
	}
}

func TestWhole(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 730, 1<<53 - 1, 1 << 62} {
		if got := whole(n).float(); got != float64(n) {
			t.Errorf("got %v, want %d", got, n)
		}
	}
}
