// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"fmt"
	"math"
)

func callCases() []Case {
	floatCase := func(name string, n int, f func(*Funcs, []float64) error) Case {
		return Case{Kernel: "call", Layout: "-", Name: name, New: func() *Job {
			out, whole := guarded(n, Canary)
			return &Job{
				Run:     func(r *Funcs) error { return f(r, out) },
				Buffers: []Buffer{floats("results", whole, nil)},
			}
		}}
	}
	ints := []int64{0, 1, -1, 2, 1 << 31, -1 << 31, 1<<53 + 1, math.MaxInt64, math.MinInt64}
	pairs := [][2]float64{{0, 0}, {1, 2}, {2, -1}, {0.1, 0.2}, {1e308, 1e308}, {5e-324, 5e-324},
		{math.Copysign(0, -1), math.Copysign(0, -1)}, {math.Inf(1), 1}, {1 << 53, 1}}
	return []Case{
		floatCase("noop", 0, func(r *Funcs, _ []float64) error {
			if r.Noop == nil {
				return ErrNotOffered
			}
			r.Noop()
			return nil
		}),
		{Kernel: "call", Layout: "-", Name: "not", New: func() *Job {
			out, whole := guarded(len(ints), int64(canary32))
			return &Job{
				Run: func(r *Funcs) error {
					if r.Not == nil {
						return ErrNotOffered
					}
					for k, x := range ints {
						out[k] = r.Not(x)
					}
					return nil
				},
				Buffers: []Buffer{integers("results", whole, nil)},
			}
		}},
		floatCase("add", len(pairs), func(r *Funcs, out []float64) error {
			if r.Add == nil {
				return ErrNotOffered
			}
			for k, p := range pairs {
				out[k] = r.Add(p[0], p[1])
			}
			return nil
		}),
		sumCase(0), sumCase(1), sumCase(2), sumCase(1000), sumCase(4099),
		// A sum starts from +0.0, so an empty sum is +0.0.
		sumOf("sum of -0.0", 1, func() func() float64 { return func() float64 { return math.Copysign(0, -1) } }),
	}
}

func sumCase(n int) Case {
	return sumOf(fmt.Sprintf("sum of %d", n), n, func() func() float64 {
		rng := random(uint64(n))
		return func() float64 { return normal(rng) * math.Pow10(rng.IntN(30)) }
	})
}

// sumOf returns the case of a sum of n numbers; numbers starts their sequence anew.
func sumOf(name string, n int, numbers func() func() float64) Case {
	return Case{Kernel: "call", Layout: "-", Name: name, New: func() *Job {
		p, in := guarded(n, Canary)
		number := numbers()
		for k := range p {
			p[k] = number()
		}
		out, whole := guarded(1, Canary)
		return &Job{
			Run: func(r *Funcs) error {
				if r.Sum == nil {
					return ErrNotOffered
				}
				out[0] = r.Sum(p)
				return nil
			},
			Buffers: []Buffer{floats("result", whole, nil), floats("p", in, nil)},
		}
	}}
}
