// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package bench

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/limits"
)

// results are of all routes but those through Python, found when a benchmark first asks for them.
var results = sync.OnceValues(func() ([]conform.Result, error) {
	routes, err := standard([]string{"*"})
	routes = slices.DeleteFunc(routes, func(r *seam.Route) bool { return r.Via == "cpython" })
	return withoutCalls(conform.Verify(routes, kernel.Cases(), nil)), err
})

// BenchmarkKernels and BenchmarkCall time what toll bench times, under the same names: every route that holds, but for those
// through Python. toll bench interleaves them and so can tell smaller differences.
func BenchmarkKernels(b *testing.B) { benchmark(b, "Kernels") }

func BenchmarkCall(b *testing.B) { benchmark(b, "Call") }

func BenchmarkLimits(b *testing.B) { benchmark(b, record.LimitsName) }

func benchmark(b *testing.B, name string) {
	results, err := results()
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range results {
		if !r.Holds() && !errors.Is(r.Err, seam.ErrUnavailable) {
			b.Errorf("%s does not hold and is not timed: %v", r.Route.Name(), r.Reason())
		}
	}
	subjects, err := Subjects(results, registry.Baseline, runtime.GOMAXPROCS(0))
	if err == nil && name == record.LimitsName {
		subjects, err = limits.Subjects(runtime.GOMAXPROCS(0), subjects)
	}
	if err != nil {
		b.Error(err)
	}
	clock := measure.MachineClock()
	for _, s := range subjects {
		sub, ok := strings.CutPrefix(s.Name, name+"/")
		if !ok {
			continue
		}
		b.Run(sub, func(b *testing.B) {
			n := (b.N + s.Least - 1) / s.Least * s.Least
			b.StopTimer()
			if s.Reset != nil {
				s.Reset()
			}
			b.StartTimer()
			cpu := clock.CPU()
			err := s.Run(n)
			cpu = clock.CPU() - cpu
			b.StopTimer()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.ReportMetric(float64(b.Elapsed())/float64(n), "ns/op") // n is not b.N
			b.ReportMetric(float64(cpu)/float64(n), "cpu-ns/op")
		})
	}
}

// TestStandard: unless routes are asked for, kernels are timed on the plain languages, on the tuned ones and through Python, and
// calls on the plain ones alone. What fails on a call is not timed at all.
func TestStandard(t *testing.T) {
	names := func(routes []*seam.Route) []string {
		var all []string
		for _, r := range routes {
			all = append(all, r.Name())
		}
		return all
	}
	all, err := standard([]string{"*"})
	if err != nil {
		t.Fatal(err)
	}
	via, err := study.NativeVia()
	if err != nil {
		t.Fatal(err)
	}
	got := names(all)
	for _, r := range registry.Native() {
		if !slices.Contains(got, r.Name()) {
			t.Errorf("%s is not timed", r.Name())
		}
	}
	for _, r := range registry.Tuned() {
		if want := !strings.Contains(r.Lang, "-brute") || r.Via == via || r.Via == "direct"; slices.Contains(got, r.Name()) != want {
			t.Errorf("%s is timed: %v, want %v", r.Name(), !want, want)
		}
	}
	for _, want := range []string{"numpy/cpython", "numba-prange/cpython", "pythran/cpython", "cython-static/cpython"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not timed", want)
		}
	}
	for _, kernels := range [][]string{{"call"}, {"c*"}} {
		calls, err := standard(kernels)
		if err != nil || !slices.Equal(calls, registry.Native()) {
			t.Errorf("for %v %v are timed (error %v), want the native routes", kernels, names(calls), err)
		}
	}
	if some, err := standard([]string{"call", "ol?"}); err != nil || !slices.Equal(some, all) {
		t.Errorf("for call and ol? %v are timed (error %v), want all", names(some), err)
	}

	plain, tuned, broken := registry.Native()[0], registry.Tuned()[0], registry.Tuned()[1]
	results := withoutCalls([]conform.Result{
		{Route: plain, Kernel: "call", Cases: 1}, {Route: plain, Kernel: "ols", Cases: 1}, {Route: tuned, Kernel: "call", Cases: 1},
		{Route: tuned, Kernel: "ols", Cases: 1}, {Route: broken, Kernel: "call", Cases: 1, Err: errors.New("broken")}, {Route: broken, Kernel: "ols", Cases: 1},
	})
	var left []string
	for _, r := range results {
		left = append(left, r.Kernel+" "+r.Route.Name())
	}
	want := []string{"call " + plain.Name(), "ols " + plain.Name(), "ols " + tuned.Name(), "call " + broken.Name(), "ols " + broken.Name()}
	if !slices.Equal(left, want) {
		t.Errorf("left are %q, want %q", left, want)
	}
	if holds := study.Holding(results); !slices.Equal(holds, []*seam.Route{plain, tuned}) {
		t.Errorf("timed are %v, want what does not fail on a call", names(holds))
	}
}

