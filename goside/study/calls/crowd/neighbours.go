// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package crowd

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study"
)

// neighboursName is the benchmark of what calls do to the rest of the program; its n is how many goroutines make them.
const neighboursName = "Neighbours"

// neighbours measures what goroutines in calls of Spin and Sleep do to the rest of the program: 1 µs, 1 ms and
// 100 ms a call, made one after the other by GOMAXPROCS and by 100 goroutines, in full also by 1 and by 1,000.
// 100 ms of Spin only by as many as GOMAXPROCS, since more would but be overload; Sleep by fewer than 100 only in
// full. Beside them stands the idle program (op=idle), twice: what the two differ by is noise.
// Direct is Go itself, its Sleep that of package time. Crossings without Spin or Sleep lack those rows; [chosen] says
// which are left out.
//
// A sample is of two parts, with the load on. In the first a goroutine that has nothing to do with the load
// ticks: it sleeps for 1 ms, then does a fixed piece of work, again and again. How much later than after 1 ms it
// goes on is the time of an operation (the median), tick-p99-ns and tick-max-ns; work-p50-ns and work-p99-ns are
// how long the work, of about 20 µs, takes from its first step to its last. In the second part garbage is
// collected by hand, up to three times: gc-pause-p50-ns and gc-pause-max-ns are how long a collection stopped the
// program, its stops added up; gc-wall-ns is the median of how long runtime.GC took. A shorter sleep would show
// less: a program that idles waits for its timers in whole milliseconds.
//
// A part ends, and the load with it, when it has taken so much longer than it should that the goroutine that it is
// of seems not to get its turn: 60 ms, or 250 in full. tick-cut and gc-cut are then 1, else 0, and what was waited
// for would have taken longer. threads is how many threads the Go runtime had in the end, under the load; idle ones
// are ended before each sample.
func neighbours(lab *study.Lab) ([]measure.Series, error) {
	crossings, _, err := lab.Crossings()
	if err != nil {
		return nil, err
	}
	plan := neighbourPlan{
		Plan:  measure.Plan{Rounds: record.Fewest, Seed: lab.Seed, Clock: measure.MachineClock(), Done: lab.Done},
		loads: loads(runtime.GOMAXPROCS(0), lab.Full),
		warm:  15 * time.Millisecond, watch: 70 * time.Millisecond, collect: 40 * time.Millisecond,
		patience: 60 * time.Millisecond,
	}
	if lab.Full {
		plan.Rounds, plan.patience = 2*record.Fewest, 250*time.Millisecond
	}
	return plan.measure(chosen(crossings), lab.Progress.Step)
}

// chosen returns the crossings whose calls neighbours puts beside the program. Those that reach C by runtime.cgocall are one to
// the scheduler: of them it takes cgo and the trampoline, or purego in the trampoline's place. It leaves out wasm: its Spin and
// Sleep wait in functions of Go's.
func chosen(crossings []calls.Crossing) []calls.Crossing {
	wanted := []string{"direct", "cgo", "trampoline"}
	if !slices.ContainsFunc(crossings, func(c calls.Crossing) bool { return c.Name == "trampoline" }) {
		wanted = append(wanted, "purego")
	}
	return slices.DeleteFunc(slices.Clone(crossings), func(c calls.Crossing) bool { return !slices.Contains(wanted, c.Name) })
}

// loads returns those that neighbours names, of which procs is GOMAXPROCS.
func loads(procs int, full bool) []load {
	counts := []int{procs, 100}
	if full {
		counts = append(counts, 1, 1000)
	}
	slices.Sort(counts)
	var all []load
	for _, n := range slices.Compact(counts) {
		all = append(all, load{"spin", time.Microsecond, "1us", n}, load{"spin", time.Millisecond, "1ms", n})
		if n <= procs {
			all = append(all, load{"spin", 100 * time.Millisecond, "100ms", n})
		}
		if n >= 100 || full {
			all = append(all, load{"sleep", time.Millisecond, "1ms", n}, load{"sleep", 100 * time.Millisecond, "100ms", n})
		}
	}
	return all
}

// neighbourPlan is how neighbours measures.
type neighbourPlan struct {
	measure.Plan
	warm           time.Duration // from the load's start to the first part, for its threads to be made
	watch, collect time.Duration // how long the parts are
	patience       time.Duration // with what is not done by then
	loads          []load
}

// load is so many goroutines that call Spin or Sleep.
type load struct {
	op         string // spin or sleep
	call       time.Duration
	name       string // of call
	goroutines int
}

// loading is a load that is on: until off is set and calls, those under way, are done.
type loading struct {
	off    atomic.Bool
	calls  sync.WaitGroup
	forget func() // that it is to be taken off when the plan is done
}

// begin puts the load on, until it is ended or done is closed.
func (l *load) begin(call func(ns int64), done <-chan struct{}) *loading {
	var on loading
	on.forget = measure.AfterDone(done, func() { on.off.Store(true) })
	for k := range l.goroutines {
		on.calls.Go(func() {
			// The first call is a part of one, so that not all end at once.
			for ns := int64(l.call) * int64(k+1) / int64(l.goroutines); !on.off.Load(); ns = int64(l.call) {
				call(ns)
			}
		})
	}
	return &on
}

// end takes the load off and waits for the calls that are under way.
func (l *loading) end() {
	l.off.Store(true)
	l.calls.Wait()
	l.forget()
}

