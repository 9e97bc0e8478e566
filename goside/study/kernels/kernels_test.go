// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernels

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/level"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

func routeOf(lang, via string, f kernel.Funcs) *seam.Route {
	return seam.NewRoute(lang, via, func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil })
}

// TestProblems: all are there, each with a case that verifies just what is timed.
func TestProblems(t *testing.T) {
	all, err := problemsOf()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range all {
		name := study.Name(&p.Problem, "c-simd-rung1", "cgo")
		names = append(names, name.String())
		if parsed := record.ParseName(name.String()); parsed.String() != name.String() || parsed.Study != benchmark {
			t.Errorf("%v is read as %v", name, parsed)
		}
		if p.Kernel != p.whole.Kernel || p.Layout != strings.Trim(p.whole.Layout, "-") || p.whole.Want != kernel.OK || p.items == 0 || p.item == "" {
			t.Errorf("%v is verified by the case %v, and has %d items %q", name, &p.whole, p.items, p.item)
		}
	}
	if want := []string{
		"Ladder/kernel=julia/lang=c-simd-rung1/via=cgo/n=1000",
		"Ladder/kernel=diffusion/lang=c-simd-rung1/via=cgo/layout=row/n=512",
		"Ladder/kernel=diffusion/lang=c-simd-rung1/via=cgo/layout=row/n=4096",
		"Ladder/kernel=ols/lang=c-simd-rung1/via=cgo/layout=row/n=100000",
		"Ladder/kernel=ols/lang=c-simd-rung1/via=cgo/layout=col/n=100000",
	}; !slices.Equal(names, want) {
		t.Errorf("the problems are %q, want %q", names, want)
	}
	for _, c := range []struct {
		full    bool
		kernels []string
		want    int
	}{{true, nil, 5}, {false, nil, 4}, {true, []string{"diff*", "julia"}, 3}, {false, []string{"ols"}, 2}} {
		lab := &study.Lab{Settings: study.Settings{Full: c.full, Kernels: c.kernels}}
		if some, err := chosen(lab); err != nil || len(some) != c.want {
			t.Errorf("of %q, full %t, there are %d problems, error %v, want %d", c.kernels, c.full, len(some), err, c.want)
		}
	}
	if _, err := chosen(&study.Lab{Settings: study.Settings{Kernels: []string{"call"}}}); err == nil {
		t.Error("the kernel call is taken for one of a ladder")
	}
}

// TestLanguages: ladders lead from plain C to tuned C; a tuned language has the plain one that it is compared with.
func TestLanguages(t *testing.T) {
	for kernel, rungs := range ladders {
		if rungs[0].lang != plain || rungs[len(rungs)-1].lang != tuned {
			t.Errorf("the ladder of %s leads from %s to %s", kernel, rungs[0].lang, rungs[len(rungs)-1].lang)
		}
		for _, step := range rungs[1:] {
			if prose.Text(kernel+" "+step.lang, nil) == "" {
				t.Errorf("nothing is said of %s in %s", step.lang, kernel)
			}
		}
	}
	for _, f := range families {
		for _, lang := range []string{f.tuned, f.brute} {
			if is, ok := level.Plain(lang); lang != "" && (!ok || is != f.plain) {
				t.Errorf("%s is compared with %s, want %s", lang, f.plain, is)
			}
		}
		if record.ParallelLanguage(f.tuned) != (f.alone != "") || f.brute != "" && !level.Brute(f.brute) {
			t.Errorf("%+v: want a language on one thread beside one on several, and each iteration done by force", f)
		}
	}
}

// small returns a problem that takes no time, and what the conformance suite would say of it on the routes.
func small(t *testing.T, routes ...*seam.Route) (problem, []conform.Result) {
	t.Helper()
	p := problem{Problem: kernel.DiffusionProblem(benchmark, 8, 4, kernel.Row), whole: kernel.DiffusionCase(8, 4, kernel.Row), item: "cell", items: 36}
	return p, conform.Verify(routes, []kernel.Case{p.whole}, nil)
}

