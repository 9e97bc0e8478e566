// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/via/perf"
)

// missesName is the study of what the caches miss in the walks of [loopsName]: the cause of those times.
const missesName = "Misses"

// How misses are found: the values of "by" in the names.
const (
	byCounters   = "counters"   // the processor's
	byCachegrind = "cachegrind" // simulated caches
)

// The units of misses, all per element that is visited. What could not be had is not in a sample.
const (
	l1Misses  = "L1-misses/op"
	llMisses  = "LL-misses/op" // of the last level's cache
	tlbMisses = "TLB-misses/op"
)

// missesLangs are the languages whose misses are counted: which lines a walk fetches depends on the walk.
var missesLangs = []string{"c", "go"}

// missSeries returns the series of a walk in that language, through that crossing. by is byCounters or byCachegrind,
// source says which counters, or which caches, in words, and n is how many elements a sample is of.
func missSeries(w *walk, lang, via, by, source string, n int, samples []measure.Sample) measure.Series {
	name := w.name()
	name.Study, name.Lang, name.Via, name.Keys = missesName, lang, via, append(name.Keys, record.Key{Key: "by", Value: by})
	op := "cell"
	if w.Kernel == "ols" {
		op = "observation"
	}
	return measure.Series{
		Subject: &measure.Subject{
			Name: name.String(),
			Facts: []measure.Fact{
				{Key: "problem", Value: fmt.Sprintf("misses %s n=%d", w.Kernel, w.N)},
				{Key: "per", Value: op},
				{Key: "source", Value: source},
				{Key: "unjudged", Value: "misses are no times"},
			},
		},
		N:       n,
		Samples: samples,
	}
}

// walkRun walks, in memory of its own or shared with other walks, in which all numbers are about one.
type walkRun struct {
	walk     walk
	Run      func() error
	Elements int // that Run visits, of a small square again and again, so that the call itself hardly counts
}

// newWalkRuns returns a run by f for each walk. Walks of one size share their memory, so they must not run at once.
func newWalkRuns(walks []walk, f *kernel.Funcs) []walkRun {
	arenas := map[int]*arena{}
	var runs []walkRun
	for _, w := range walks {
		if arenas[w.N] == nil {
			arenas[w.N] = newArena(w.N)
			arenas[w.N].fill()
		}
		runs = append(runs, arenas[w.N].walkRun(w, f))
	}
	return runs
}

func (m *arena) walkRun(w walk, f *kernel.Funcs) walkRun {
	run, elements := m.walk(&w, f, max(1, loopElements/(m.n*m.n)), 1)
	passes := max(1, loopElements/elements)
	return walkRun{w, func() error {
		for range passes {
			if err := run(); err != nil {
				return err
			}
		}
		return nil
	}, passes * elements}
}

const (
	countedRounds = 6
	// countedBatch is longer than the 4 ms after which Linux lets the next events have the processor's counters.
	countedBatch = 5 * time.Millisecond
)

var missUnits = map[perf.Event]string{perf.L1Misses: l1Misses, perf.LLMisses: llMisses, perf.TLBMisses: tlbMisses}

// countable returns what of the misses the processor's counters can count here. If nothing, the error is
// seam.ErrUnavailable, and says why.
func countable() ([]perf.Event, error) {
	have, err := perf.Available(perf.L1Misses, perf.LLMisses, perf.TLBMisses)
	if err != nil {
		return nil, fmt.Errorf("walk: misses: %w; --cachegrind simulates them", err)
	}
	return have, nil
}

// counted counts, by the processor's counters, what every walk of both kernels through squares of these sides
// misses, in missesLangs, each through the first of its routes. A round visits each walk once, in an order by seed.
// progress is called after each. When done is closed, it returns the complete rounds with measure.ErrStopped. If there are
// no counters, the error is seam.ErrUnavailable.
func counted(routes []*seam.Route, sizes []int, seed uint64, done <-chan struct{}, progress func(done, all int)) ([]measure.Series, error) {
	events, err := countable()
	if err != nil {
		return nil, err
	}
	return countMisses(events, routes, sizes, seed, done, progress)
}

func countMisses(events []perf.Event, routes []*seam.Route, sizes []int, seed uint64, done <-chan struct{}, progress func(done, all int)) ([]measure.Series, error) {
	routes = slices.DeleteFunc(slices.Clone(routes), func(r *seam.Route) bool { return !slices.Contains(missesLangs, r.Lang) })
	languages, err := study.Walkers(routes, false)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range events {
		names = append(names, e.String())
	}
	source := "the processor's counters, by perf_event_open: " + strings.Join(names, ", ")
	var runs []countedRun
	var series []measure.Series
	for _, n := range sizes {
		arena := newArena(n)
		arena.fill()
		for _, w := range walks(kernels, n) {
			for _, l := range languages {
				r, err := newCountedRun(arena.walkRun(w, l.Funcs))
				if err != nil {
					return nil, err
				}
				runs = append(runs, r)
				series = append(series, missSeries(&w, l.Route.Lang, l.Route.Via, byCounters, source, r.passes*r.Elements, nil))
			}
		}
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // it would use the caches
	rng := rand.New(rand.NewPCG(seed, 0))
	for round := range countedRounds {
		samples := make([]measure.Sample, len(runs))
		for at, k := range rng.Perm(len(runs)) {
			switch {
			case study.Ended(done) && round == 0:
				return nil, measure.ErrStopped
			case study.Ended(done):
				return series, measure.ErrStopped
			}
			if samples[k], err = runs[k].count(events); err != nil {
				return nil, fmt.Errorf("walk: misses: %s: %w", series[k].Subject.Name, err)
			}
			progress(round*len(runs)+at+1, countedRounds*len(runs))
		}
		for k := range series {
			series[k].Samples = append(series[k].Samples, samples[k])
		}
	}
	return series, nil
}

// countedRun is a walk, and how often it is taken in a batch.
type countedRun struct {
	walkRun
	passes int
}

func newCountedRun(w walkRun) (countedRun, error) {
	least := time.Duration(math.MaxInt64)
	for range 2 { // the first warms up
		start := time.Now()
		if err := w.Run(); err != nil {
			return countedRun{}, fmt.Errorf("walk: misses: %v: %w", &w.walk, err)
		}
		least = min(least, time.Since(start))
	}
	return countedRun{w, int(countedBatch/max(least, 1)) + 1}, nil
}

// count warms up with a pass and counts a batch of them.
func (r *countedRun) count(events []perf.Event) (measure.Sample, error) {
	if err := r.Run(); err != nil {
		return measure.Sample{}, err
	}
	var elapsed time.Duration
	counts, err := perf.Count(events, func() error {
		start := time.Now()
		for range r.passes {
			if err := r.Run(); err != nil {
				return err
			}
		}
		elapsed = time.Since(start)
		return nil
	})
	if err != nil {
		return measure.Sample{}, err
	}
	elements := float64(r.passes * r.Elements)
	sample := measure.Sample{Wall: float64(elapsed) / elements}
	for k, e := range events {
		sample.More = append(sample.More, measure.Value{Value: counts[k] / elements, Unit: missUnits[e]})
	}
	return sample, nil
}
