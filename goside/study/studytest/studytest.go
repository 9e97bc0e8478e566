// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package studytest is what the tests of several parts need: routes that note how they are called, or are wrong, and checks of
// what was measured.
package studytest

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/valgrind"
)

// Alike checks what series have in common that are taken while goroutines are at work: their units, and two facts each.
func Alike(t *testing.T, series []measure.Series, rounds int, units []string) {
	t.Helper()
	seen := map[string]bool{}
	for _, s := range series {
		if seen[s.Subject.Name] {
			t.Errorf("%s is there twice", s.Subject.Name)
		}
		seen[s.Subject.Name] = true
		if len(s.Samples) != rounds || s.N < 1 || len(s.Subject.Facts) != 2 {
			t.Errorf("%s: %d samples of %d operations, %d facts, want %d of at least 1, 2", s.Subject.Name, len(s.Samples), s.N, len(s.Subject.Facts), rounds)
		}
		for _, sample := range s.Samples {
			var got []string
			for _, v := range sample.More {
				got = append(got, v.Unit)
				if v.Value < 0 {
					t.Errorf("%s: %v %s, want none below 0", s.Subject.Name, v.Value, v.Unit)
				}
			}
			if !slices.Equal(got, units) {
				t.Errorf("%s: units %v, want %v", s.Subject.Name, got, units)
			}
			if sample.Wall <= 0 || sample.Get("threads") < 1 {
				t.Errorf("%s: %v ns, %v threads, want more", s.Subject.Name, sample.Wall, sample.Get("threads"))
			}
		}
	}
}

// GoroutinesBack checks that no more goroutines are left than there were; such as are just ending have time for it.
func GoroutinesBack(t *testing.T, before int) {
	t.Helper()
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines are left, want no more than the %d before", runtime.NumGoroutine(), before)
}

// Counted returns a progress that fails the test unless it is called once for each of so many steps.
func Counted(t *testing.T, steps int) func(done, all int) {
	last := 0
	t.Cleanup(func() {
		if last != steps {
			t.Errorf("progress ended at %d, want %d", last, steps)
		}
	})
	return func(done, all int) {
		if done != last+1 || all != steps {
			t.Errorf("progress %d of %d after %d, want the next of %d", done, all, last, steps)
		}
		last = done
	}
}

// Stepping returns a progress that says nothing, and calls stepped with each step.
func Stepping(stepped func(done, all int)) *study.Progress {
	p := study.NewProgress(io.Discard)
	p.Stepped = stepped
	return p
}

// Silent shows no progress.
func Silent(done, all int) {}

// SourceTree returns the folder of the source tree.
func SourceTree(t *testing.T) string {
	t.Helper()
	root, err := seam.Tree()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// Recorded is the reference, which notes how it is called.
type Recorded struct{ calls []string }

func (r *Recorded) note(format string, args ...any) {
	r.calls = append(r.calls, fmt.Sprintf(format, args...))
}

// Funcs returns the functions that note how they are called.
func (r *Recorded) Funcs() kernel.Funcs {
	f, g := kernel.Go(), kernel.Go()
	run := func(name string, do func(*kernel.DiffusionRun) error) func(*kernel.DiffusionRun) error {
		return func(a *kernel.DiffusionRun) error {
			r.note("%s layout=%v n=%d ld=%d steps=%d", name, a.A.Layout, a.A.Rows, a.A.LD, a.Steps)
			return do(a)
		}
	}
	ols := func(name string, do func(*kernel.OLS) error) func(*kernel.OLS) error {
		return func(a *kernel.OLS) error {
			r.note("%s layout=%v n=%d ld=%d lines=%d", name, a.Y.Layout, a.Y.Cols, a.Y.LD, a.Hi-a.Lo)
			return do(a)
		}
	}
	transpose := func(name string, do func(*kernel.Transpose) error) func(*kernel.Transpose) error {
		return func(a *kernel.Transpose) error {
			r.note("%s from=%v n=%d ld=%d", name, a.In.Layout, a.In.Rows, a.In.LD)
			return do(a)
		}
	}
	g.Noop = func() { r.note("noop"); f.Noop() }
	g.Run, g.RunInterchanged = run("run", f.Run), run("run-interchanged", f.RunInterchanged)
	g.OLS, g.OLSInterchanged = ols("ols", f.OLS), ols("ols-interchanged", f.OLSInterchanged)
	g.Transpose, g.TransposeNaive = transpose("transpose", f.Transpose), transpose("transpose-naive", f.TransposeNaive)
	g.Julia = func(a *kernel.Julia) error {
		r.note("julia points=%d maxiter=%d", len(a.Zs), a.MaxIter)
		return f.Julia(a)
	}
	g.JuliaSplit = func(a *kernel.JuliaSplit) error {
		r.note("julia-split points=%d maxiter=%d", len(a.Zr), a.MaxIter)
		return f.JuliaSplit(a)
	}
	return g
}

// RouteOf returns a route of that name with these functions.
func RouteOf(name string, f kernel.Funcs) *seam.Route {
	lang, via, _ := strings.Cut(name, "/")
	return seam.NewRoute(lang, via, func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil })
}