// TestSubjects: what holds is timed, with its own work; plain C twice.
func TestSubjects(t *testing.T) {
	wrong := kernel.Go()
	wrong.Run = func(a *kernel.DiffusionRun) error {
		err := kernel.Go().Run(a)
		a.A.Data[9]++
		return err
	}
	routes := []*seam.Route{
		routeOf("c", "cgo", kernel.Go()), routeOf("c-simd-rung1", "cgo", kernel.Go()), routeOf("c-simd", "cgo", kernel.Go()),
		routeOf("fortran", "cgo", wrong), routeOf("numba", pythonVia, kernel.Go()), routeOf("c", "purego", kernel.Go()),
		routeOf("c-simd-brute", "cgo", kernel.Funcs{Julia: kernel.Go().Julia}),
	}
	p, results := small(t, routes...)
	if err := study.Wrong(results); err == nil || !strings.Contains(err.Error(), "fortran/cgo") {
		t.Errorf("error %v, want that fortran/cgo is wrong", err)
	}
	subjects, err := subjectsOf([]problem{p}, results, 2)
	if err != nil {
		t.Fatal(err)
	}
	const name, rest = "Ladder/kernel=diffusion/lang=", "/layout=row/n=8"
	work := map[string]string{ // of 36 cells
		name + "c/via=cgo" + rest:                  "set 1024 reads 288 writes 288 flops 252",
		name + "c/via=cgo" + rest + "/entry=again": "set 1024 reads 288 writes 288 flops 252",
		name + "c-simd-rung1/via=cgo" + rest:       "set 1024 reads 288 writes 288 flops 252",
		name + "c-simd/via=cgo" + rest:             "set 1024 flops 252",
		name + "numba/via=cpython" + rest:          "",
	}
	for _, s := range subjects {
		var has []string
		for _, f := range s.Facts {
			if slices.Contains([]string{"set", "reads", "writes", "flops"}, f.Key) {
				has = append(has, f.Key, f.Value)
			}
			if f.Key == "verified" && !strings.Contains(f.Value, "bit-identical in 1 cases: c/cgo c-simd-rung1/cgo c-simd/cgo numba/cpython") {
				t.Errorf("verified is %q", f.Value)
			}
		}
		want, ok := work[s.Name]
		if !ok || strings.Join(has, " ") != want {
			t.Errorf("%s has the work %q, want %q", s.Name, has, want)
		}
		delete(work, s.Name)
		s.Reset()
		if err := s.Run(s.Least); err != nil || s.Least != 4 || s.Group == "" {
			t.Errorf("%s of group %q does %d operations at least, error %v", s.Name, s.Group, s.Least, err)
		}
	}
	for name := range work {
		t.Errorf("%s is not timed", name)
	}
}

// TestJoined: a route is what all its results say, and one that lacks a kernel has none of it.
func TestJoined(t *testing.T) {
	a, b, c := routeOf("c", "cgo", kernel.Go()), routeOf("numba", pythonVia, kernel.Go()), routeOf("gone", "cgo", kernel.Go())
	bad, gone := errors.New("bad"), errors.New("gone")
	results := joined([]conform.Result{
		{Route: a, Kernel: "ols", Layout: "row", Cases: 60}, {Route: a, Kernel: "ols", Layout: "col", Cases: 50}, {Route: c, Err: gone},
	}, []conform.Result{
		{Route: a, Kernel: "ols", Layout: "row", Cases: 1, Failures: []error{bad}}, {Route: b, Kernel: "ols", Layout: "row", Cases: 1},
		{Route: b}, {Route: c, Err: gone},
	})
	if len(results) != 4 || results[0].Cases != 61 || len(results[0].Failures) != 1 || results[1].Cases != 50 || results[3].Route != b || results[3].Cases != 1 {
		t.Errorf("joined are %+v", results)
	}
	if got := study.Holding(results); !slices.Equal(got, []*seam.Route{b}) {
		t.Errorf("%d routes hold, want that from Python alone", len(got))
	}
}

// TestRoutes: the registry has each language that the tables name, once.
func TestRoutes(t *testing.T) {
	all, err := problemsOf()
	if err != nil {
		t.Fatal(err)
	}
	for k := range all {
		p := &all[k]
		var langs, want []string
		for _, r := range routesOf(all[k : k+1]) {
			langs = append(langs, r.Lang)
		}
		for _, step := range ladders[p.Kernel] {
			want = append(want, step.lang)
		}
		for _, f := range families {
			want = append(want, f.plain, f.tuned)
			if p.Kernel == "julia" && f.brute != "" {
				want = append(want, f.brute)
			}
		}
		for _, lang := range pythons[p.Kernel] {
			if !p.slow || !slices.Contains(slower, lang) {
				want = append(want, lang)
			}
		}
		slices.Sort(langs)
		slices.Sort(want)
		if want = slices.Compact(want); !slices.Equal(langs, want) {
			t.Errorf("%s %s n=%s is timed in %q, want %q", p.Kernel, p.Layout, p.N, langs, want)
		}
	}
}
