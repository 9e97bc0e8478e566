// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

// lockedName is the benchmark of calls by cgo from a goroutine that is locked to its thread, and from a free one.
const lockedName = "Locked"

// lockedCalls are the calls: one that does nothing, one that is busy for about as long as the scheduler takes to look away,
// and one that sleeps long enough for the runtime to give its processor to another goroutine.
var lockedCalls = []struct {
	op, call string
	ns       int64
}{{"noop", "", 0}, {"spin", "1us", 1_000}, {"sleep", "50us", 50_000}}

// runLocked times calls by cgo from locked goroutines and from free ones.
func runLocked(lab *study.Lab) ([]measure.Series, error) {
	crossings, _, err := lab.Crossings()
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(crossings, func(c calls.Crossing) bool { return c.Name == "cgo" })
	if at < 0 {
		return nil, fmt.Errorf("knobs: there is no cgo, want it to call from locked goroutines: %w", seam.ErrUnavailable)
	}
	// Beside others a goroutine runs for up to ten milliseconds before it must wait.
	return lab.Measure(lockedSubjects(crossings[at].Funcs), 10*time.Millisecond, 11, 3)
}

// lockedSubjects returns each call in a program that does nothing else (load=idle), and beside goroutines that want all
// processors (load=busy). Those from a free goroutine are entered twice.
func lockedSubjects(f *calls.Funcs) []measure.Subject {
	var all []measure.Subject
	others := &company{}
	for _, l := range lockedCalls {
		run := repeated(f, l.op, l.ns)
		for _, load := range []string{"idle", "busy"} {
			add := func(thread, entry string, run func(n int) error) {
				name := record.Name{Study: lockedName, Op: l.op, Lang: "c", Via: "cgo", N: "1", Entry: entry,
					Keys: []record.Key{{Key: "load", Value: load}, {Key: "thread", Value: thread}}}
				s := measure.Subject{
					Name:  name.String(),
					Facts: []measure.Fact{{Key: "problem", Value: "locked " + l.op + " load=" + load}, {Key: "per", Value: "call"}},
					Group: l.op + " " + load, Run: run, Least: 1, Reset: others.leave, Parks: true,
				}
				if load == "busy" {
					s.Reset = others.come
					s.Run = func(n int) error {
						defer others.halt() // and go on: how long the last of them works is no part of the calls
						return run(n)
					}
				}
				all = append(all, s)
			}
			add("free", "", run)
			add("free", record.EntryAgain, run)
			add("locked", "", locked(run))
		}
	}
	return all
}

// repeated returns what makes n calls of an operation.
func repeated(f *calls.Funcs, op string, ns int64) func(n int) error {
	call := map[string]func(ns int64){"noop": func(int64) { f.Noop() }, "spin": f.Spin, "sleep": f.Sleep}[op]
	return func(n int) error {
		for range n {
			call(ns)
		}
		return nil
	}
}

// company is goroutines that want all processors: four for each, which work for some ten microseconds at a time and then let
// others go on. It is used from one goroutine.
type company struct {
	stop atomic.Bool
	here sync.WaitGroup
}

// come has them come.
func (c *company) come() {
	c.leave()
	c.stop.Store(false)
	for range 4 * runtime.GOMAXPROCS(0) {
		c.here.Go(func() {
			for !c.stop.Load() {
				_ = work(200)
				runtime.Gosched()
			}
		})
	}
}

// halt tells them to leave.
func (c *company) halt() { c.stop.Store(true) }

// leave returns when none are here.
func (c *company) leave() {
	c.halt()
	c.here.Wait()
}
