// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"math"
	"runtime"
	"sync"
	"testing"

	"toll/goside/via/thread"
)

// subnormalStep returns a step whose results are subnormals, known from integers.
func subnormalStep(par Par) (a *DiffusionStep, want []float64) {
	const rows, cols = 40, 7
	in, out := NewGrid(rows, cols, 0, Row), NewGrid(rows, cols, 0, Row)
	number := func(i, j int) int { return 16 * (1 + i*i + 3*j) } // half of each sum is an integer, too
	subnormal := func(k int) float64 { return math.Float64frombits(uint64(k)) }
	for i := range rows {
		for j := range cols {
			in.Data[in.At(i, j)] = subnormal(number(i, j))
			k := 0
			if i > 0 && i < rows-1 && j > 0 && j < cols-1 {
				lap := number(i+1, j) + number(i-1, j) + number(i, j+1) + number(i, j-1) - 4*number(i, j)
				k = number(i, j) + lap/2
			}
			want = append(want, subnormal(k))
		}
	}
	return &DiffusionStep{Out: out, In: in, Hi: rows, D: 1, Dt: 0.5, Par: par}, want
}

// TestSubnormals compares the implementations with known results. Comparing the two cannot find that both flush
// subnormals to zero: they would agree.
func TestSubnormals(t *testing.T) {
	for name, f := range map[string]Funcs{"go": Go(), "go-par": GoPar()} {
		a, want := subnormalStep(Par{3, Guided})
		if err := f.Step(a); err != nil {
			t.Fatal(err)
		}
		for k := range want {
			if got := math.Float64bits(a.Out.Data[k]); got != math.Float64bits(want[k]) {
				t.Fatalf("%s: element %d is %#x, want %#x", name, k, got, math.Float64bits(want[k]))
			}
		}
	}
}

// TestGoParSettlesThreads spoils the runtime's threads, as if they had been made before the first thread was settled.
// The goroutines of go-par run on them and must be right.
func TestGoParSettlesThreads(t *testing.T) {
	var group sync.WaitGroup
	ready, release := make(chan struct{}), make(chan struct{})
	const threads = 32
	for range threads {
		group.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			ready <- struct{}{} // each has a thread to itself
			<-release
			thread.SetFloat(thread.FlushToZero | thread.DenormalsAreZero)
		})
	}
	for range threads {
		<-ready
	}
	close(release)
	group.Wait()
	for range 200 {
		a, want := subnormalStep(Par{8, Dynamic})
		if err := GoPar().Step(a); err != nil {
			t.Fatal(err)
		}
		for k := range want {
			if got := math.Float64bits(a.Out.Data[k]); got != math.Float64bits(want[k]) {
				t.Fatalf("element %d is %#x, want %#x", k, got, math.Float64bits(want[k]))
			}
		}
	}
	for range threads { // leave none behind
		group.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			ready <- struct{}{}
			_, _ = thread.Settle()
		})
	}
	for range threads {
		<-ready
	}
	group.Wait()
}
