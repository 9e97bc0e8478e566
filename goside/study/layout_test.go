// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/seam"
)

// recorded is the reference, which notes how it is called.
type recorded struct{ calls []string }

func (r *recorded) note(format string, args ...any) {
	r.calls = append(r.calls, fmt.Sprintf(format, args...))
}

func (r *recorded) funcs() kernel.Funcs {
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

func routeOf(name string, f kernel.Funcs) *seam.Route {
	lang, via, _ := strings.Cut(name, "/")
	return seam.NewRoute(lang, via, func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil })
}

// play runs each subject once, now that all are made, and returns what that called, by the subject's name.
func (r *recorded) play(t *testing.T, subjects []measure.Subject) map[string]string {
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

// expect compares what was called with what is wanted, for some of the names.
func expect(t *testing.T, found, want map[string]string) {
	t.Helper()
	for name, calls := range want {
		if got, ok := found[name]; !ok {
			t.Errorf("no subject is named %s", name)
		} else if got != calls {
			t.Errorf("%s calls\n%s\nwant\n%s", name, got, calls)
		}
	}
}

func TestWalks(t *testing.T) {
	var r recorded
	subjects, err := Loops([]*seam.Route{routeOf("go/direct", kernel.Go()), routeOf("c/cgo", r.funcs()), routeOf("c/purego", r.funcs()),
		routeOf("c-omp/cgo", r.funcs())}, []int{32, 40, 512}, 1, silent)
	if err != nil {
		t.Fatal(err)
	}
	// 8 walks of a power of two, 12 of another; two kernels; two languages, and one pair of each kernel and side entered twice.
	if want := (8+12+8)*2*2 + 6; len(subjects) != want {
		t.Errorf("%d subjects, want %d", len(subjects), want)
	}
	expect(t, r.play(t, subjects), map[string]string{
		"Loops/kernel=diffusion/lang=c/via=cgo/layout=row/n=32/loops=matched/ld=unit":       "run layout=row n=32 ld=32 steps=64",
		"Loops/kernel=diffusion/lang=c-again/via=cgo/layout=row/n=32/loops=matched/ld=unit": "run layout=row n=32 ld=32 steps=64",
		"Loops/kernel=diffusion/lang=c/via=cgo/layout=col/n=40/loops=interchanged/ld=pow2":  "run-interchanged layout=col n=40 ld=64 steps=40",
		"Loops/kernel=diffusion/lang=c/via=cgo/layout=row/n=512/loops=matched/ld=padded":    "run layout=row n=512 ld=520 steps=1",
		"Loops/kernel=diffusion/lang=go/via=direct/layout=row/n=512/loops=matched/ld=unit":  "",
		"Loops/kernel=ols/lang=c/via=cgo/layout=col/n=40/loops=matched/ld=padded":           "ols layout=col n=40 ld=56 lines=40",
		"Loops/kernel=ols/lang=c/via=cgo/layout=row/n=512/loops=interchanged/ld=unit":       "ols-interchanged layout=row n=512 ld=512 lines=512",
	})
	for _, s := range subjects {
		cells := map[string]int{"n=32/": 64 * 30 * 30, "n=512/": 510 * 510}
		for size, want := range cells {
			if strings.Contains(s.Name, "kernel=diffusion") && strings.Contains(s.Name, size) && s.Least != want {
				t.Errorf("%s: %d operations at a time, want the cells of its steps, %d", s.Name, s.Least, want)
			}
		}
	}
	parallel, err := Loops([]*seam.Route{routeOf("c/cgo", kernel.Go()), routeOf("c-omp/cgo", r.funcs())}, []int{32}, 2, silent)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range parallel {
		if !strings.Contains(s.Name, "lang=c-omp") {
			t.Errorf("%s is not parallel", s.Name)
		}
	}
}

func TestLeadingDimensions(t *testing.T) {
	for _, c := range []struct {
		ld      string
		n, want int
	}{{UnitLD, 88, 88}, {PaddedLD, 88, 104}, {PaddedLD, 512, 520}, {PaddedLD, 32, 40}, {PaddedLD, 33, 40}, {PaddedLD, 40, 56}, {PowerLD, 88, 128}, {PowerLD, 512, 512}, {PowerLD, 513, 1024}} {
		if got := leading(c.ld, c.n); got != c.want {
			t.Errorf("%s of %d is %d, want %d", c.ld, c.n, got, c.want)
		}
	}
	for _, n := range LoopSizes(true) {
		if padded := leading(PaddedLD, n); padded <= n || padded%cacheLine != 0 || padded/cacheLine%2 != 1 {
			t.Errorf("%d is padded to %d, want an odd number of cache lines beyond", n, padded)
		}
	}
}

// wrongs are the reference with one thing wrong that only layout shows.
var wrongs = map[string]func(f *kernel.Funcs){
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

func TestWalksRefuses(t *testing.T) {
	for name, spoil := range wrongs {
		f := kernel.Go()
		spoil(&f)
		_, err := Loops([]*seam.Route{routeOf("go/direct", kernel.Go()), routeOf("c/cgo", f)}, []int{40}, 1, silent)
		if err == nil || !strings.Contains(err.Error(), "c/cgo") || !strings.Contains(err.Error(), "want") {
			t.Errorf("%s: error %v, want one that names the route and what differs", name, err)
		}
	}
	if _, err := Loops(nil, []int{40}, 1, silent); err == nil {
		t.Error("no routes: no error")
	}
}

func TestPoints(t *testing.T) {
	var r recorded
	subjects, err := Points([]*seam.Route{routeOf("c/cgo", r.funcs())}, false)
	if err != nil {
		t.Fatal(err)
	}
	points := len(kernel.NewJulia(kernel.JuliaSize, 1, serialPar).Zs)
	expect(t, r.play(t, subjects), map[string]string{
		"Points/kernel=julia/lang=c/via=cgo/n=32/points=interleaved/maxiter=1":       "julia points=1024 maxiter=1",
		"Points/kernel=julia/lang=c/via=cgo/n=32/points=split/maxiter=1":             "julia-split points=1024 maxiter=1",
		"Points/kernel=julia/lang=c-again/via=cgo/n=32/points=interleaved/maxiter=1": "julia points=1024 maxiter=1",
		"Points/kernel=julia/lang=c/via=cgo/n=1000/points=split/maxiter=300":         fmt.Sprintf("julia-split points=%d maxiter=300", points),
	})
	f := kernel.Go()
	f.JuliaSplit = func(a *kernel.JuliaSplit) error { a.Zi, a.Zr = a.Zr, a.Zi; return kernel.Go().JuliaSplit(a) }
	if _, err := Points([]*seam.Route{routeOf("c/cgo", f)}, false); err == nil || !strings.Contains(err.Error(), "split points on c/cgo") {
		t.Errorf("parts swapped: error %v", err)
	}
}

func TestTransposers(t *testing.T) {
	var r recorded
	dense := kernel.Funcs{Transpose: r.funcs().Transpose}
	subjects, err := Transposers([]*seam.Route{routeOf("c/cgo", r.funcs()), routeOf("gonum/direct", dense)}, []int{16})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, r.play(t, subjects), map[string]string{
		"Transpose/kernel=transpose/lang=c/via=cgo/layout=row/n=16/how=blocked/ld=unit":             "transpose from=row n=16 ld=16",
		"Transpose/kernel=transpose/lang=c/via=cgo/layout=row/n=16/how=naive/ld=padded":             "transpose-naive from=row n=16 ld=24",
		"Transpose/kernel=transpose/lang=gonum/via=direct/layout=row/n=16/how=dense-copy/ld=padded": "transpose from=row n=16 ld=24",
		"Transpose/kernel=transpose/lang=go/via=direct/layout=row/n=16/how=copy/ld=unit":            "",
	})
	f := kernel.Go()
	f.TransposeNaive = func(a *kernel.Transpose) error { copy(a.Out.Data, a.In.Data); return nil }
	if _, err := Transposers([]*seam.Route{routeOf("c/cgo", f)}, []int{16}); err == nil || !strings.Contains(err.Error(), "naive by c/cgo, side 16: out[0][1] is") {
		t.Errorf("a copy that does not transpose: error %v", err)
	}
}

// TestWays plays all ways after all were made, since they share memory.
func TestWays(t *testing.T) {
	var r recorded
	subjects, err := Ways([]*seam.Route{routeOf("c/cgo", r.funcs()), routeOf("go/direct", kernel.Go())}, []int{16, 24})
	if err != nil {
		t.Fatal(err)
	}
	there, back := "transpose from=row n=16 ld=16", "transpose from=col n=16 ld=16"
	expect(t, r.play(t, subjects), map[string]string{
		"Ways/kernel=call/lang=c/via=cgo/n=1/way=noop":                                   "noop",
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=matched/steps=1":       "run layout=row n=16 ld=16 steps=1",
		"Ways/kernel=diffusion/lang=c-again/via=cgo/layout=row/n=16/way=matched/steps=1": "run layout=row n=16 ld=16 steps=1",
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=interchanged/steps=1":  "run-interchanged layout=row n=16 ld=16 steps=1",
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=transposed/steps=1":    there + "; run layout=col n=16 ld=16 steps=1; " + back,
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=kernel/steps=1":        "run layout=col n=16 ld=16 steps=1",
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=transpose/steps=1":     there + "; " + back,
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=transposed/steps=10":   there + "; run layout=col n=16 ld=16 steps=10; " + back,
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=transposed-by-c-cgo-naive/steps=1": strings.ReplaceAll(there, "transpose", "transpose-naive") +
			"; run layout=col n=16 ld=16 steps=1; " + strings.ReplaceAll(back, "transpose", "transpose-naive"),
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=transposed-by-go-direct-blocked/steps=1": "run layout=col n=16 ld=16 steps=1",
		"Ways/kernel=ols/lang=c/via=cgo/layout=row/n=16/way=interchanged":                                  "ols-interchanged layout=row n=16 ld=16 lines=16",
		"Ways/kernel=ols/lang=c/via=cgo/layout=row/n=16/way=transposed":                                    there + "; ols layout=col n=16 ld=16 lines=16",
		"Ways/kernel=ols/lang=c/via=cgo/layout=row/n=16/way=transpose":                                     there,
		"Ways/kernel=ols/lang=c/via=cgo/layout=row/n=24/way=kernel":                                        "ols layout=col n=24 ld=24 lines=24",
	})
	for name, spoil := range wrongs {
		if strings.Contains(name, "padding") { // of which there is none
			continue
		}
		f := kernel.Go()
		spoil(&f)
		if _, err := Ways([]*seam.Route{routeOf("c/cgo", f)}, []int{16}); err == nil || !strings.Contains(err.Error(), "on c/cgo") {
			t.Errorf("%s: error %v, want one that names the route", name, err)
		}
	}
	f := kernel.Go()
	f.Transpose = func(a *kernel.Transpose) error { return nil }
	if _, err := Ways([]*seam.Route{routeOf("c/cgo", f)}, []int{16}); err == nil || !strings.Contains(err.Error(), "way=transposed") {
		t.Errorf("a transposition that does nothing: error %v", err)
	}
}

func TestMatrices(t *testing.T) {
	var r recorded
	var rows []string
	f := calls.Go()
	runRows := f.RunRows
	f.RunRows = func(a, b *calls.Rows, steps int, d, dt float64) error {
		rows = append(rows, fmt.Sprintf("%d rows, %d steps", len(a.Table), steps))
		return runRows(a, b, steps, d, dt)
	}
	subjects, release, err := Matrices([]*seam.Route{routeOf("c/cgo", r.funcs()), routeOf("go/direct", kernel.Go())},
		[]calls.Crossing{{Name: "direct", Funcs: calls.Go()}, {Name: "cgo", Funcs: f}}, []int{8})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	run := func(ld, steps int) string { return fmt.Sprintf("run layout=row n=8 ld=%d steps=%d", ld, steps) }
	expect(t, r.play(t, subjects), map[string]string{
		"Matrices/kernel=diffusion/lang=c/via=cgo/layout=row/n=8/held=flat/passed=pointer/steps=0":        run(8, 0),
		"Matrices/kernel=diffusion/lang=c/via=cgo/layout=row/n=8/held=dense/passed=pointer/steps=1":       run(8, 1),
		"Matrices/kernel=diffusion/lang=c/via=cgo/layout=row/n=8/held=dense-slice/passed=pointer/steps=1": run(16, 1),
		"Matrices/kernel=diffusion/lang=c/via=cgo/layout=row/n=8/held=array/passed=pointer/steps=0":       run(8, 0),
		"Matrices/kernel=diffusion/lang=c/via=cgo/layout=row/n=8/held=rows-one/passed=pointer/steps=1":    run(8, 1),
		"Matrices/kernel=diffusion/lang=c/via=cgo/layout=row/n=8/held=rows/passed=copy/steps=1":           run(8, 1),
		"Matrices/kernel=diffusion/lang=c/via=cgo/layout=row/n=8/held=rows/passed=table/steps=1":          "",
		"Matrices/kernel=diffusion/lang=c/via=cgo/layout=row/n=8/held=rows/passed=table-kept/steps=0":     "",
		"Matrices/kernel=diffusion/lang=go/via=direct/layout=row/n=8/held=rows/passed=as-it-is/steps=1":   "",
	})
	if want := "8 rows, 1 steps"; !slices.Contains(rows, want) || !slices.Contains(rows, "8 rows, 0 steps") {
		t.Errorf("tables were passed as %q, want some as %q", rows, want)
	}
	f.RunRows = func(a, b *calls.Rows, steps int, d, dt float64) error { return nil }
	if _, _, err := Matrices([]*seam.Route{routeOf("c/cgo", kernel.Go())}, []calls.Crossing{{Name: "cgo", Funcs: f}}, []int{8}); err == nil ||
		!strings.Contains(err.Error(), "held=rows/passed=table") {
		t.Errorf("rows that are not worked on: error %v", err)
	}
}

func TestContiguous(t *testing.T) {
	whole := make([]float64, 100)
	cut := func(starts ...int) [][]float64 {
		var rows [][]float64
		for _, at := range starts {
			rows = append(rows, whole[at:at+4])
		}
		return rows
	}
	for name, c := range map[string]struct {
		rows [][]float64
		ld   int // 0: not contiguous
	}{
		"dense": {cut(0, 4, 8), 4}, "a stride": {cut(10, 17, 24), 7}, "one row": {cut(96), 4}, "to the end": {cut(88, 92, 96), 4},
		"descending": {cut(8, 4, 0), 0}, "uneven": {cut(0, 4, 9), 0}, "elsewhere": {[][]float64{whole[:4], make([]float64, 4)}, 0},
		"none": {nil, 0}, "empty rows": {[][]float64{{}, {}}, 0}, "ragged": {[][]float64{whole[:4], whole[4:7]}, 0},
		"capped": {[][]float64{whole[0:4:4], whole[4:8]}, 0},
	} {
		p, ld, ok := Contiguous(c.rows)
		if ok != (c.ld > 0) || ok && (ld != c.ld || &p[0] != &c.rows[0][0] || len(p) != (len(c.rows)-1)*ld+4) {
			t.Errorf("%s: %d elements, ld %d, %v; want ld %d", name, len(p), ld, ok, c.ld)
		}
	}
}

func TestFrame(t *testing.T) {
	var r recorded
	within := routeOf("lapack-nrhs/netlib", kernel.Funcs{OLS: func(a *kernel.OLS) error {
		err := kernel.Go().OLS(a)
		a.Slope[a.Lo] = math.Nextafter(a.Slope[a.Lo], 9)
		return err
	}}).Within(seam.Bound{Kernel: "ols", ULP: 8})
	names := []string{"c/cgo", "lapack-nrhs/netlib", "sklearn/cpython"}
	routes := []*seam.Route{routeOf("c/cgo", r.funcs()), within, routeOf("sklearn/cpython", kernel.Funcs{OLS: r.funcs().OLS}), routeOf("rust/cgo", kernel.Go())}
	subjects, err := Frame(routes, names)
	if err != nil {
		t.Fatal(err)
	}
	found := r.play(t, subjects)
	expect(t, found, map[string]string{
		"Frame/kernel=ols/lang=c/via=cgo/layout=row/n=100000/way=given":         "ols layout=row n=14 ld=14 lines=100000",
		"Frame/kernel=ols/lang=c/via=cgo/layout=col/n=100000/way=given":         "ols layout=col n=14 ld=100000 lines=100000",
		"Frame/kernel=ols/lang=c/via=cgo/layout=col/n=100000/way=interchanged":  "ols-interchanged layout=col n=14 ld=100000 lines=100000",
		"Frame/kernel=ols/lang=c/via=cgo/layout=col/n=100000/way=transposed":    "transpose from=col n=100000 ld=100000; ols layout=row n=14 ld=14 lines=100000",
		"Frame/kernel=ols/lang=c/via=cgo/layout=col/n=1000/way=given":           "ols layout=col n=14 ld=100000 lines=1000",
		"Frame/kernel=ols/lang=sklearn/via=cpython/layout=col/n=1000/way=given": "ols layout=col n=14 ld=100000 lines=1000",
		"Frame/kernel=diffusion/lang=c/via=cgo/layout=row/n=512/way=given":      "run layout=row n=512 ld=512 steps=1",
		"Frame/kernel=diffusion/lang=c/via=cgo/layout=col/n=512/way=given":      "run layout=col n=512 ld=512 steps=1",
	})
	for name := range found {
		if strings.Contains(name, "lang=rust") || strings.Contains(name, "lang=sklearn") && strings.Contains(name, "100000") {
			t.Errorf("%s was not asked for", name)
		}
	}
	f := kernel.Go()
	wrongs["ols, one ULP off"](&f)
	if _, err := Frame([]*seam.Route{routeOf("c/cgo", f)}, names); err == nil || !strings.Contains(err.Error(), "c/cgo") {
		t.Errorf("one ULP off: error %v", err)
	}
	f = kernel.Go()
	run := f.Run
	f.Run = func(a *kernel.DiffusionRun) error {
		b := *a
		b.A.Layout, b.B.Layout = 1-a.A.Layout, 1-a.B.Layout
		return run(&b)
	}
	if _, err := Frame([]*seam.Route{routeOf("c/cgo", f)}, names); err == nil {
		t.Error("diffusion of the other layout was not found out")
	}
}
