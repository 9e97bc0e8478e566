// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package steps times a small program from its first statement on, step by step, and prints one line: "stamp=… begun=…
// clock=… dlopen=… call1=… bytes=… allocs=… ended=…". begun and ended are readings of CLOCK_MONOTONIC, the same clock
// as in the process that started the program. bytes and allocs are the heap allocations of [Calls] calls. All other
// figures are lengths of steps. Times are in ns. Work between two steps belongs to neither.
package steps

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

// Calls is the number of calls up to the last timed one.
const Calls = 1000

// Steps are the steps done so far.
type Steps struct {
	begun   int64
	started time.Time
	count   int
	done    [8]struct {
		name    string
		elapsed time.Duration
	}
	bytes, allocs uint64 // of Calls calls
}

// Begin must be a program's first statement. It also times an empty step, "clock": the clock's own cost in every step.
func Begin() *Steps {
	s := &Steps{begun: monotonic()}
	for range 3 { // only the last counts: the first brings the code in
		s.count = 0
		s.Start()
		s.Done("clock")
	}
	return s
}

// Library returns the path of the shared library, the program's one argument.
func (s *Steps) Library() string {
	if len(os.Args) != 2 {
		s.Fail(fmt.Errorf("%d arguments, want one: the path of a shared library", len(os.Args)-1))
	}
	return os.Args[1]
}

// Start begins a step.
func (s *Steps) Start() {
	s.started = time.Now() // brings the clock back into the caches
	s.started = time.Now()
}

// Done ends the current step. It keeps its figures, so that nothing is printed between steps.
func (s *Steps) Done(step string) {
	elapsed := time.Since(s.started)
	s.done[s.count].name, s.done[s.count].elapsed = step, elapsed
	s.count++
}

// Calls calls not, which must return ^x, and times the first call, the second and the last. Then it calls not as often
// again, to count the allocations on Go's heap.
func (s *Steps) Calls(not func(x int64) int64) {
	names := map[int64]string{1: "call1", 2: "call2", Calls: "call1000"}
	for k := int64(1); k <= Calls; k++ {
		name, timed := names[k]
		var y int64
		if timed {
			s.Start()
			y = not(k)
			s.Done(name)
		} else {
			y = not(k)
		}
		if y != ^k {
			s.Fail(fmt.Errorf("not(%d) is %d, want %d", k, y, ^k))
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for k := range int64(Calls) {
		not(k)
	}
	runtime.ReadMemStats(&after)
	s.bytes, s.allocs = after.TotalAlloc-before.TotalAlloc, after.Mallocs-before.Mallocs
}

// Fail ends the program with err if it is not nil.
func (s *Steps) Fail(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "start: %v\n", err)
		os.Exit(1)
	}
}

// End prints the line. It must be the last statement. stamp distinguishes builds of the program.
func (s *Steps) End(stamp string) {
	ended := monotonic()
	line := fmt.Appendf(nil, "stamp=%s begun=%d", stamp, s.begun)
	for _, step := range s.done[:s.count] {
		line = fmt.Appendf(line, " %s=%d", step.name, step.elapsed.Nanoseconds())
	}
	_, err := fmt.Printf("%s bytes=%d allocs=%d ended=%d\n", line, s.bytes, s.allocs, ended)
	s.Fail(err)
}
