// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package crowd

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study"
)

// concurrencyName is the benchmark of calls that many goroutines make at once; its n is how many.
const concurrencyName = "Concurrency"

// concurrency measures how calls of Not go when 1, 2, GOMAXPROCS, 100 and 1,000 goroutines make them at once,
// as fast as they can. Crossings without Not are left out, and so is wasm-memory, which calls Not as wasm does.
//
// A sample is of two passes. In the first no clock is read between calls: the time of an operation is the
// pass's wall time divided by the calls that all goroutines made together, so that it halves when two make
// twice as many. In the second each call is timed on its own; p50-ns, p99-ns, p999-ns and max-ns are of these.
// Two readings of the clock cost more than many a call and are not subtracted: the rows of op=clock show
// them around nothing, and the time of their operation, too, is that of the second pass. No call is seen to take
// longer than a pass, since the goroutines that wait for a turn are let go at its end.
//
// goroutines-run is how many of them made a call at all in the first pass, and threads how many threads the
// Go runtime had at the end of the second. Threads that idle are ended before each sample, so those are the
// sample's own. The garbage collector is off during a pass.
//
// One row is entered again: what the two differ by is noise.
func concurrency(lab *study.Lab) ([]measure.Series, error) {
	crossings, _, err := lab.Crossings()
	if err != nil {
		return nil, err
	}
	plan := crowdPlan{
		Plan:       measure.Plan{Rounds: 9, Seed: lab.Seed, Clock: measure.MachineClock(), Done: lab.Done},
		pass:       30 * time.Millisecond,
		goroutines: []int{1, 2, runtime.GOMAXPROCS(0), 100, 1000},
	}
	if lab.Full {
		plan.Rounds, plan.pass = study.FullRounds, 60*time.Millisecond
	}
	return plan.measure(crossings, lab.Progress.Step)
}

// crowdPlan is how concurrency measures.
type crowdPlan struct {
	measure.Plan
	pass       time.Duration
	goroutines []int
}

func (plan *crowdPlan) measure(crossings []calls.Crossing, progress func(done, all int)) ([]measure.Series, error) {
	slices.Sort(plan.goroutines)
	counts := slices.Compact(plan.goroutines)
	each := make([]measure.Latencies, counts[len(counts)-1]) // a goroutine's own
	var subjects []measure.LiveSubject
	add := func(op, lang, via, entry string, n int, take func() (measure.Sample, int, error)) {
		name := record.Name{Study: concurrencyName, Op: op, Lang: lang, Via: via, N: strconv.Itoa(n), Entry: entry}
		subjects = append(subjects, measure.LiveSubject{Subject: &measure.Subject{
			Name:  name.String(),
			Facts: []measure.Fact{{Key: "problem", Value: fmt.Sprintf("%s n=%d", op, n)}, {Key: "per", Value: "call"}},
		}, Take: take})
	}
	for _, c := range crossings {
		if c.Funcs.Not == nil || c.Name == "wasm-memory" {
			continue
		}
		for _, n := range counts {
			take := func() (measure.Sample, int, error) {
				s, made, err := plan.crowd(c.Funcs.Not, each[:n])
				if err != nil {
					err = fmt.Errorf("crowd: %s: %w", c.Name, err)
				}
				return s, made, err
			}
			add("not", c.Lang, c.Name, "", n, take)
			if len(subjects) == 1 {
				add("not", c.Lang, c.Name, record.EntryAgain, n, take)
			}
		}
	}
	if len(subjects) == 0 {
		return nil, fmt.Errorf("crowd: none of %d crossings offers Not, want one", len(crossings))
	}
	for _, n := range counts {
		add("clock", "go", "direct", "", n, func() (measure.Sample, int, error) { return plan.clockAlone(each[:n]) })
	}
	return measure.Live(plan.Plan, subjects, progress)
}

// together makes a pass. One in which no goroutine got a turn is made again, and longer.
func (plan *crowdPlan) together(goroutines int, body func(k int, stop *atomic.Bool) int) (s measure.Sample) {
	measure.Lengthen(plan.pass, func(pass time.Duration) bool {
		s = plan.TimeTogether(goroutines, pass, body)
		return s.Wall > 0
	})
	return s
}

// crowd takes a sample of not, called by as many goroutines as there are each, which are overwritten. It also
// returns how many calls the first pass made.
func (plan *crowdPlan) crowd(not func(int64) int64, each []measure.Latencies) (measure.Sample, int, error) {
	made := make([]int, len(each))
	wrong := make([]bool, len(each))
	s := plan.together(len(each), func(k int, stop *atomic.Bool) int {
		x, n := int64(k), 0
		for ; !stop.Load(); n += measure.Stride {
			for range measure.Stride {
				x = not(x)
			}
		}
		made[k], wrong[k] = n, x != int64(k)
		return n
	})
	all, ran := 0, 0
	for k, n := range made {
		all += n
		if n > 0 {
			ran++
		}
		if wrong[k] {
			return s, 0, fmt.Errorf("the function Not, called %d times in turn on its own result, does not return %d, "+
				"from which it began", n, k)
		}
	}
	timed := plan.together(len(each), func(k int, stop *atomic.Bool) int {
		seen := &each[k]
		seen.Clear()
		x, n, origin := int64(k), 0, time.Now()
		for ; !stop.Load(); n++ {
			start := time.Since(origin)
			x = not(x)
			seen.Add(time.Since(origin) - start)
		}
		wrong[k] = x != int64(k) && x != ^int64(k)
		return n
	})
	if s.Wall == 0 || timed.Wall == 0 {
		return s, 0, fmt.Errorf("%d goroutines made no call in passes of %v and longer, want at least one", len(each), plan.pass)
	}
	if k := slices.Index(wrong, true); k >= 0 {
		return s, 0, fmt.Errorf("the function Not, called in turn on its own result, returned neither %d, "+
			"from which it began, nor %d", k, ^k)
	}
	s.More = append(measure.Merged(each).Values(), measure.Value{Value: float64(ran), Unit: "goroutines-run"}, measure.GoThreads())
	return s, all, nil
}

// clockAlone takes a sample of the clock that crowd times single calls with.
func (plan *crowdPlan) clockAlone(each []measure.Latencies) (measure.Sample, int, error) {
	var all, ran atomic.Int64
	s := plan.together(len(each), func(k int, stop *atomic.Bool) int {
		seen := &each[k]
		seen.Clear()
		n, origin := 0, time.Now()
		for ; !stop.Load(); n++ {
			start := time.Since(origin)
			seen.Add(time.Since(origin) - start)
		}
		all.Add(int64(n))
		if n > 0 {
			ran.Add(1)
		}
		return n
	})
	if s.Wall == 0 {
		return s, 0, errors.New("crowd: the clock alone was not read once, want at least once")
	}
	run := measure.Value{Value: float64(ran.Load()), Unit: "goroutines-run"}
	s.More = append(measure.Merged(each).Values(), run, measure.GoThreads())
	return s, int(all.Load()), nil
}
