// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package calls

import (
	"errors"
	"fmt"
	"reflect"
	"syscall"

	"toll/goside/kernel"
)

// Payload is something to pass; toll calls times it on every crossing.
type Payload struct {
	Group  string // payloads shown together: "scalars", "arguments", "slices", "batches", "structs", "text", "others", "callbacks"
	Kernel string // the function, as in the benchmark's name
	N      int    // its size: arguments, bytes or callbacks; 1 if it has none
	Cost   Cost

	// Run makes n >= 1 calls. It returns [kernel.ErrNotOffered] if f lacks the function, and an error if the last
	// result is wrong.
	Run func(f *Funcs, n int) error
}

// Cost is what a call passes; the cost model predicts its time from it.
type Cost struct {
	Ints, Doubles int // arguments of either kind; a pointer is an int, a slice two
	Results       int
	Read, Written int // bytes of Go's memory that C reads or writes in place
	Copied        int // bytes of strings and structs that the border copies
	Callbacks     int // from C to Go
}

// Sizes are the bytes of the slices that are passed.
var Sizes = []int{8, 64, 512, 4 << 10, 32 << 10, 256 << 10, 2 << 20, 16 << 20}

// TextSizes are the bytes of the strings, BatchSizes the calls in one crossing, CallbackCounts the callbacks in one call.
var (
	TextSizes      = []int{8, 64, 1 << 10, 64 << 10}
	BatchSizes     = []int{1, 10, 100, 1000, 10_000}
	CallbackCounts = []int{0, 1, 10, 100, 1000}
)

// Payloads returns all of them. They share memory: only one may run at a time.
func Payloads() []Payload {
	all := scalars()
	for _, n := range Arities {
		all = append(all, arguments(n)...)
	}
	room := &room{length: max(Sizes[len(Sizes)-1]/8, 3*BatchSizes[len(BatchSizes)-1])}
	for _, size := range Sizes {
		all = append(all, slices(room, size/8)...)
	}
	for _, k := range BatchSizes {
		all = append(all, batches(room, k))
	}
	all = append(all, structs()...)
	for _, size := range TextSizes {
		all = append(all, texts(size)...)
	}
	all = append(all, others()...)
	for _, k := range CallbackCounts {
		all = append(all, callbacks(k)...)
	}
	return all
}

// payload makes a payload of the function that get returns; run makes n calls of it and reports whether the last result
// was right.
func payload[F any](group, name string, size int, cost Cost, get func(f *Funcs) F, run func(call F, n int) bool) Payload {
	return Payload{group, name, size, cost, func(f *Funcs, n int) error {
		call := get(f)
		if reflect.ValueOf(call).IsNil() {
			return kernel.ErrNotOffered
		}
		if !run(call, n) {
			return fmt.Errorf("calls: %s of %d returned a wrong result", name, size)
		}
		return nil
	}}
}

func scalars() []Payload {
	const group = "scalars"
	two := Cost{Ints: 2, Results: 1}
	return []Payload{
		payload(group, "noop", 1, Cost{}, func(f *Funcs) func() { return f.Noop }, func(call func(), n int) bool {
			for range n {
				call()
			}
			return true
		}),
		payload(group, "not", 1, Cost{Ints: 1, Results: 1}, func(f *Funcs) func(int64) int64 { return f.Not },
			func(call func(int64) int64, n int) bool {
				var r int64
				for range n {
					r = call(5)
				}
				return r == ^5
			}),
		binary(group, "add", Cost{Doubles: 2, Results: 1}, func(f *Funcs) func(x, y float64) float64 { return f.Add }, 1.5, 2, 3.5),
		binary(group, "float", Cost{Doubles: 2, Results: 1}, func(f *Funcs) func(x, y float32) float32 { return f.Float }, 1.5, 2, -0.5),
		binary(group, "bool", two, func(f *Funcs) func(x, y bool) bool { return f.Bool }, true, false, true),
		binary(group, "int8", two, func(f *Funcs) func(x, y int8) int64 { return f.Int8 }, -3, 4, -11),
		binary(group, "int16", two, func(f *Funcs) func(x, y int16) int64 { return f.Int16 }, -3, 4, -11),
		binary(group, "int32", two, func(f *Funcs) func(x, y int32) int64 { return f.Int32 }, -3, 4, -11),
		binary(group, "uint8", two, func(f *Funcs) func(x, y uint8) int64 { return f.Uint8 }, 3, 4, -5),
		binary(group, "uint16", two, func(f *Funcs) func(x, y uint16) int64 { return f.Uint16 }, 3, 4, -5),
		binary(group, "uint32", two, func(f *Funcs) func(x, y uint32) int64 { return f.Uint32 }, 3, 4, -5),
	}
}

