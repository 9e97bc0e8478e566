// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"toll/goside/conform"
	"toll/goside/machine"
	"toll/goside/measure"
	"toll/goside/registry"
	"toll/goside/report"
	"toll/goside/study"
)

var layoutParts = []part{
	{"loops", 80 * time.Second, 20 * time.Minute, loops},
	{"points", 8 * time.Second, 30 * time.Second, func(c *calling) ([]measure.Series, error) {
		results, err := walking("julia")
		if err != nil {
			return nil, err
		}
		subjects, err := study.Points(study.Holding(results), c.full)
		return c.measureOr(err, subjects, batch/2, 3)
	}},
	{"transpose", 12 * time.Second, 5 * time.Minute, func(c *calling) ([]measure.Series, error) {
		results, err := match([]string{"*/direct", "c/cgo", "fortran/cgo", "rust/cgo", "blas/netlib"}, "transpose")
		if err != nil {
			return nil, err
		}
		if err := wrong(results); err != nil {
			return nil, err
		}
		subjects, err := study.Transposers(study.Holding(results), study.TransposeSizes(c.full))
		return c.measureOr(err, subjects, batch/2, 3)
	}},
	{"ways", 30 * time.Second, 10 * time.Minute, func(c *calling) ([]measure.Series, error) {
		routes, err := registry.Match(slices.Concat(study.WayRoutes, study.WayPython, []string{"gonum/direct", "blas/netlib"}))
		if err != nil {
			return nil, err
		}
		subjects, err := study.Ways(routes, study.WaySizes(c.full))
		return c.measureOr(err, subjects, batch/2, 1)
	}},
	{"matrices", 5 * time.Second, 20 * time.Second, func(c *calling) ([]measure.Series, error) {
		crossings, _, err := registry.Crossings()
		if err != nil {
			return nil, err
		}
		routes, err := registry.Match(study.WayRoutes)
		if err != nil {
			return nil, err
		}
		subjects, release, err := study.Matrices(routes, crossings, study.MatrixSizes(c.full))
		if err != nil {
			return nil, err
		}
		defer release()
		return c.measureIn(subjects, batch/2, layoutRounds, 3)
	}},
	{"frame", 20 * time.Second, 2 * time.Minute, func(c *calling) ([]measure.Series, error) {
		names := study.FrameLanguages(c.full)
		routes, err := registry.Match(names)
		if err != nil {
			return nil, err
		}
		subjects, err := study.Frame(routes, names)
		return c.measureOr(err, subjects, batch/2, 1)
	}},
	{"counters", 20 * time.Second, 3 * time.Minute, counters},
}

// simulated is the part that comes with --cachegrind.
var simulated = part{"cachegrind", time.Minute, time.Minute, cachegrind}

// layoutRounds keep the whole below three minutes, and are enough for an interval; with --full a round takes minutes.
const layoutRounds = 7

// loops times every walk in the languages of one thread, and with --full also in the parallel ones, apart, since they
// share nothing but the sizes; in the same rounds the machine's limits.
func loops(c *calling) ([]measure.Series, error) {
	results, err := walking(study.LoopKernels...)
	if err != nil {
		return nil, err
	}
	teams := []int{1}
	if c.full && runtime.GOMAXPROCS(0) > 1 {
		teams = append(teams, runtime.GOMAXPROCS(0))
	}
	var all []measure.Series
	for _, threads := range teams {
		subjects, err := study.Loops(study.Holding(results), study.LoopSizes(c.full), threads, c.progress)
		if err != nil {
			return all, err
		}
		if threads == 1 {
			limits, err := study.Limits(runtime.GOMAXPROCS(0))
			if err := c.available(err); err != nil {
				return all, err
			}
			subjects = append(subjects, limits...)
		}
		series, err := c.measureIn(subjects, batch/2, layoutRounds, 3)
		if err != nil {
			return all, err
		}
		all = append(all, series...)
	}
	return all, nil
}

// walking verifies the routes that may walk in both orders.
func walking(kernels ...string) ([]conform.Result, error) {
	results, err := match(walkRoutes, kernels...)
	if err != nil {
		return nil, err
	}
	return results, wrong(results)
}

