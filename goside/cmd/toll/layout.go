// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/machine"
	"toll/goside/measure"
	"toll/goside/registry"
	"toll/goside/report"
	"toll/goside/seam"
	"toll/goside/study"
)

var layoutParts = []part{
	{"loops", 70 * time.Second, 20 * time.Minute, loops},
}

// layoutRounds keep the whole below three minutes, and are enough for an interval; with --full a round takes minutes.
const layoutRounds = 7

// loops times every walk in the languages of one thread, and with --full also in the parallel ones, apart, since they
// share nothing but the sizes; in the same rounds the machine's limits.
func loops(c *calling) ([]measure.Series, error) {
	results, err := match(walkRoutes, study.LoopKernels...)
	if err != nil {
		return nil, err
	}
	if err := wrong(results); err != nil {
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
		limits, err := study.Limits(threads)
		if err := c.available(err); err != nil {
			return all, err
		}
		series, err := c.measureIn(append(subjects, limits...), batch/2, layoutRounds, 1)
		if err != nil {
			return all, err
		}
		all = append(all, series...)
	}
	return all, nil
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
	var full, markdown bool
	var seed uint64
	var names []string
	var output string
	c := &cobra.Command{
		Use:   "layout",
		Short: "Study row- against column-major, and what a border makes of the wrong one",
		Long: `Layout verifies every loop order in every language, then measures what memory layout costs: the wrong loop order from
cache to memory, transposing first, and how a matrix is held in Go. It writes a record in the Go benchmark format and
prints its tables, each with what it shows. It takes less than three minutes on two cores; --full goes on to squares
of 8192, and takes an hour.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			chosen, takes, err := choose(layoutParts, names, full)
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
			if failed {
				return errReported
			}
			return nil
		},
	}
	c.Flags().BoolVar(&full, "full", false, "measure all sizes, up to 8192 x 8192, and the parallel languages")
	c.Flags().Uint64Var(&seed, "seed", 1, "seed of the order within rounds")
	c.Flags().StringSliceVar(&names, "part", []string{"*"}, "parts to measure, or patterns")
	c.Flags().StringVarP(&output, "output", "o", "", "file for the record (default build/results/layout-TIME.txt)")
	c.Flags().BoolVar(&markdown, "markdown", false, "print the tables as Markdown")
	return c
}

var _ = errors.Is
var _ = kernel.Row
var _ = seam.ErrUnavailable
var _ = strings.Cut
