// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package cpython

import "sync/atomic"

// gate lets so many goroutines in at once. It costs two atomic additions as long as nobody waits; those who do hold
// no OS thread.
type gate struct {
	limit   int64
	inside  atomic.Int64 // and waiting
	next    chan struct{}
	stopped atomic.Bool
}

func (g *gate) init(limit int) {
	g.limit = int64(limit)
	g.next = make(chan struct{})
}

// enter reports false, and has not entered, if the gate is closed.
func (g *gate) enter() bool {
	if g.stopped.Load() {
		return false
	}
	g.take()
	return true
}

func (g *gate) take() {
	if g.inside.Add(1) > g.limit {
		<-g.next
	}
}

// leave lets the next one in, who waits or is about to.
func (g *gate) leave() {
	if g.inside.Add(-1) >= g.limit {
		g.next <- struct{}{}
	}
}

// close has enter return false and waits until nobody is inside. It reports false if it was closed before.
func (g *gate) close() bool {
	if !g.stopped.CompareAndSwap(false, true) {
		return false
	}
	for range g.limit {
		g.take()
	}
	return true
}

// open lets those in who came before close and still wait.
func (g *gate) open() {
	for range g.limit {
		g.leave()
	}
}
