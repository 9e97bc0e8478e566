// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestTimeTogether has each goroutine wait for all others, and a clock that goes on by 1 µs at each look.
func TestTimeTogether(t *testing.T) {
	const goroutines, each = 5, 4
	var at time.Duration
	tick := func() time.Duration { at += time.Microsecond; return at }
	heap := uint64(0)
	clock := Clock{
		Wall: tick, CPU: tick,
		Heap: func() (uint64, uint64, int) { heap += 40; return heap, heap / 2, 0 },
	}
	var came atomic.Int64
	plan := Plan{Clock: clock}
	s := plan.TimeTogether(goroutines, time.Millisecond, func(k int, stop *atomic.Bool) int {
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
	none := plan.TimeTogether(goroutines, 0, func(int, *atomic.Bool) int { return 0 })
	if none.Wall != 0 {
		t.Errorf("no operation took %v ns, want 0", none.Wall)
	}
	done := make(chan struct{})
	close(done)
	plan.Done = done
	plan.TimeTogether(goroutines, time.Hour, func(_ int, stop *atomic.Bool) int { // which the test would not outlive
		for !stop.Load() {
			runtime.Gosched()
		}
		return 1
	})
}

// TestMeasureLive has subjects that count how often a sample of each was taken.
func TestLive(t *testing.T) {
	failure := errors.New("a subject's own")
	const all, rounds = 3, 4
	for _, c := range []struct {
		name          string
		stop, fail    int // after, or in, the sample of that number; 0: never
		want          error
		complete, saw int // rounds, and calls of progress
	}{
		{"to the end", 0, 0, nil, 4, 12},
		{"stopped in the first round", 2, 0, ErrStopped, 0, 1},
		{"stopped in the third round", 7, 0, ErrStopped, 2, 6},
		{"stopped in the last sample of a round", 6, 0, ErrStopped, 1, 5},
		{"stopped, and failed for it", 8, 8, ErrStopped, 2, 7},
		{"failed in the first round", 0, 1, failure, 0, 0},
		{"failed in the second round", 0, 6, failure, 1, 5},
	} {
		done := make(chan struct{})
		var taken int
		var subjects []LiveSubject
		for k := range all {
			subjects = append(subjects, LiveSubject{&Subject{Name: fmt.Sprint(k)}, func() (Sample, int, error) {
				if taken++; taken == c.stop {
					close(done)
				}
				if taken == c.fail {
					return Sample{}, 0, failure
				}
				return Sample{Wall: float64(10*taken + k)}, 5, nil
			}})
		}
		saw := 0
		series, err := Live(Plan{Rounds: rounds, Seed: 1, Done: done}, subjects, func(done, of int) {
			if saw++; done != saw || of != all*rounds {
				t.Errorf("%s: progress %d of %d, want %d of %d", c.name, done, of, saw, all*rounds)
			}
		})
		if !errors.Is(err, c.want) || saw != c.saw {
			t.Errorf("%s: %v after %d samples, want %v after %d", c.name, err, saw, c.want, c.saw)
		}
		if c.complete == 0 {
			if series != nil {
				t.Errorf("%s: %v, want nothing", c.name, series)
			}
			continue
		}
		orders := map[string]bool{}
		for round := range c.complete {
			var order []int // of the subjects, by when their sample was taken
			for k, s := range series {
				if s.Subject != subjects[k].Subject || s.N != 5 || len(s.Samples) != c.complete {
					t.Fatalf("%s: subject %d has %+v, want %d samples of 5 operations", c.name, k, s, c.complete)
				}
				at, of := int(s.Samples[round].Wall)/10, int(s.Samples[round].Wall)%10
				if of != k || (at-1)/all != round {
					t.Errorf("%s: subject %d has in round %d a sample of subject %d, the %dth that was taken", c.name, k, round, of, at)
				}
				order = append(order, at-1-all*round)
			}
			orders[fmt.Sprint(order)] = true
			if slices.Sort(order); !slices.Equal(order, []int{0, 1, 2}) {
				t.Errorf("%s: round %d took the samples %v, want each once", c.name, round, order)
			}
		}
		if c.complete == rounds && len(orders) == 1 {
			t.Errorf("%s: each round had the order %v, want orders drawn anew", c.name, orders)
		}
	}
}

// TestEndIdleThreads has a crowd of threads made, then idle.
func TestEndIdleThreads(t *testing.T) {
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
	if n := goThreads(); n < crowd {
		t.Fatalf("%d threads with %d goroutines locked to one each: the figure is wrong", n, crowd)
	}
	endIdleThreads()
	if n := goThreads(); n >= crowd {
		t.Errorf("%d threads are left of more than %d that idled, want fewer", n, crowd)
	}
}

func TestLengthen(t *testing.T) {
	var lengths []time.Duration
	Lengthen(time.Second, func(length time.Duration) bool {
		lengths = append(lengths, length)
		return len(lengths) == 3
	})
	if want := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}; !slices.Equal(lengths, want) {
		t.Errorf("passes of %v, want %v", lengths, want)
	}
	var last time.Duration
	Lengthen(time.Second, func(length time.Duration) bool { last = length; return false })
	if want := 128 * time.Second; last != want {
		t.Errorf("the last pass is of %v, want %v", last, want)
	}
}
