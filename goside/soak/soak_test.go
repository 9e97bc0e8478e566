// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package soak

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/registry"
	"toll/goside/seam"
)

// short is a soak of a second or two.
func short(routes ...*seam.Route) Config {
	return Config{Routes: routes, Rounds: 2 * fewest, Load: 30 * time.Millisecond, Goroutines: 4, Seed: 7, Figures: Process(),
		Cases: func(c *kernel.Case) bool {
			return strings.Contains(c.Name, "11 x 13") || strings.Contains(c.Name, "refused") || c.Kernel == "call"
		}}
}

func mustRun(t *testing.T, c Config) *Report {
	t.Helper()
	r, err := Run(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func notFlat(r *Report) (names []string) {
	for _, l := range r.Figures {
		if !l.Flat() {
			names = append(names, l.Figure.Name)
		}
	}
	return names
}

// TestSoak soaks some routes, a crossing with callbacks and the workers for a moment: all results are right, and what is counted
// comes back to where it was. A moment says nothing about memory.
func TestSoak(t *testing.T) {
	routes, err := registry.Match([]string{"go/direct", "go-par/direct", "c/cgo", "c/purego", "c/shm"})
	if err != nil {
		t.Fatal(err)
	}
	c := short(routes...)
	crossing, err := registry.OpenCrossing("c", "purego")
	if err == nil {
		c.Crossings = []calls.Crossing{crossing}
		c.Figures = append(c.Figures, Texts(c.Crossings))
		c.Workers = Openers()
	} else if !errors.Is(err, seam.ErrUnavailable) {
		t.Fatal(err)
	}
	var samples bytes.Buffer
	c.Samples = &samples
	r := mustRun(t, c)
	for _, err := range r.Errors {
		t.Error(err)
	}
	for _, name := range notFlat(r) {
		if name == "descriptors" || name == "goroutines" || name == "children" || name == "texts that C keeps" {
			t.Errorf("%s: not flat", name)
		}
	}
	if r.Rests < c.Rounds/2 {
		t.Errorf("%d rests were judged, want at least %d", r.Rests, c.Rounds/2)
	}
	if lines := strings.Count(samples.String(), "\n"); lines < c.Rounds+1 {
		t.Errorf("%d lines of samples, want at least %d", lines, c.Rounds+1)
	}
	var out bytes.Buffer
	if err := r.Print(&out); err != nil {
		t.Error(err)
	}
	t.Logf("%s\n%s", out.String(), r.Summary())
}

// leaking are ways to lose something, and what shows it.
var leaking = []struct {
	figure string
	lose   func()
}{
	{"Go's heap", func() { lost.heap = append(lost.heap, make([]byte, 1<<20)) }},
	{"Go's objects", func() {
		for range 500 {
			lost.heap = append(lost.heap, make([]byte, 1))
		}
	}},
	{"goroutines", func() { go func() { <-lost.stay }() }},
	{"threads", func() {
		go func() {
			runtime.LockOSThread()
			<-lost.stay
		}()
	}},
	{"descriptors", func() {
		if f, err := os.Open(os.DevNull); err == nil {
			lost.files = append(lost.files, f)
		}
	}},
}

var lost struct {
	heap  [][]byte
	files []*os.File
	stay  chan struct{}
}

// TestLeaks: each leak is seen, whatever else the process does.
func TestLeaks(t *testing.T) {
	lost.stay = make(chan struct{})
	defer func() {
		close(lost.stay)
		for _, f := range lost.files {
			_ = f.Close()
		}
		lost.heap, lost.files = nil, nil
	}()
	julia := kernel.Go().Julia
	var losing sync.Mutex
	next := time.Now()
	f := kernel.Funcs{Julia: func(a *kernel.Julia) error {
		losing.Lock()
		defer losing.Unlock()
		if now := time.Now(); now.After(next) { // more would keep the machine busy
			for _, l := range leaking {
				l.lose()
			}
			next = now.Add(10 * time.Millisecond)
		}
		return julia(a)
	}}
	c := short(seam.NewRoute("leaking", "x", func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil }))
	r := mustRun(t, c)
	seen := notFlat(r)
	for _, l := range leaking {
		if !slices.Contains(seen, l.figure) {
			t.Errorf("%s: a leak was not seen: %+v", l.figure, r.Figures)
		}
	}
	if err := r.Err(); err == nil || !strings.Contains(err.Error(), "goroutines: not flat") {
		t.Errorf("the error is %v, want one that names what is not flat", err)
	}
	t.Logf("not flat: %v; %s", seen, r.Summary())
}

// TestWrong: a wrong result now and then is seen, and so is a panic.
func TestWrong(t *testing.T) {
	f := kernel.Go()
	var count atomic.Int64
	sum := f.Sum
	f = kernel.Funcs{Sum: func(p []float64) float64 {
		switch n := count.Add(1); {
		case n%35 == 0:
			panic("toll")
		case n%10 == 0:
			return sum(p) + 1
		}
		return sum(p)
	}}
	c := short(seam.NewRoute("wrong", "x", func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil }))
	r := mustRun(t, c)
	if r.Wrong < 2 || len(r.Errors) > mostErrors || r.Err() == nil {
		t.Errorf("%d wrong results of %d calls, the error %v, want some", r.Wrong, count.Load(), r.Err())
	}
	var kinds []string
	for _, err := range r.Errors {
		kinds = append(kinds, err.Error())
	}
	if all := strings.Join(kinds, "\n"); !strings.Contains(all, "wrong/x: ") {
		t.Errorf("the errors do not name the route:\n%s", all)
	}
}

