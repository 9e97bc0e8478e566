// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"toll/goside/conform"
	"toll/goside/machine"
	"toll/goside/measure"
	"toll/goside/registry"
	"toll/goside/report"
	"toll/goside/seam"
	"toll/goside/study"
)

func benchCommand() *cobra.Command {
	var quick, markdown, limits bool
	var rounds, threads int
	var seed uint64
	var patterns, kernels []string
	var output string
	c := &cobra.Command{
		Use:   "bench",
		Short: "Verify every route, then time all of them against each other",
		Long: `Bench verifies every route, times those that hold in interleaved rounds on the book's own problem sizes,
with the machine's limits between them, writes the record in the Go benchmark format, and prints its tables. An interrupt (Ctrl-C) ends measuring early: the
complete rounds are written and shown. A record that cannot be written goes to build/results or the folder for
temporary files.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			visits := visits
			if quick {
				visits = quickVisits
				if !cmd.Flags().Changed("rounds") {
					rounds = 6 // the fewest that make an interval
				}
			}
			if rounds < 1 || threads < 1 || threads > 1024 {
				return fmt.Errorf("rounds is %d and threads %d, want at least 1 and 1 to 1024", rounds, threads)
			}
			routes := registry.Native()
			if cmd.Flags().Changed("route") {
				var err error
				if routes, err = registry.Match(patterns); err != nil {
					return err
				}
			}
			started := time.Now()
			out, err := openRecord(cmd, output, started)
			if err != nil {
				return err
			}
			facts := append([]measure.Fact{
				{Key: "date", Value: started.UTC().Format(time.RFC3339)},
				{Key: "revision", Value: revision},
			}, machine.Facts()...) // its load before this run makes one
			results, err := verify(routes, kernels)
			if err != nil {
				return err
			}
			teams := had(cmd.ErrOrStderr(), routes, threads)
			subjects, err := study.Benchmark(results, registry.Baseline, threads)
			if err != nil {
				return err
			}
			if len(subjects) == 0 {
				printResults(cmd, results)
				return fmt.Errorf("nothing to time: no route holds what was verified")
			}
			if limits {
				more, err := study.Limits(threads, subjects)
				if errors.Is(err, seam.ErrUnavailable) {
					fmt.Fprintf(cmd.ErrOrStderr(), "toll: some limits are not measured: %v\n", err)
				} else if err != nil {
					return err
				}
				subjects = append(subjects, more...)
			}
			others := machine.Others()
			ctx, end := untilSignal(cmd)
			defer end()
			progress, finish := newStage(cmd, "measuring", started)
			defer finish()
			plan := measure.Plan{Rounds: rounds, Batch: batch, Visits: visits, Seed: seed, Clock: measure.MachineClock(), Done: ctx.Done()}
			run, err := measure.Measure(plan, subjects, progress)
			finish()
			stopped := cause(ctx, err)
			if run == nil {
				return stopped
			}
			taken := len(run.Series[0].Samples)
			if stopped != nil {
				facts = append(facts, measure.Fact{Key: "interrupted", Value: fmt.Sprintf("after %d of %d rounds, %v", taken, rounds, stopped)})
			}
			facts = append(facts,
				measure.Fact{Key: "threads", Value: fmt.Sprint(threads)},
				measure.Fact{Key: "seed", Value: fmt.Sprint(seed)},
				measure.Fact{Key: "rounds", Value: fmt.Sprint(taken)},
				measure.Fact{Key: "visits", Value: fmt.Sprint(visits)},
				measure.Fact{Key: "batch", Value: run.Batch.String()},
				measure.Fact{Key: "clock-step", Value: run.Resolution.String()},
				measure.Fact{Key: "others", Value: others()},
				measure.Fact{Key: "collections", Value: fmt.Sprint(run.Collections)})
			facts = append(append(facts, teams...), machine.Floats())
			record, path, err := out.writeRecord(append(facts, builds(routes)...), run.Series)
			if record == nil {
				return err
			}
			report.Tables(cmd.OutOrStdout(), record, report.Style{Baseline: registry.Baseline, Markdown: markdown})
			sayRecord(cmd, path)
			if err := errors.Join(stopped, err); err != nil {
				return err
			}
			for k := range results {
				if results[k].Verdict() == conform.Failed {
					printResults(cmd, results)
					return errReported
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&quick, "quick", false, "measure for less than a minute: 6 rounds")
	c.Flags().IntVar(&rounds, "rounds", 31, "rounds to measure")
	c.Flags().IntVar(&threads, "threads", runtime.GOMAXPROCS(0), "threads for parallel languages")
	c.Flags().Uint64Var(&seed, "seed", 1, "seed of the order within rounds")
	c.Flags().StringSliceVar(&kernels, "kernel", []string{"*"}, "kernels to measure: call, diffusion, julia, ols, or patterns")
	c.Flags().StringSliceVar(&patterns, "route", nil, "routes to measure: names or patterns such as '*/purego' (default all but '*/cpython' and '*/process', see toll book)")
	c.Flags().BoolVar(&limits, "limits", true, "measure the machine's limits, too")
	c.Flags().StringVarP(&output, "output", "o", "", "file for the record (default build/results/bench-TIME.txt)")
	c.Flags().BoolVar(&markdown, "markdown", false, "print the tables as Markdown")
	return c
}

// A batch is long beside the clock's steps and short beside the bursts in which neighbours disturb it; the
// median of several batches in a round then passes over a burst.
const (
	batch       = 2 * time.Millisecond
	visits      = 5
	quickVisits = 3
)

// builds says how each language was built; a language is built once for all its crossings.
func builds(routes []*seam.Route) []measure.Fact {
	var all []measure.Fact
	seen := map[string]bool{}
	for _, r := range routes {
		if library, err := r.Open(); err == nil && !seen[r.Lang] {
			seen[r.Lang] = true
			all = append(all, measure.Fact{Key: "build-" + r.Lang, Value: library.Build.String()})
		}
	}
	return all
}