// Play runs each subject once, now that all are made, and returns what that called, by the subject's name.
func (r *Recorded) Play(t *testing.T, subjects []measure.Subject) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, s := range subjects {
		r.calls = nil
		if s.Reset != nil {
			s.Reset()
		}
		if err := s.Run(s.Least); err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if _, twice := all[s.Name]; twice {
			t.Errorf("two subjects are named %s", s.Name)
		}
		all[s.Name] = strings.Join(r.calls, "; ")
		verified := slices.ContainsFunc(s.Facts, func(f measure.Fact) bool {
			return f.Key == "verified" && strings.HasPrefix(f.Value, "bit-identical in ")
		})
		if !verified {
			t.Errorf("%s: facts %v say of no route that it was verified", s.Name, s.Facts)
		}
	}
	return all
}

// Expect compares what was called with what is wanted, for some of the names.
func Expect(t *testing.T, found, want map[string]string) {
	t.Helper()
	for name, calls := range want {
		if got, ok := found[name]; !ok {
			t.Errorf("no subject is named %s", name)
		} else if got != calls {
			t.Errorf("%s calls\n%s\nwant\n%s", name, got, calls)
		}
	}
}

// Wrongs are the reference with one thing wrong that only layout shows.
var Wrongs = map[string]func(f *kernel.Funcs){
	"interchanged diffusion, one ULP off": func(f *kernel.Funcs) {
		run := f.RunInterchanged
		f.RunInterchanged = func(a *kernel.DiffusionRun) error {
			err := run(a)
			k := a.Result().At(5, 7)
			a.Result().Data[k] = math.Nextafter(a.Result().Data[k], 9)
			return err
		}
	},
	"interchanged diffusion, layout taken for the other": func(f *kernel.Funcs) {
		run := f.RunInterchanged
		f.RunInterchanged = func(a *kernel.DiffusionRun) error {
			b := *a
			b.A.Layout, b.B.Layout = 1-a.A.Layout, 1-a.B.Layout
			return run(&b)
		}
	},
	"matched diffusion, padding written": func(f *kernel.Funcs) {
		run := f.Run
		f.Run = func(a *kernel.DiffusionRun) error {
			err := run(a)
			if a.B.LD > a.B.Rows {
				a.B.Data[a.B.LD-1] = 0
			}
			return err
		}
	},
	"interchanged ols, stale": func(f *kernel.Funcs) { f.OLSInterchanged = func(*kernel.OLS) error { return nil } },
	"ols, one ULP off": func(f *kernel.Funcs) {
		ols := f.OLS
		f.OLS = func(a *kernel.OLS) error {
			err := ols(a)
			a.Slope[a.Lo] = math.Nextafter(a.Slope[a.Lo], 9)
			return err
		}
	},
}

// Available skips the test if err says that the native library cannot be had, unless all must be there, as
// scripts/test.sh demands.
func Available(t *testing.T, err error) {
	t.Helper()
	switch {
	case errors.Is(err, seam.ErrUnavailable) && os.Getenv("TOLL_REQUIRE") == "":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
}

// AvailableFrames skips the test if err says that the Python environment of data frames cannot be had, unless other processes of
// Python must be there, as scripts/test.sh demands where Toll is built with Python.
func AvailableFrames(t *testing.T, err error) {
	t.Helper()
	required := os.Getenv("TOLL_REQUIRE")
	switch {
	case err == nil:
	case strings.Contains(required, "*/*"), strings.Contains(required, "*/process"), !errors.Is(err, seam.ErrUnavailable):
		t.Fatalf("TOLL_REQUIRE is %q: %v", required, err)
	default:
		t.Skip(err)
	}
}

// Valgrind returns valgrind, with the command built to be run under it: go test strips the symbols that callgrind needs from a
// test's own program. Without valgrind it skips the test, and fails it where scripts/test.sh demands all.
func Valgrind(t *testing.T) *valgrind.Tool {
	t.Helper()
	v, err := valgrind.Find()
	switch required := os.Getenv("TOLL_REQUIRE"); {
	case err != nil && required != "":
		t.Fatalf("required by TOLL_REQUIRE=%q: %v", required, err)
	case err != nil:
		t.Skip(err)
	}
	v.Program = filepath.Join(t.TempDir(), "toll")
	tree := SourceTree(t)
	if err := study.Build(tree, v.Program); err != nil {
		t.Fatal(err)
	}
	if lib := filepath.Join(tree, "build", "lib"); os.Getenv("TOLL_LIB") == "" {
		if _, err := os.Stat(lib); err == nil {
			t.Setenv("TOLL_LIB", lib) // which the program, outside of the tree, does not know
		}
	}
	return v
}
