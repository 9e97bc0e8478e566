// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package faults

import (
	"fmt"
	"math"
	"time"

	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/faulty"
)

// runtimeFaults are those of native code while it runs.
var runtimeFaults = []Fault{
	{
		Name: "null write", About: "Native code writes to address 0.",
		On: faulty.Crossings, Open: faultyLibrary(faulty.NullWrite),
	},
	{
		Name: "abort()", About: "Native code calls `abort`, as failed assertions do.",
		On: faulty.Crossings, Open: faultyLibrary(faulty.Abort),
	},
	{
		Name: "exit(3)", About: "Native code calls `exit`.",
		On: faulty.Crossings, Open: faultyLibrary(faulty.Exit),
	},
	{
		Name: "stack overflow", About: "A native function calls itself without end.",
		On: faulty.Crossings, Open: faultyLibrary(faulty.StackOverflow),
	},
	{
		Name: "endless loop", About: "A native function does not return.",
		On: faulty.Crossings, Open: faultyLibrary(faulty.EndlessLoop), Hangs: 3 * time.Second,
	},
}

// faultyLibrary returns how the library that commits a fault is opened.
func faultyLibrary(fault faulty.Code) func(via string) (*Subject, error) {
	return func(via string) (*Subject, error) {
		if err := faulty.Folder(); err != nil {
			return nil, err
		}
		var l *seam.Library
		s := &Subject{
			Reopen: func() (err error) {
				l, err = faulty.Open(via)
				return err
			},
			Commit: func() error { return faulty.Commit(l, fault) },
		}
		if err := s.Reopen(); err != nil {
			return nil, err
		}
		right := stepCheck()
		s.Call = func() error { return right(l) }
		return s, nil
	}
}

// stepCheck returns a verified call: a step of diffusion on numbers whose results depend on rounding and on subnormals. What is
// right is computed now, on a thread whose floating-point environment is right.
func stepCheck() func(l *seam.Library) error {
	step := func(f func(*kernel.DiffusionStep) error) ([]float64, error) {
		in, out := kernel.NewGrid(16, 16, 0, kernel.Row), kernel.NewGrid(16, 16, 0, kernel.Row)
		for k := range in.Data {
			in.Data[k] = 1 / float64(k+3)
			if k%32 < 16 {
				in.Data[k] = math.Float64frombits(uint64(k + 1)) // a subnormal
			}
		}
		err := f(&kernel.DiffusionStep{Out: out, In: in, Hi: 16, D: 1, Dt: 0.1, Par: kernel.Par{Threads: 1}})
		return out.Data, err
	}
	want, err := step(kernel.Go().Step)
	if err != nil {
		panic(err)
	}
	return func(l *seam.Library) error {
		got, err := step(l.Step)
		if err != nil {
			return err
		}
		for k := range got {
			if math.Float64bits(got[k]) != math.Float64bits(want[k]) {
				return fmt.Errorf("%w: element %d of a step is %x, want %x", errWrong, k, got[k], want[k])
			}
		}
		return nil
	}
}
