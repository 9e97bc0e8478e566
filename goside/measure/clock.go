// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure

import (
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"toll/goside/via/thread"
)

// Clock measures a batch. Each function returns a total since some fixed moment.
type Clock struct {
	Wall func() time.Duration                            // monotonic
	CPU  func() time.Duration                            // of all threads of this process
	Heap func() (bytes, objects uint64, collections int) // allocated on Go's heap
}

// MachineClock returns the machine's own clock.
func MachineClock() Clock {
	start := time.Now()
	return Clock{
		Wall: func() time.Duration { return time.Since(start) },
		CPU: func() time.Duration {
			var t unix.Timespec
			if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
				return 0
			}
			return time.Duration(t.Nano())
		},
		Heap: func() (uint64, uint64, int) {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return m.TotalAlloc, m.Mallocs, int(m.NumGC)
		},
	}
}

// Resolution returns the smallest observed step between two readings of the wall clock, or 0 if it stands still.
func (c Clock) Resolution() time.Duration {
	const steps, readings = 100, 1_000_000
	var least time.Duration
	last := c.Wall()
	for seen, read := 0, 0; seen < steps && read < readings; read++ {
		at := c.Wall()
		if step := at - last; step > 0 {
			if seen == 0 || step < least {
				least = step
			}
			seen++
		}
		last = at
	}
	return least
}

// batch times n operations. Unless s parks, this goroutine is locked to its thread meanwhile. If the operations change
// the thread's floating-point environment, it is put back. batch also returns the number of garbage collections.
func (c Clock) batch(s *Subject, n int) (sample Sample, collections int, err error) {
	timed := func() { sample, collections, err = c.timed(s, n) }
	if s.Parks {
		timed()
	} else {
		thread.Noted(s.Name, thread.Guard(timed))
	}
	return sample, collections, err
}

// timed times n operations.
//
// Reading the heap stops all goroutines, so it precedes the untimed operations. The allocations of these are included
// in the average.
func (c Clock) timed(s *Subject, n int) (Sample, int, error) {
	bytes, objects, collections := c.Heap()
	untimed := 0
	if n > s.Least { // else one operation is long enough without
		untimed = s.Least
		if err := s.Run(untimed); err != nil {
			return Sample{}, 0, fmt.Errorf("measure: %s: %w", s.Name, err)
		}
	}
	if s.Reset != nil {
		s.Reset()
	}
	cpu := c.CPU()
	wall := c.Wall()
	err := s.Run(n)
	elapsed := c.Wall() - wall
	if s.Elapsed != nil {
		elapsed = s.Elapsed()
	}
	cpu = c.CPU() - cpu
	if err != nil {
		return Sample{}, 0, fmt.Errorf("measure: %s: %w", s.Name, err)
	}
	bytesAfter, objectsAfter, collectionsAfter := c.Heap()
	all := float64(n + untimed)
	return Sample{
		Wall:   float64(elapsed) / float64(n),
		CPU:    float64(cpu) / float64(n),
		Bytes:  float64(bytesAfter-bytes) / all,
		Allocs: float64(objectsAfter-objects) / all,
	}, collectionsAfter - collections, nil
}
