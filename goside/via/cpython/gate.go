// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package cpython

import (
	"sync/atomic"
	"time"
)

// gate lets as many goroutines in at once as it has slots. Who enters has a slot, with memory for a call, to himself until
// he leaves. It costs two atomic exchanges as long as nobody waits; those who do hold no OS thread, and come
// before newcomers.
type gate struct {
	slots   []slot
	waiting atomic.Int64
	next    chan *slot // those handed to whoever waits
	stopped atomic.Bool
}

type slot struct {
	taken atomic.Bool
	frame *frame
}

func (g *gate) init(limit int) {
	g.slots = make([]slot, limit)
	for k := range g.slots {
		g.slots[k].frame = new(frame)
	}
	g.next = make(chan *slot, limit) // of which none can ever block
}

// enter returns nil, and has not entered, if the gate is closed.
func (g *gate) enter() *slot {
	if g.stopped.Load() {
		return nil
	}
	if g.waiting.Load() == 0 {
		if s := &g.slots[0]; s.taken.CompareAndSwap(false, true) { // as it is if calls do not overlap
			return s
		}
		if s := g.free(); s != nil {
			return s
		}
	}
	s := g.wait(nil)
	if g.stopped.Load() { // while it waited
		g.leave(s)
		return nil
	}
	return s
}

// wait returns nil if none is left by the time that enough comes.
func (g *gate) wait(enough <-chan time.Time) *slot {
	g.waiting.Add(1)
	defer g.waiting.Add(-1)
	// Whoever left before he could see that one waits here left a free slot.
	if s := g.free(); s != nil {
		return s
	}
	select {
	case s := <-g.next:
		return s
	case <-enough:
		return nil
	}
}

func (g *gate) free() *slot {
	for k := range g.slots {
		if s := &g.slots[k]; !s.taken.Load() && s.taken.CompareAndSwap(false, true) {
			return s
		}
	}
	return nil
}

func (g *gate) leave(s *slot) {
	s.taken.Store(false)
	if g.waiting.Load() > 0 && s.taken.CompareAndSwap(false, true) {
		g.next <- s
	}
}

// close has enter return nil and waits until nobody is inside, or for so long. It returns the slots, all but those that
// are still taken then, and reports false if it was closed before.
func (g *gate) close(within time.Duration) (inside []*slot, ok bool) {
	if !g.stopped.CompareAndSwap(false, true) {
		return nil, false
	}
	enough := time.After(within)
	for range g.slots {
		s := g.wait(enough)
		if s == nil {
			break
		}
		inside = append(inside, s)
	}
	return inside, true
}

// open gives back what close returned, so that those who came before it and still wait see that it is closed.
func (g *gate) open(inside []*slot) {
	for _, s := range inside {
		g.leave(s)
	}
}
