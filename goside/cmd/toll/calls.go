// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"toll/goside/calls"
	"toll/goside/conform"
	"toll/goside/machine"
	"toll/goside/measure"
	"toll/goside/registry"
	"toll/goside/report"
	"toll/goside/study"
)

// part is one experiment of toll calls.
type part struct {
	name       string
	quick, all time.Duration // about how long it takes on two cores, by default and with --full
	run        func(*calling) ([]measure.Series, error)
}

// calling is what the parts share.
type calling struct {
	crossings []calls.Crossing
	checked   []int // calls that were verified, of each crossing
	full      bool
	seed      uint64
	progress  func(done, all int)
}

var parts = []part{
	{"payloads", 25 * time.Second, 60 * time.Second, func(c *calling) ([]measure.Series, error) {
		subjects, err := study.Payloads(c.crossings, c.checked)
		if err != nil {
			return nil, err
		}
		return c.measure(subjects, 9, 31, 3)
	}},
}

// measure times subjects in so many rounds, or in the second number of them with --full.
func (c *calling) measure(subjects []measure.Subject, rounds, full, visits int) ([]measure.Series, error) {
	if c.full {
		rounds = full
	}
	plan := measure.Plan{Rounds: rounds, Batch: callBatch, Visits: visits, Seed: c.seed, Clock: measure.MachineClock()}
	run, err := measure.Measure(plan, subjects, c.progress)
	if err != nil {
		return nil, err
	}
	return run.Series, nil
}

// callBatch is shorter than that of toll bench: a call takes little beside it, and there are many.
const callBatch = time.Millisecond

func callsCommand() *cobra.Command {
	var full, markdown bool
	var seed uint64
	var names []string
	var output string
	c := &cobra.Command{
		Use:   "calls",
		Short: "Study what a call costs, on every crossing",
		Long: `Calls verifies what comes back of every kind of argument on every crossing, then measures what calls cost.
It writes a record in the Go benchmark format and prints its tables, each with what it shows. It takes less than
three minutes on two cores, and with --full a good deal more.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var chosen []part
			var takes time.Duration
			for _, p := range parts {
				ok, err := matches(names, p.name)
				if err != nil {
					return err
				}
				if ok {
					chosen = append(chosen, p)
					if full {
						takes += p.all
					} else {
						takes += p.quick
					}
				}
			}
			if len(chosen) == 0 {
				return fmt.Errorf("no part matches %q", names)
			}
			crossings, missing, err := registry.Crossings()
			if err != nil {
				return err
			}
			if missing != nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "toll: left out: %v\n", missing)
			}
			c := &calling{crossings: crossings, full: full, seed: seed}
			for _, crossing := range crossings {
				checked, wrong := conform.VerifyCalls(crossing.Funcs)
				if len(wrong) > 0 {
					return fmt.Errorf("%s returns what is wrong, and is not timed: %w", crossing.Name, errors.Join(wrong...))
				}
				c.checked = append(c.checked, checked)
			}
			started := time.Now()
			fmt.Fprintf(cmd.ErrOrStderr(), "%d parts, about %v on two cores\n", len(chosen), takes.Round(10*time.Second))
			facts := append([]measure.Fact{
				{Key: "date", Value: started.UTC().Format(time.RFC3339)},
				{Key: "revision", Value: revision},
			}, machine.Facts()...)
			others := machine.Others()
			var series []measure.Series
			for k, p := range chosen {
				progress, finish := newProgress(fmt.Sprintf("%d of %d: %s", k+1, len(chosen), p.name))
				c.progress = progress
				more, err := p.run(c)
				finish()
				if err != nil {
					return err
				}
				series = append(series, more...)
			}
			if output == "" {
				output = filepath.Join("build", "results", started.UTC().Format("calls-20060102T150405Z.txt"))
			}
			facts = append(facts,
				measure.Fact{Key: "threads", Value: fmt.Sprint(runtime.GOMAXPROCS(0))},
				measure.Fact{Key: "seed", Value: fmt.Sprint(seed)},
				measure.Fact{Key: "batch", Value: callBatch.String()},
				measure.Fact{Key: "others", Value: others()})
			record, err := writeRecord(output, facts, series)
			if err != nil {
				return err
			}
			report.Calls(cmd.OutOrStdout(), record, report.Style{Baseline: registry.Baseline, Markdown: markdown})
			fmt.Fprintf(cmd.OutOrStdout(), "Record: %s\n", output)
			return nil
		},
	}
	c.Flags().BoolVar(&full, "full", false, "measure the whole matrix, in more rounds")
	c.Flags().Uint64Var(&seed, "seed", 1, "seed of the order within rounds")
	c.Flags().StringSliceVar(&names, "part", []string{"*"}, "parts to measure, or patterns")
	c.Flags().StringVarP(&output, "output", "o", "", "file for the record (default build/results/calls-TIME.txt)")
	c.Flags().BoolVar(&markdown, "markdown", false, "print the tables as Markdown")
	return c
}
