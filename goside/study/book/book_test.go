// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/studytest"
)

func routeOf(lang, via string, f kernel.Funcs) *seam.Route {
	return seam.NewRoute(lang, via, func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil })
}

// TestSubjectsOf: of problems small enough, what holds is timed, on a part if it takes long; what does not is named.
func TestSubjectsOf(t *testing.T) {
	const side, maxiter = 20, 30
	whole := kernel.NewJulia(side, maxiter, study.SerialPar)
	if err := kernel.Go().Julia(whole); err != nil {
		t.Fatal(err)
	}
	slow, wrong := kernel.Go(), kernel.Go()
	slow.Julia = func(a *kernel.Julia) error {
		if len(a.Zs) == len(whole.Zs) {
			time.Sleep(time.Second)
		}
		return kernel.Go().Julia(a)
	}
	wrong.Julia = func(a *kernel.Julia) error {
		err := kernel.Go().Julia(a)
		a.Out[3]++
		return err
	}
	routes := []*seam.Route{
		routeOf("c", "cgo", kernel.Go()),
		routeOf("slow", "x", slow),
		routeOf("wrong", "x", wrong),
		routeOf("less", "x", kernel.Funcs{Noop: kernel.Go().Noop}),
		seam.NewRoute("gone", "x", func() (*seam.Library, error) { return nil, seam.ErrUnavailable }),
		routeOf("other", "x", kernel.Go()),
	}
	made := func(kernelName string, sum int, sizes []size, of ...string) problem {
		return problem{kernel: kernelName, item: "op", routes: of, sum: sum, items: 1, sizes: sizes, whole: kernel.Case{
			Kernel: kernelName, Layout: "-", Name: "tiny", New: func() *kernel.Job {
				a := *whole
				a.Out = make([]int32, len(a.Zs))
				return &kernel.Job{Run: func(f *kernel.Funcs) error {
					if f.Julia == nil {
						return kernel.ErrNotOffered
					}
					return f.Julia(&a)
				}, Buffers: []kernel.Buffer{{Name: "out", Len: len(a.Out), Integer: true,
					Bits:  func(k int) uint64 { return uint64(a.Out[k]) },
					Value: func(k int) float64 { return float64(a.Out[k]) },
					Text:  func(int) string { return "" },
					At:    func(int) string { return "out" },
				}}}
			}}}
	}
	sizes := juliaSizes(side, side/2)
	if got := sizes[1].part; sizes[0].part != 1 || got < 0.2 || got > 0.3 {
		t.Errorf("half a side is %v of the work, want about a quarter", got)
	}
	sum := sumOf(whole.Out)
	problems := []problem{
		made("julia", sum, sizes, "c/cgo", "slow/x", "wrong/x", "less/x", "gone/x", "unknown/x"),
		made("miscounted", sum+1, sizes, "c/cgo", "other/x"),
		made("not asked for", sum, sizes, "c/cgo", "unknown/x"),
	}
	calls := 0
	subjects, failures, err := subjectsOf(problems, routes, 100*time.Millisecond, &study.Lab{Settings: study.Settings{Threads: 2}, Progress: studytest.Stepping(func(done, all int) {
		calls++
		if done != calls-1 || all != 7 {
			t.Errorf("progress is %d of %d, want %d of 7", done, all, calls-1)
		}
	})})
	if err != nil {
		t.Fatal(err)
	}
	if calls != 7 {
		t.Errorf("%d runs verified, want one of each route in each problem that is asked for: 7", calls)
	}
	for _, part := range []string{"book: julia: wrong/x: failed: ", "book: miscounted: c/cgo: failed: the counts add up to", "book: miscounted: other/x: failed: "} {
		if failures == nil || !strings.Contains(failures.Error(), part) {
			t.Errorf("the wrong results are %v, want %q among them", failures, part)
		}
	}
	if failures != nil && (strings.Contains(failures.Error(), "gone") || strings.Contains(failures.Error(), "less")) || errors.Is(failures, seam.ErrUnavailable) {
		t.Errorf("the wrong results are %v, and routes that cannot be had, or lack the kernel, are none", failures)
	}
	var names []string
	for _, s := range subjects {
		names = append(names, s.Name)
		if s.Group != s.Facts[0].Value {
			t.Errorf("%s is of the group %q, want its problem, %q", s.Name, s.Group, s.Facts[0].Value)
		}
		if err := s.Run(s.Least); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	want := []string{
		"Book/kernel=julia/lang=c/via=cgo/n=20",
		"Book/kernel=julia/lang=c/via=cgo/n=10/part=",
		"Book/kernel=julia/lang=slow/via=x/n=10/part=",
	}
	if !slices.EqualFunc(names, want, strings.HasPrefix) {
		t.Errorf("timed are\n%s\nwant names that begin with\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
	facts := map[string]string{}
	for _, f := range subjects[2].Facts {
		facts[f.Key] = f.Value
	}
	if want := "bit-identical in 1 cases: c/cgo slow/x"; facts["verified"] != want {
		t.Errorf("verified is %q, want %q", facts["verified"], want)
	}
	missing := strings.Split(facts["missing"], separator)
	wantMissing := []string{"wrong/x: failed: ", "less/x: not offered", "gone/x: unavailable"}
	if !slices.EqualFunc(missing, wantMissing, strings.HasPrefix) {
		t.Errorf("missing are %q, want them to begin with %q", missing, wantMissing)
	}

	// Whatever it takes, the whole is timed if that is asked for.
	subjects, _, err = subjectsOf(problems[:1], routes, 0, &study.Lab{Settings: study.Settings{Threads: 2}})
	if err != nil || len(subjects) != 2 || subjects[1].Name != "Book/kernel=julia/lang=slow/via=x/n=20" {
		t.Errorf("with no limit there are %d subjects, the last %q, error %v", len(subjects), subjects[len(subjects)-1].Name, err)
	}
}

// TestProblems: the tables' routes are known, each problem is verified as a whole, and its parts run.
func TestProblems(t *testing.T) {
	problems, err := problemsOfTables()
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) != 4 {
		t.Errorf("%d problems, want the Julia set, lines, and the diffusion in two layouts", len(problems))
	}
	native := kernel.Go().Checked()
	for _, p := range problems {
		if got := p.of(registry.Routes()); len(got) != len(p.routes) {
			t.Errorf("%s %s: %d of the routes %q are registered, want all", p.kernel, p.layout, len(got), p.routes)
		}
		if !slices.Contains(p.routes, registry.Baseline) {
			t.Errorf("%s %s lacks %s", p.kernel, p.layout, registry.Baseline)
		}
		least := p.sizes[len(p.sizes)-1]
		run, reset := least.new(2)
		for range 2 {
			if reset != nil {
				reset()
			}
			if err := run(&native); err != nil {
				t.Errorf("%v: %v", p.name(&least), err)
			}
		}
	}
	// The share of work is that of the book's counts and points, which 1/16 of the points have but nearly.
	if part := problems[0].sizes[1].part; part < 0.06 || part > 0.065 {
		t.Errorf("the Julia set of a quarter of the side is %v of the work, want about 1/16", part)
	}
	if !inTables(routeOf("ctypes", "cpython", native)) || inTables(routeOf("ctypes", "purego", native)) {
		t.Error("ctypes/cpython is in the tables, and ctypes/purego is not")
	}
}

// TestNames: what varies is a key of its own, and n a number.
func TestNames(t *testing.T) {
	problems, err := problemsOfTables()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range problems {
		for k := range p.sizes {
			names = append(names, p.name(&p.sizes[k]).String())
		}
	}
	want := []string{
		"Book/kernel=julia/n=1000", "Book/kernel=julia/n=250/part=0.06", "Book/kernel=julia/n=125/part=0.01",
		"Book/kernel=ols/layout=row/n=100000", "Book/kernel=ols/layout=row/n=10000/part=0.1", "Book/kernel=ols/layout=row/n=1000/part=0.01",
		"Book/kernel=diffusion/layout=row/n=512", "Book/kernel=diffusion/layout=row/n=512/steps=2",
		"Book/kernel=diffusion/layout=col/n=512", "Book/kernel=diffusion/layout=col/n=512/steps=2",
	}
	if !slices.EqualFunc(names, want, strings.HasPrefix) {
		t.Errorf("problems are named\n%s\nwant names that begin with\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
}

// TestWrongIsReported: a route that returns what is wrong is not timed, and ends the command with study.ErrReported; the
// others are timed, written and shown.
func TestWrongIsReported(t *testing.T) {
	wrong := kernel.Go()
	wrong.Julia = func(a *kernel.Julia) error {
		err := kernel.Go().Julia(a)
		a.Out[3]++
		return err
	}
	for what, c := range map[string]struct {
		funcs kernel.Funcs
		want  error
		shown string
	}{
		"wrong":       {kernel.Funcs{Julia: wrong.Julia}, study.ErrReported, "| failed |"},
		"not offered": {kernel.Funcs{}, nil, "| not offered |"},
	} {
		t.Run(what, func(t *testing.T) {
			routes := []*seam.Route{routeOf("c", "cgo", kernel.Go()), routeOf("pypy", "process", c.funcs)} // of the Julia set alone
			part := Part
			part.Experiments = []study.Experiment{{Name: "tables", Free: true, Run: func(lab *study.Lab) ([]measure.Series, error) {
				return verifyAndTime(lab, routes)
			}}}
			s := Study
			s.Parts = []study.Part{part}
			var stdout, stderr bytes.Buffer
			file := filepath.Join(t.TempDir(), "book.txt")
			lab := &study.Lab{Settings: study.Settings{Output: file, Rounds: 1, Visits: 1, Markdown: true}, Stdout: &stdout, Stderr: &stderr}
			if err := s.Run(lab); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Errorf("the error is %v, want %v", err, c.want)
			}
			said := strings.Contains(stderr.String(), "tables: book: julia: pypy/process: failed: ")
			if said != (c.want != nil) {
				t.Errorf("standard error has %q, want a failure: %t", stderr.String(), c.want != nil)
			}
			pagetest.Holds(t, stdout.String(), "Table 7-1", "| PyPy | pypy/process | 0.90 s | ", c.shown, "Record: "+file)
			r, err := record.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if record.Find(r.Of(benchmark), "/kernel:julia /lang:c") == nil || record.Find(r.Of(benchmark), "/lang:pypy") != nil {
				t.Errorf("timed are %d rows, want c/cgo's alone", len(r.Rows))
			}
		})
	}
}

// TestJoined: a wrong result is none the less one where something else cannot be had.
func TestJoined(t *testing.T) {
	wrong := errors.New("wrong")
	if err := joined(wrong, seam.ErrUnavailable); !errors.Is(err, wrong) || errors.Is(err, seam.ErrUnavailable) {
		t.Errorf("both are %v, want the wrong result alone to count", err)
	}
	if err := joined(nil, seam.ErrUnavailable); !errors.Is(err, seam.ErrUnavailable) {
		t.Errorf("without a wrong result there is %v, want %v", err, seam.ErrUnavailable)
	}
	if err := joined(wrong, nil); !errors.Is(err, wrong) || joined(nil, nil) != nil {
		t.Errorf("alone it is %v, want %v; and of nothing there is %v", err, wrong, joined(nil, nil))
	}
}

// TestCompilation: a compilation is stated not to be judged, and so it is not.
func TestCompilation(t *testing.T) {
	series := once(compileOp, routeOf("numba", "cpython", kernel.Funcs{}), "module", seenOnce, 2.5)
	if s := series.Subject; s.Name != "Book/op=compile/lang=numba/via=cpython/n=1" {
		t.Errorf("it is named %s", s.Name)
	}
	r := pagetest.Written(t, nil, []measure.Series{series}).Of(benchmark)[0]
	if !r.Incidental() || r.Facts["unjudged"] != seenOnce || r.Wall()[0] != 2.5e9 {
		t.Errorf("a compilation of 2.5 s is %v ns with the facts %v, judged %t", r.Wall(), r.Facts, !r.Incidental())
	}
}

// TestTimedTogether: subjects of one problem are one block of the rounds.
func TestTimedTogether(t *testing.T) {
	problems, err := problemsOfTables()
	if err != nil {
		t.Fatal(err)
	}
	p := problems[1]
	p.sizes = olsSizes(50, 10)
	runs := []*firstRun{}
	for _, lang := range []string{"c", "x"} {
		r := routeOf(lang, "cgo", kernel.Go())
		run := &firstRun{route: r}
		run.result.Route, run.result.Kernel, run.result.Layout, run.result.Cases = r, "ols", "row", 1
		runs = append(runs, run)
	}
	subjects, err := p.subjects(runs, time.Hour, 1)
	if err != nil {
		t.Fatal(err)
	}
	run, err := measure.Measure(measure.Plan{Rounds: 2, Visits: 1, Batch: time.Microsecond, Clock: measure.MachineClock()}, subjects, func(int, int) {})
	if err != nil || len(run.Series) != 2 || len(run.Series[1].Samples) != 2 {
		t.Errorf("measured are %d series, error %v, want 2 of 2 samples", len(run.Series), err)
	}
	if !slices.Equal(subjects[0].Facts, subjects[1].Facts) || subjects[0].Group != subjects[1].Group {
		t.Errorf("facts or groups differ: %v of %s and %v of %s", subjects[0].Facts, subjects[0].Group, subjects[1].Facts, subjects[1].Group)
	}
}
