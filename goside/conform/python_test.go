// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"toll/goside/kernel"
	"toll/goside/via/cpython"
)

// TestPythonRefuses passes arguments to each Python language that Go's types keep a route from passing: other element
// types, differing orders, read-only outputs, wrong numbers of arguments. Each must come back as an error, with all
// memory unchanged. (The suite's cases test what routes can pass.)
func TestPythonRefuses(t *testing.T) {
	const rows, cols = 5, 6
	d := make([]float64, 2*rows*cols)
	for k := range d {
		d[k] = float64(k)
	}
	a, b := d[:rows*cols], d[rows*cols:]
	f := make([]float32, 2*rows*cols)
	n := make([]int32, rows)
	z := make([]complex128, rows)
	row := func(s []float64) cpython.Value { return cpython.Matrix(s, rows, cols, cols, kernel.Row) }
	col := func(s []float64) cpython.Value { return cpython.Matrix(s, rows, cols, rows, kernel.Col) }
	single := func(s []float32) cpython.Value { return cpython.Matrix(s, rows, cols, cols, kernel.Row) }
	out := func(v cpython.Value) cpython.Value { return v.Writable() }
	number, double, text := cpython.Int, cpython.Float, cpython.Text
	step := func(out, in cpython.Value) []cpython.Value {
		return []cpython.Value{out, in, number(0), number(rows), double(1), double(0.1), number(1), number(0)}
	}
	julia := func(out, zs, cs cpython.Value) []cpython.Value {
		return []cpython.Value{out, zs, cs, number(0), number(rows), number(9), number(1), number(0)}
	}
	ols := func(slope, intercept, y cpython.Value) []cpython.Value {
		return []cpython.Value{slope, intercept, y, number(0), number(rows), number(1), number(0)}
	}
	x, y := cpython.Vector(a[:rows]), cpython.Vector(a[rows:2*rows])
	refusals := []struct {
		function, name string
		arguments      []cpython.Value
	}{
		{"step", "out of float32", step(out(single(f)), row(a))},
		{"step", "in of float32", step(out(row(a)), single(f))},
		{"step", "orders that differ", step(out(row(a)), col(b))},
		{"step", "read-only out", step(row(a), row(b))},
		{"step", "in of one dimension", step(out(row(a)), cpython.Vector(b))},
		{"step", "None", step(out(row(a)), cpython.Value{})},
		{"step", "text for a number", append(step(out(row(a)), row(b))[:2], text("0"), number(rows), double(1), double(0.1), number(1), number(0))},
		{"step", "seven arguments", step(out(row(a)), row(b))[:7]},
		{"step", "out over in", step(out(row(d[:rows*cols])), row(d[cols:]))},
		{"run", "b of float32", append([]cpython.Value{out(row(a)), out(single(f))}, number(1), double(1), double(0.1), number(1), number(0))},
		{"run", "read-only b", append([]cpython.Value{out(row(a)), row(b)}, number(1), double(1), double(0.1), number(1), number(0))},
		{"run", "D that is NaN", append([]cpython.Value{out(row(a)), out(row(b))}, number(1), double(math.NaN()), double(0.1), number(1), number(0))},
		{"julia", "out of float64", julia(out(cpython.Vector(a[:rows])), cpython.Vector(z), cpython.Vector(z))},
		{"julia", "zs of float64", julia(out(cpython.Vector(n)), cpython.Vector(a[:rows]), cpython.Vector(z))},
		{"julia", "read-only out", julia(cpython.Vector(n), cpython.Vector(z), cpython.Vector(z))},
		{"ols", "slope of float32", ols(out(cpython.Vector(f[:rows])), out(y), row(b))},
		{"ols", "y of float32", ols(out(x), out(y), single(f))},
		{"ols", "read-only intercept", ols(out(x), y, row(b))},
		{"ols", "y of no rows", ols(out(x), out(y), cpython.Matrix(b, 0, cols, cols, kernel.Row))},
	}
	refused := 0
	for _, r := range routes(t) {
		if r.Via != "cpython" {
			continue
		}
		if _, err := r.Open(); err != nil {
			continue // TestRoutes judges it
		}
		in, err := cpython.Default()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range refusals {
			v, err := in.Import(cpython.Module(r.Lang), c.function)
			var e *cpython.Error
			if errors.As(err, &e) && e.Type == "AttributeError" {
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			before := [][]float64{slices.Clone(d)}
			_, err = v.Object().Call(c.arguments...)
			if !errors.As(err, &e) || e.Message == "" || e.Traceback == "" {
				t.Errorf("%s: %s with %s: %v, want an exception with a message", r.Name(), c.function, c.name, err)
			}
			if diff := cmp.Diff(before, [][]float64{d}); diff != "" {
				t.Errorf("%s: %s with %s wrote to memory (-want +got):\n%s", r.Name(), c.function, c.name, diff)
			}
			v.Object().Release()
			refused++
		}
		if n := in.Held(); n != 0 {
			t.Errorf("%s: %d calls' slices are still held", r.Name(), n)
		}
	}
	if refused == 0 && required("capi/cpython") {
		t.Error("nothing was refused, since no Python language was there")
	}
	t.Logf("%d refusals", refused)
}
