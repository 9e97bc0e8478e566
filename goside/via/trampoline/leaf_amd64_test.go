// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build linux

package trampoline

import (
	"errors"
	"io"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"toll/goside/seam"
)

// TestLeaf calls leaves from many goroutines while memory is collected, threads are preempted, and a profiler
// interrupts them.
func TestLeaf(t *testing.T) {
	f, err := OpenLeaf()
	if err != nil {
		t.Fatal(err)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		t.Fatal(err)
	}
	defer pprof.StopCPUProfile()
	var group sync.WaitGroup
	for g := range 16 {
		group.Go(func() {
			for k := range 20_000 {
				x := float64(g*100_000 + k)
				p := []float64{x, 1, 2, 3}
				f.Noop()
				if got := f.Add(x, 0.5); got != x+0.5 {
					t.Errorf("add returned %v, want %v", got, x+0.5)
				}
				if got := f.Not(int64(k)); got != ^int64(k) {
					t.Errorf("not returned %v, want %v", got, ^int64(k))
				}
				if got := f.Sum(p); got != x+6 {
					t.Errorf("sum returned %v, want %v", got, x+6)
				}
				if k%1000 == 0 {
					f.Spin(100_000)
				}
			}
		})
	}
	group.Wait()
}

// TestLeafRefusesRuntimes: a runtime with other offsets is refused, and nothing crashes.
func TestLeafRefusesRuntimes(t *testing.T) {
	for version, known := range map[string]bool{
		"go1.26": true, "go1.26.8": true, "go1.27.4": true, "go1.27rc1": true, "go1.26.8 X:nodwarf5": true, "go1.26-custom": true,
		"go1.25.9": false, "go1.28": false, "go1.260": false, "go1.2": false, "devel go1.29-0123456": false, "": false,
	} {
		err := knownRuntime(version)
		if known && err != nil || !known && (!errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), version)) {
			t.Errorf("%q: found the error %v, want one that names the version: %v", version, err, !known)
		}
	}

	right := here()
	if err := checkOffsets(right); err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	other := [2]uintptr{1, 2}
	copied := func(g *[8]uintptr, word int, value uintptr) *[8]uintptr {
		c := *g
		c[word] = value
		return &c
	}
	for name, wrong := range map[string]place{
		"one g":            {right.g, right.g, right.sp},
		"no m":             {copied(right.g, wordM, 0), copied(right.g0, wordM, 0), right.sp},
		"two m":            {copied(right.g, wordM, uintptr(unsafe.Pointer(&other))), right.g0, right.sp},
		"another g0":       {right.g, copied(right.g0, 0, 0), right.sp},
		"another stack":    {right.g, right.g0, right.sp + 1<<16},
		"stack pointer on": {right.g, right.g0, right.sp - 1<<10},
	} {
		if err := checkOffsets(wrong); !errors.Is(err, seam.ErrUnavailable) {
			t.Errorf("%s: found the error %v, want that the runtime is not known", name, err)
		}
	}
}
