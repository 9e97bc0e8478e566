// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package argument

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"

	"toll/goside/try/prototype"
)

// bounds returns the least and the most that an integer type has.
func bounds(t *prototype.Type) (least, most *big.Int) {
	one := big.NewInt(1)
	switch t.Kind {
	case prototype.Bool:
		return new(big.Int), one
	case prototype.Signed:
		most = new(big.Int).Lsh(one, uint(t.Size*8-1))
		return new(big.Int).Neg(most), new(big.Int).Sub(most, one)
	}
	return new(big.Int), new(big.Int).Sub(new(big.Int).Lsh(one, uint(t.Size*8)), one)
}

// within says why a type cannot have a number.
func within(n number, t *prototype.Type) error {
	if t.Kind == prototype.Float {
		if t.Size == 4 && math.Abs(n.float) > math.MaxFloat32 && !math.IsInf(n.float, 0) {
			return fmt.Errorf("found %s, want -%g to %g (%s)", n.text, math.MaxFloat32, math.MaxFloat32, t.Name)
		}
		return nil
	}
	least, most := bounds(t)
	switch {
	case n.whole == nil:
		return fmt.Errorf("found %s, want an integer (%s)", n.text, t.Name)
	case n.whole.Cmp(least) < 0 || n.whole.Cmp(most) > 0:
		return fmt.Errorf("want %s to %s (%s)", least, most, t.Name)
	}
	return nil
}

// put writes a number that fits.
func put(dst []byte, t *prototype.Type, n number) {
	if t.Kind != prototype.Float {
		bits := new(big.Int).And(n.whole, new(big.Int).SetUint64(math.MaxUint64)) // of a negative one those of the two's complement
		putBits(dst, t.Size, bits.Uint64())
		return
	}
	putFloat(dst, t.Size, n.float)
}

func putBits(dst []byte, size int64, bits uint64) {
	switch size {
	case 1:
		dst[0] = byte(bits)
	case 2:
		binary.NativeEndian.PutUint16(dst, uint16(bits))
	case 4:
		binary.NativeEndian.PutUint32(dst, uint32(bits))
	case 8:
		binary.NativeEndian.PutUint64(dst, bits)
	}
}

func putFloat(dst []byte, size int64, f float64) {
	if size == 4 {
		putBits(dst, 4, uint64(math.Float32bits(float32(f))))
		return
	}
	putBits(dst, 8, math.Float64bits(f))
}

// make returns the bytes of an argument, which is evaluated.
func (e *evaluation) make(k int) ([]byte, error) {
	a, s, r := e.plan.Arguments[k], e.sources[k], e.result[k]
	t := a.Type
	if t.Kind == prototype.Pointer {
		t = element(t, s)
	}
	bytes := make([]byte, r.bytes)
	switch s.verb {
	case literal, sum:
		put(bytes, t, r.number)
	case text:
		copy(bytes, s.text)
	case file:
		content, err := os.ReadFile(s.text)
		if err != nil {
			return nil, err
		}
		if want := r.elements * t.Size; int64(len(content)) != want {
			return nil, fmt.Errorf("found %d bytes, want the %d that it had a moment ago", len(content), want)
		}
		copy(bytes, content)
	case ones:
		if r.elements > 0 {
			put(bytes, t, whole(1))
			for done := t.Size; done < r.bytes; done *= 2 {
				copy(bytes[done:], bytes[:done])
			}
		}
	case steps:
		e.makeSteps(bytes, t, s, r.elements)
	case list:
		for at, one := range s.list {
			putOne(bytes[int64(at)*t.Size:], t, one)
		}
	case structure:
		putOne(bytes, t, s)
	case random:
		if r.numeric { // others may have counted on it
			put(bytes, t, r.number)
			break
		}
		d := e.draw(k)
		for at := range r.elements {
			d.element(bytes[at*t.Size:], t, s, a.Type.Text())
		}
	}
	return bytes, nil
}

func (e *evaluation) makeSteps(bytes []byte, t *prototype.Type, s source, elements int64) {
	if t.Kind == prototype.Float {
		for at := range elements {
			putFloat(bytes[at*t.Size:], t.Size, s.from.float+float64(at)*s.to.float)
		}
		return
	}
	mask := new(big.Int).SetUint64(math.MaxUint64)
	from, step := new(big.Int).And(s.from.whole, mask).Uint64(), new(big.Int).And(s.to.whole, mask).Uint64()
	for at := range elements {
		putBits(bytes[at*t.Size:], t.Size, from+uint64(at)*step)
	}
}

// putOne writes what a literal says.
func putOne(dst []byte, t *prototype.Type, s source) {
	switch t.Kind {
	case prototype.Struct:
		next := 0
		for k, one := range s.list {
			if s.names[k] != "" {
				next = field(t, s.names[k])
			}
			putOne(dst[t.Field[next].Offset:], t.Field[next].Type, one)
			next++
		}
	case prototype.Array:
		for k, one := range s.list {
			putOne(dst[int64(k)*t.Elem.Size:], t.Elem, one)
		}
	case prototype.Pointer: // nil
	default:
		put(dst, t, s.number)
	}
}

// draw is a stream of random numbers.
type draw struct {
	*rand.Rand
	wide bool // of any size and sign
}

// draw returns the stream of an argument.
func (e *evaluation) draw(k int) draw {
	return draw{rand.New(rand.NewPCG(e.seed, uint64(k)+1)), e.seed >= 2 && e.seed%2 == 0}
}

// below is what integers are drawn below, unless all of the type's are wanted: they may be indices.
const below = 1000

// element draws one of a type. What lies between the fields of a structure, and what is no number, stays 0.
func (d draw) element(dst []byte, t *prototype.Type, s source, text bool) {
	switch t.Kind {
	case prototype.Struct:
		for _, f := range t.Field {
			d.element(dst[f.Offset:], f.Type, source{}, false)
		}
	case prototype.Array:
		for k := range t.Count {
			d.element(dst[k*t.Elem.Size:], t.Elem, source{}, false)
		}
	case prototype.Float:
		putFloat(dst, t.Size, d.float(t.Size, s))
	case prototype.Signed, prototype.Uint, prototype.Bool:
		putBits(dst, t.Size, d.integer(t, s, text))
	}
}

// float draws a floating-point number: from [0, 1), or with a sign and an exponent of which sums and products are finite.
func (d draw) float(size int64, s source) float64 {
	switch {
	case s.from != nil:
		return s.from.float + d.Float64()*(s.to.float-s.from.float)
	case size == 4 && !d.wide:
		return float64(d.Float32())
	case !d.wide:
		return d.Float64()
	}
	sign := float64(1 - 2*d.IntN(2))
	if d.IntN(16) == 0 {
		return math.Copysign(0, sign)
	}
	exponent := 100
	if size == 4 {
		exponent = 20
	}
	return math.Ldexp(sign*(1+d.Float64()), d.IntN(2*exponent+1)-exponent)
}

// integer draws the bits of an integer.
func (d draw) integer(t *prototype.Type, s source, text bool) uint64 {
	switch {
	case s.from != nil:
		span := new(big.Int).Sub(s.to.whole, s.from.whole).Uint64()
		from := new(big.Int).And(s.from.whole, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
		if span == math.MaxUint64 {
			return d.Uint64()
		}
		return from + d.Uint64N(span+1)
	case t.Kind == prototype.Bool:
		return d.Uint64N(2)
	case text: // what can be printed
		return ' ' + d.Uint64N('~'-' '+1)
	case t.Size > 1 && !d.wide:
		return d.Uint64N(below)
	}
	return d.Uint64()
}
