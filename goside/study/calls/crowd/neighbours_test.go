// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package crowd

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/study/studytest"
)

func TestLoads(t *testing.T) {
	name := func(l load) string { return fmt.Sprintf("%d %s %s", l.goroutines, l.op, l.name) }
	for _, c := range []struct {
		procs int
		full  bool
		want  string
	}{
		{2, false, "2 spin 1us, 2 spin 1ms, 2 spin 100ms, 100 spin 1us, 100 spin 1ms, 100 sleep 1ms, 100 sleep 100ms"},
		{1, true, "1 spin 1us, 1 spin 1ms, 1 spin 100ms, 1 sleep 1ms, 1 sleep 100ms, " +
			"100 spin 1us, 100 spin 1ms, 100 sleep 1ms, 100 sleep 100ms, " +
			"1000 spin 1us, 1000 spin 1ms, 1000 sleep 1ms, 1000 sleep 100ms"},
		{100, false, "100 spin 1us, 100 spin 1ms, 100 spin 100ms, 100 sleep 1ms, 100 sleep 100ms"},
	} {
		var got []string
		for _, l := range loads(c.procs, c.full) {
			got = append(got, name(l))
			if call, err := time.ParseDuration(l.name); err != nil || call != l.call {
				t.Errorf("%s is %v long", name(l), l.call)
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%d processors, full: %t: %v, want %s", c.procs, c.full, got, c.want)
		}
	}
}

func TestChosen(t *testing.T) {
	for _, c := range []struct {
		crossings string
		want      string
	}{
		{"direct cgo trampoline purego syscalln libffi wasm", "direct cgo trampoline"},
		{"direct purego syscalln", "direct purego"},
	} {
		var crossings []calls.Crossing
		for name := range strings.FieldsSeq(c.crossings) {
			crossings = append(crossings, calls.Crossing{Name: name})
		}
		var got []string
		for _, crossing := range chosen(crossings) {
			got = append(got, crossing.Name)
		}
		if strings.Join(got, " ") != c.want || crossings[len(crossings)-1].Name == "" {
			t.Errorf("of %s: %v, want %s", c.crossings, got, c.want)
		}
	}
}

// TestNeighbours also looks at the calls that make the load.
func TestNeighbours(t *testing.T) {
	var now, most atomic.Int64
	var mutex sync.Mutex
	lengths := map[int64]bool{}
	own := func(ns int64) {
		n := now.Add(1)
		defer now.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		mutex.Lock()
		lengths[ns] = true
		mutex.Unlock()
		time.Sleep(time.Duration(ns))
	}
	crossings := []calls.Crossing{
		{Name: "direct", Lang: "go", Funcs: calls.Go()},
		{Name: "lacking", Lang: "c", Funcs: &calls.Funcs{}},
		{Name: "own", Lang: "c", Funcs: &calls.Funcs{Sleep: own}},
	}
	plan := neighbourPlan{
		Plan: measure.Plan{Rounds: 2, Seed: 1, Clock: measure.MachineClock()},
		warm: 5 * time.Millisecond, watch: 5 * time.Millisecond, collect: 2 * time.Millisecond,
		patience: 50 * time.Millisecond,
		loads:    []load{{"spin", 10 * time.Microsecond, "10us", 2}, {"sleep", 4 * time.Millisecond, "4ms", 4}},
	}
	before := runtime.NumGoroutine()
	series, err := plan.measure(crossings, studytest.Counted(t, 10))
	if err != nil {
		t.Fatal(err)
	}
	studytest.GoroutinesBack(t, before)
	if now.Load() != 0 || most.Load() != 4 {
		t.Errorf("%d calls are under way and at most %d were, want 0 and 4", now.Load(), most.Load())
	}
	for _, ns := range []int64{1e6, 2e6, 3e6, 4e6} {
		if !lengths[ns] || len(lengths) != 4 {
			t.Errorf("calls were of %v ns, want 1, 2, 3 and 4 ms", lengths)
		}
	}
	studytest.Alike(t, series, 2, []string{"tick-p99-ns", "tick-max-ns", "tick-cut", "work-p50-ns", "work-p99-ns", "gc-pause-p50-ns",
		"gc-pause-max-ns", "gc-wall-ns", "gc-cut", "threads"})
	var names []string
	for _, s := range series {
		names = append(names, strings.TrimPrefix(s.Subject.Name, "Neighbours/op="))
		for _, sample := range s.Samples {
			for _, unit := range []string{"work-p50-ns", "gc-pause-p50-ns", "gc-wall-ns"} {
				if sample.Get(unit) == 0 {
					t.Errorf("%s: %s is 0, want more", s.Subject.Name, unit)
				}
			}
			// A collection takes as long as it stops the program, and more; both are known to 1 %.
			if stop, all := sample.Get("gc-pause-p50-ns"), sample.Get("gc-wall-ns"); stop > 1.02*all {
				t.Errorf("%s: the program stood still for %v ns of %v", s.Subject.Name, stop, all)
			}
		}
	}
	want := []string{"idle/lang=go/via=direct/n=0", "idle/lang=go/via=direct/n=0/entry=again", "spin/lang=go/via=direct/n=2/call=10us",
		"sleep/lang=go/via=direct/n=4/call=4ms", "sleep/lang=c/via=own/n=4/call=4ms"}
	if !slices.Equal(names, want) {
		t.Errorf("rows %v, want %v", names, want)
	}
	if _, err := plan.measure(crossings[1:2], studytest.Silent); err == nil {
		t.Error("crossings without Spin and Sleep: no error, want one")
	}
}

// TestNeighboursStop is told to stop in the first round and in the second.
func TestNeighboursStop(t *testing.T) {
	for _, rounds := range []int{0, 1} {
		done := make(chan struct{})
		plan := neighbourPlan{
			Plan: measure.Plan{Rounds: 2, Seed: 1, Clock: measure.MachineClock(), Done: done},
			warm: time.Millisecond, watch: time.Millisecond, collect: time.Millisecond, patience: time.Hour,
			loads: []load{{"sleep", time.Millisecond, "1ms", 3}},
		}
		before := runtime.NumGoroutine()
		series, err := plan.measure([]calls.Crossing{{Name: "direct", Lang: "go", Funcs: calls.Go()}}, func(at, all int) {
			if at == rounds*all/2+1 {
				close(done)
			}
		})
		if !errors.Is(err, measure.ErrStopped) {
			t.Errorf("stopped after %d rounds: %v, want %v", rounds, err, measure.ErrStopped)
		}
		if want := 3 * rounds; len(series) != want {
			t.Errorf("stopped after %d rounds: %d series, want %d", rounds, len(series), want)
		}
		for _, s := range series {
			if len(s.Samples) != rounds {
				t.Errorf("%s has %d samples, want %d", s.Subject.Name, len(s.Samples), rounds)
			}
		}
		studytest.GoroutinesBack(t, before)
	}
}

// TestLoadEndsWhenDone has a load that nobody ends but the signal to stop.
func TestLoadEndsWhenDone(t *testing.T) {
	done := make(chan struct{})
	l := load{"spin", time.Microsecond, "1us", 3}
	on := l.begin(calls.Go().Spin, done)
	close(done)
	on.calls.Wait()
	if !on.off.Load() {
		t.Error("the load is on though its calls have ended")
	}
}

func TestPatiently(t *testing.T) {
	var off atomic.Bool
	if cut := patiently(start(func() {}), &off, time.Minute); cut != 0 || off.Load() {
		t.Errorf("what is done at once: cut %v, off %t, want 0 and false", cut, off.Load())
	}
	waits := func() {
		for !off.Load() {
			time.Sleep(time.Millisecond)
		}
	}
	if cut := patiently(start(waits), &off, time.Millisecond); cut != 1 || !off.Load() {
		t.Errorf("what waits for the load's end: cut %v, off %t, want 1 and true", cut, off.Load())
	}
}

// TestWatch has a clock that goes on by 5 ms at each look: so late is each tick, and so long the work.
func TestWatch(t *testing.T) {
	var at time.Duration
	looks := 0
	var w watch
	w.clock = measure.Clock{Wall: func() time.Duration {
		if looks++; looks == 5 { // in the middle of the second tick
			w.begun.Store(true)
			w.ended.Store(true)
		}
		at += 5 * time.Millisecond
		return at
	}}
	w.run()
	if looks != 6 || w.late.Count != 1 || w.worked.Count != 1 {
		t.Errorf("%d looks at the clock, %d ticks and %d works, want 6, 1 and 1", looks, w.late.Count, w.worked.Count)
	}
	if w.late.Longest != 4*time.Millisecond || w.worked.Longest != 5*time.Millisecond {
		t.Errorf("%v late, %v of work, want 4 ms and 5 ms", w.late.Longest, w.worked.Longest)
	}
}

func TestCollect(t *testing.T) {
	clock := measure.MachineClock()
	var off atomic.Bool
	var wall measure.Latencies
	collect(clock, &wall, time.Hour, &off)
	if wall.Count != collectMax {
		t.Errorf("%d collections in an hour, want %d", wall.Count, collectMax)
	}
	off.Store(true)
	wall.Clear()
	collect(clock, &wall, time.Hour, &off)
	if wall.Count != 1 {
		t.Errorf("%d collections with the load off, want 1", wall.Count)
	}
}