func (plan *neighbourPlan) measure(crossings []calls.Crossing, progress func(done, all int)) ([]measure.Series, error) {
	var subjects []measure.LiveSubject
	add := func(name record.Name, problem string, call func(ns int64), l load) {
		name.Study, name.N = neighboursName, strconv.Itoa(l.goroutines)
		subjects = append(subjects, measure.LiveSubject{
			Subject: &measure.Subject{
				Name:  name.String(),
				Facts: []measure.Fact{{Key: "problem", Value: problem}, {Key: "per", Value: "tick"}},
			},
			Take: func() (measure.Sample, int, error) { return plan.besides(call, l) },
		})
	}
	for _, entry := range []string{"", record.EntryAgain} {
		add(record.Name{Op: "idle", Lang: "go", Via: "direct", Entry: entry}, "idle", nil, load{})
	}
	for _, l := range plan.loads {
		for _, c := range crossings {
			call := c.Funcs.Spin
			if l.op == "sleep" {
				call = c.Funcs.Sleep
			}
			if call == nil {
				continue
			}
			name := record.Name{Op: l.op, Lang: c.Lang, Via: c.Name, Keys: []record.Key{{Key: "call", Value: l.name}}}
			add(name, fmt.Sprintf("%s call=%s n=%d", l.op, l.name, l.goroutines), call, l)
		}
	}
	if len(subjects) == 2 {
		return nil, fmt.Errorf("crowd: none of %d crossings offers Spin or Sleep, want one", len(crossings))
	}
	return measure.Live(plan.Plan, subjects, progress)
}

const (
	tick       = time.Millisecond
	collectMax = 3
)

// besides takes a sample of what goroutines suffer beside a load. It returns how many ticks there were.
func (plan *neighbourPlan) besides(call func(ns int64), l load) (measure.Sample, int, error) {
	// What ticks is at it before the load comes: a goroutine made under load may wait long for its first turn.
	w := watch{clock: plan.Clock}
	watching := start(w.run)
	loading := l.begin(call, plan.Done)
	time.Sleep(plan.warm)
	w.begun.Store(true)
	time.Sleep(plan.watch)
	w.ended.Store(true)
	ticksCut := patiently(watching, &loading.off, plan.patience)
	if ticksCut != 0 {
		loading.end()
		loading = l.begin(call, plan.Done)
		time.Sleep(plan.warm)
	}

	var before, after debug.GCStats
	var wall measure.Latencies
	debug.ReadGCStats(&before)
	collecting := start(func() { collect(plan.Clock, &wall, plan.collect, &loading.off) })
	collectCut := patiently(collecting, &loading.off, plan.collect+plan.patience)
	debug.ReadGCStats(&after)
	inUse := measure.GoThreads()
	loading.end()

	var paused measure.Latencies
	for _, p := range after.Pause[:min(len(after.Pause), int(after.NumGC-before.NumGC))] { // the latest come first
		paused.Add(p)
	}
	if paused.Count == 0 {
		return measure.Sample{}, 0, fmt.Errorf("crowd: no pause is known of %d garbage collections, want one of each", wall.Count)
	}
	return measure.Sample{
		Wall: max(1, float64(w.late.Quantile(0.5))), // 0, if the clock is coarse, would be no time of an operation
		More: []measure.Value{
			{Value: float64(w.late.Quantile(0.99)), Unit: "tick-p99-ns"},
			{Value: float64(w.late.Longest), Unit: "tick-max-ns"},
			{Value: ticksCut, Unit: "tick-cut"},
			{Value: float64(w.worked.Quantile(0.5)), Unit: "work-p50-ns"},
			{Value: float64(w.worked.Quantile(0.99)), Unit: "work-p99-ns"},
			{Value: float64(paused.Quantile(0.5)), Unit: "gc-pause-p50-ns"},
			{Value: float64(paused.Longest), Unit: "gc-pause-max-ns"},
			{Value: float64(wall.Quantile(0.5)), Unit: "gc-wall-ns"},
			{Value: collectCut, Unit: "gc-cut"},
			inUse,
		},
	}, w.late.Count, nil
}

// start runs f on a goroutine and returns what is closed when f has returned.
func start(f func()) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	return done
}

// patiently waits until done is closed. After that time it takes the load off, by off, waits on, and returns 1.
func patiently(done <-chan struct{}, off *atomic.Bool, patience time.Duration) float64 {
	select {
	case <-done:
		return 0
	case <-time.After(patience):
		off.Store(true)
		<-done
		return 1
	}
}

// watch is what ticks.
type watch struct {
	clock        measure.Clock
	begun, ended atomic.Bool // those ticks count that end after begun is set; there is one at least
	late, worked measure.Latencies
}

func (w *watch) run() {
	x := uint64(1)
	for {
		begin := w.clock.Wall()
		time.Sleep(tick)
		woken := w.clock.Wall()
		x = goWork(x)
		worked := w.clock.Wall()
		if w.begun.Load() {
			w.late.Add(woken - begin - tick)
			w.worked.Add(worked - woken)
			if w.ended.Load() {
				return
			}
		}
	}
}

// goWork is work for about 20 µs that needs nothing but a core. Its argument is not 0, nor is its result.
//
//go:noinline
func goWork(x uint64) uint64 {
	for range 10_000 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// collect collects garbage until it has done so often enough, or long enough, or the load is off.
func collect(clock measure.Clock, wall *measure.Latencies, long time.Duration, off *atomic.Bool) {
	begin := clock.Wall()
	for n := 0; n == 0 || n < collectMax && clock.Wall()-begin < long && !off.Load(); n++ {
		start := clock.Wall()
		runtime.GC()
		wall.Add(clock.Wall() - start)
	}
}
