// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestTogether has each goroutine wait for all others, and a clock that goes on by 1 µs at each look.
func TestTogether(t *testing.T) {
	const goroutines, each = 5, 4
	var at time.Duration
	tick := func() time.Duration { at += time.Microsecond; return at }
	heap := uint64(0)
	clock := Clock{
		Wall: tick, CPU: tick,
		Heap: func() (uint64, uint64, int) { heap += 40; return heap, heap / 2, 0 },
	}
	var came atomic.Int64
	s := Together(clock, goroutines, time.Millisecond, func(k int, stop *atomic.Bool) int {
		for came.Add(1); came.Load() < goroutines; {
			runtime.Gosched()
		}
		return each
	})
	// The processor's time is read before the wall's and again after it.
	want := Sample{Wall: 1000. / 20, CPU: 3000. / 20, Bytes: 40. / 20, Allocs: 20. / 20}
	if s.Wall != want.Wall || s.CPU != want.CPU || s.Bytes != want.Bytes || s.Allocs != want.Allocs {
		t.Errorf("got %+v, want %+v", s, want)
	}
	none := Together(clock, goroutines, 0, func(int, *atomic.Bool) int { return 0 })
	if none.Wall != 0 {
		t.Errorf("no operation took %v ns, want 0", none.Wall)
	}
}

// TestShedThreads has a crowd of threads made, then idle.
func TestShedThreads(t *testing.T) {
	const crowd = 30
	var locked, ended sync.WaitGroup
	end := make(chan struct{})
	locked.Add(crowd)
	for range crowd {
		ended.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			locked.Done()
			<-end
		})
	}
	locked.Wait()
	close(end)
	ended.Wait()
	if n := threads(); n < crowd {
		t.Fatalf("%d threads with %d goroutines locked to one each: the figure is wrong", n, crowd)
	}
	shedThreads()
	if n := threads(); n >= crowd {
		t.Errorf("%d threads are left of more than %d that idled, want fewer", n, crowd)
	}
}