// measureOr measures, unless there was an error in the making of subjects.
func (c *calling) measureOr(err error, subjects []measure.Subject, batch time.Duration, visits int) ([]measure.Series, error) {
	if err != nil {
		return nil, err
	}
	return c.measureIn(subjects, batch, layoutRounds, visits)
}

var walkRoutes = []string{"go/direct", "go-par/direct", "c*/cgo", "fortran*/cgo", "rust*/cgo", "c*/purego", "fortran*/purego", "rust*/purego"}

// wrong returns why what failed did: it would not be timed, and a table without it would hide that.
func wrong(results []conform.Result) error {
	for k := range results {
		if results[k].Verdict() == conform.Failed {
			return results[k].Reason()
		}
	}
	return nil
}

func layoutCommand() *cobra.Command {
	var full, markdown, simulate bool
	var seed uint64
	var names []string
	var output string
	c := &cobra.Command{
		Use:   "layout",
		Short: "Study row- against column-major, and what a border makes of the wrong one",
		Long: `Layout verifies every loop order in every language, then measures what memory layout costs: the wrong loop order from
cache to memory, transposing first, and how a matrix is held in Go. What the caches miss is counted by the processor,
where it has counters for that, or simulated with --cachegrind. It writes a record in the Go benchmark format and prints
its tables, each with what it shows, and pictures beside the record. It takes less than three minutes on two cores;
--full goes on to squares of 8192, and takes most of an hour.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			parts := layoutParts
			if simulate {
				parts = append(slices.Clone(parts), simulated)
			}
			chosen, takes, err := choose(parts, names, full)
			if err != nil {
				return err
			}
			started := time.Now()
			c := &calling{full: full, seed: seed, warn: func(err error) { fmt.Fprintf(cmd.ErrOrStderr(), "toll: left out: %v\n", err) }}
			fmt.Fprintf(cmd.ErrOrStderr(), "%d parts, about %v on two cores\n", len(chosen), takes.Round(10*time.Second))
			facts := append([]measure.Fact{
				{Key: "date", Value: started.UTC().Format(time.RFC3339)},
				{Key: "revision", Value: revision},
			}, machine.Facts()...)
			others := machine.Others()
			series, failed := c.runParts(cmd, chosen, started)
			if len(series) == 0 {
				return fmt.Errorf("nothing was measured")
			}
			if output == "" {
				output = filepath.Join("build", "results", started.UTC().Format("layout-20060102T150405Z.txt"))
			}
			facts = append(facts,
				measure.Fact{Key: "threads", Value: fmt.Sprint(runtime.GOMAXPROCS(0))},
				measure.Fact{Key: "seed", Value: fmt.Sprint(seed)},
				measure.Fact{Key: "others", Value: others()},
				measure.Fact{Key: "clock-step", Value: c.resolution.String()},
				measure.Fact{Key: "collections", Value: fmt.Sprint(c.collections)})
			record, err := writeRecord(output, facts, series)
			if err != nil {
				return err
			}
			report.Print(cmd.OutOrStdout(), record, report.Style{Baseline: registry.Baseline, Markdown: markdown, Source: output})
			fmt.Fprintf(cmd.OutOrStdout(), "Record: %s\n", output)
			if slices.ContainsFunc(chosen, func(p part) bool { return p.name == "loops" || p.name == "transpose" }) {
				if err := drawLayout(cmd, record, filepath.Dir(output)); err != nil {
					return err
				}
			}
			if failed {
				return errReported
			}
			return nil
		},
	}
	c.Flags().BoolVar(&full, "full", false, "measure all sizes, up to 8192 x 8192, and the parallel languages")
	c.Flags().BoolVar(&simulate, "cachegrind", false, "simulate what the caches miss, under valgrind, and show it with the causes; it repeats")
	c.Flags().Uint64Var(&seed, "seed", 1, "seed of the order within rounds")
	c.Flags().StringSliceVar(&names, "part", []string{"*"}, "parts to measure, or patterns")
	c.Flags().StringVarP(&output, "output", "o", "", "file for the record (default build/results/layout-TIME.txt)")
	c.Flags().BoolVar(&markdown, "markdown", false, "print the tables as Markdown")
	return c
}