func binary[T any, R comparable](group, name string, cost Cost, get func(f *Funcs) func(x, y T) R, x, y T, want R) Payload {
	return payload(group, name, 1, cost, get, func(call func(x, y T) R, n int) bool {
		var r R
		for range n {
			r = call(x, y)
		}
		return r == want
	})
}

func arguments(k int) []Payload {
	const group = "arguments"
	return []Payload{
		payload(group, "ints", k, Cost{Ints: k, Results: 1}, func(f *Funcs) func(*[MaxArity]int64) int64 { return f.Ints[k] }, passes[int64](k)),
		payload(group, "doubles", k, Cost{Doubles: k, Results: 1}, func(f *Funcs) func(*[MaxArity]float64) float64 { return f.Doubles[k] }, passes[float64](k)),
	}
}

// passes returns a payload's run that passes 1, 2, 3, … to a function of k arguments.
func passes[T int64 | float64](k int) func(call func(*[MaxArity]T) T, n int) bool {
	a := new([MaxArity]T)
	var want T
	for j := range a {
		a[j] = T(j + 1)
		if j < k {
			want += T(j+1) * T(j+1) // exact in either type
		}
	}
	return func(call func(*[MaxArity]T) T, n int) bool {
		var r T
		for range n {
			r = call(a)
		}
		return r == want
	}
}

// room is where the slices lie that are passed: in each crossing's own memory, or in Go's.
type room struct {
	length int
	in     map[kernel.Memory][]float64
}

// of returns the first n numbers of a crossing's room.
func (r *room) of(f *Funcs, n int) ([]float64, error) {
	p := r.in[f.Memory]
	if p == nil {
		if f.Memory == nil {
			p = make([]float64, r.length)
		} else {
			var err error
			if p, err = f.Memory.Alloc(r.length); err != nil {
				return nil, err
			}
		}
		if r.in == nil {
			r.in = map[kernel.Memory][]float64{}
		}
		r.in[f.Memory] = p
	}
	return p[:n:n], nil
}

// sliced is payload for functions that are passed the first length numbers of a room.
func sliced[F any](group, name string, size int, cost Cost, room *room, length int, get func(f *Funcs) F,
	run func(call F, p []float64, n int) bool) Payload {
	return Payload{group, name, size, cost, func(f *Funcs, n int) error {
		call := get(f)
		if reflect.ValueOf(call).IsNil() {
			return kernel.ErrNotOffered
		}
		p, err := room.of(f, length)
		if err != nil {
			return err
		}
		if !run(call, p, n) {
			return fmt.Errorf("calls: %s of %d returned a wrong result", name, size)
		}
		return nil
	}}
}

func slices(room *room, length int) []Payload {
	const group = "slices"
	size := 8 * length
	reads := func(name string, cost Cost, get func(f *Funcs) func([]float64) float64, want func(p []float64) float64) Payload {
		return sliced(group, name, size, cost, room, length, get, func(call func([]float64) float64, p []float64, n int) bool {
			var r float64
			for range n {
				r = call(p)
			}
			return r == want(p)
		})
	}
	return []Payload{
		sliced(group, "length", size, Cost{Ints: 2, Results: 1}, room, length, func(f *Funcs) func([]float64) int64 { return f.Length },
			func(call func([]float64) int64, p []float64, n int) bool {
				var r int64
				for range n {
					r = call(p)
				}
				return r == int64(len(p))
			}),
		reads("first", Cost{Ints: 2, Results: 1}, func(f *Funcs) func([]float64) float64 { return f.First },
			func(p []float64) float64 { return p[0] }),
		// The elements are small multiples of a half, so the sum is exact.
		reads("sum", Cost{Ints: 2, Results: 1, Read: size}, func(f *Funcs) func([]float64) float64 { return f.Sum }, sum),
		sliced(group, "fill", size, Cost{Ints: 2, Doubles: 1, Written: size}, room, length,
			func(f *Funcs) func([]float64, float64) { return f.Fill }, func(call func([]float64, float64), p []float64, n int) bool {
				for range n {
					call(p, 0.5)
				}
				return p[0] == 0.5 && p[len(p)-1] == 0.5
			}),
	}
}

