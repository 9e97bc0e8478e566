// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/studytest"
)

func TestWalks(t *testing.T) {
	var r studytest.Recorded
	subjects, err := loopSubjects([]*seam.Route{studytest.RouteOf("go/direct", kernel.Go()), studytest.RouteOf("c/cgo", r.Funcs()), studytest.RouteOf("c/purego", r.Funcs()),
		studytest.RouteOf("c-omp/cgo", r.Funcs())}, []int{32, 40, 512}, 1, &study.Lab{})
	if err != nil {
		t.Fatal(err)
	}
	// 8 walks of a power of two, 12 of another; two kernels; two languages, and one pair of each kernel and side entered twice.
	if want := (8+12+8)*2*2 + 6; len(subjects) != want {
		t.Errorf("%d subjects, want %d", len(subjects), want)
	}
	studytest.Expect(t, r.Play(t, subjects), map[string]string{
		"Loops/kernel=diffusion/lang=c/via=cgo/layout=row/n=32/loops=matched/ld=unit":             "run layout=row n=32 ld=32 steps=64",
		"Loops/kernel=diffusion/lang=c/via=cgo/layout=row/n=32/loops=matched/ld=unit/entry=again": "run layout=row n=32 ld=32 steps=64",
		"Loops/kernel=diffusion/lang=c/via=cgo/layout=col/n=40/loops=interchanged/ld=pow2":        "run-interchanged layout=col n=40 ld=64 steps=40",
		"Loops/kernel=diffusion/lang=c/via=cgo/layout=row/n=512/loops=matched/ld=padded":          "run layout=row n=512 ld=520 steps=1",
		"Loops/kernel=diffusion/lang=go/via=direct/layout=row/n=512/loops=matched/ld=unit":        "",
		"Loops/kernel=ols/lang=c/via=cgo/layout=col/n=40/loops=matched/ld=padded":                 "ols layout=col n=40 ld=56 lines=40",
		"Loops/kernel=ols/lang=c/via=cgo/layout=row/n=512/loops=interchanged/ld=unit":             "ols-interchanged layout=row n=512 ld=512 lines=512",
	})
	groups := map[string]bool{}
	for k, s := range subjects {
		if k > 0 && s.Group != subjects[k-1].Group && groups[s.Group] {
			t.Errorf("%s is not beside the others of its group, %q", s.Name, s.Group)
		}
		groups[s.Group] = true
		if name := record.ParseName(s.Name); s.Group != fmt.Sprintf("loops %s n=%s", name.Kernel, name.N) {
			t.Errorf("%s is of the group %q, want that of its kernel and side", s.Name, s.Group)
		}
		cells := map[string]int{"n=32/": 64 * 30 * 30, "n=512/": 510 * 510}
		for size, want := range cells {
			if strings.Contains(s.Name, "kernel=diffusion") && strings.Contains(s.Name, size) && s.Least != want {
				t.Errorf("%s: %d operations at a time, want the cells of its steps, %d", s.Name, s.Least, want)
			}
		}
	}
	parallel, err := loopSubjects([]*seam.Route{studytest.RouteOf("c/cgo", kernel.Go()), studytest.RouteOf("c-omp/cgo", r.Funcs())}, []int{32}, 2, &study.Lab{})
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
	}{{UnitLD, 88, 88}, {PaddedLD, 88, 104}, {PaddedLD, 512, 520}, {PaddedLD, 32, 40}, {PaddedLD, 33, 40}, {PaddedLD, 40, 56}, {powerLD, 88, 128}, {powerLD, 512, 512}, {powerLD, 513, 1024}} {
		if got := Leading(c.ld, c.n); got != c.want {
			t.Errorf("%s of %d is %d, want %d", c.ld, c.n, got, c.want)
		}
	}
	for _, n := range loopSizes(true) {
		if padded := Leading(PaddedLD, n); padded <= n || padded%cacheLine != 0 || padded/cacheLine%2 != 1 {
			t.Errorf("%d is padded to %d, want an odd number of cache lines beyond", n, padded)
		}
	}
}

func TestWalksRefuses(t *testing.T) {
	for name, spoil := range studytest.Wrongs {
		f := kernel.Go()
		spoil(&f)
		_, err := loopSubjects([]*seam.Route{studytest.RouteOf("go/direct", kernel.Go()), studytest.RouteOf("c/cgo", f)}, []int{40}, 1, &study.Lab{})
		if err == nil || !strings.Contains(err.Error(), "c/cgo") || !strings.Contains(err.Error(), "want") {
			t.Errorf("%s: error %v, want one that names the route and what differs", name, err)
		}
	}
	if _, err := loopSubjects(nil, []int{40}, 1, &study.Lab{}); err == nil {
		t.Error("no routes: no error")
	}
}

// TestLoopSubjectsStop tells it to stop at once, and while it verifies.
func TestLoopSubjectsStop(t *testing.T) {
	for after := range 2 {
		done := make(chan struct{})
		if after == 0 {
			close(done)
		}
		lab := &study.Lab{Done: done, Progress: studytest.Stepping(func(int, int) { close(done) })}
		if subjects, err := loopSubjects([]*seam.Route{studytest.RouteOf("go/direct", kernel.Go())}, []int{40}, 1, lab); subjects != nil || !errors.Is(err, measure.ErrStopped) {
			t.Errorf("stopped after %d: %d subjects, error %v, want none and %v", after, len(subjects), err, measure.ErrStopped)
		}
	}
}
