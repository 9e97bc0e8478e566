// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package property

import (
	"fmt"
	"math"
	"slices"

	"toll/goside/kernel"
)

// others returns the properties of the kernels transpose and call.
func others() []Property {
	return []Property{
		{"transpose", "each element is where it was, with all its bits", true, func(f *kernel.Funcs, d *draw) error {
			return transposed(f, d, func(in, out *kernel.Grid, _ func(in *kernel.Grid) (*kernel.Grid, error)) error {
				for i := range in.Rows {
					for j := range in.Cols {
						if g, w := math.Float64bits(at(out, i, j)), math.Float64bits(at(in, i, j)); g != w {
							return fmt.Errorf("[%d][%d] has the bits %#016x, want %#016x", i, j, g, w)
						}
					}
				}
				return nil
			})
		}},
		{"transpose", "twice is as if never", true, func(f *kernel.Funcs, d *draw) error {
			return transposed(f, d, func(in, out *kernel.Grid, again func(in *kernel.Grid) (*kernel.Grid, error)) error {
				back, err := again(out)
				if err != nil {
					return err
				}
				for i := range in.Rows {
					for j := range in.Cols {
						if g, w := math.Float64bits(at(back, i, j)), math.Float64bits(at(in, i, j)); g != w {
							return fmt.Errorf("[%d][%d] has the bits %#016x, want %#016x", i, j, g, w)
						}
					}
				}
				return nil
			})
		}},
		// Two's complement: ^x = -1 - x.
		{"call", "not twice is as if never, and x + not(x) is -1", true, func(f *kernel.Funcs, d *draw) error {
			if f.Not == nil {
				return nil
			}
			d.used = true
			for _, x := range []int64{int64(d.Uint64()), int64(d.Uint32()), -int64(d.Uint32()), 0, -1, math.MaxInt64, math.MinInt64} {
				if y := f.Not(x); x+y != -1 || f.Not(y) != x {
					return fmt.Errorf("not(%d) is %d", x, y)
				}
			}
			return nil
		}},
		{"call", "add commutes, has a zero and opposites, and doubles exactly", true, func(f *kernel.Funcs, d *draw) error {
			if f.Add == nil {
				return nil
			}
			d.used = true
			x, y := d.rough(), d.rough()
			for _, c := range []struct{ got, want float64 }{
				{f.Add(x, y), f.Add(y, x)}, {f.Add(x, 0), x}, {f.Add(0, x), x}, {f.Add(x, -x), 0}, {f.Add(x, x), 2 * x},
				{f.Add(-x, -y), -f.Add(x, y)}, {f.Add(0x1p53, 1), 0x1p53}, {f.Add(0x1p53, 3), 0x1p53 + 4},
				{f.Add(math.Ldexp(x, 300), math.Ldexp(y, 300)), math.Ldexp(f.Add(x, y), 300)},
			} {
				if c.got != c.want {
					return fmt.Errorf("of %v and %v: %v, want %v", x, y, c.got, c.want)
				}
			}
			return nil
		}},
		{"call", "sums of integers do not depend on order or parts, and others are taken from the left", true, sums},
		{"call", "a call that does nothing comes back", true, func(f *kernel.Funcs, d *draw) error {
			if f.Noop != nil {
				d.used = true
				f.Noop()
			}
			return nil
		}},
	}
}

// transposed transposes random bits, NaNs of any payload among them, each way that f offers; again does it once more.
func transposed(f *kernel.Funcs, d *draw, holds func(in, out *kernel.Grid, again func(in *kernel.Grid) (*kernel.Grid, error)) error) error {
	rows, cols := d.between(1, 40), d.between(1, 40)
	in := d.grid(rows, cols, func(int, int) float64 {
		bits := d.Uint64()
		if d.IntN(3) == 0 {
			bits |= 0x7ff0 << 48
		}
		if exponent := bits >> 52 & 0x7ff; exponent == 0x7ff && d.within.Quiet {
			bits |= 1 << 51
		}
		return math.Float64frombits(bits)
	})
	for _, way := range []struct {
		name      string
		transpose func(*kernel.Transpose) error
	}{{"transpose", f.Transpose}, {"transpose-naive", f.TransposeNaive}} {
		if way.transpose == nil {
			continue
		}
		d.used = true
		do := func(in *kernel.Grid) (*kernel.Grid, error) {
			out := kernel.NewGrid(rows, cols, d.IntN(4), 1-in.Layout)
			for k := range out.Data {
				out.Data[k] = mark
			}
			from := slices.Clone(in.Data)
			if err := way.transpose(&kernel.Transpose{Out: out, In: *in, Par: d.par}); err != nil {
				return nil, err
			}
			rest := clone(out)
			fill(&rest, func(int, int) float64 { return mark })
			for _, x := range rest.Data {
				if x != mark {
					return nil, fmt.Errorf("the padding became %v", x)
				}
			}
			return &out, untouched("the input", in.Data, from)
		}
		out, err := do(&in)
		if err == nil {
			err = holds(&in, out, do)
		}
		if err := failed(way.name, err); err != nil {
			return err
		}
	}
	return nil
}

func sums(f *kernel.Funcs, d *draw) error {
	if f.Sum == nil {
		return nil
	}
	d.used = true
	const big = 0x1p53
	n := d.between(1, 100)
	p, mixed := make([]float64, n), make([]float64, n)
	var negative []float64
	for k, from := range d.Perm(n) {
		p[k], mixed[k] = float64(k+1), float64(from+1)
		negative = append(negative, -p[k])
	}
	part := d.between(0, n)
	triangle := float64(n) * float64(n+1) / 2
	x, y, z := d.rough(), d.rough(), d.rough()
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"of none", f.Sum(nil), 0}, {"of one", f.Sum([]float64{x}), x},
		{"of 1 to n, as Gauss has it", f.Sum(p), triangle}, {"of 1 to n in another order", f.Sum(mixed), triangle},
		{"of two parts", f.Sum(mixed[:part]) + f.Sum(mixed[part:]), triangle},
		{"of 1 to n and the negative of each", f.Sum(append(negative, mixed...)), 0},
		{"of three", f.Sum([]float64{x, y, z}), (x + y) + z},
		{"of three times a power of two", f.Sum([]float64{math.Ldexp(x, 99), math.Ldexp(y, 99), math.Ldexp(z, 99)}), math.Ldexp((x+y)+z, 99)},
		{"of 2⁵³, -2⁵³ and 1", f.Sum([]float64{big, -big, 1}), 1}, {"of 1, 2⁵³ and -2⁵³", f.Sum([]float64{1, big, -big}), 0},
		{"of 2⁵³ and eight times 1", f.Sum([]float64{big, 1, 1, 1, 1, 1, 1, 1, 1}), big},
	} {
		if c.got != c.want {
			return fmt.Errorf("the sum %s is %v, want %v (n = %d)", c.what, c.got, c.want, n)
		}
	}
	return nil
}