// batches passes k calls of add in one crossing.
func batches(room *room, k int) Payload {
	return sliced("batches", "batch", k, Cost{Ints: 4, Read: 16 * k, Written: 8 * k}, room, 3*k,
		func(f *Funcs) func(out, x, y []float64) { return f.Batch }, func(call func(out, x, y []float64), p []float64, n int) bool {
			out, x, y := p[:k], p[k:2*k], p[2*k:]
			out[k-1], x[k-1], y[k-1] = 0, 3, 0.5 // halves, so that all sums stay exact
			for range n {
				call(out, x, y)
			}
			return out[k-1] == 3.5 && out[0] == x[0]+y[0]
		})
}

func structs() []Payload {
	const group = "structs"
	pair, mixed := &Pair{1, 2}, &Mixed{1, 2, 3, 4, 5, 6}
	return []Payload{
		payload(group, "pair_at", 16, Cost{Ints: 1}, func(f *Funcs) func(*Pair) { return f.PairAt }, func(call func(*Pair), n int) bool {
			*pair = Pair{1, 2}
			for range n {
				call(pair)
			}
			return *pair == [...]Pair{{1, 2}, {2, 1}}[n%2]
		}),
		payload(group, "pair", 16, Cost{Doubles: 2, Results: 1, Copied: 32}, func(f *Funcs) func(Pair) Pair { return f.Pair }, func(call func(Pair) Pair, n int) bool {
			p := Pair{1, 2}
			for range n {
				p = call(p)
			}
			return p == [...]Pair{{1, 2}, {2, 1}}[n%2]
		}),
		payload(group, "longs", 16, Cost{Ints: 2, Results: 1, Copied: 32}, func(f *Funcs) func(Longs) Longs { return f.Longs }, func(call func(Longs) Longs, n int) bool {
			p := Longs{1, 2}
			for range n {
				p = call(p)
			}
			return p == [...]Longs{{1, 2}, {2, 1}}[n%2]
		}),
		payload(group, "split", 16, Cost{Ints: 1, Doubles: 1, Results: 1, Copied: 32}, func(f *Funcs) func(Split) Split { return f.Split }, func(call func(Split) Split, n int) bool {
			p := Split{1, 2}
			for range n {
				p = call(p)
			}
			return p == [...]Split{{1, 2}, {-1, -2}}[n%2]
		}),
		payload(group, "triple", 12, Cost{Doubles: 3, Results: 1, Copied: 24}, func(f *Funcs) func(Triple) Triple { return f.Triple }, func(call func(Triple) Triple, n int) bool {
			p := Triple{1, 2, 3}
			for range n {
				p = call(p)
			}
			return p == [...]Triple{{1, 2, 3}, {3, 1, 2}, {2, 3, 1}}[n%3]
		}),
		payload(group, "mixed_at", 40, Cost{Ints: 1}, func(f *Funcs) func(*Mixed) { return f.MixedAt }, func(call func(*Mixed), n int) bool {
			*mixed = Mixed{1, 2, 3, 4, 5, 6}
			for range n {
				call(mixed)
			}
			return *mixed == [...]Mixed{{1, 2, 3, 4, 5, 6}, {-1, -2, -3, -4, -5, -6}}[n%2]
		}),
		payload(group, "mixed", 40, Cost{Results: 1, Copied: 80}, func(f *Funcs) func(Mixed) Mixed { return f.Mixed }, func(call func(Mixed) Mixed, n int) bool {
			m := Mixed{1, 2, 3, 4, 5, 6}
			for range n {
				m = call(m)
			}
			return m == [...]Mixed{{1, 2, 3, 4, 5, 6}, {-1, -2, -3, -4, -5, -6}}[n%2]
		}),
	}
}

