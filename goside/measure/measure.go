// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package measure times subjects against each other on a noisy machine. It first calibrates each subject: how many
// operations make a batch long enough for the clock. Then come rounds. A round visits every subject, short ones several
// times, in a new random order, so that drift and neighbours affect all alike; subjects to be compared are visited one
// after another. A round keeps one sample of each. The k-th samples of two subjects come from one round, and only such
// samples may be divided by each other ([Ratio]).
//
// A batch of several operations begins with a few untimed ones, to bring data and threads back.
//
// Note: the garbage collector is off while samples are taken and runs before each round, so a sample neither holds a
// collection nor pays for its subject's garbage. For the threads of batches see [Measure]; METHODOLOGY.md says more.
//
// Others may import it: its API follows semantic versioning from Toll 1.0 on; until then CHANGELOG.md says what changes.
package measure

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"toll/goside/via/thread"
)

// Subject is something to be timed.
type Subject struct {
	Name  string // benchmark name, without "Benchmark" and without the suffix for GOMAXPROCS
	Facts []Fact // of the problem that it solves
	// Group says which subjects are shuffled together: those of one group, which are neighbours in the list, are visited one
	// after another in each round, because they are to be compared.
	Group string
	Reset func() // called before each batch, outside the timer
	Run   func(n int) error
	Least int // n is a multiple of it
	// Elapsed, unless nil, returns how long the last Run took by the clock of another process, in which the operations are
	// done. It stands for the time of Run. CPU time and allocations stay those of this process.
	Elapsed func() time.Duration
	// Parks says that the subject waits for other goroutines or for another process. Each wait costs a goroutine that
	// is locked to its thread a thread switch, so such a subject is timed on an unlocked one, see [Measure].
	Parks bool
}

// Fact is a statement about a measurement: a line "key: value" of the record.
type Fact struct{ Key, Value string }

// Plan is how to measure.
type Plan struct {
	Rounds int
	Batch  time.Duration // least length of a batch; one operation may be longer
	Visits int           // batches of a subject in a round; their median is the sample; odd
	Seed   uint64        // of the order within rounds
	Clock  Clock
	Done   <-chan struct{} // closed to stop measuring at the end of a batch; nil: never
	Keep   func(*Run)      // is given the rounds that are complete, after each but the last; nil: nobody wants them so early
}

// ErrStopped says why rounds are missing: [Plan.Done] was closed.
var ErrStopped = errors.New("measure: told to stop")

func (p *Plan) stopped() bool {
	select {
	case <-p.Done:
		return true
	default:
		return false
	}
}

// Sample is one batch, per operation.
type Sample struct {
	Wall, CPU     float64 // ns; CPU is that of all threads of the process, in user and system mode
	Bytes, Allocs float64 // allocated on Go's heap
	More          []Value // other figures; in the same order in every sample of a series
}

// Value is a figure with its unit, as in the Go benchmark format: {1200, "p99-ns"}.
type Value struct {
	Value float64
	Unit  string
}

// Get returns the value of More with that unit, or 0.
func (s *Sample) Get(unit string) float64 {
	for _, v := range s.More {
		if v.Unit == unit {
			return v.Value
		}
	}
	return 0
}

// Series holds the samples of one subject, one for each round.
type Series struct {
	Subject *Subject
	N       int // operations in a batch
	Samples []Sample
}

// Run is the result of measuring.
type Run struct {
	Series      []Series
	Collections int           // garbage collections within batches: none, unless a subject asks for one
	Resolution  time.Duration // of the clock
	Batch       time.Duration // the least length in use; longer than planned if the clock is coarse
}

// ticks is the least number of clock steps in a batch: a step is at most 0.1 % of it.
const ticks = 1000

// Measure calibrates all subjects, then takes a sample of each in each round. It calls progress after each batch, and
// in calibration with done = 0. Subjects and progress run on a goroutine that is not the caller's. If it is told to
// stop, or a subject fails, it returns the complete rounds together with the error, or nil if there are none.
//
// If no subject parks, that goroutine is locked to one OS thread, which ends with it. Otherwise it is locked for the
// batches of subjects that do not park. A thread of their own was worse: after each switch between the two threads,
// Linux left the threads of the parking subjects on one core.
func Measure(plan Plan, subjects []Subject, progress func(done, all int)) (run *Run, err error) {
	work := func() { run, err = measure(plan, subjects, progress) }
	if !slices.ContainsFunc(subjects, func(s Subject) bool { return s.Parks }) {
		thread.Do(work)
		return run, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		work()
	}()
	<-done
	return run, err
}

