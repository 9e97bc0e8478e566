// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"toll/goside/calls"
	"toll/goside/machine"
	"toll/goside/measure"
	"toll/goside/registry"
	"toll/goside/report"
	"toll/goside/seam"
	"toll/goside/via/thread"
)

// part is one experiment of toll calls or toll layout.
type part struct {
	name       string
	quick, all time.Duration // about how long it takes on two cores, by default and with --full
	run        func(*calling) ([]measure.Series, error)
	python     bool // it times CPython, of which the record is to say what it is
	free       bool // it has goroutines of its own, and is not to be locked to a thread
}

// calling is what the parts share.
type calling struct {
	started   time.Time
	out       *output // for the record
	crossings []calls.Crossing
	checked   []int // calls that were verified, of each crossing
	full      bool
	seed      uint64
	progress  func(done, all int)
	warn      func(err error) // says what is left out
	stderr    io.Writer
	teams     []measure.Fact  // what parallel languages had of the threads
	done      <-chan struct{} // closed when measuring is to stop

	resolution  time.Duration // of the clock
	collections int           // of garbage, in batches that did not ask for any
}

// newCalling opens the output for the record.
func newCalling(cmd *cobra.Command, f *partFlags) (*calling, error) {
	started := time.Now()
	out, err := openRecord(cmd, f.output, started)
	if err != nil {
		return nil, err
	}
	warn := func(err error) { fmt.Fprintf(cmd.ErrOrStderr(), "toll: left out: %v\n", err) }
	return &calling{started: started, out: out, full: f.full, seed: f.seed, stderr: cmd.ErrOrStderr(), warn: warn}, nil
}

// fullRounds are those of --full.
const fullRounds = 31

// partFlags are the flags of a command that runs parts.
type partFlags struct {
	full, markdown bool
	seed           uint64
	names          []string
	output         string
}

// add adds them to the command of that name; full says what --full does.
func (f *partFlags) add(c *cobra.Command, full string) {
	c.Flags().BoolVar(&f.full, "full", false, full)
	c.Flags().Uint64Var(&f.seed, "seed", 1, "seed of the order within rounds")
	c.Flags().StringSliceVar(&f.names, "part", []string{"*"}, "parts to measure, or patterns")
	c.Flags().StringVarP(&f.output, "output", "o", "", fmt.Sprintf("file for the record (default build/results/%s-TIME.txt)", c.Name()))
	c.Flags().BoolVar(&f.markdown, "markdown", false, "print the tables as Markdown")
}

// write runs the parts, writes their record, and prints its tables. file is the record's, "" if it could not be written.
// The error is errReported if a part failed, which goes with a record of the others.
func (c *calling) write(cmd *cobra.Command, f *partFlags, chosen []part, takes time.Duration) (record *report.Record, file string, err error) {
	fmt.Fprintf(cmd.ErrOrStderr(), "%d parts, about %v on two cores\n", len(chosen), takes.Round(10*time.Second))
	facts := append([]measure.Fact{
		{Key: "date", Value: c.started.UTC().Format(time.RFC3339)},
		{Key: "revision", Value: revision},
	}, machine.Facts()...)
	others := machine.Others()
	ctx, end := untilSignal(cmd)
	defer end()
	c.done = ctx.Done()
	series, stopped, failed := c.runParts(cmd, chosen)
	if len(series) == 0 {
		return nil, "", errors.Join(context.Cause(ctx), fmt.Errorf("nothing was measured"))
	}
	if stopped != "" {
		facts = append(facts, measure.Fact{Key: "interrupted", Value: fmt.Sprintf("in part %s, %v", stopped, context.Cause(ctx))})
	}
	facts = append(facts,
		measure.Fact{Key: "threads", Value: fmt.Sprint(runtime.GOMAXPROCS(0))},
		measure.Fact{Key: "seed", Value: fmt.Sprint(f.seed)},
		measure.Fact{Key: "others", Value: others()}, machine.Floats())
	facts = append(facts, c.teams...)
	if slices.ContainsFunc(chosen, func(p part) bool { return p.python }) {
		facts = append(facts, python()...)
	}
	if c.resolution > 0 {
		facts = append(facts, measure.Fact{Key: "clock-step", Value: c.resolution.String()},
			measure.Fact{Key: "collections", Value: fmt.Sprint(c.collections)})
	}
	record, file, err = c.out.writeRecord(facts, series)
	if record == nil {
		return nil, "", err
	}
	report.Print(cmd.OutOrStdout(), record, report.Style{Baseline: registry.Baseline, Markdown: f.markdown, Source: file})
	sayRecord(cmd, file)
	if err = errors.Join(context.Cause(ctx), err); err == nil && failed {
		err = errReported
	}
	return record, file, err
}

// choose returns the parts whose names match one of the patterns, and about how long they take.
func choose(parts []part, names []string, full bool) (chosen []part, takes time.Duration, err error) {
	var all []string
	for _, p := range parts {
		all = append(all, p.name)
		ok, err := matches(names, p.name)
		if err != nil {
			return nil, 0, err
		}
		if !ok {
			continue
		}
		chosen = append(chosen, p)
		if full {
			takes += p.all
		} else {
			takes += p.quick
		}
	}
	if len(chosen) == 0 {
		return nil, 0, fmt.Errorf("no part matches %q, want one of %s, or a pattern", names, strings.Join(all, ", "))
	}
	return chosen, takes, nil
}

// runParts runs the parts one after another, and goes on with the next if one fails, which it says. stopped is the part
// in which it was told to stop, which may have ended all the same.
func (c *calling) runParts(cmd *cobra.Command, chosen []part) (series []measure.Series, stopped string, failed bool) {
	for k, p := range chosen {
		progress, finish := newStage(cmd, fmt.Sprintf("%d of %d: %s", k+1, len(chosen), p.name), c.started)
		c.progress = progress
		var more []measure.Series
		var err error
		if p.free {
			more, err = p.run(c)
		} else { // its checks, too, call native code
			thread.Do(func() { more, err = p.run(c) })
		}
		finish()
		series = append(series, more...)
		select {
		case <-c.done:
			return series, p.name, failed
		default:
		}
		if err := c.available(err); err != nil { // which is no reason to lose the other parts
			fmt.Fprintf(cmd.ErrOrStderr(), "toll: %s: %v\n", p.name, err)
			failed = true
		}
	}
	return series, "", failed
}

// measure times subjects in so many rounds, or fullRounds.
func (c *calling) measure(subjects []measure.Subject, batch time.Duration, rounds, visits int) ([]measure.Series, error) {
	if c.full {
		rounds = max(rounds, fullRounds)
	}
	return c.measureIn(subjects, batch, rounds, visits)
}

// measureIn times subjects in just so many rounds. Beside an error it returns the rounds that are complete.
func (c *calling) measureIn(subjects []measure.Subject, batch time.Duration, rounds, visits int) ([]measure.Series, error) {
	plan := measure.Plan{Rounds: rounds, Batch: batch, Visits: visits, Seed: c.seed, Clock: measure.MachineClock(), Done: c.done}
	run, err := measure.Measure(plan, subjects, c.progress)
	if run == nil {
		return nil, err
	}
	c.resolution = run.Resolution
	c.collections += run.Collections
	return run.Series, err
}

// available says what err says is unavailable, and returns any other error.
func (c *calling) available(err error) error {
	if errors.Is(err, seam.ErrUnavailable) {
		c.warn(err)
		return nil
	}
	return err
}
