// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"toll/goside/conform"
	"toll/goside/measure"
	"toll/goside/registry"
	"toll/goside/report"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/via/cpython"
)

// A part whose means are not there gives a seam.ErrUnavailable, beside what it could measure.
var callParts = []part{
	{name: "payloads", quick: 30 * time.Second, all: 75 * time.Second, run: func(c *calling) ([]measure.Series, error) {
		subjects, err := study.Payloads(c.crossings, c.checked)
		if err != nil {
			return nil, err
		}
		return c.measure(subjects, callBatch, 11, 3)
	}},
	{name: "slots", free: true, quick: time.Second, all: time.Second, run: func(c *calling) ([]measure.Series, error) {
		exe, err := os.Executable()
		if err != nil {
			return nil, err
		}
		return study.Slots(exe, []string{"calls-child", "slots"}, 6, c.progress)
	}},
	{name: "knobs", free: true, quick: 13 * time.Second, all: 3 * time.Minute, run: knobs},
	{name: "concurrency", free: true, quick: 22 * time.Second, all: 140 * time.Second, run: func(c *calling) ([]measure.Series, error) {
		return study.Concurrency(c.crossings, c.full, c.seed, c.progress)
	}},
	{name: "neighbours", free: true, quick: 33 * time.Second, all: 13 * time.Minute, run: func(c *calling) ([]measure.Series, error) {
		return study.Neighbours(c.crossings, c.full, c.seed, c.progress)
	}},
	{name: "grain", quick: 15 * time.Second, all: 90 * time.Second, run: func(c *calling) ([]measure.Series, error) {
		routes, err := registry.Match([]string{"go/direct", "c/cgo", "c/purego", "c/syscalln"})
		if err != nil {
			return nil, err
		}
		results, err := verify(routes, []string{"diffusion", "julia", "ols"})
		if err != nil {
			return nil, err
		}
		subjects, err := study.Grain(study.Holding(results), c.full)
		if err != nil {
			return nil, err
		}
		return c.measure(subjects, 2*time.Millisecond, 7, 1)
	}},
	{name: "first-use", free: true, quick: 13 * time.Second, all: 90 * time.Second, run: func(c *calling) ([]measure.Series, error) {
		root, err := study.Root()
		if err != nil {
			return nil, err
		}
		return study.FirstUse(root, c.full, c.seed, c.progress)
	}},
	{name: "toolchains", free: true, quick: 6 * time.Second, all: 15 * time.Second, run: func(c *calling) ([]measure.Series, error) {
		root, err := study.Root()
		if err != nil {
			return nil, err
		}
		return study.Toolchains(root, c.full, c.seed, c.progress)
	}},
	{name: "python", free: true, quick: 25 * time.Second, all: 90 * time.Second, run: borders, python: true},
}

// match verifies the routes of these names.
func match(patterns []string, kernels ...string) ([]conform.Result, error) {
	routes, err := registry.Match(patterns)
	if err != nil {
		return nil, err
	}
	return verify(routes, kernels)
}

// borders times calls through Python.
func borders(c *calling) ([]measure.Series, error) {
	patterns := []string{registry.Baseline}
	for _, lang := range study.PythonBindings {
		patterns = append(patterns, lang+"/cpython")
	}
	results, err := match(patterns, "call", "diffusion")
	if err != nil {
		return nil, err
	}
	var processes []string
	for _, lang := range study.PythonProcesses {
		processes = append(processes, lang+"/process")
	}
	more, err := match(processes, "call") // no kernel's work is asked of them
	if err != nil {
		return nil, err
	}
	results = append(results, more...)
	subjects, err := study.PythonBorders(results)
	if err != nil {
		return nil, err
	}
	series, err := c.measure(subjects, callBatch, 15, 3)
	if err != nil {
		return series, err
	}
	contention, err := study.PythonContention(c.full, c.seed, c.progress)
	return append(series, contention...), err
}

// python says which CPython is embedded; nothing if none is.
func python() []measure.Fact {
	in, err := cpython.Default()
	if err != nil {
		return nil
	}
	version := in.Version()
	if numpy, err := in.Import("numpy", "__version__"); err == nil {
		version += ", NumPy " + numpy.Text()
	}
	return []measure.Fact{{Key: "python", Value: version}}
}

// callBatch is shorter than that of toll bench: a call takes little beside it, and there are many.
const callBatch = time.Millisecond

