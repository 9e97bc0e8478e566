// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import (
	"slices"
	"strings"
	"testing"
	"time"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
)

func bookRoute(lang, via string, f kernel.Funcs) *seam.Route {
	return seam.NewRoute(lang, via, func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil })
}

// TestBook: of problems small enough, what holds is timed, on a part if it takes long; what does not is named.
func TestBook(t *testing.T) {
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
		bookRoute("c", "cgo", kernel.Go()),
		bookRoute("slow", "x", slow),
		bookRoute("wrong", "x", wrong),
		bookRoute("less", "x", kernel.Funcs{Noop: kernel.Go().Noop}),
		seam.NewRoute("gone", "x", func() (*seam.Library, error) { return nil, seam.ErrUnavailable }),
		bookRoute("other", "x", kernel.Go()),
	}
	problem := func(kernelName string, sum int, sizes []bookSize, of ...string) bookProblem {
		return bookProblem{kernel: kernelName, op: "op", routes: of, sum: sum, ops: 1, sizes: sizes, whole: kernel.Case{
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
	sizes := bookJulia(side, side/2)
	if got := sizes[1].part; sizes[0].part != 1 || got < 0.2 || got > 0.3 {
		t.Errorf("half a side is %v of the work, want about a quarter", got)
	}
	sum := bookSum(whole.Out)
	problems := []bookProblem{
		problem("julia", sum, sizes, "c/cgo", "slow/x", "wrong/x", "less/x", "gone/x", "unknown/x"),
		problem("miscounted", sum+1, sizes, "c/cgo", "other/x"),
		problem("not asked for", sum, sizes, "c/cgo", "unknown/x"),
	}
	calls := 0
	subjects, err := subjectsOf(problems, routes, 100*time.Millisecond, 2, func(done, all int) {
		calls++
		if done != calls || all != 7 {
			t.Errorf("progress is %d of %d, want %d of 7", done, all, calls)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if calls != 5 {
		t.Errorf("%d runs verified, want one of each route that has the kernel in each problem that is asked for: 5", calls)
	}
	var names []string
	for _, s := range subjects {
		names = append(names, s.Name)
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
	missing := strings.Split(facts["missing"], BookMissing)
	wantMissing := []string{"wrong/x: failed: ", "less/x: not offered", "gone/x: unavailable"}
	if !slices.EqualFunc(missing, wantMissing, strings.HasPrefix) {
		t.Errorf("missing are %q, want them to begin with %q", missing, wantMissing)
	}

	// Whatever it takes, the whole is timed if that is asked for.
	subjects, err = subjectsOf(problems[:1], routes, 0, 2, func(int, int) {})
	if err != nil || len(subjects) != 2 || subjects[1].Name != "Book/kernel=julia/lang=slow/via=x/n=20" {
		t.Errorf("with no limit there are %d subjects, the last %q, error %v", len(subjects), subjects[len(subjects)-1].Name, err)
	}
}

// TestBookProblems: the tables' routes are known, each problem is verified as a whole, and its parts run.
func TestBookProblems(t *testing.T) {
	problems, err := bookProblems()
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
		if !slices.Contains(p.routes, bookBaseline) {
			t.Errorf("%s %s lacks %s", p.kernel, p.layout, bookBaseline)
		}
		least := p.sizes[len(p.sizes)-1]
		run, reset := least.new(2)
		for range 2 {
			if reset != nil {
				reset()
			}
			if err := run(&native); err != nil {
				t.Errorf("%s %s n=%s: %v", p.kernel, p.layout, least.n, err)
			}
		}
	}
	// The share of work is that of the book's counts and points, which 1/16 of the points have but nearly.
	if part := problems[0].sizes[1].part; part < 0.06 || part > 0.065 {
		t.Errorf("the Julia set of a quarter of the side is %v of the work, want about 1/16", part)
	}
	if !InBook(bookRoute("ctypes", "cpython", native)) || InBook(bookRoute("ctypes", "purego", native)) {
		t.Error("ctypes/cpython is in the tables, and ctypes/purego is not")
	}
}

// TestBookIsMeasured: subjects of one problem are one block of the rounds.
func TestBookIsMeasured(t *testing.T) {
	problems, err := bookProblems()
	if err != nil {
		t.Fatal(err)
	}
	p := problems[1]
	p.sizes = bookOLS(50, 10)
	runs := []*bookRun{}
	for _, lang := range []string{"c", "x"} {
		r := bookRoute(lang, "cgo", kernel.Go())
		run := &bookRun{route: r}
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
	if !slices.Equal(subjects[0].Facts, subjects[1].Facts) {
		t.Errorf("facts differ: %v and %v", subjects[0].Facts, subjects[1].Facts)
	}
}
