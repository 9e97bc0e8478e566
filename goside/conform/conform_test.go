// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"errors"
	"math"
	"os"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/level"
	"toll/goside/registry"
	"toll/goside/seam"
)

// suite has all cases, or those that match the regular expression $TOLL_CASES; what the reference makes of each is made
// once for all tests here.
var suite = sync.OnceValue(func() *conform.Suite {
	cases := conform.NewSuite(kernel.Cases())
	pattern := os.Getenv("TOLL_CASES")
	if pattern == "" {
		return cases
	}
	matches := regexp.MustCompile(pattern)
	return cases.Only(func(c *kernel.Case) bool { return matches.MatchString(c.String()) })
})

// TestRoutes runs the suite over every route. A route may be unavailable here, unless its name matches a pattern of
// $TOLL_REQUIRE, which scripts/test.sh sets. The levels that this processor lacks may be in any case.
func TestRoutes(t *testing.T) {
	t.Parallel()
	results := suite().Verify(routes(t))
	rows := 0
	for k := range results {
		r := &results[k]
		t.Run(strings.Join([]string{r.Route.Name(), r.Kernel, r.Layout}, "/"), func(t *testing.T) {
			switch r.Verdict() {
			case conform.Unavailable:
				if required(r.Route.Name()) {
					t.Fatalf("required by TOLL_REQUIRE=%q: %v", os.Getenv("TOLL_REQUIRE"), r.Err)
				}
				t.Skip(r.Err)
			case conform.Failed:
				t.Fatal(r.Reason())
			}
			rows++
			t.Logf("%s: %d cases, worst %.3g ULP", r.Verdict(), r.Cases, r.Worst)
		})
	}
	if rows == 0 {
		t.Error("no route was verified")
	}
}

// routes returns the routes that match a pattern of $TOLL_ROUTES, or all.
func routes(t *testing.T) []*seam.Route {
	patterns := strings.Fields(os.Getenv("TOLL_ROUTES"))
	if len(patterns) == 0 {
		return registry.All()
	}
	chosen, err := registry.Match(patterns)
	if err != nil {
		t.Fatal(err)
	}
	return chosen
}

func required(route string) bool {
	lang, _, _ := strings.Cut(route, "/")
	if level.Lacks(lang) {
		return false
	}
	for pattern := range strings.FieldsSeq(os.Getenv("TOLL_REQUIRE")) {
		if ok, _ := path.Match(pattern, route); ok {
			return true
		}
	}
	return false
}

// TestRequired: each level that the processor has is demanded with the other routes, and no other.
func TestRequired(t *testing.T) {
	t.Setenv("TOLL_REQUIRE", "*/direct */cgo")
	levels := 0
	for _, r := range registry.All() {
		_, named := level.Split(r.Lang)
		if named != "" {
			levels++
		}
		if want := (r.Via == "direct" || r.Via == "cgo") && level.Has(named); required(r.Name()) != want {
			t.Errorf("%s is demanded: %v, want %v", r.Name(), !want, want)
		}
	}
	if levels == 0 {
		t.Error("no route is to a level")
	}
}

// TestConcurrent calls each route from many goroutines at once, each with its own memory. Those that are sampled are left out:
// a call takes up to a second, and of a process's callers one waits for the other. Each goroutine does other cases.
func TestConcurrent(t *testing.T) {
	var quarters [4]*conform.Suite
	for k := range quarters {
		n := 0
		quarters[k] = suite().Only(func(c *kernel.Case) bool {
			n++
			return n%4 == k && !strings.Contains(c.Name, "book's")
		})
	}
	for _, r := range routes(t) {
		if r.Sampled {
			continue
		}
		t.Run(r.Name(), func(t *testing.T) {
			if _, err := r.Open(); errors.Is(err, seam.ErrUnavailable) {
				t.Skip(err) // TestRoutes judges it
			}
			var group sync.WaitGroup
			for _, quarter := range quarters {
				group.Go(func() {
					for _, result := range quarter.Verify([]*seam.Route{r}) {
						if err := result.Reason(); err != nil {
							t.Error(err)
						}
					}
				})
			}
			group.Wait()
		})
	}
}

