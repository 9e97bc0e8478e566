// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package cpython

import (
	"sync/atomic"
	"time"
)

// gate admits as many goroutines at once as it has slots. An admitted goroutine owns a slot, with memory for a call,
// until it leaves. Without waiters this costs two atomic exchanges. Waiters hold no OS thread and precede newcomers.
type gate struct {
	slots   []slot
	waiting atomic.Int64
	next    chan *slot // slots handed to waiters
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
	g.next = make(chan *slot, limit) // no send can block
}

// enter returns nil, without a slot, if the gate is closed.
func (g *gate) enter() *slot {
	if g.stopped.Load() {
		return nil
	}
	if g.waiting.Load() == 0 {
		if s := &g.slots[0]; s.taken.CompareAndSwap(false, true) { // always true if calls do not overlap
			return s
		}
		if s := g.free(); s != nil {
			return s
		}
	}
	s := g.wait(nil)
	if g.stopped.Load() { // closed while it waited
		g.leave(s)
		return nil
	}
	return s
}

// wait returns nil if no slot is free by the time that enough fires.
func (g *gate) wait(enough <-chan time.Time) *slot {
	g.waiting.Add(1)
	defer g.waiting.Add(-1)
	// A goroutine that left too early to see this waiter has left a free slot.
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

// close makes enter return nil and waits until nobody is inside, or for within. It returns all slots except those still
// taken, and reports false if the gate was closed before.
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

// open gives back the slots that close returned, so that earlier waiters see that the gate is closed.
func (g *gate) open(inside []*slot) {
	for _, s := range inside {
		g.leave(s)
	}
}
