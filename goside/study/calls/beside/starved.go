// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package beside

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study"
)

// starvedName is the benchmark of calls beside goroutines that work; its n is how many of those there are.
const starvedName = "Starved"

// idle is the op of rows without calls.
const idle = "none"

// starve has one goroutine make calls of Not while 0, 1 and GOMAXPROCS others work, and looks at both: how long each call
// takes, and how much work is done. The first row of each number makes no calls, and is entered twice.
func starve(lab *study.Lab) ([]measure.Series, error) {
	plan := starving{
		Plan:  measure.Plan{Rounds: 9, Seed: lab.Seed, Clock: measure.MachineClock(), Done: lab.Done},
		pass:  60 * time.Millisecond,
		busy:  []int{0, 1, runtime.GOMAXPROCS(0)},
		calls: []caller{{idle, "go", "direct", nil}},
	}
	if lab.Full {
		plan.Rounds, plan.pass = study.FullRounds, 100*time.Millisecond
	}
	inside, _, err := lab.Crossings()
	if err != nil {
		return nil, err
	}
	for _, c := range inside {
		if c.Name == baseline {
			plan.calls = append(plan.calls, caller{"not", c.Lang, c.Name, c.Funcs.Not})
		}
	}
	beside, err := verified(lab)
	if err != nil {
		return nil, err
	}
	for _, c := range beside {
		if c.Lang == "c" && c.Funcs.Memory == nil {
			plan.calls = append(plan.calls, caller{"not", c.Lang, c.Name, c.Funcs.Not})
		}
	}
	return plan.measure(lab.Progress.Step)
}

// starving is how starve measures.
type starving struct {
	measure.Plan
	pass  time.Duration
	busy  []int
	calls []caller
}

// caller is what the goroutine that makes calls does; not is nil if it makes none.
type caller struct {
	op, lang, via string
	not           func(x int64) int64
}

func (plan *starving) measure(progress func(done, all int)) ([]measure.Series, error) {
	slices.Sort(plan.busy)
	var subjects []measure.LiveSubject
	for _, n := range slices.Compact(plan.busy) {
		for _, c := range plan.calls {
			if c.not == nil && n == 0 {
				continue
			}
			per := "call"
			if c.not == nil {
				per = "work"
			}
			name := record.Name{Study: starvedName, Op: c.op, Lang: c.lang, Via: c.via, N: strconv.Itoa(n)}
			s := measure.LiveSubject{
				Subject: &measure.Subject{Name: name.String(), Facts: []measure.Fact{
					{Key: "problem", Value: fmt.Sprintf("%s n=%d", c.op, n)}, {Key: "per", Value: per}}},
				Take: func() (measure.Sample, int, error) { return plan.take(c, n) },
			}
			subjects = append(subjects, s)
			if c.not == nil {
				name.Entry = record.EntryAgain
				again := *s.Subject
				again.Name = name.String()
				subjects = append(subjects, measure.LiveSubject{Subject: &again, Take: s.Take})
			}
		}
	}
	return measure.Live(plan.Plan, subjects, progress)
}

// done is what was done in a pass.
type done struct {
	sample measure.Sample // of the work alone
	work   int            // pieces
	took   []time.Duration
	wrong  bool
	pass   time.Duration
}

// together has a caller call and others work for a pass.
func (plan *starving) together(c caller, busy int, pass time.Duration) (d done) {
	goroutines := busy
	if c.not != nil {
		goroutines++
	}
	pieces := make([]int, busy)
	begun := time.Now()
	d.sample = plan.TimeTogether(goroutines, pass, func(k int, stop *atomic.Bool) int {
		if k == busy {
			d.took, d.wrong = timed(c.not, stop)
			return 0
		}
		for !stop.Load() {
			work()
			pieces[k]++
		}
		return pieces[k]
	})
	d.pass = time.Since(begun)
	for _, n := range pieces {
		d.work += n
	}
	slices.Sort(d.took)
	return d
}

// take takes a sample. Its time is that of a call, or of a piece of work if there are no calls; work-a-second is of all that
// work together. A pass in which one side got no turn is made again, and longer.
func (plan *starving) take(c caller, busy int) (measure.Sample, int, error) {
	var d done
	idle := func() bool { return busy > 0 && d.work == 0 || c.not != nil && len(d.took) == 0 }
	measure.Lengthen(plan.pass, func(pass time.Duration) bool {
		d = plan.together(c, busy, pass)
		return d.wrong || !idle()
	})
	switch {
	case d.wrong:
		return d.sample, 0, fmt.Errorf("beside: the function Not through %s/%s, called in turn on its own result, returned neither 7 nor %d",
			c.lang, c.via, ^7)
	case idle():
		return d.sample, 0, fmt.Errorf("beside: %d goroutines did %d pieces of work in %v beside %d calls, want at least one of each",
			busy, d.work, d.pass, len(d.took))
	}
	n := d.work
	if c.not != nil {
		var sum time.Duration
		for _, t := range d.took {
			sum += t
		}
		n = len(d.took)
		d.sample = measure.Sample{Wall: float64(sum) / float64(n)} // of what else happens meanwhile, no call has a share
	}
	at := func(q float64) float64 {
		if d.took == nil {
			return 0
		}
		return float64(d.took[min(int(q*float64(len(d.took))), len(d.took)-1)])
	}
	d.sample.More = []measure.Value{
		{Value: float64(d.work) / d.pass.Seconds(), Unit: "work-a-second"},
		{Value: at(0.5), Unit: "p50-ns"}, {Value: at(0.99), Unit: "p99-ns"}, {Value: at(1), Unit: "max-ns"}, measure.GoThreads(),
	}
	return d.sample, n, nil
}

// timed calls not in turn on its own result until it is to stop, and returns how long each call took.
func timed(not func(x int64) int64, stop *atomic.Bool) (took []time.Duration, wrong bool) {
	x := int64(7)
	for !stop.Load() {
		start := time.Now()
		x = not(x)
		took = append(took, time.Since(start))
		wrong = wrong || x != 7 && x != ^7
	}
	return took, wrong
}

var worked atomic.Uint64

// work is a piece of work of about a microsecond.
func work() {
	x := worked.Load() | 1
	for range 500 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	if x == 0 { // never, but the compiler does not know that
		worked.Store(x)
	}
}
