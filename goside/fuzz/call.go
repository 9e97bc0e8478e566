// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fuzz

import (
	"fmt"
	"math"

	"toll/goside/kernel"
	"toll/goside/via/guard"
)

// result plans where the result of a call goes.
func (p *plan) result() *buffer { return p.add(buffer{name: "result", size: 8, n: 1, output: true}) }

// not are the arguments of not.
type not struct {
	x   int64
	out []int64
}

func (s *not) decode(r *reader, p *plan) {
	p.result().exact = true
	class, x := r.byte(), r.number(8)
	if s.x = int64(x); class < 64 {
		s.x = int64(edge(int(x % 1000)))
	} else if class < 128 {
		s.x >>= class % 64
	}
}

func (s *not) fill(*values, [][]byte)     {}
func (s *not) bind(memory [][]byte)       { s.out = guard.As[int64](memory[0]) }
func (s *not) check() error               { return nil }
func (s *not) String() string             { return fmt.Sprintf("of %d", s.x) }
func (s *not) call(f *kernel.Funcs) error { s.out[0] = f.Not(s.x); return nil }

// add are the arguments of add.
type add struct {
	x, y float64
	out  []float64
}

func (s *add) decode(r *reader, p *plan) {
	p.result()
	class, x, y := r.byte(), r.number(8), r.number(8)
	number := func(class byte, x uint64) float64 {
		switch {
		case class < 5:
			return specials[x%uint64(len(specials))]
		case class < 10:
			u := random(x)
			return u.unit()
		}
		return math.Float64frombits(x)
	}
	s.x, s.y = number(class%16, x), number(class/16, y)
	switch { // sums that round, in a quarter of the inputs
	case class%64 == 1:
		s.y = -s.x
	case class%16 == 2:
		s.y = math.Ldexp(s.x, int(y%110)-55) + s.x
	}
	for _, v := range []*float64{&s.x, &s.y} {
		if math.Float64bits(*v) == canary {
			*v = 0
		}
	}
}

func (s *add) fill(*values, [][]byte)     {}
func (s *add) bind(memory [][]byte)       { s.out = guard.As[float64](memory[0]) }
func (s *add) check() error               { return nil }
func (s *add) String() string             { return fmt.Sprintf("%v + %v", s.x, s.y) }
func (s *add) call(f *kernel.Funcs) error { s.out[0] = f.Add(s.x, s.y); return nil }

// sum are the arguments of sum.
type sum struct {
	n   int
	out []float64
	p   []float64
}

func (s *sum) decode(r *reader, p *plan) {
	p.result()
	s.n = r.extent([]int{0, 64, 512, 4096}) - 1
	p.add(buffer{name: "p", size: 8, n: s.n, apart: r.apart()})
	p.work = s.n
}

func (s *sum) fill(v *values, memory [][]byte) {
	if s.n > 0 {
		v.fill(guard.As[float64](memory[1]))
	}
}

func (s *sum) bind(memory [][]byte) {
	s.out, s.p = guard.As[float64](memory[0]), guard.As[float64](memory[1])
}
func (s *sum) check() error               { return nil }
func (s *sum) String() string             { return fmt.Sprintf("of %d numbers", s.n) }
func (s *sum) call(f *kernel.Funcs) error { s.out[0] = f.Sum(s.p); return nil }
