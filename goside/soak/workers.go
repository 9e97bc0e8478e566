// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package soak

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"time"

	"toll/goside/calls"
	"toll/goside/seam"
	"toll/goside/via/process"
	"toll/goside/via/thread"
)

// Opener starts a worker process, and returns its functions and what ends it.
type Opener struct {
	Name string
	Open func() (f *calls.Funcs, kernels *seam.Library, end func() error, err error)
}

// Openers returns those of all workers that are there.
func Openers() (all []Opener) {
	for _, o := range process.Calls() {
		if process.Find(o.Lang) != nil {
			continue
		}
		all = append(all, Opener{"worker " + o.Lang + "/" + o.Via, func() (*calls.Funcs, *seam.Library, func() error, error) {
			f, w, err := process.OpenCalls(o.Lang, o.Via)
			if err != nil {
				return nil, nil, nil, err
			}
			kernels := w.Funcs(process.Expanded)
			if o.Lang != "python" {
				kernels = w.NativeFuncs()
			}
			return f, &seam.Library{Funcs: kernels.Checked(), Raw: kernels, Memory: f.Memory}, w.Close, nil
		}})
	}
	return all
}

// workers starts a worker, uses it and ends it, again and again. One in four is killed meanwhile: then its calls must be errors.
func (s *run) workers(number int) {
	rng := rand.New(rand.NewPCG(s.Seed, uint64(number)))
	t := &turn{run: s, Rand: rng, number: number}
	for {
		s.work.RLock()
		if s.over.Load() {
			s.work.RUnlock()
			return
		}
		o := &s.Workers[rng.IntN(len(s.Workers))]
		t.do("workers started and ended", o.Name, func() error { return use(rng, o) })
		s.work.RUnlock()
		time.Sleep(time.Duration(rng.IntN(300)) * time.Millisecond)
	}
}

func use(rng *rand.Rand, o *Opener) error {
	before := thread.Children()
	f, kernels, end, err := o.Open()
	if err != nil {
		return err
	}
	for range 1 + rng.IntN(20) {
		x := rng.Int64()
		if got := f.Not(x); got != ^x {
			err = errors.Join(err, fmt.Errorf("not(%d) is %d", x, got))
		}
		name, failed := random(rng, kernels, 300, func(string) bool { return false })
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", name, failed))
		}
	}
	if rng.IntN(4) == 0 {
		if err := kill(before); err != nil {
			return errors.Join(err, end())
		}
		// What was on its way may still be answered.
		for start := time.Now(); safely(func() error { f.Noop(); return nil }) == nil; runtime.Gosched() {
			if time.Since(start) > time.Minute {
				return errors.Join(errors.New("a worker that was killed still answers"), end())
			}
		}
	}
	return errors.Join(err, end())
}

// kill ends the one child that was not there before. Others start none meanwhile.
func kill(before []int) error {
	now := slices.DeleteFunc(thread.Children(), func(pid int) bool { return slices.Contains(before, pid) })
	if len(now) != 1 {
		return fmt.Errorf("%d children were started, want 1", len(now))
	}
	p, err := os.FindProcess(now[0])
	if err != nil {
		return err
	}
	defer func() { _ = p.Release() }()
	return p.Kill()
}
