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

// Stride is how many calls a goroutine makes between two looks at whether it is to stop. It is even, so that a function that
// is called in turn on its own result, and is its own inverse, gives back what it was given first.
const Stride = 64

// TimeTogether has goroutines run body at once, tells them to stop after about the time of a pass, and returns what an
// operation took: the time that passed, divided by the operations of all goroutines. body is given the goroutine's
// number, and returns how many operations it did when stop is set. If there were none, Wall is 0. Of the plan it needs the
// clock and Done, which ends the pass.
func (p *Plan) TimeTogether(goroutines int, pass time.Duration, body func(k int, stop *atomic.Bool) int) Sample {
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
	defer AfterDone(p.Done, func() { stop.Store(true) })()
	clock := p.Clock
	timer := time.NewTimer(pass)
	bytes, objects, _ := clock.Heap()
	cpu, wall := clock.CPU(), clock.Wall()
	close(start)
	select {
	case <-timer.C:
	case <-p.Done:
	}
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

// passes is how often [Lengthen] makes a pass. The last is 128 times as long as the first.
const passes = 8

// Lengthen makes a pass of that length, and while it reports that some goroutine had no turn, another that is twice as long, but
// not more than a few. On one core, a goroutine that never waits keeps the others out for as long as the scheduler lets it,
// and other programs may keep all of them out.
func Lengthen(length time.Duration, pass func(time.Duration) (all bool)) {
	for range passes {
		if pass(length) {
			return
		}
		length *= 2
	}
}

// AfterDone calls f when done is closed, unless end was called before. Goroutines that keep all cores busy need this: the
// one that is to stop them after some time may be the last of a thousand in the scheduler's queue.
func AfterDone(done <-chan struct{}, f func()) (end func()) {
	ended := make(chan struct{})
	go func() {
		select {
		case <-done:
			f()
		case <-ended:
		}
	}()
	return func() { close(ended) }
}

// LiveSubject is a subject that is not timed in batches: it is a program at work, and Take looks at it for a while. Take
// returns a sample and how many operations it is of. The subject's functions, its group and what else tells [Measure] how
// to run it have no meaning.
type LiveSubject struct {
	Subject *Subject
	Take    func() (Sample, int, error)
}

// Live takes a sample of each subject in each round, in an order drawn anew: all are shuffled together. Before each
// sample garbage is collected and idle threads are ended; during it the collector is off. Of the plan it needs the rounds,
// the seed and Done. It calls progress after each sample. If it is told to stop, or a subject fails, it returns the complete
// rounds together with the error, or nil if there are none.
func Live(plan Plan, subjects []LiveSubject, progress func(done, all int)) ([]Series, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64)) // which would have it collect all the same
	defer endIdleThreads()
	series := make([]Series, len(subjects))
	for k := range series {
		series[k].Subject = subjects[k].Subject
	}
	operations := make([]int, len(subjects))
	rng := rand.New(rand.NewPCG(plan.Seed, 0))
	for round := range plan.Rounds {
		samples := make([]Sample, len(subjects))
		for at, k := range rng.Perm(len(subjects)) {
			runtime.GC()
			endIdleThreads()
			s, n, err := subjects[k].Take()
			if plan.stopped() { // perhaps the reason of err
				err = ErrStopped
			}
			if err != nil && round == 0 {
				return nil, err
			} else if err != nil {
				return series, err
			}
			samples[k] = s
			operations[k] += n
			progress(round*len(subjects)+at+1, plan.Rounds*len(subjects))
		}
		for k := range series {
			series[k].Samples = append(series[k].Samples, samples[k])
			series[k].N = max(1, operations[k]/(round+1))
		}
	}
	return series, nil
}

// goThreads returns how many threads the Go runtime has. Only those that it made count, not those of native code.
func goThreads() int {
	s := []metrics.Sample{{Name: "/sched/threads/total:threads"}}
	metrics.Read(s)
	return int(s[0].Value.Uint64())
}

// GoThreads returns what a sample says of the Go runtime's threads: the most that it ever had since [Live] ended
// those that idled, because the runtime itself ends none.
func GoThreads() Value { return Value{Value: float64(goThreads()), Unit: "threads"} }

// endIdleThreads ends the threads that idle. The runtime keeps each thread that it made, so without this a sample
// would show the threads of all that ran before. A thread does end when a goroutine that is locked to it does,
// so as many goroutines as there are threads are locked to one each, and end. The program's first thread
// cannot end: if it is among them, the runtime parks it for good and counts it no more.
func endIdleThreads() {
	before := goThreads()
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
	for last := goThreads(); ; {
		time.Sleep(time.Millisecond)
		now := goThreads()
		if now >= last {
			return
		}
		last = now
	}
}