// TestDisjointRanges lets many goroutines write to parts of one output, and compares with one call for the whole.
func TestDisjointRanges(t *testing.T) {
	const parts, size = 8, 203
	par := kernel.Par{Threads: 2, Schedule: kernel.Guided}
	each := func(t *testing.T, n int, f func(lo, hi int) error) {
		var group sync.WaitGroup
		for k := range parts {
			group.Go(func() {
				if err := f(n*k/parts, n*(k+1)/parts); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	reference := kernel.Go()
	for _, r := range routes(t) {
		library, err := r.Open()
		if err != nil {
			continue // TestRoutes judges it
		}
		for _, layout := range []kernel.Layout{kernel.Row, kernel.Col} {
			t.Run(r.Name()+"/"+layout.String(), func(t *testing.T) {
				run := kernel.NewDiffusionRun(size, 1, layout, par)
				step := func(out kernel.Grid, lo, hi int) *kernel.DiffusionStep {
					return &kernel.DiffusionStep{Out: out, In: run.A, D: 1, Dt: 0.1, Par: par, Lo: lo, Hi: hi}
				}
				want, got := kernel.NewGrid(size, size, 0, layout), kernel.NewGrid(size, size, 0, layout)
				if err := reference.Step(step(want, 0, size)); err != nil {
					t.Fatal(err)
				}
				if library.Step != nil {
					each(t, size, func(lo, hi int) error { return library.Step(step(got, lo, hi)) })
					if diff := cmp.Diff(want.Data, got.Data); diff != "" {
						t.Errorf("diffusion (-want +got):\n%s", diff)
					}
				}
				// With a bound there are no bits to compare.
				if library.OLS != nil && r.BoundOn("ols") == nil {
					a, b := kernel.NewOLS(size, 9, layout, par), kernel.NewOLS(size, 9, layout, par)
					if err := reference.OLS(a); err != nil {
						t.Fatal(err)
					}
					each(t, size, func(lo, hi int) error {
						part := *b
						part.Lo, part.Hi = lo, hi
						return library.OLS(&part)
					})
					if diff := cmp.Diff([][]float64{a.Slope, a.Intercept}, [][]float64{b.Slope, b.Intercept}); diff != "" {
						t.Errorf("ols (-want +got):\n%s", diff)
					}
				}
				if library.Julia == nil || r.BoundOn("julia") != nil {
					return
				}
				c, d := kernel.NewJulia(50, 100, par), kernel.NewJulia(50, 100, par)
				if err := reference.Julia(c); err != nil {
					t.Fatal(err)
				}
				each(t, len(d.Zs), func(lo, hi int) error {
					part := *d
					part.Lo, part.Hi = lo, hi
					return library.Julia(&part)
				})
				if diff := cmp.Diff(c.Out, d.Out); diff != "" {
					t.Errorf("julia (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestOffered checks that each route offers the functions that it must. A lost function would fail no case: its cases
// would vanish.
func TestOffered(t *testing.T) {
	names := func(f *kernel.Funcs, without ...string) (names []string) {
		for _, g := range f.Offered() {
			if !slices.Contains(without, g.Name) && !slices.Contains(without, g.Kernel) {
				names = append(names, g.Name)
			}
		}
		return names
	}
	all := kernel.Go()
	variants := []string{"run-interchanged", "ols-interchanged", "julia-split", "transpose", "transpose-naive"} // compiled languages only
	for _, r := range routes(t) {
		library, err := r.Open()
		if err != nil {
			continue // TestRoutes judges it
		}
		want := names(&all)
		plain, tuned := level.Plain(r.Lang)
		switch {
		case strings.HasPrefix(r.Lang, "c-simd-rung1"):
			want = names(&all, "step", "run-interchanged", "ols-interchanged", "julia-split", "transpose")
		case strings.HasPrefix(r.Lang, "c-simd-rung2"):
			want = names(&all, "diffusion", "ols", "julia-split", "transpose")
		case tuned:
			without := []string{"run-interchanged", "ols-interchanged", "transpose"}
			if level.Brute(r.Lang) {
				without = append(without, "diffusion", "ols")
			}
			if r.Via == "syscalln" {
				without = append(without, "add", "sum", "step", "run")
			}
			if plain == "go-par" || strings.HasPrefix(r.Lang, "go-fast-brute") {
				without = append(without, "call")
			}
			want = names(&all, without...)
		case r.Lang == "go-par":
			want = names(&all, "call")
		case r.Via == "syscalln": // takes and returns no floating-point numbers
			want = names(&all, "add", "sum", "step", "run", "run-interchanged")
		case r.Lang == "gonum":
			want = []string{"transpose"}
		case r.Lang == "blas":
			want = []string{"ols", "transpose"}
		case r.Via == "netlib":
			want = []string{"ols"}
		case r.Lang == "c" || r.Lang == "go": // all, beside this process as within
		case strings.HasPrefix(r.Lang, "dask"), strings.HasPrefix(r.Lang, "swifter"), strings.HasPrefix(r.Lang, "polars"):
			want = []string{"ols"}
		case r.Via == "process" || r.Via == "socket":
			want = names(&all, variants...)
		case r.Via == "cpython":
			want = names(&all, variants...)
			switch r.Lang {
			case "python-expanded", "python-numpy", "cython-expanded", "numba-expanded":
				want = []string{"julia"}
			case "numpy-temporaries":
				want = []string{"step", "run"}
			case "f2py-copy":
				want = []string{"step", "run", "ols"}
			case "cython-pure", "cython", "cython-static", "cython-dynamic", "cython-guided", "numba-prange", "pythran":
				want = []string{"step", "run", "julia", "ols"}
			}
			if r.BoundOn("ols") != nil {
				want = []string{"ols"}
			}
		}
		if diff := cmp.Diff(want, names(&library.Funcs)); diff != "" {
			t.Errorf("%s offers other functions (-want +got):\n%s", r.Name(), diff)
		}
	}
	if len(names(&all)) != len(kernel.Functions) {
		t.Errorf("the reference offers %v only", names(&all))
	}
}

// TestTeam asks every route how many threads work on a call.
func TestTeam(t *testing.T) {
	for _, r := range routes(t) {
		library, err := r.Open()
		if err != nil {
			continue // TestRoutes judges it
		}
		native := library.Native || r.Via == "direct" && r.Lang != "gonum"
		if library.Team == nil {
			if native {
				t.Errorf("%s cannot tell how many threads work on a call, want it to", r.Name())
			}
			continue
		}
		for _, c := range []struct{ asked, least, most int }{
			{math.MinInt64, 0, 0}, {-1, 0, 0}, {0, 0, 0}, {1, 1, 1}, {2, 1, 2}, {3, 1, 3}, {1025, 0, 0}, {1<<32 + 1, 0, 0},
		} {
			if had := library.Team(c.asked); had < c.least || had > c.most {
				t.Errorf("%s works on %d threads if asked for %d, want %d to %d", r.Name(), had, c.asked, c.least, c.most)
			}
		}
		parallel := strings.HasSuffix(r.Lang, "-par") || strings.HasSuffix(r.Lang, "-omp")
		if had := library.Team(2); native && had == 1 && parallel && runtime.GOMAXPROCS(0) > 1 && os.Getenv("OMP_THREAD_LIMIT") == "" {
			t.Errorf("%s works on 1 thread if asked for 2", r.Name())
		}
	}
}

// TestReason: what is said of a route that fails names the first element that differs, and how many do.
func TestReason(t *testing.T) {
	spoil := func(p []float64) {
		for _, k := range []int{2, 5, 6} {
			if k < len(p) {
				p[k] += 3
			}
		}
	}
	only := suite().Only(func(c *kernel.Case) bool {
		return c.Kernel == "ols" && strings.HasPrefix(c.Name, "9 x 6, pad") && c.Want == kernel.OK
	})
	if len(only.Cases()) == 0 {
		t.Fatal("no case of ols has 9 rows")
	}
	verify := func(ols func(*kernel.OLS) error) conform.Result {
		f := kernel.Go()
		f.OLS = ols
		route := seam.NewRoute("wrong", "direct", func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil })
		for _, result := range only.Verify([]*seam.Route{route}) {
			if result.Kernel == "ols" && result.Cases > 0 {
				return result
			}
		}
		t.Fatal("no case was verified")
		return conform.Result{}
	}
	right := kernel.Go().OLS
	failed := verify(func(a *kernel.OLS) error {
		err := right(a)
		spoil(a.Slope)
		return err
	})
	if err := failed.Reason(); err == nil || !strings.Contains(err.Error(), "slope[2]: got ") || !strings.Contains(err.Error(), "; 3 of ") {
		t.Errorf("three wrong slopes: %v, want the first and how many", err)
	}
	refused := verify(func(*kernel.OLS) error { return kernel.ErrShape })
	if err := refused.Reason(); err == nil || !strings.Contains(err.Error(), "refused: ") || refused.Worst != 0 {
		t.Errorf("a refusal: %v, and %v units off, want no distance", err, refused.Worst)
	}
}