func texts(size int) []Payload {
	const group = "text"
	s := newText(int64(size))
	out := func(name string, get func(f *Funcs) func(int64) string) Payload {
		return payload(group, name, size, Cost{Ints: 1, Results: 1, Copied: size}, get, func(call func(int64) string, n int) bool {
			var r string
			for range n {
				r = call(int64(size))
			}
			return r == s
		})
	}
	all := []Payload{
		payload(group, "text_length", size, Cost{Ints: 1, Results: 1, Copied: size}, func(f *Funcs) func(string) int64 { return f.TextLength },
			func(call func(string) int64, n int) bool {
				var r int64
				for range n {
					r = call(s)
				}
				return r == int64(size)
			}),
		out("text_new", func(f *Funcs) func(int64) string { return f.TextNew }),
		out("text_into", func(f *Funcs) func(int64) string { return f.TextInto }),
	}
	if size == TextSizes[0] { // it has a size of its own
		all = append(all, payload(group, "text_static", len(text), Cost{Results: 1, Copied: len(text)},
			func(f *Funcs) func() string { return f.TextStatic }, func(call func() string, n int) bool {
				var r string
				for range n {
					r = call()
				}
				return r == text
			}))
	}
	return all
}

func others() []Payload {
	const group = "others"
	object := new(int)
	one := Cost{Ints: 1, Results: 1}
	status := func(name string, x int32, want error) Payload {
		return payload(group, name, 1, one, func(f *Funcs) func(int32) error { return f.Status }, func(call func(int32) error, n int) bool {
			var err error
			for range n {
				err = call(x)
			}
			return errors.Is(err, want) && (err == nil) == (want == nil)
		})
	}
	errno := func(name string, e int32, want error) Payload {
		return payload(group, name, 1, one, func(f *Funcs) func(int32) (int64, error) { return f.Errno }, func(call func(int32) (int64, error), n int) bool {
			var err error
			for range n {
				_, err = call(e)
			}
			return errors.Is(err, want) && (err == nil) == (want == nil)
		})
	}
	return []Payload{
		status("status_ok", 0, nil),
		status("status_refused", int32(kernel.ErrArg), kernel.ErrArg),
		errno("errno_0", 0, nil),
		errno("errno_set", int32(syscall.ENOENT), syscall.ENOENT),
		payload(group, "variadic", 4, Cost{Ints: 2, Doubles: 2, Results: 1}, func(f *Funcs) func(int64, float64, int64, float64) float64 { return f.Variadic },
			func(call func(int64, float64, int64, float64) float64, n int) bool {
				var r float64
				for range n {
					r = call(2, 0.5, -3, 4)
				}
				return r == -11
			}),
		payload(group, "handle", 1, one, func(f *Funcs) func(any) any { return f.Handle }, func(call func(any) any, n int) bool {
			var r any
			for range n {
				r = call(object)
			}
			return r == any(object)
		}),
	}
}

func callbacks(k int) []Payload {
	one := func(name string, get func(f *Funcs) func(func(int64) int64, int64, int64) int64) Payload {
		return payload("callbacks", name, k, Cost{Ints: 4, Results: 1, Callbacks: k}, get,
			func(call func(func(int64) int64, int64, int64) int64, n int) bool {
				var r int64
				for range n {
					r = call(next, 7, int64(k))
				}
				return r == 7+int64(k)
			})
	}
	return []Payload{
		payload("callbacks", "next", k, Cost{Ints: 4, Results: 1, Callbacks: k}, func(f *Funcs) func(x, k int64) int64 { return f.Next },
			func(call func(x, k int64) int64, n int) bool {
				var r int64
				for range n {
					r = call(7, int64(k))
				}
				return r == 7+int64(k)
			}),
		one("callback", func(f *Funcs) func(func(int64) int64, int64, int64) int64 { return f.Callback }),
		one("thread", func(f *Funcs) func(func(int64) int64, int64, int64) int64 { return f.Thread }),
	}
}
