// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package steps times what a small program does from its first statement on, step by step, and prints it as
// one line: "stamp=… begun=… clock=… dlopen=… call1=… bytes=… allocs=… ended=…". begun and ended are readings
// of CLOCK_MONOTONIC, which is the same clock in the process that started the program; bytes and allocs are what
// [Calls] calls allocated on Go's heap; all else are lengths of steps. Times are in ns. What the program does
// between two steps is not in any.
package steps

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

// Calls is how many calls are made up to the last that is timed.
const Calls = 1000

// Steps are those done so far.
type Steps struct {
	begun   int64
	started time.Time
	count   int
	done    [8]struct {
		name    string
		elapsed time.Duration
	}
	bytes, allocs uint64 // in as many calls
}

// Begin is to be a program's first statement. It also times an empty step, "clock": what every step holds of
// the clock's own cost.
func Begin() *Steps {
	s := &Steps{begun: monotonic()}
	for range 3 { // of which the last counts: the first brings the code in
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

// Done ends the step that was started last. It keeps what is to be printed, so as not to print between steps.
func (s *Steps) Done(step string) {
	elapsed := time.Since(s.started)
	s.done[s.count].name, s.done[s.count].elapsed = step, elapsed
	s.count++
}

// Calls calls not, which is to return ^x, and times its first call, its second and its last. Then it calls it as
// often again, to count what the calls allocate on Go's heap.
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

// Fail ends the program with an error if err is one.
func (s *Steps) Fail(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "start: %v\n", err)
		os.Exit(1)
	}
}

// End prints the line. It is to be the last statement. stamp tells one build of the program from another.
func (s *Steps) End(stamp string) {
	ended := monotonic()
	line := fmt.Appendf(nil, "stamp=%s begun=%d", stamp, s.begun)
	for _, step := range s.done[:s.count] {
		line = fmt.Appendf(line, " %s=%d", step.name, step.elapsed.Nanoseconds())
	}
	_, err := fmt.Printf("%s bytes=%d allocs=%d ended=%d\n", line, s.bytes, s.allocs, ended)
	s.Fail(err)
}