// knobs times what can be chosen in this process, then under the collector, then in processes of other settings.
func knobs(c *calling) ([]measure.Series, error) {
	subjects, err := study.KnobSubjects(c.full)
	if err := c.available(err); err != nil {
		return nil, err
	}
	series, err := c.measure(subjects, callBatch, 11, 3)
	if err != nil {
		return series, err
	}
	subjects, err = study.GCSubjects()
	if err := c.available(err); err != nil {
		return series, err
	}
	before := c.collections
	collected, err := c.measure(subjects, 30*time.Millisecond, 6, 1)
	series = append(series, collected...)
	c.collections = before
	if err != nil {
		return series, err
	}
	exe, err := os.Executable()
	if err != nil {
		return series, err
	}
	var nocgo, cgocheck2 string
	root, err := study.Root()
	if err == nil {
		nocgo = filepath.Join(root, "build", "bin", "toll-nocgo")
		err = study.Build(root, nocgo, "CGO_ENABLED=0")
		if err == nil && c.full {
			cgocheck2 = filepath.Join(root, "build", "bin", "toll-cgocheck2")
			err = study.Build(root, cgocheck2, "GOEXPERIMENT=cgocheck2")
		}
	}
	if err := c.available(err); err != nil {
		return series, err
	}
	rounds := 6
	if c.full {
		rounds = fullRounds
	}
	children, err := study.Knobs(study.KnobProcesses(exe, nocgo, cgocheck2), rounds, c.seed, func(round int) []string {
		args := []string{"calls-child", "knobs", "--seed", fmt.Sprint(c.seed + uint64(round))}
		if c.full {
			args = append(args, "--full")
		}
		return args
	}, func(r io.Reader) ([]measure.Series, error) {
		record, err := report.Read(r, "toll calls-child")
		if err != nil {
			return nil, err
		}
		return record.Series(), nil
	}, c.progress)
	return append(series, children...), err
}

// callsChildCommand is what toll calls runs in processes of their own.
func callsChildCommand() *cobra.Command {
	var full bool
	var seed uint64
	c := &cobra.Command{
		Use:    "calls-child slots|knobs",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch args[0] {
			case "slots":
				return study.FillSlots(cmd.OutOrStdout())
			case "knobs":
				subjects, err := study.KnobChildSubjects(full)
				if err != nil && !errors.Is(err, seam.ErrUnavailable) {
					return err
				}
				plan := measure.Plan{Rounds: 1, Batch: callBatch, Visits: 3, Seed: seed, Clock: measure.MachineClock()}
				run, err := measure.Measure(plan, subjects, func(int, int) {})
				if err != nil {
					return err
				}
				return report.Write(cmd.OutOrStdout(), nil, runtime.GOMAXPROCS(0), run.Series)
			}
			return fmt.Errorf("calls-child %s, want slots or knobs", args[0])
		},
	}
	c.Flags().BoolVar(&full, "full", false, "time the whole matrix")
	c.Flags().Uint64Var(&seed, "seed", 1, "seed of the order")
	return c
}

func callsCommand() *cobra.Command {
	var f partFlags
	c := &cobra.Command{
		Use:   "calls",
		Short: "Study what a call costs, on every crossing",
		Long: `Calls verifies what comes back of every kind of argument on every crossing, then measures what calls cost.
It writes a record in the Go benchmark format and prints its tables, each with what it shows. It takes less than
three minutes on two cores, and with --full a good deal more.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			chosen, takes, err := choose(callParts, f.names, f.full)
			if err != nil {
				return err
			}
			c, err := newCalling(cmd, &f)
			if err != nil {
				return err
			}
			crossings, missing, err := registry.Crossings()
			if err != nil {
				return err
			}
			if missing != nil {
				c.warn(missing)
			}
			c.crossings = crossings
			for _, crossing := range crossings {
				checked, wrong := conform.VerifyCalls(crossing.Funcs)
				if len(wrong) > 0 {
					return fmt.Errorf("%s returns what is wrong, and is not timed: %w", crossing.Name, errors.Join(wrong...))
				}
				c.checked = append(c.checked, checked)
			}
			_, _, err = c.write(cmd, &f, chosen, takes)
			return err
		},
	}
	f.add(c, "measure the whole matrix, in more rounds")
	return c
}
