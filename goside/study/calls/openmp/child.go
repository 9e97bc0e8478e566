// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package openmp

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/registry"
)

// order is what a child does: so many goroutines call a job on a route, each call on so many threads.
type order struct {
	Route, Kernel, Grain, N string
	Threads, Callers        int
	By                      string // see byEach
	Timed, Watched          time.Duration
}

// How the calls are made.
const (
	byEach = "each" // by the goroutines themselves
	byOne  = "one"  // for all of them by one goroutine, locked to its thread
)

// outcome is what a child found.
type outcome struct {
	Calls         int
	Wall, CPU     float64 // ns, of all calls
	Bytes, Allocs float64 // of all calls, on Go's heap
	Before, After int     // threads of the process: before the first call, and when all callers have ended
}

// watchNow is what a child prints before the pass in which its threads are to be watched.
const watchNow = "watch"

// child carries out one order, which is its argument. It prints watchNow and then the outcome, a line each.
func child(out io.Writer, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("child openmp has the arguments %q, want one", args)
	}
	var o order
	if err := json.Unmarshal([]byte(args[0]), &o); err != nil {
		return fmt.Errorf("child openmp has the argument %q, want an order: %w", args[0], err)
	}
	if o.Callers < 1 || o.By != byEach && o.By != byOne {
		return fmt.Errorf("child openmp has %d callers by %q, want at least 1 by %s or %s", o.Callers, o.By, byEach, byOne)
	}
	j, err := jobNamed(o.Kernel, o.Grain, o.N)
	if err != nil {
		return err
	}
	routes, err := registry.Match([]string{o.Route})
	if err != nil {
		return err
	}
	library, err := routes[0].Open()
	if err != nil {
		return err
	}
	found, err := o.carryOut(j, &library.Funcs, func() { fmt.Fprintln(out, watchNow) })
	if err != nil {
		return fmt.Errorf("openmp: %s, %d callers on %d threads each, by %s: %w", o.Route, o.Callers, o.Threads, o.By, err)
	}
	return json.NewEncoder(out).Encode(found)
}

// callers are goroutines that make calls, each with arguments of its own.
type callers struct {
	arguments []*arguments
	call      func(k int) error // makes one call for the k-th
}

// carryOut verifies that calls made at once return the reference's bits, times them in one pass, watched by nobody, and has
// watch called before another. What the last calls of that returned is verified, too.
func (o *order) carryOut(j *job, f *kernel.Funcs, watch func()) (*outcome, error) {
	// The collector has threads and pauses of its own. Calls leave next to nothing to collect.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	want := j.new(j.n, kernel.Par{Threads: 1, Schedule: kernel.Static})
	reference := kernel.Go()
	want.clear() // as the callers' results are: a step leaves the boundary of its result as it is
	if err := want.call(&reference); err != nil {
		return nil, err
	}
	c := &callers{}
	for range o.Callers {
		c.arguments = append(c.arguments, j.new(j.n, kernel.Par{Threads: o.Threads, Schedule: kernel.Static}))
	}
	c.call = func(k int) error { return c.arguments[k].call(f) }
	if o.By == byOne {
		end := c.handOver()
		defer end()
	}
	before := threadsOfProcess()
	if _, err := c.pass(0); err != nil {
		return nil, err
	}
	if err := c.verify(want); err != nil {
		return nil, err
	}
	timed, err := c.pass(o.Timed)
	if err != nil {
		return nil, err
	}
	watch()
	if _, err := c.pass(o.Watched); err != nil {
		return nil, err
	}
	if err := c.verify(want); err != nil {
		return nil, err
	}
	timed.Before, timed.After = before, threadsOfProcess()
	return timed, nil
}

// verify compares what each caller's last call returned with what is wanted.
func (c *callers) verify(want *arguments) error {
	for k, a := range c.arguments {
		if err := a.same(want); err != nil {
			return fmt.Errorf("caller %d of %d: %w", k+1, len(c.arguments), err)
		}
	}
	return nil
}

// handOver has one goroutine, locked to its thread, make all calls, until end is called.
func (c *callers) handOver() (end func()) {
	type request struct {
		caller int
		done   chan error
	}
	requests := make(chan request)
	own := c.call
	go func() {
		runtime.LockOSThread()
		for r := range requests {
			r.done <- own(r.caller)
		}
	}()
	all := make([]chan error, len(c.arguments))
	for k := range all {
		all[k] = make(chan error)
	}
	c.call = func(k int) error {
		requests <- request{k, all[k]}
		return <-all[k]
	}
	return func() { close(requests) }
}

// pass has all callers make calls until about the time is over, each at least one. The time that it returns is up to the end of
// the last call: of long calls by many, those under way at the end are too many to be counted whole in less.
func (c *callers) pass(length time.Duration) (*outcome, error) {
	for _, a := range c.arguments {
		a.clear()
	}
	var ready, done sync.WaitGroup
	var stop atomic.Bool
	var calls atomic.Int64
	start := make(chan struct{})
	failed := make([]error, len(c.arguments))
	for k := range c.arguments {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			n := 0
			for failed[k] == nil && (n == 0 || !stop.Load()) {
				failed[k] = c.call(k)
				n++
			}
			calls.Add(int64(n))
		})
	}
	ready.Wait()
	clock := measure.MachineClock()
	bytes, objects, _ := clock.Heap()
	cpu, wall := clock.CPU(), clock.Wall()
	time.AfterFunc(length, func() { stop.Store(true) })
	close(start)
	done.Wait()
	o := &outcome{Wall: float64(clock.Wall() - wall), CPU: float64(clock.CPU() - cpu), Calls: int(calls.Load())}
	bytesAfter, objectsAfter, _ := clock.Heap()
	o.Bytes, o.Allocs = float64(bytesAfter-bytes), float64(objectsAfter-objects)
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return o, nil
}

// sample returns the figures of a call.
func (o *outcome) sample() measure.Sample {
	n := float64(o.Calls)
	return measure.Sample{Wall: o.Wall / n, CPU: o.CPU / n, Bytes: o.Bytes / n, Allocs: o.Allocs / n}
}

// threadsOfProcess returns how many threads this process has; 0 if the system does not say.
func threadsOfProcess() int {
	names, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return 0
	}
	return len(names)
}

// withoutSettings returns an environment without what sets the number of threads, or how they wait or are bound.
func withoutSettings(environment []string) []string {
	var kept []string
	for _, variable := range environment {
		if !strings.HasPrefix(variable, "OMP_") && !strings.HasPrefix(variable, "GOMP_") && !strings.HasPrefix(variable, "GOMAXPROCS=") {
			kept = append(kept, variable)
		}
	}
	return kept
}