func measure(plan Plan, subjects []Subject, progress func(done, all int)) (*Run, error) {
	if plan.Rounds < 1 || plan.Visits < 1 || plan.Visits%2 == 0 {
		return nil, fmt.Errorf("measure: %d rounds of %d visits, want at least 1 of an odd number", plan.Rounds, plan.Visits)
	}
	if k := slices.IndexFunc(subjects, func(s Subject) bool { return s.Group == "" }); k >= 0 {
		return nil, fmt.Errorf("measure: %s is of no group, want one", subjects[k].Name)
	}
	run := &Run{Series: make([]Series, len(subjects)), Resolution: plan.Clock.Resolution()}
	run.Batch = max(plan.Batch, ticks*run.Resolution)
	var blocks [][]int // of a round, before they are shuffled: the subjects of a group, each as often as it is visited
	all := 0
	for k := range subjects {
		n, elapsed, err := calibrate(plan.Clock, &subjects[k], run.Batch)
		if plan.stopped() { // perhaps the reason of err
			return nil, ErrStopped
		}
		if err != nil {
			return nil, err
		}
		run.Series[k] = Series{Subject: &subjects[k], N: n}
		if k == 0 || subjects[k].Group != subjects[k-1].Group {
			blocks = append(blocks, nil)
		}
		block := &blocks[len(blocks)-1]
		for range visits(plan, run.Batch, elapsed) {
			*block = append(*block, k)
			all += plan.Rounds
		}
		progress(0, 0)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64)) // a limit would trigger collections all the same
	rng := rand.New(rand.NewPCG(plan.Seed, 0))
	done := 0
	for round := range plan.Rounds {
		runtime.GC()
		batches := make([][]Sample, len(subjects))
		for _, k := range shuffled(rng, blocks) {
			s, collections, err := plan.Clock.batch(run.Series[k].Subject, run.Series[k].N)
			if plan.stopped() {
				err = ErrStopped
			}
			if err != nil && round == 0 {
				return nil, err
			} else if err != nil {
				return run, err
			}
			run.Collections += collections
			batches[k] = append(batches[k], s)
			run.Series[k].N = longer(subjects[k].Least, run.Series[k].N, s.Wall, run.Batch)
			done++
			progress(done, all)
		}
		for k := range run.Series {
			run.Series[k].Samples = append(run.Series[k].Samples, middle(batches[k]))
		}
		if plan.Keep != nil && round < plan.Rounds-1 {
			plan.Keep(run)
		}
	}
	return run, nil
}

// longer returns how many operations the next batch of a subject has, after one of n that took wall ns each. If that was far
// shorter than the least length, then something disturbed calibration, and what a batch costs once would pass for its operations'.
func longer(step, n int, wall float64, least time.Duration) int {
	elapsed := wall * float64(n)
	if elapsed >= float64(least)/2 {
		return n
	}
	grow := min(1.1*float64(least)/max(elapsed, 1), 100)
	return max(n, int(float64(n)*grow)/step*step)
}

// shuffled returns all subjects: the blocks in random order, and each block's subjects in random order.
func shuffled(rng *rand.Rand, blocks [][]int) []int {
	rng.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
	for _, b := range blocks {
		rng.Shuffle(len(b), func(i, j int) { b[i], b[j] = b[j], b[i] })
	}
	return slices.Concat(blocks...)
}

// visits returns how many batches of a subject a round takes: as planned, or fewer, down to one, if one operation makes
// its batches longer than wanted.
func visits(plan Plan, batch, elapsed time.Duration) int {
	if batch <= 0 || elapsed < 2*batch {
		return plan.Visits
	}
	v := int(time.Duration(plan.Visits) * batch / elapsed)
	return max(1, v-(v+1)%2)
}

// middle returns the batch of median wall time. All its figures belong together.
func middle(batches []Sample) Sample {
	slices.SortFunc(batches, func(a, b Sample) int { return cmp.Compare(a.Wall, b.Wall) })
	return batches[len(batches)/2]
}

// calibrate returns how many operations take at least the length of a batch, and how long they took. It also warms up.
func calibrate(clock Clock, s *Subject, least time.Duration) (int, time.Duration, error) {
	for n := s.Least; ; {
		elapsed := time.Duration(math.MaxInt64)
		// Try a batch that is long enough once more, and take the shorter time: something else may have run meanwhile.
		// That rarely lasts as long as many batches.
		for try := 0; try < 2 && elapsed >= least && (try == 0 || elapsed < 20*least); try++ {
			sample, _, err := clock.batch(s, n)
			if err != nil {
				return 0, 0, err
			}
			elapsed = min(elapsed, time.Duration(sample.Wall*float64(n)))
		}
		if elapsed >= least {
			return n, elapsed, nil
		}
		// Aim a tenth beyond, but limit the extrapolation from a short batch.
		grow := min(1.1*float64(least)/float64(max(elapsed, 1)), 100)
		n = max(n+s.Least, int(float64(n)*grow)/s.Least*s.Least)
	}
}
