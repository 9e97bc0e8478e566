// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/seam"
)

// part is one experiment of toll calls or toll layout.
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
	warn      func(err error) // says what is left out

	resolution  time.Duration // of the clock
	collections int           // of garbage, in batches that did not ask for any
}

// fullRounds are those of --full.
const fullRounds = 31

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

// runParts runs the parts one after another, and goes on with the next if one fails, which it says.
func (c *calling) runParts(cmd *cobra.Command, chosen []part, started time.Time) (series []measure.Series, failed bool) {
	for k, p := range chosen {
		if !term.IsTerminal(int(os.Stderr.Fd())) {
			fmt.Fprintf(cmd.ErrOrStderr(), "%d of %d: %s, %v since the start\n", k+1, len(chosen), p.name, time.Since(started).Round(time.Second))
		}
		progress, finish := newProgress(fmt.Sprintf("%d of %d: %s", k+1, len(chosen), p.name))
		c.progress = progress
		more, err := p.run(c)
		finish()
		if err := c.available(err); err != nil { // which is no reason to lose the other parts
			fmt.Fprintf(cmd.ErrOrStderr(), "toll: %s: %v\n", p.name, err)
			failed = true
		}
		series = append(series, more...)
	}
	return series, failed
}

// measure times subjects in so many rounds, or fullRounds.
func (c *calling) measure(subjects []measure.Subject, batch time.Duration, rounds, visits int) ([]measure.Series, error) {
	if c.full {
		rounds = max(rounds, fullRounds)
	}
	return c.measureIn(subjects, batch, rounds, visits)
}

// measureIn times subjects in just so many rounds.
func (c *calling) measureIn(subjects []measure.Subject, batch time.Duration, rounds, visits int) ([]measure.Series, error) {
	plan := measure.Plan{Rounds: rounds, Batch: batch, Visits: visits, Seed: c.seed, Clock: measure.MachineClock()}
	run, err := measure.Measure(plan, subjects, c.progress)
	if err != nil {
		return nil, err
	}
	c.resolution = run.Resolution
	c.collections += run.Collections
	return run.Series, nil
}

// available says what err says is unavailable, and returns any other error.
func (c *calling) available(err error) error {
	if errors.Is(err, seam.ErrUnavailable) {
		c.warn(err)
		return nil
	}
	return err
}
