// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fuzz

import (
	"encoding/binary"
	"math"
	"math/bits"

	"toll/goside/kernel"
)

// reader takes an input apart. Behind its end there are zeros, so every input is a problem.
type reader struct {
	rest []byte
}

func (r *reader) byte() byte {
	if len(r.rest) == 0 {
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *reader) number(size int) uint64 {
	var b [8]byte
	r.rest = r.rest[copy(b[:size], r.rest):]
	return binary.LittleEndian.Uint64(b[:])
}

// within returns a number of 0 to n-1.
func (r *reader) within(n int) int { return int(r.number(2)) % n }

// random is a stream of numbers, by the generator SplitMix64.
type random uint64

func (x *random) next() uint64 {
	*x += 0x9e3779b97f4a7c15
	z := uint64(*x)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// unit returns a number in [-1, 1).
func (x *random) unit() float64 { return float64(int64(x.next())) * 0x1p-63 }

// below returns a number of 0 to n-1.
func (x *random) below(n int) int {
	high, _ := bits.Mul64(x.next(), uint64(n))
	return int(high)
}

// extent returns a length: mostly a few, sometimes one beyond what vectors and tiles hold, rarely one near those that kernels
// decide by.
func (r *reader) extent(decisive []int) int {
	class, v := r.byte(), r.within(1<<16)
	switch {
	case class < 144:
		return 1 + v%12
	case class < 216:
		return 1 + v%40
	case class < 246:
		return 1 + v%96
	case class < 254:
		return 1 + v%300
	}
	return max(1, decisive[v%len(decisive)]+v/256%7-3)
}

// padding returns how many elements lie between two lines: none in half of the cases.
func (r *reader) padding() int {
	switch class, v := r.byte(), int(r.byte()); {
	case class < 128:
		return 0
	case class < 240:
		return v % 9
	default:
		return v
	}
}

// span returns a range within [0, n): mostly the whole, sometimes an empty one.
func (r *reader) span(n int) (lo, hi int) {
	class, p, q := r.byte(), r.within(n+1), r.within(n+1)
	if class < 112 {
		return 0, n
	}
	return min(p, q), max(p, q)
}

// par returns how work is distributed: mostly on one thread, since many threads take longer to start than the work.
func (r *reader) par() kernel.Par {
	class, threads := r.byte(), r.byte()
	p := kernel.Par{Threads: 1, Schedule: kernel.Schedule(class % 3)}
	if class >= 208 {
		p.Threads = 1 + int(threads)%8
	}
	return p
}

// specials are numbers at the edges of what a float64 holds, and of what kernels decide by.
var specials = [...]float64{
	0, math.Copysign(0, -1), 1, -1, 2, -2, 4, 0.25, 5e-324, -5e-324, 0x1p-1022, -0x1p-1022, 0x1.fffffffffffffp-1023,
	math.MaxFloat64, -math.MaxFloat64, 0x1p1023, 0x1p1022, 0x1p1021, 0x1p200, 0x1.fffffffffffffp199, 0x1p-1000, 1e-160, 1e160,
	math.Inf(1), math.Inf(-1), math.NaN(), math.Float64frombits(0x7ff0_0000_0000_0001), math.Float64frombits(0xfff8_0000_0000_0001),
	1 + 0x1p-52, 1 - 0x1p-53, 0x1p52, 0x1p53, math.Sqrt2, math.Pi,
}

// coefficient returns a finite number: D or dt.
func (r *reader) coefficient() float64 {
	class, v := r.byte(), r.number(8)
	x := random(v)
	switch {
	case class < 176:
		return x.unit()
	case class < 208:
		return math.Ldexp(x.unit(), int(v%48)-4)
	case class < 232:
		if f := specials[v%uint64(len(specials))]; finite(f) {
			return f
		}
		return 0.1
	}
	if f := math.Float64frombits(v); finite(f) {
		return f
	}
	return 0
}

func finite(x float64) bool { return math.Abs(x) <= math.MaxFloat64 }

// values is what an input says of the numbers in buffers.
type values struct {
	flavor byte
	seed   random
	raw    []byte // at last, numbers that replace some of those made from the seed
}

func (r *reader) values() values {
	v := values{flavor: r.byte(), seed: random(r.number(8))}
	if r.byte() < 64 {
		v.raw = r.rest
	}
	return v
}

// fill sets the numbers of p. No number is the canary.
func (v *values) fill(p []float64) {
	x := v.seed
	constant := specials[uint64(v.seed)%uint64(len(specials))]
	switch flavor := v.flavor; {
	case flavor < 72: // of size 1
		for k := range p {
			p[k] = x.unit()
		}
	case flavor < 96: // whole and few: sums are exact, and cancel
		for k := range p {
			p[k] = float64(int(x.next()>>61)) - 3
		}
	case flavor < 136: // any bits: of all magnitudes, and some that are not finite
		for k := range p {
			p[k] = math.Float64frombits(x.next())
		}
	case flavor < 152: // subnormals and zeros
		for k := range p {
			u := x.next()
			p[k] = math.Float64frombits(u&(1<<63) | u>>12&(1<<(u%53)-1))
		}
	case flavor < 168: // huge: sums overflow
		for k := range p {
			u := x.next()
			p[k] = math.Float64frombits(u&(1<<63) | (2047-1-u>>59&7)<<52 | u>>12&(1<<52-1))
		}
	case flavor < 200: // with some special numbers
		for k := range p {
			if p[k] = x.unit(); x.next()%16 == 0 {
				p[k] = specials[x.below(len(specials))]
			}
		}
	case flavor < 224: // with very few special numbers
		for k := range p {
			if p[k] = x.unit(); uint64(x)%512 == 0 {
				p[k] = specials[x.below(len(specials))]
			}
		}
	case flavor < 244: // of many magnitudes
		for k := range p {
			u := x.next()
			p[k] = math.Float64frombits(u&(1<<63) | (1023-32+u>>57&63)<<52 | u>>12&(1<<45-1))
		}
	default:
		for k := range p {
			p[k] = constant
		}
	}
	for k := 0; k+8 <= len(v.raw) && k < 8*64; k += 8 {
		u := binary.LittleEndian.Uint64(v.raw[k:])
		p[int(u>>3)%len(p)] = math.Float64frombits(u)
	}
	for k := range p {
		if math.Float64bits(p[k]) == canary {
			p[k] = 0
		}
	}
	v.seed = x
}

var canary = math.Float64bits(kernel.Canary)

// hash tells inputs apart.
func hash(input []byte) uint64 {
	x := random(len(input))
	for len(input) >= 8 {
		x ^= random(binary.LittleEndian.Uint64(input))
		x = random(x.next())
		input = input[8:]
	}
	for _, b := range input {
		x = random(x.next()) ^ random(b)
	}
	return x.next()
}
