// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package held

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/studytest"
)

func TestPoints(t *testing.T) {
	var r studytest.Recorded
	subjects, err := pointSubjects(&study.Lab{}, []*seam.Route{studytest.RouteOf("c/cgo", r.Funcs())}, false)
	if err != nil {
		t.Fatal(err)
	}
	points := len(kernel.NewJulia(kernel.JuliaSize, 1, study.SerialPar).Zs)
	studytest.Expect(t, r.Play(t, subjects), map[string]string{
		"Points/kernel=julia/lang=c/via=cgo/n=32/points=interleaved/maxiter=1":             "julia points=1024 maxiter=1",
		"Points/kernel=julia/lang=c/via=cgo/n=32/points=split/maxiter=1":                   "julia-split points=1024 maxiter=1",
		"Points/kernel=julia/lang=c/via=cgo/n=32/points=interleaved/maxiter=1/entry=again": "julia points=1024 maxiter=1",
		"Points/kernel=julia/lang=c/via=cgo/n=1000/points=split/maxiter=300":               fmt.Sprintf("julia-split points=%d maxiter=300", points),
	})
	for _, s := range subjects {
		name := record.ParseName(s.Name)
		if want := fmt.Sprintf("points julia maxiter=%s n=%s", name.Get("maxiter"), name.N); s.Group != want {
			t.Errorf("%s is of the group %q, want %q", s.Name, s.Group, want)
		}
	}
	f := kernel.Go()
	f.JuliaSplit = func(a *kernel.JuliaSplit) error { a.Zi, a.Zr = a.Zr, a.Zi; return kernel.Go().JuliaSplit(a) }
	if _, err := pointSubjects(&study.Lab{}, []*seam.Route{studytest.RouteOf("c/cgo", f)}, false); err == nil || !strings.Contains(err.Error(), "split points on c/cgo") {
		t.Errorf("parts swapped: error %v", err)
	}
}

