// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package harness

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"toll/goside/measure"
	"toll/goside/via/thread"
)

// maxCrowdMemory is how many bytes the frames of all goroutines may have.
const maxCrowdMemory = 4 << 30

// crowd times one crossing from several goroutines.
//
// A sample is of two passes. In the first no clock is read between calls: the time of an operation is the time of the pass,
// divided by the calls of all goroutines. In the second each call is timed on its own; what the two readings of the clock around
// nothing take is clock-ns, in the median, and is not subtracted.
//
// goroutines-run is how many of them made a call in the first pass, and threads how many Go's runtime had in the second.
func (s *session) crowd() error {
	if len(s.Goroutine) == 0 || slices.Min(s.Goroutine) < 1 {
		return fmt.Errorf("harness: calls of %v goroutines, want at least 1", s.Goroutine)
	}
	var workers pool
	defer workers.close()
	crossing := s.Crossings[0]
	calls, err := s.freed(crossing, s.address)
	if err != nil {
		return err
	}
	plan := measure.Plan{Rounds: s.Rounds, Seed: s.Seed, Clock: measure.MachineClock(), Done: s.report.done}
	pass := max(time.Duration(s.Batch), time.Millisecond)
	clock := clockCost()
	each := make([]measure.Latencies, slices.Max(s.Goroutine))
	var subjects []measure.LiveSubject
	done, all := 0, s.Rounds*len(s.Sets)*len(s.Goroutine)
	for _, set := range s.Sets {
		frames, err := s.crowdFrames(set, &workers)
		if err != nil {
			return err
		}
		for _, goroutines := range s.Goroutine {
			name := s.row(nameCrowd, s.lang(crossing), crossing, set, fmt.Sprintf("/goroutines=%d", goroutines))
			one := &gathering{
				session: s, name: name, plan: &plan, pass: pass, calls: calls,
				frames: frames[:goroutines], each: each[:goroutines], clock: clock,
			}
			subjects = append(subjects, measure.LiveSubject{
				Subject: &measure.Subject{Name: name},
				Take: func() (measure.Sample, int, error) {
					s.report.send(Event{Step: &Step{On: name, Done: done, All: all}})
					s.report.hear()
					return one.take()
				},
			})
		}
		if err := s.crowdFirst(crossing, set, calls, frames); err != nil {
			return err
		}
	}
	series, err := measure.Live(plan, subjects, func(at, _ int) { done = at })
	s.sendTimed(series)
	return err
}

// crowdFrames returns a frame for each goroutine.
func (s *session) crowdFrames(set int, workers *pool) ([]*Frame, error) {
	most := slices.Max(s.Goroutine)
	values, err := s.Plan.Values(set, 0)
	if err != nil {
		return nil, err
	}
	size := 0
	for _, v := range values {
		size += len(v.Bytes)
	}
	if size*most > maxCrowdMemory {
		return nil, fmt.Errorf("harness: %d goroutines with %d bytes each, want at most %d in all", most, size, maxCrowdMemory)
	}
	if s.Crossings[0] == process {
		if err := workers.start(s, most); err != nil {
			return nil, err
		}
	}
	frames := make([]*Frame, most)
	for k := range frames {
		if frames[k], err = s.frame(values, ordinary); err != nil {
			return nil, err
		}
		frames[k].worker = workers.next()
	}
	return frames, nil
}

// crowdFirst makes a call by each frame, so that a crash is known, and workers are prepared.
func (s *session) crowdFirst(crossing string, set int, calls Calls, frames []*Frame) (err error) {
	s.report.send(Event{Calling: &Calling{Crossing: crossing, Set: set, Memory: s.placed(frames[0])}})
	thread.Do(func() {
		for _, f := range frames {
			if err = caught(crossing, func() { calls(f, 1) }); err != nil {
				return
			}
			endCopy()
		}
	})
	return err
}

// clockCost returns the median of what two readings of the clock around nothing take.
func clockCost() float64 {
	var seen measure.Latencies
	origin := time.Now()
	for range 10_000 {
		start := time.Since(origin)
		seen.Add(time.Since(origin) - start)
	}
	return float64(seen.Quantile(0.5))
}

// gathering is calls of some goroutines.
type gathering struct {
	*session
	name   string
	plan   *measure.Plan
	pass   time.Duration
	calls  Calls
	frames []*Frame
	each   []measure.Latencies
	clock  float64

	mu     sync.Mutex
	failed error
}

// most is how long a goroutine may call before it looks at whether it is to stop.
const most = 20 * time.Microsecond

func (g *gathering) take() (measure.Sample, int, error) {
	stride := g.stride()
	var made, ran atomic.Int64
	s := g.together(func(k int, stop *atomic.Bool) int {
		n := 0
		for ; !stop.Load(); n += stride {
			g.calls(g.frames[k], stride)
		}
		made.Add(int64(n))
		if n > 0 {
			ran.Add(1)
		}
		return n
	})
	for k := range g.each {
		g.each[k].Clear()
	}
	timed := g.together(func(k int, stop *atomic.Bool) int {
		seen, n, origin := &g.each[k], 0, time.Now()
		for ; !stop.Load(); n++ {
			start := time.Since(origin)
			g.calls(g.frames[k], 1)
			seen.Add(time.Since(origin) - start)
		}
		return n
	})
	switch {
	case g.failed != nil:
		return s, 0, g.failed
	case s.Wall == 0 || timed.Wall == 0:
		return s, 0, fmt.Errorf("harness: %s: %d goroutines made no call in passes of %v and longer, want at least one", g.name, len(g.frames), g.pass)
	}
	s.More = append(measure.Merged(g.each).Values(), measure.Value{Value: g.clock, Unit: "clock-ns"},
		measure.Value{Value: float64(ran.Load()), Unit: "goroutines-run"}, measure.GoThreads())
	return s, int(made.Load()), nil
}

// stride returns how many calls last no longer than most.
func (g *gathering) stride() int {
	start := time.Now()
	_ = caught(g.name, func() { g.calls(g.frames[0], 1) }) // a failure shows in the pass, too
	return int(min(max(most/max(time.Since(start), 1), 1), measure.Stride))
}

// together makes a pass. One in which no goroutine got a turn is made again, and longer.
func (g *gathering) together(body func(k int, stop *atomic.Bool) int) (s measure.Sample) {
	measure.Lengthen(g.pass, func(pass time.Duration) bool {
		for _, f := range g.frames {
			f.restore()
		}
		s = g.plan.TimeTogether(len(g.frames), pass, func(k int, stop *atomic.Bool) (n int) {
			err := caught(g.name, func() { n = body(k, stop) })
			if err != nil {
				stop.Store(true)
				g.mu.Lock()
				defer g.mu.Unlock()
				if g.failed == nil {
					g.failed = err
				}
			}
			return n
		})
		return s.Wall > 0 || g.failed != nil
	})
	return s
}
