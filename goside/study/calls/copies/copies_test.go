// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package copies

import (
	"errors"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/studytest"
	"toll/goside/via/mem"
)

// arena is memory of its own, which knows what lies in it.
type arena struct {
	all  [][]float64
	free int
	full bool
}

func (a *arena) Alloc(n int) ([]float64, error) {
	if a.full {
		return nil, errors.New("arena: no room")
	}
	p := make([]float64, n)
	a.all = append(a.all, p)
	return p, nil
}

func (a *arena) Free([]float64) { a.free++ }

func (a *arena) has(p []float64) bool {
	for _, q := range a.all {
		if mem.Overlap(p, q) {
			return true
		}
	}
	return false
}

func routeIn(name string, f kernel.Funcs, memory kernel.Memory) *seam.Route {
	lang, via, _ := strings.Cut(name, "/")
	return seam.NewRoute(lang, via, func() (*seam.Library, error) {
		library := seam.NewLibrary(f, false, seam.Build{})
		library.Memory = memory
		return library, nil
	})
}

func TestSubjects(t *testing.T) {
	var r studytest.Recorded
	memory := &arena{}
	there := map[bool]int{}
	f := kernel.Go()
	f.OLS = func(a *kernel.OLS) error {
		in := memory.has(a.Slope)
		if memory.has(a.Y.Data) != in || memory.has(a.Intercept) != in {
			t.Error("some arguments of a fit lie in the memory and some do not, want all alike")
		}
		there[in]++
		return kernel.Go().OLS(a)
	}
	gone := seam.NewRoute("c", "gone", func() (*seam.Library, error) { return nil, seam.ErrUnavailable })
	routes := []*seam.Route{studytest.RouteOf("c/cgo", r.Funcs()), gone, studytest.RouteOf("c/purego", kernel.Go()), routeIn("c/wasm", f, memory)}
	all, release, err := subjects(&study.Lab{}, routes)
	if err != nil {
		t.Fatal(err)
	}
	studytest.Expect(t, r.Play(t, all), map[string]string{
		"Copies/kernel=diffusion/lang=c/via=cgo/layout=row/n=512/place=reached/steps=10": "run layout=row n=512 ld=512 steps=10",
		"Copies/kernel=diffusion/lang=c/via=wasm/layout=row/n=32/place=copied/steps=1":   "",
		"Copies/kernel=julia/lang=c/via=cgo/n=100/place=reached":                         "julia points=100 maxiter=300",
		"Copies/kernel=julia/lang=c/via=cgo/n=50000/place=reached/entry=again":           "julia points=50000 maxiter=300",
		"Copies/kernel=julia/lang=c/via=wasm/n=50000/place=in-place":                     "",
		"Copies/kernel=ols/lang=c/via=cgo/layout=row/n=100000/place=reached":             "ols layout=row n=14 ld=14 lines=100000",
		"Copies/kernel=ols/lang=c/via=wasm/layout=row/n=10/place=in-place":               "",
	})
	if there[true] != 4 || there[false] != 4 { // two sizes, verified and played
		t.Errorf("fits in the memory and elsewhere: %v, want 4 of each", there)
	}
	for _, s := range all {
		name := record.ParseName(s.Name)
		if name.Via == "purego" || name.Via == "gone" {
			t.Errorf("%s is a subject, want routes with memory of their own only", s.Name)
		}
	}
	release()
	if memory.free != len(memory.all) || memory.free == 0 {
		t.Errorf("%d of %d slices were freed, want all", memory.free, len(memory.all))
	}
}

// TestWrong: a route whose results are wrong, or whose memory has no room, is not timed.
func TestWrong(t *testing.T) {
	stale := kernel.Go()
	stale.Julia = func(a *kernel.Julia) error { return nil }
	if _, _, err := subjects(&study.Lab{}, []*seam.Route{routeIn("c/wasm", stale, &arena{})}); err == nil || !strings.Contains(err.Error(), "count 0 is -1, want") {
		t.Errorf("stale counts: got %v, want an error", err)
	}
	half := kernel.Go()
	half.Run = func(a *kernel.DiffusionRun) error { b := *a; b.Steps--; return kernel.Go().Run(&b) }
	if _, _, err := subjects(&study.Lab{}, []*seam.Route{routeIn("c/wasm", half, &arena{})}); err == nil || !strings.Contains(err.Error(), "kernel=diffusion") {
		t.Errorf("a step too few: got %v, want an error", err)
	}
	if _, _, err := subjects(&study.Lab{}, []*seam.Route{routeIn("c/wasm", kernel.Go(), &arena{full: true})}); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("no room: got %v, want an error", err)
	}
	broken := errors.New("stale module")
	_, _, err := subjects(&study.Lab{}, []*seam.Route{seam.NewRoute("c", "wasm", func() (*seam.Library, error) { return nil, broken })})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "c/wasm") {
		t.Errorf("got %v, want %v of c/wasm", err, broken)
	}
}
