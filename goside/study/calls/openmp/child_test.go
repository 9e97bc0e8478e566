// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package openmp

import (
	"bytes"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"toll/goside/kernel"
	"toll/goside/study/studytest"
)

func orderOf(callers int, by string) *order {
	return &order{Threads: 2, Callers: callers, By: by, Timed: time.Millisecond, Watched: time.Millisecond}
}

// TestJobs: each job returns the reference's bits through the reference, and is wrong if a number is a little off, or stale.
func TestJobs(t *testing.T) {
	for _, j := range append(slices.Clone(jobs), few) {
		f := kernel.GoPar()
		found, err := orderOf(2, byEach).carryOut(&j, &f, func() {})
		if err != nil {
			t.Errorf("%s %s: %v", j.kernel, j.grain, err)
		} else if found.Calls < 2 || found.Wall <= 0 {
			t.Errorf("%s %s: %+v, want 2 calls or more", j.kernel, j.grain, found)
		}
		stale := kernel.Funcs{
			Step: func(*kernel.DiffusionStep) error { return nil }, Run: func(*kernel.DiffusionRun) error { return nil },
			Julia: func(*kernel.Julia) error { return nil }, OLS: func(*kernel.OLS) error { return nil },
		}
		if _, err := orderOf(2, byEach).carryOut(&j, &stale, func() {}); err == nil || !strings.Contains(err.Error(), "caller 1 of 2: ") {
			t.Errorf("%s %s, which computes nothing: error %v, want one that names the caller", j.kernel, j.grain, err)
		}
		if got, err := jobNamed(j.kernel, j.grain, j.name(gridName).N); err != nil || got.n != j.n {
			t.Errorf("the job %s %s of %d is found as %+v, error %v", j.kernel, j.grain, j.n, got, err)
		}
	}
	if _, err := jobNamed("diffusion", "step", "17"); err == nil {
		t.Error("a step of 17² is found, want an error")
	}
}

// TestLastCallsVerified: what a call returns late is looked at, too, and of each caller.
func TestLastCallsVerified(t *testing.T) {
	late := kernel.Go()
	var mutex sync.Mutex
	watched := false
	late.Step = func(a *kernel.DiffusionStep) error {
		f := kernel.Go()
		err := f.Step(a)
		mutex.Lock()
		defer mutex.Unlock()
		if watched {
			a.Out.Data[5*a.Out.LD+7] = math.Nextafter(a.Out.Data[5*a.Out.LD+7], 9)
		}
		return err
	}
	_, err := orderOf(1, byEach).carryOut(&few, &late, func() {
		mutex.Lock()
		watched = true
		mutex.Unlock()
	})
	if err == nil || !strings.Contains(err.Error(), "caller 1 of 1: element 87 is") {
		t.Errorf("a step that is one ULP off in the last pass: error %v, want one that names the element", err)
	}
}

// TestCallsAtOnce: callers that call by themselves are in calls together; by one, all calls are on one thread, one by one.
func TestCallsAtOnce(t *testing.T) {
	const callers = 4
	var arrived sync.WaitGroup
	arrived.Add(callers)
	var once [callers]sync.Once
	var mutex sync.Mutex
	known := map[*kernel.DiffusionStep]int{}
	together := kernel.Go()
	together.Step = func(a *kernel.DiffusionStep) error {
		mutex.Lock()
		k, ok := known[a]
		if !ok {
			k = len(known)
			known[a] = k
		}
		mutex.Unlock()
		once[k].Do(arrived.Done)
		arrived.Wait() // for ever, if calls are made one by one
		f := kernel.Go()
		return f.Step(a)
	}
	if _, err := orderOf(callers, byEach).carryOut(&few, &together, func() {}); err != nil {
		t.Error(err)
	}

	threads, inCall := map[int]bool{}, 0
	alone := kernel.Go()
	alone.Step = func(a *kernel.DiffusionStep) error {
		mutex.Lock()
		threads[unix.Gettid()] = true
		inCall++
		if inCall > 1 {
			t.Error("two calls from one thread are made at once")
		}
		mutex.Unlock()
		// Time for other calls to be made, and for the runtime to take a goroutine off this thread.
		_ = unix.Nanosleep(&unix.Timespec{Nsec: 2e6}, nil)
		f := kernel.Go()
		err := f.Step(a)
		mutex.Lock()
		inCall--
		mutex.Unlock()
		return err
	}
	defer busy()()
	o := orderOf(callers, byOne)
	o.Timed, o.Watched = 50*time.Millisecond, 50*time.Millisecond
	if _, err := o.carryOut(&few, &alone, func() {}); err != nil {
		t.Error(err)
	}
	if len(threads) != 1 {
		t.Errorf("calls from one thread came from %d", len(threads))
	}
}

// busy keeps the runtime's threads busy, so that a goroutine that comes out of the kernel goes on on any of them.
func busy() (end func()) {
	var done sync.WaitGroup
	var stop atomic.Bool
	for range 4 {
		done.Go(func() {
			for !stop.Load() {
				runtime.Gosched()
			}
		})
	}
	return func() {
		stop.Store(true)
		done.Wait()
	}
}

// TestChildRefuses: an order that cannot be carried out is an error that says why.
func TestChildRefuses(t *testing.T) {
	for want, args := range map[string][]string{
		"has the arguments []":           nil,
		"want an order":                  {"{"},
		"want at least 1 by each or one": {`{"Route":"go-par/direct","Kernel":"ols","Grain":"matrix","N":"10000","Callers":0,"By":"each"}`},
		"has 1 callers by \"all\"":       {`{"Route":"go-par/direct","Kernel":"ols","Grain":"matrix","N":"10000","Callers":1,"By":"all"}`},
		"want one that the study has":    {`{"Route":"go-par/direct","Kernel":"ols","Grain":"step","N":"1","Callers":1,"By":"each"}`},
		"none/direct":                    {`{"Route":"none/direct","Kernel":"ols","Grain":"matrix","N":"10000","Callers":1,"By":"each"}`},
		"not offered":                    {`{"Route":"gonum/direct","Kernel":"diffusion","Grain":"step","N":"16","Threads":1,"Callers":1,"By":"each"}`},
		"threads is 0":                   {`{"Route":"go-par/direct","Kernel":"diffusion","Grain":"step","N":"16","Callers":1,"By":"each"}`},
	} {
		var out bytes.Buffer
		if err := child(&out, args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("child openmp %q: error %v, want one with %q", args, err, want)
		}
		if out.Len() > 0 {
			t.Errorf("child openmp %q printed %q", args, out.String())
		}
	}
}

func TestWithoutSettings(t *testing.T) {
	got := withoutSettings([]string{"OMP_NUM_THREADS=3", "HOME=/x", "GOMP_SPINCOUNT=1", "GOMAXPROCS=7", "GOMAXPROCSX=1"})
	if want := []string{"HOME=/x", "GOMAXPROCSX=1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestGoroutinesEnd: no goroutine is left when an order is carried out, or fails.
func TestGoroutinesEnd(t *testing.T) {
	before := runtime.NumGoroutine()
	f := kernel.Go()
	if _, err := orderOf(3, byOne).carryOut(&few, &f, func() {}); err != nil {
		t.Error(err)
	}
	f.Step = func(*kernel.DiffusionStep) error { return kernel.ErrNotOffered }
	if _, err := orderOf(3, byOne).carryOut(&few, &f, func() {}); err == nil {
		t.Error("a call that fails is no error")
	}
	studytest.GoroutinesBack(t, before)
}
