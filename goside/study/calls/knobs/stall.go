// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
)

// stallName is the benchmark of what stops the world beside a call.
const stallName = "Stall"

// stallCalls are how long the calls take.
var stallCalls = []time.Duration{time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond}

// stallCrossings are the crossings whose usual call is compared with a leaf's.
var stallCrossings = []string{"direct", "cgo", "trampoline"}

// stallPlan is how what stops the world is timed beside a call of Spin.
//
// A sample is of two calls, one after the other. In a tenth of the first the call is left alone; then runtime.GC is called
// beside it, whose time is that of an operation. stop-ns is how long that collection stopped the program, its stops added up.
// Beside the second call runtime.ReadMemStats is called, which stops the world once: memstats-ns. call-ns is how long the
// first call took. Beside them stands the idle program.
type stallPlan struct {
	measure.Plan
	calls []time.Duration
}

func (plan *stallPlan) measure(crossings []calls.Crossing, leaves *calls.Funcs, progress func(done, all int)) ([]measure.Series, error) {
	if runtime.GOMAXPROCS(0) < 2 {
		return nil, fmt.Errorf("knobs: GOMAXPROCS is 1, want 2 to do anything beside a call: %w", seam.ErrUnavailable)
	}
	var subjects []measure.LiveSubject
	add := func(name record.Name, spin func(ns int64), call time.Duration) {
		name.Study, name.N = stallName, "1"
		problem := name.Op
		if call > 0 {
			problem += " call=" + name.Get("call")
		}
		subjects = append(subjects, measure.LiveSubject{
			Subject: &measure.Subject{
				Name:  name.String(),
				Facts: []measure.Fact{{Key: "problem", Value: "stall " + problem}, {Key: "per", Value: "collection"}},
			},
			Take: func() (measure.Sample, int, error) { return plan.beside(spin, call) },
		})
	}
	add(record.Name{Op: "idle", Lang: "go", Via: "direct"}, func(int64) {}, 0)
	for _, call := range plan.calls {
		spin := func(lang, via, form string, f *calls.Funcs) {
			if f.Spin != nil {
				keys := []record.Key{{Key: "form", Value: form}, {Key: "call", Value: call.String()}}
				add(record.Name{Op: "spin", Lang: lang, Via: via, Keys: keys}, f.Spin, call)
			}
		}
		for _, c := range crossings {
			if slices.Contains(stallCrossings, c.Name) {
				spin(c.Lang, c.Name, formUsual, c.Funcs)
			}
		}
		spin("c", "trampoline", formLeaf, leaves)
	}
	return measure.Live(plan.Plan, subjects, progress)
}

// beside takes a sample.
func (plan *stallPlan) beside(spin func(ns int64), call time.Duration) (measure.Sample, int, error) {
	var before, after debug.GCStats
	debug.ReadGCStats(&before)
	collection, took := plan.during(spin, call, runtime.GC)
	debug.ReadGCStats(&after)
	if after.NumGC != before.NumGC+1 {
		return measure.Sample{}, 0, fmt.Errorf("knobs: there were %d collections of garbage, want one", after.NumGC-before.NumGC)
	}
	var stats runtime.MemStats
	reading, _ := plan.during(spin, call, func() { runtime.ReadMemStats(&stats) })
	return measure.Sample{Wall: max(1, float64(collection)), More: []measure.Value{
		{Value: float64(after.Pause[0]), Unit: "stop-ns"}, // the latest comes first
		{Value: float64(reading), Unit: "memstats-ns"},
		{Value: float64(took), Unit: "call-ns"},
	}}, 1, nil
}

// during returns how long stop takes beside a call, and how long the call takes.
func (plan *stallPlan) during(spin func(ns int64), call time.Duration, stop func()) (stopped, took time.Duration) {
	clock := plan.Clock
	var begun atomic.Bool
	ended := make(chan time.Duration)
	go func() {
		begin := clock.Wall()
		begun.Store(true)
		spin(int64(call))
		ended <- clock.Wall() - begin
	}()
	for !begun.Load() {
		runtime.Gosched()
	}
	for begin := clock.Wall(); clock.Wall()-begin < call/10; {
		continue // a timer would wake up too late beside a call of 1 ms
	}
	begin := clock.Wall()
	stop()
	return clock.Wall() - begin, <-ended
}
