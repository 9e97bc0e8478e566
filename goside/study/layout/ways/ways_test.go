// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	"fmt"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/studytest"
)

func TestTransposers(t *testing.T) {
	var r studytest.Recorded
	dense := kernel.Funcs{Transpose: r.Funcs().Transpose}
	subjects, err := transposeSubjects(&study.Lab{}, []*seam.Route{studytest.RouteOf("c/cgo", r.Funcs()), studytest.RouteOf("gonum/direct", dense)}, []int{16})
	if err != nil {
		t.Fatal(err)
	}
	studytest.Expect(t, r.Play(t, subjects), map[string]string{
		"Transpose/kernel=transpose/lang=c/via=cgo/layout=row/n=16/how=blocked/ld=unit":             "transpose from=row n=16 ld=16",
		"Transpose/kernel=transpose/lang=c/via=cgo/layout=row/n=16/how=naive/ld=padded":             "transpose-naive from=row n=16 ld=24",
		"Transpose/kernel=transpose/lang=gonum/via=direct/layout=row/n=16/how=dense-copy/ld=padded": "transpose from=row n=16 ld=24",
		"Transpose/kernel=transpose/lang=go/via=direct/layout=row/n=16/how=copy/ld=unit":            "",
	})
	for _, s := range subjects {
		if name := record.ParseName(s.Name); s.Group != fmt.Sprintf("transpose %s n=16", name.Get("ld")) {
			t.Errorf("%s is of the group %q, want that of its leading dimension and side", s.Name, s.Group)
		}
	}
	f := kernel.Go()
	f.TransposeNaive = func(a *kernel.Transpose) error { copy(a.Out.Data, a.In.Data); return nil }
	if _, err := transposeSubjects(&study.Lab{}, []*seam.Route{studytest.RouteOf("c/cgo", f)}, []int{16}); err == nil || !strings.Contains(err.Error(), "naive by c/cgo, side 16: out[0][1] is") {
		t.Errorf("a copy that does not transpose: error %v", err)
	}
}

// TestWays plays all ways after all were made, since they share memory.
func TestWays(t *testing.T) {
	var r studytest.Recorded
	subjects, err := waySubjects(&study.Lab{}, []*seam.Route{studytest.RouteOf("c/cgo", r.Funcs()), studytest.RouteOf("go/direct", kernel.Go())}, []int{16, 24})
	if err != nil {
		t.Fatal(err)
	}
	there, back := "transpose from=row n=16 ld=16", "transpose from=col n=16 ld=16"
	studytest.Expect(t, r.Play(t, subjects), map[string]string{
		"Ways/op=noop/lang=c/via=cgo/n=1":                                                      "noop",
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=matched/steps=1":             "run layout=row n=16 ld=16 steps=1",
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=matched/steps=1/entry=again": "run layout=row n=16 ld=16 steps=1",
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=interchanged/steps=1":        "run-interchanged layout=row n=16 ld=16 steps=1",
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=transposed/steps=1":          there + "; run layout=col n=16 ld=16 steps=1; " + back,
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=kernel/steps=1":              "run layout=col n=16 ld=16 steps=1",
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=transpose/steps=1":           there + "; " + back,
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=transposed/steps=10":         there + "; run layout=col n=16 ld=16 steps=10; " + back,
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=transposed/by=c-naive/steps=1": strings.ReplaceAll(there, "transpose", "transpose-naive") +
			"; run layout=col n=16 ld=16 steps=1; " + strings.ReplaceAll(back, "transpose", "transpose-naive"),
		"Ways/kernel=diffusion/lang=c/via=cgo/layout=row/n=16/way=transposed/by=go-blocked/steps=1": "run layout=col n=16 ld=16 steps=1",
		"Ways/kernel=ols/lang=c/via=cgo/layout=row/n=16/way=interchanged":                           "ols-interchanged layout=row n=16 ld=16 lines=16",
		"Ways/kernel=ols/lang=c/via=cgo/layout=row/n=16/way=transposed":                             there + "; ols layout=col n=16 ld=16 lines=16",
		"Ways/kernel=ols/lang=c/via=cgo/layout=row/n=16/way=transpose":                              there,
		"Ways/kernel=ols/lang=c/via=cgo/layout=row/n=24/way=kernel":                                 "ols layout=col n=24 ld=24 lines=24",
	})
	for _, s := range subjects {
		name := record.ParseName(s.Name)
		want := map[string]string{"diffusion": "ways diffusion steps=" + name.Get("steps"), "ols": "ways ols", "": "ways crossing"}[name.Kernel] + " n=" + name.N
		if s.Group != want {
			t.Errorf("%s is of the group %q, want %q", s.Name, s.Group, want)
		}
	}
	for name, spoil := range studytest.Wrongs {
		if strings.Contains(name, "padding") { // there is none
			continue
		}
		f := kernel.Go()
		spoil(&f)
		if _, err := waySubjects(&study.Lab{}, []*seam.Route{studytest.RouteOf("c/cgo", f)}, []int{16}); err == nil || !strings.Contains(err.Error(), "lang=c/via=cgo") {
			t.Errorf("%s: error %v, want one that names the route", name, err)
		}
	}
	f := kernel.Go()
	f.Transpose = func(a *kernel.Transpose) error { return nil }
	if _, err := waySubjects(&study.Lab{}, []*seam.Route{studytest.RouteOf("c/cgo", f)}, []int{16}); err == nil || !strings.Contains(err.Error(), "way=transposed") {
		t.Errorf("a transposition that does nothing: error %v", err)
	}
}