func TestHangs(t *testing.T) {
	stay := make(chan struct{})
	defer close(stay)
	f := kernel.Funcs{Noop: func() { <-stay }}
	c := short(seam.NewRoute("hanging", "x", func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil }))
	c.Patience = 200 * time.Millisecond
	if _, err := Run(c); err == nil || !strings.Contains(err.Error(), "hanging/x") {
		t.Errorf("the error is %v, want one that names the route", err)
	}
}

// TestRandomProblems: a function that is wrong in one element, or writes outside of its range, is seen by random problems alone.
func TestRandomProblems(t *testing.T) {
	good := kernel.Go()
	for name, spoil := range map[string]func(f *kernel.Funcs){
		"the reference": func(*kernel.Funcs) {},
		"step": func(f *kernel.Funcs) {
			f.Step = func(a *kernel.DiffusionStep) error { err := good.Step(a); a.Out.Data[0]++; return err }
		},
		"ols": func(f *kernel.Funcs) {
			f.OLS = func(a *kernel.OLS) error { err := good.OLS(a); a.Slope[a.Lo/2]++; return err }
		},
		"julia": func(f *kernel.Funcs) {
			f.Julia = func(a *kernel.Julia) error { err := good.Julia(a); a.Zs[0]++; return err }
		},
		"julia-split": func(f *kernel.Funcs) {
			f.JuliaSplit = func(a *kernel.JuliaSplit) error { err := good.JuliaSplit(a); a.Out[len(a.Out)-1]++; return err }
		},
		"transpose": func(f *kernel.Funcs) {
			f.Transpose = func(a *kernel.Transpose) error { err := good.Transpose(a); a.In.Data[0] = 0; return err }
		},
		"add": func(f *kernel.Funcs) { f.Add = func(x, _ float64) float64 { return x } },
		"not": func(f *kernel.Funcs) { f.Not = func(x int64) int64 { return -x } },
		"sum": func(f *kernel.Funcs) { f.Sum = func(p []float64) float64 { return good.Sum(p) + 1 } },
	} {
		f := kernel.Go()
		spoil(&f)
		library, rng, found := seam.NewLibrary(f, false, seam.Build{}), rand.New(rand.NewPCG(3, 4)), map[string]bool{}
		for range 400 {
			if function, err := random(rng, library, 500, func(string) bool { return false }); err != nil {
				found[function] = true
			}
		}
		if name == "the reference" && len(found) > 0 || name != "the reference" && (!found[name] || len(found) > 1) {
			t.Errorf("%s: wrong are %v, want that alone", name, found)
		}
	}
}
