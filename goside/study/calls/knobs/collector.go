// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"errors"
	"runtime"
	"sync/atomic"

	"toll/goside/measure"
	"toll/goside/record"
)

// collectedSubjects returns calls, and Go work that takes as long as one, while the garbage collector is idle and while it
// runs hard: collection upon collection of a live heap of 32 MiB. The work is entered twice. They are to be timed by
// themselves, in batches of 30 ms or more, to have several collections in each. Memory is freed when the subjects are dropped.
//
// Without the shared library what needs it is left out, with an error that is seam.ErrUnavailable.
func collectedSubjects() ([]measure.Subject, error) {
	knobs, err := allKnobs()
	c := &collector{}
	var all []measure.Subject
	add := func(of choice, n int, run func(n int) error) {
		idle, hard := newSubject(of.but(choice{gc: "idle"}), n, run), newSubject(of.but(choice{gc: "hard"}), n, run)
		idle.Reset, hard.Reset = c.wait, c.start
		hard.Run = func(n int) error {
			defer c.halt() // and go on: how long the last collection takes is no part of the calls
			return run(n)
		}
		all = append(all, idle, hard)
	}
	add(plain("work"), 1, work)
	add(plain("work").but(choice{entry: record.EntryAgain}), 1, work)
	for k := range knobs {
		of := chosen(&knobs[k])
		isCalled := of.isPlain() && (of.op == "noop" && of.via != "syscalln" || of.op == "first" && of.via == "cgo")
		if isCalled || of == plain("first").but(choice{memory: "stack"}) || of == plain("struct").but(choice{memory: "pinned-each"}) {
			add(of, knobs[k].N, knobs[k].Run)
		}
	}
	return all, err
}

// work does n times what takes a few dozen nanoseconds.
func work(n int) error {
	x := uint64(1)
	for range n {
		for range 20 { // of Marsaglia's xorshift, which never comes to 0
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
		}
	}
	if x == 0 {
		return errors.New("knobs: the work's result is 0, want another number")
	}
	return nil
}

// collector has garbage collected again and again. It is used from one goroutine.
type collector struct {
	live []*leaf
	stop atomic.Bool
	done chan struct{} // closed when the last collection has ended; nil before the first
}

type leaf struct {
	next *leaf
	_    [2]uint64
}

const leaves = 1 << 20 // of 24 bytes and a pointer of 8 to each

// start returns when the first collection has ended and others follow.
func (c *collector) start() {
	c.wait()
	if c.live == nil {
		c.live = make([]*leaf, leaves)
		for k := range c.live {
			c.live[k] = &leaf{next: c.live[max(k-1, 0)]}
		}
	}
	c.stop.Store(false)
	first, done := make(chan struct{}), make(chan struct{})
	c.done = done
	go func() {
		defer close(done)
		runtime.GC()
		close(first)
		for !c.stop.Load() {
			runtime.GC()
		}
	}()
	<-first
}

// halt lets the collection under way be the last.
func (c *collector) halt() { c.stop.Store(true) }

// wait returns when nothing is collected any more.
func (c *collector) wait() {
	if c.done != nil {
		c.halt()
		<-c.done
	}
}
