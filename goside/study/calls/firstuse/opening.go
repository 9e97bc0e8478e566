// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"time"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/study"
)

// warmCalls is how many calls a batch of warm ones has. There are up to warmBatches, as many as begin within warmTime.
const (
	warmCalls   = 100
	warmBatches = 51
	warmTime    = 50 * time.Millisecond
)

// openingUnits are the figures that a process prints, in ns, in the order of the record.
var openingUnits = []string{"open", "call1", "call2", "warm", "clock"}

// opening opens each crossing of toll calls and makes its first calls, in a process of its own in each round. An operation is
// the opening.
func opening(lab *study.Lab) ([]measure.Series, error) {
	crossings, _, err := lab.Crossings()
	if err != nil {
		return nil, err
	}
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("firstuse: %w", err)
	}
	rounds := 15
	if lab.Full {
		rounds = 51
	}
	var all []*built
	for _, c := range crossings {
		all = append(all, &built{program: program{via: c.Name, lang: study.Lang(c)}})
	}
	lab.Progress.BeginTimed("opening crossings")
	return openings(lab, all, rounds, func(ctx context.Context, b *built) (measure.Sample, error) {
		sample, out, err := study.RunCommand(exec.CommandContext(ctx, exe, "child", "opening", b.via))
		if err == nil {
			err = parseOpening(out, &sample)
		}
		if err != nil {
			return sample, fmt.Errorf("firstuse: %s child opening %s: %w", exe, b.via, err)
		}
		return sample, nil
	})
}

// openings takes a sample of each crossing in each round.
func openings(lab *study.Lab, crossings []*built, rounds int, sample func(context.Context, *built) (measure.Sample, error)) ([]measure.Series, error) {
	p := phase{"open", "opening", "an opening is no batch", rounds, crossings, sample}
	ctx := study.UntilDone(lab.Done)
	series, err := p.measure(ctx, rand.New(rand.NewPCG(lab.Seed, 2)), counting(lab.Progress.Step, rounds*len(crossings)))
	if err != nil {
		err = stoppedOr(ctx, err)
	}
	return series, err
}

// openOne opens the crossing that args name, makes its first calls and warm ones, and prints what parseOpening reads.
func openOne(out io.Writer, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("child opening has the arguments %q, want the name of a crossing", args)
	}
	var times [5]time.Duration // as openingUnits
	for range 3 {              // only the last counts: the first brings the code in
		times[4] = timed(func() {})
	}
	var not func(int64) int64
	var err error
	times[0] = timed(func() {
		c, openErr := registry.OpenCrossing(args[0])
		if err = openErr; err == nil {
			not = c.Funcs.Not
		}
	})
	if err != nil {
		return err
	}
	if not == nil {
		return fmt.Errorf("child opening: %s: %w", args[0], kernel.ErrNotOffered)
	}
	check := func(k, y int64) {
		if y != ^k && err == nil {
			err = fmt.Errorf("child opening: not(%d) by %s is %d, want %d", k, args[0], y, ^k)
		}
	}
	var y int64
	for k := range int64(2) {
		times[1+k] = timed(func() { y = not(k) })
		check(k, y)
	}
	var batches []float64
	for begun := time.Now(); len(batches) < warmBatches && (len(batches) == 0 || time.Since(begun) < warmTime); {
		batch := timed(func() {
			for k := range int64(warmCalls) {
				y = not(k)
			}
		})
		check(warmCalls-1, y)
		batches = append(batches, float64(max(0, batch-times[4]))/warmCalls)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "open=%d call1=%d call2=%d warm=%g clock=%d\n", times[0], times[1], times[2], record.MiddleOf(batches), times[4])
	return err
}

// timed returns how long f takes.
func timed(f func()) time.Duration {
	time.Now() // brings the clock back into the caches
	start := time.Now()
	f()
	return time.Since(start)
}

// parseOpening puts the figures that openOne printed into the sample, whose time is then that of the opening.
func parseOpening(line string, sample *measure.Sample) error {
	words := strings.Fields(line)
	if len(words) != len(openingUnits) {
		return fmt.Errorf("it printed %q, want %s, each with a number", line, strings.Join(openingUnits, ", "))
	}
	for k, unit := range openingUnits {
		var ns float64
		if n, err := fmt.Sscanf(words[k], unit+"=%g", &ns); n != 1 || err != nil || ns < 0 {
			return fmt.Errorf("it printed %q, want %s=, a number of nanoseconds", words[k], unit)
		}
		if k == 0 {
			sample.Wall = ns
		} else {
			sample.More = append(sample.More, measure.Value{Value: ns, Unit: unit + "-ns"})
		}
	}
	if sample.Wall == 0 {
		return fmt.Errorf("it printed %q, want a time of opening above 0", line)
	}
	return nil
}
