// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package measure times subjects against each other on a noisy machine. Each is first calibrated: how many
// operations make a sample long enough for the clock. Then come rounds. A round visits every subject once,
// in an order drawn anew, so that drift and neighbours hit all alike; the k-th sample of one subject and the
// k-th of another were taken within one round, and only such are to be divided by each other.
//
// A sample of several operations begins with a few untimed ones, which bring data and threads back.
//
// What will surprise: the garbage collector is off while samples are taken and runs before each round, so no
// sample holds a collection, nor pays for the garbage that its subject leaves.
package measure

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"time"
)

var now = time.Now // replaced by a clock that does not run, in tests

// Subject is something to be timed.
type Subject struct {
	Name  string // benchmark name, without "Benchmark"
	Reset func() // called before each sample, outside the timer
	Run   func(n int) error
	Least int // n is a multiple of it
}

// Plan is how to measure.
type Plan struct {
	Rounds int
	Sample time.Duration // least length of a sample; a single operation may be longer
	Seed   uint64        // of the order within rounds
}

// Series is what was measured of one subject: a sample per round, in ns per operation.
type Series struct {
	Subject *Subject
	N       int // operations in a sample
	Samples []float64
}

// Measure takes a sample of each subject in each round. progress is called after each sample, and in
// calibration with done = 0.
func Measure(plan Plan, subjects []Subject, progress func(done, all int)) ([]Series, error) {
	series := make([]Series, len(subjects))
	for k := range subjects {
		n, err := calibrate(&subjects[k], plan.Sample)
		if err != nil {
			return nil, err
		}
		series[k] = Series{Subject: &subjects[k], N: n}
		progress(0, plan.Rounds*len(subjects))
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	rng := rand.New(rand.NewPCG(plan.Seed, 0))
	for round := range plan.Rounds {
		runtime.GC()
		for visited, k := range rng.Perm(len(subjects)) {
			s := &series[k]
			elapsed, err := sample(s.Subject, s.N)
			if err != nil {
				return nil, err
			}
			s.Samples = append(s.Samples, float64(elapsed.Nanoseconds())/float64(s.N))
			progress(round*len(subjects)+visited+1, plan.Rounds*len(subjects))
		}
	}
	return series, nil
}

// calibrate returns how many operations take at least as long as a sample shall, and thereby warms up.
func calibrate(s *Subject, least time.Duration) (int, error) {
	for n := s.Least; ; {
		elapsed, err := sample(s, n)
		if err != nil {
			return 0, err
		}
		if elapsed >= least {
			return n, nil
		}
		// Aim a tenth beyond, but believe a short sample only so far.
		grow := min(1.1*float64(least)/float64(max(elapsed, 1)), 100)
		n = max(n+s.Least, int(float64(n)*grow)/s.Least*s.Least)
	}
}

func sample(s *Subject, n int) (time.Duration, error) {
	if n > s.Least { // else the operation is long enough not to need it
		if err := s.Run(s.Least); err != nil {
			return 0, fmt.Errorf("measure: %s: %w", s.Name, err)
		}
	}
	if s.Reset != nil {
		s.Reset()
	}
	start := now()
	err := s.Run(n)
	elapsed := now().Sub(start)
	if err != nil {
		return 0, fmt.Errorf("measure: %s: %w", s.Name, err)
	}
	return elapsed, nil
}
