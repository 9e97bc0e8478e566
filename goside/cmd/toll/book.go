// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"toll/goside/machine"
	"toll/goside/measure"
	"toll/goside/registry"
	"toll/goside/report"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/via/thread"
)

// bookRounds keep the whole below five minutes.
const bookRounds = 9

func bookCommand() *cobra.Command {
	var full, markdown bool
	var rounds int
	var seed uint64
	var patterns []string
	var output string
	c := &cobra.Command{
		Use:   "book",
		Short: "Make the book's tables on this machine, with Go's routes beside Python's",
		Long: `Book makes the tables of High Performance Python again: its ways to compile a Julia set and to fit lines, and
the table that its bindings to C, Fortran and Rust lack. Each row is verified by one run of the whole problem, then
timed in interleaved rounds with Toll's routes from Go; besides, what a call costs on the border between Go
and Python, and on that between Python and native code. Rows whose run takes longer than a second are timed on a
part of the problem, and marked; with --full on the whole. It takes less than five minutes on two cores.`,
		Example: "  toll book --route 'python/*,cython*/*,*/direct'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if rounds < 1 {
				return fmt.Errorf("rounds is %d, want at least 1", rounds)
			}
			routes, err := registry.Match(append(slices.Clone(patterns), registry.Baseline))
			if err != nil {
				return err
			}
			routes = slices.DeleteFunc(routes, func(r *seam.Route) bool { return !study.InBook(r) })
			started := time.Now()
			out, err := openRecord(cmd, output, started)
			if err != nil {
				return err
			}
			facts := append([]measure.Fact{
				{Key: "date", Value: started.UTC().Format(time.RFC3339)},
				{Key: "revision", Value: revision},
			}, machine.Facts()...)
			others := machine.Others()
			progress, finish := newStage(cmd, "verifying", started)
			threads := runtime.GOMAXPROCS(0)
			var subjects []measure.Subject
			var compiled []measure.Series
			thread.Do(func() { subjects, compiled, err = study.Book(routes, full, threads, progress) })
			finish()
			if err != nil {
				return err
			}
			if len(subjects) == 0 {
				return fmt.Errorf("nothing to time: none of the %d routes holds a problem of the book's tables", len(routes))
			}
			ctx, end := untilSignal(cmd)
			defer end()
			progress, finish = newStage(cmd, "measuring", started)
			plan := measure.Plan{Rounds: rounds, Batch: batch, Visits: visits, Seed: seed, Clock: measure.MachineClock(), Done: ctx.Done()}
			run, err := measure.Measure(plan, subjects, progress)
			finish()
			stopped := cause(ctx, err)
			if run == nil {
				return stopped
			}
			taken := len(run.Series[0].Samples)
			bordering := &calling{seed: seed, done: ctx.Done()}
			var series []measure.Series
			if stopped != nil {
				facts = append(facts, measure.Fact{Key: "interrupted", Value: fmt.Sprintf("after %d of %d rounds, %v", taken, rounds, stopped)})
			} else {
				bordering.progress, finish = newStage(cmd, "measuring the borders", started)
				series, err = borders(bordering)
				finish()
				if stopped = cause(ctx, err); errors.Is(stopped, seam.ErrUnavailable) {
					fmt.Fprintf(cmd.ErrOrStderr(), "toll: left out: %v\n", err)
					stopped = nil
				} else if stopped != nil {
					facts = append(facts, measure.Fact{Key: "interrupted", Value: fmt.Sprintf("at the borders, %v", stopped)})
				}
			}
			facts = append(facts,
				measure.Fact{Key: "threads", Value: fmt.Sprint(threads)},
				measure.Fact{Key: "seed", Value: fmt.Sprint(seed)},
				measure.Fact{Key: "rounds", Value: fmt.Sprint(taken)},
				measure.Fact{Key: "visits", Value: fmt.Sprint(visits)},
				measure.Fact{Key: "batch", Value: run.Batch.String()},
				measure.Fact{Key: "clock-step", Value: run.Resolution.String()},
				measure.Fact{Key: "others", Value: others()},
				measure.Fact{Key: "collections", Value: fmt.Sprint(run.Collections + bordering.collections)})
			facts = append(append(facts, had(cmd.ErrOrStderr(), routes, threads)...), machine.Floats())
			facts = append(facts, python()...)
			record, path, err := out.writeRecord(append(facts, builds(routes)...), append(append(run.Series, compiled...), series...))
			if record == nil {
				return err
			}
			report.Book(cmd.OutOrStdout(), record, report.Style{Baseline: registry.Baseline, Markdown: markdown, Source: path})
			sayRecord(cmd, path)
			if err := errors.Join(stopped, err); err != nil {
				return err
			}
			for _, s := range subjects {
				for _, f := range s.Facts {
					if f.Key == "missing" && strings.Contains(f.Value, ": "+study.BookFailed+": ") {
						return errReported // a route is wrong, as the tables say
					}
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&full, "full", false, "time every row on the whole problem, however long it takes")
	c.Flags().IntVar(&rounds, "rounds", bookRounds, "rounds to measure")
	c.Flags().Uint64Var(&seed, "seed", 1, "seed of the order within rounds")
	c.Flags().StringSliceVar(&patterns, "route", []string{"*/*"}, "routes to measure, of the tables': names or patterns; c/cgo is always among them")
	c.Flags().StringVarP(&output, "output", "o", "", "file for the record (default build/results/book-TIME.txt)")
	c.Flags().BoolVar(&markdown, "markdown", false, "print the tables as Markdown")
	return c
}
