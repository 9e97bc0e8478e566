// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"math"
	"net/rpc"

	"github.com/hashicorp/go-plugin"

	"toll/goside/calls"
)

// overNetRPC is the plugin by net/rpc, whose messages are encoded by gob.
type overNetRPC struct{}

// Server serves the functions in Go.
func (*overNetRPC) Server(*plugin.MuxBroker) (any, error) { return &Remote{of: calls.Go()}, nil }

// Client returns the functions as a *calls.Funcs, which panic with a broken.
func (*overNetRPC) Client(_ *plugin.MuxBroker, to *rpc.Client) (any, error) {
	call := func(method string, in, out any) {
		if err := to.Call("Plugin."+method, in, out); err != nil {
			panic(broken{fmt.Errorf("goplugin: calling %s by net/rpc: %w", method, err)})
		}
	}
	f := &calls.Funcs{
		Noop: func() { call("Noop", struct{}{}, &struct{}{}) },
		Not: func(x int64) (r int64) {
			call("Not", x, &r)
			return r
		},
		Add: func(x, y float64) (r float64) {
			call("Add", [2]float64{x, y}, &r)
			return r
		},
		Length: func(p []float64) (r int64) {
			call("Length", p, &r)
			return r
		},
		Sum: func(p []float64) (r float64) {
			call("Sum", p, &r)
			return r
		},
		Fill: func(p []float64, x float64) {
			var r []float64
			call("Fill", Filling{N: len(p), X: x}, &r)
			if copy(p, r) != len(p) {
				panic(broken{fmt.Errorf("goplugin: %d elements came back, want %d", len(r), len(p))})
			}
		},
		Batch: func(out, x, y []float64) {
			var r []float64
			call("Batch", [2][]float64{x, y}, &r)
			if copy(out, r) != len(out) {
				panic(broken{fmt.Errorf("goplugin: %d sums came back, want %d", len(r), len(out))})
			}
		},
		TextLength: func(s string) (r int64) {
			call("TextLength", s, &r)
			return r
		},
		TextInto: func(n int64) (r string) {
			call("TextInto", n, &r)
			return r
		},
	}
	for k, reference := range calls.Go().Ints {
		if reference != nil {
			f.Ints[k] = func(a *[calls.MaxArity]int64) (r int64) {
				call("Ints", a[:k], &r)
				return r
			}
		}
	}
	return f, nil
}

// Remote is the plugin's side. Its methods have the form that net/rpc wants.
type Remote struct{ of *calls.Funcs }

// Noop does nothing.
func (r *Remote) Noop(struct{}, *struct{}) error {
	r.of.Noop()
	return nil
}

// Not is [calls.Funcs].Not, and so on.
func (r *Remote) Not(x int64, result *int64) error {
	*result = r.of.Not(x)
	return nil
}

// Add adds the two.
func (r *Remote) Add(a [2]float64, result *float64) error {
	*result = r.of.Add(a[0], a[1])
	return nil
}

// Ints passes as many arguments as there are.
func (r *Remote) Ints(a []int64, result *int64) error {
	if n := len(a); n > calls.MaxArity || r.of.Ints[n] == nil {
		return fmt.Errorf("goplugin: %d integers are passed, want one of %d", n, calls.Arities)
	}
	*result = r.of.Ints[len(a)]((*[calls.MaxArity]int64)(append(a, make([]int64, calls.MaxArity-len(a))...)))
	return nil
}

// Length returns the length of what was sent.
func (r *Remote) Length(p []float64, result *int64) error {
	*result = r.of.Length(p)
	return nil
}

// Sum returns the sum of what was sent.
func (r *Remote) Sum(p []float64, result *float64) error {
	*result = r.of.Sum(p)
	return nil
}

// Filling is a request to fill N elements with X.
type Filling struct {
	N int
	X float64
}

// Fill sends the elements.
func (r *Remote) Fill(in Filling, result *[]float64) error {
	if in.N < 0 || in.N > math.MaxInt32/8 {
		return fmt.Errorf("goplugin: %d elements are to be filled, want 0 to %d", in.N, math.MaxInt32/8)
	}
	*result = make([]float64, in.N)
	r.of.Fill(*result, in.X)
	return nil
}

// Batch adds the numbers of the two slices.
func (r *Remote) Batch(in [2][]float64, result *[]float64) error {
	if len(in[0]) != len(in[1]) {
		return fmt.Errorf("goplugin: slices of %d and %d numbers are to be added, want them equally long", len(in[0]), len(in[1]))
	}
	*result = make([]float64, len(in[0]))
	r.of.Batch(*result, in[0], in[1])
	return nil
}

// TextLength returns the length of the string that was sent.
func (r *Remote) TextLength(s string, result *int64) error {
	*result = r.of.TextLength(s)
	return nil
}

// TextInto sends a string.
func (r *Remote) TextInto(n int64, result *string) error {
	*result = r.of.TextInto(n)
	return nil
}