func TestMatrices(t *testing.T) {
	var r studytest.Recorded
	var rows []string
	f := calls.Go()
	runRows := f.RunRows
	f.RunRows = func(a, b *calls.Rows, steps int, d, dt float64) error {
		rows = append(rows, fmt.Sprintf("%d rows, %d steps", len(a.Table), steps))
		return runRows(a, b, steps, d, dt)
	}
	subjects, release, err := matrixSubjects(&study.Lab{}, []*seam.Route{studytest.RouteOf("c/cgo", r.Funcs()), studytest.RouteOf("go/direct", kernel.Go())},
		[]calls.Crossing{{Name: "direct", Funcs: calls.Go()}, {Name: "cgo", Funcs: f}}, []int{8})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	run := func(ld, steps int) string { return fmt.Sprintf("run layout=row n=8 ld=%d steps=%d", ld, steps) }
	studytest.Expect(t, r.Play(t, subjects), map[string]string{
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
	for _, s := range subjects {
		name := record.ParseName(s.Name)
		if want := fmt.Sprintf("matrices diffusion steps=%s n=%s", name.Get("steps"), name.N); s.Group != want {
			t.Errorf("%s is of the group %q, want %q", s.Name, s.Group, want)
		}
	}
	if want := "8 rows, 1 steps"; !slices.Contains(rows, want) || !slices.Contains(rows, "8 rows, 0 steps") {
		t.Errorf("tables were passed as %q, want some as %q", rows, want)
	}
	f.RunRows = func(a, b *calls.Rows, steps int, d, dt float64) error { return nil }
	if _, _, err := matrixSubjects(&study.Lab{}, []*seam.Route{studytest.RouteOf("c/cgo", kernel.Go())}, []calls.Crossing{{Name: "cgo", Funcs: f}}, []int{8}); err == nil ||
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
		p, ld, ok := contiguous(c.rows)
		if ok != (c.ld > 0) || ok && (ld != c.ld || &p[0] != &c.rows[0][0] || len(p) != (len(c.rows)-1)*ld+4) {
			t.Errorf("%s: %d elements, ld %d, %v; want ld %d", name, len(p), ld, ok, c.ld)
		}
	}
}

func TestFrame(t *testing.T) {
	var r studytest.Recorded
	within := studytest.RouteOf("lapack-nrhs/netlib", kernel.Funcs{OLS: func(a *kernel.OLS) error {
		err := kernel.Go().OLS(a)
		a.Slope[a.Lo] = math.Nextafter(a.Slope[a.Lo], 9)
		return err
	}}).Within(seam.Bound{Kernel: "ols", ULP: 8})
	names := []string{"c/cgo", "lapack-nrhs/netlib", "sklearn/cpython"}
	routes := []*seam.Route{studytest.RouteOf("c/cgo", r.Funcs()), within, studytest.RouteOf("sklearn/cpython", kernel.Funcs{OLS: r.Funcs().OLS}), studytest.RouteOf("rust/cgo", kernel.Go())}
	subjects, err := frameSubjects(&study.Lab{}, routes, names)
	if err != nil {
		t.Fatal(err)
	}
	found := r.Play(t, subjects)
	studytest.Expect(t, found, map[string]string{
		"Frame/kernel=ols/lang=c/via=cgo/layout=row/n=100000/way=given":             "ols layout=row n=14 ld=14 lines=100000",
		"Frame/kernel=ols/lang=c/via=cgo/layout=row/n=100000/way=given/entry=again": "ols layout=row n=14 ld=14 lines=100000",
		"Frame/kernel=ols/lang=c/via=cgo/layout=row/n=1000/way=given/entry=again":   "ols layout=row n=14 ld=14 lines=1000",
		"Frame/kernel=ols/lang=c/via=cgo/layout=col/n=100000/way=given":             "ols layout=col n=14 ld=100000 lines=100000",
		"Frame/kernel=ols/lang=c/via=cgo/layout=col/n=100000/way=interchanged":      "ols-interchanged layout=col n=14 ld=100000 lines=100000",
		"Frame/kernel=ols/lang=c/via=cgo/layout=col/n=100000/way=transposed":        "transpose from=col n=100000 ld=100000; ols layout=row n=14 ld=14 lines=100000",
		"Frame/kernel=ols/lang=c/via=cgo/layout=col/n=1000/way=given":               "ols layout=col n=14 ld=100000 lines=1000",
		"Frame/kernel=ols/lang=sklearn/via=cpython/layout=col/n=1000/way=given":     "ols layout=col n=14 ld=100000 lines=1000",
		"Frame/kernel=diffusion/lang=c/via=cgo/layout=row/n=512/way=given":          "run layout=row n=512 ld=512 steps=1",
		"Frame/kernel=diffusion/lang=c/via=cgo/layout=col/n=512/way=given":          "run layout=col n=512 ld=512 steps=1",
	})
	for name := range found {
		if strings.Contains(name, "lang=rust") || strings.Contains(name, "lang=sklearn") && strings.Contains(name, "100000") {
			t.Errorf("%s was not asked for", name)
		}
	}
	for _, s := range subjects {
		name := record.ParseName(s.Name)
		if want := fmt.Sprintf("frame %s n=%s", name.Kernel, name.N); s.Group != want {
			t.Errorf("%s is of the group %q, want %q", s.Name, s.Group, want)
		}
	}
	f := kernel.Go()
	studytest.Wrongs["ols, one ULP off"](&f)
	if _, err := frameSubjects(&study.Lab{}, []*seam.Route{studytest.RouteOf("c/cgo", f)}, names); err == nil || !strings.Contains(err.Error(), "lang=c/via=cgo") {
		t.Errorf("one ULP off: error %v", err)
	}
	f = kernel.Go()
	run := f.Run
	f.Run = func(a *kernel.DiffusionRun) error {
		b := *a
		b.A.Layout, b.B.Layout = 1-a.A.Layout, 1-a.B.Layout
		return run(&b)
	}
	if _, err := frameSubjects(&study.Lab{}, []*seam.Route{studytest.RouteOf("c/cgo", f)}, names); err == nil {
		t.Error("diffusion of the other layout was not found out")
	}
}