// TestBenchmark: what is timed is what was verified, each once, with one route of each problem entered twice.
func TestBenchmark(t *testing.T) {
	wrong := kernel.Go()
	wrong.Not = func(x int64) int64 { return x }
	open := func(f kernel.Funcs) func() (*seam.Library, error) {
		return func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil }
	}
	routes := []*seam.Route{
		seam.NewRoute("go", "direct", open(kernel.Go())),
		seam.NewRoute("base", "line", open(kernel.Go())),
		seam.NewRoute("wrong", "x", open(wrong)),
		seam.NewRoute("gone", "x", func() (*seam.Library, error) { return nil, seam.ErrUnavailable }),
		seam.NewRoute("some", "x", open(kernel.Funcs{Noop: kernel.Go().Noop, Not: kernel.Go().Not, Add: kernel.Go().Add, Sum: kernel.Go().Sum})),
	}
	cases := slices.DeleteFunc(kernel.Cases(), func(c kernel.Case) bool { return c.Kernel != "call" && c.Kernel != "julia" })
	subjects, err := Subjects(conform.Verify(routes, cases, nil), "base/line", 2)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range subjects {
		names = append(names, s.Name)
		if problem := s.Facts[0]; problem.Key != "problem" || s.Group != problem.Value {
			t.Errorf("%s: the group is %q, want the problem's: %v", s.Name, s.Group, problem)
		}
		if err := s.Run(s.Least); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	want := []string{
		"Kernels/kernel=julia/lang=go/via=direct/n=1000",
		"Kernels/kernel=julia/lang=base/via=line/n=1000",
		"Kernels/kernel=julia/lang=base/via=line/n=1000/entry=again",
	}
	for _, call := range []string{"noop", "not", "add", "sum"} {
		n := map[bool]string{true: "1000", false: "1"}[call == "sum"]
		for _, route := range []string{"lang=go/via=direct", "lang=base/via=line", "lang=some/via=x"} {
			want = append(want, "Call/op="+call+"/"+route+"/n="+n)
		}
		want = append(want, "Call/op="+call+"/lang=base/via=line/n="+n+"/entry=again")
	}
	if !slices.Equal(names, want) {
		t.Errorf("timed are\n%s\nwant\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
	facts := map[string]string{}
	for _, f := range subjects[0].Facts {
		facts[f.Key] = f.Value
	}
	// 32 bytes in and 4 out a point; 8 operations for each of the book's 33219980 iterations.
	for key, want := range map[string]string{"problem": "julia n=1000", "per": "image", "reads": "32000000", "writes": "4000000", "flops": "265759840"} {
		if facts[key] != want {
			t.Errorf("%s is %q, want %q", key, facts[key], want)
		}
	}
	if got := facts["verified"]; !strings.HasPrefix(got, "bit-identical in ") || !strings.HasSuffix(got, " cases: go/direct base/line wrong/x") {
		t.Errorf("verified is %q, want the routes that have a Julia set", got)
	}
	for _, f := range subjects[3].Facts {
		if want := "; failed in 1 of 9 cases: wrong/x"; f.Key == "verified" && !strings.HasSuffix(f.Value, want) {
			t.Errorf("of calls verified is %q, want it to end with %q", f.Value, want)
		}
	}
}
