// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure

import (
	"math"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
)

// Stride is how many calls are made between two looks at whether to stop. It is even, so that Not gives back
// what it was given first.
const Stride = 64

// Together has that many goroutines run body at once until told to stop, after about as long as a pass shall
// take, and returns what an operation took; body returns how many it did. Wall is 0 if that is none.
func Together(clock Clock, goroutines int, pass time.Duration, body func(k int, stop *atomic.Bool) int) Sample {
	var ready, done sync.WaitGroup
	var stop atomic.Bool
	var all atomic.Int64
	start := make(chan struct{})
	ready.Add(goroutines)
	for k := range goroutines {
		done.Go(func() {
			ready.Done()
			<-start
			all.Add(int64(body(k, &stop)))
		})
	}
	ready.Wait()
	bytes, objects, _ := clock.Heap()
	cpu, wall := clock.CPU(), clock.Wall()
	close(start)
	time.Sleep(pass)
	stop.Store(true)
	elapsed, busy := clock.Wall()-wall, clock.CPU()-cpu
	done.Wait()
	bytesAfter, objectsAfter, _ := clock.Heap()
	n := float64(all.Load())
	if n == 0 {
		return Sample{}
	}
	return Sample{
		Wall:   float64(elapsed) / n,
		CPU:    float64(busy) / n,
		Bytes:  float64(bytesAfter-bytes) / n,
		Allocs: float64(objectsAfter-objects) / n,
	}
}

// LiveCell is something measured while goroutines are at work, and not as a batch: take returns a sample and
// how many operations it is of.
type LiveCell struct {
	Subject *Subject
	Take    func() (Sample, int, error)
}

// VisitLive takes a sample of each cell in each round, in an order drawn anew. Before each, garbage is
// collected and idle threads are ended; during it the collector is off.
func VisitLive(cells []LiveCell, rounds int, seed uint64, progress func(done, all int)) ([]Series, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64)) // which would have it collect all the same
	defer shedThreads()
	all := make([]Series, len(cells))
	operations := make([]int, len(cells))
	rng := rand.New(rand.NewPCG(seed, 0))
	for round := range rounds {
		for at, k := range rng.Perm(len(cells)) {
			runtime.GC()
			shedThreads()
			s, n, err := cells[k].Take()
			if err != nil {
				return nil, err
			}
			operations[k] += n
			all[k].Samples = append(all[k].Samples, s)
			progress(round*len(cells)+at+1, rounds*len(cells))
		}
	}
	for k := range all {
		all[k].Subject, all[k].N = cells[k].Subject, max(1, operations[k]/rounds)
	}
	return all, nil
}

// threads returns how many threads the Go runtime has. Only those that it made count, not those of native code.
func threads() int {
	s := []metrics.Sample{{Name: "/sched/threads/total:threads"}}
	metrics.Read(s)
	return int(s[0].Value.Uint64())
}

// ThreadsNow returns what a sample says of threads: as many as it ever had, since the runtime ends none.
func ThreadsNow() Value { return Value{Value: float64(threads()), Unit: "threads"} }

// shedThreads ends the threads that idle. The runtime keeps each thread that it made, so without this a sample
// would show the threads of all that ran before. A thread does end when a goroutine that is locked to it does,
// so as many goroutines as there are threads are locked to one each, and end. The program's first thread
// cannot end: if it is among them, the runtime parks it for good and counts it no more.
func shedThreads() {
	before := threads()
	var locked, ended sync.WaitGroup
	end := make(chan struct{})
	locked.Add(before)
	for range before {
		ended.Go(func() {
			runtime.LockOSThread()
			locked.Done()
			<-end
		})
	}
	locked.Wait()
	close(end)
	ended.Wait()
	// A thread ends a little after its goroutine.
	for last := threads(); ; {
		time.Sleep(time.Millisecond)
		now := threads()
		if now >= last {
			return
		}
		last = now
	}
}
