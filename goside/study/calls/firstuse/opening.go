// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"toll/goside/calls"
	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/study"
	"toll/goside/via/process"
)

// warmCalls is how many calls a batch of warm ones has. There are up to warmBatches, as many as begin within warmTime.
const (
	warmCalls   = 100
	warmBatches = 51
	warmTime    = 50 * time.Millisecond
)

// openingUnits are the figures that a process prints, in ns, in the order of the record.
var openingUnits = []string{"open", "call1", "call2", "warm", "clock"}

// opening opens each crossing of toll calls, those to other processes too, and makes its first calls, in a process of its own in
// each round. An operation is the opening.
func opening(lab *study.Lab) ([]measure.Series, error) {
	crossings, _, err := lab.Crossings()
	if err != nil {
		return nil, err
	}
	beside, err := verifiedBeside(lab)
	if err != nil {
		return nil, err
	}
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("firstuse: %w", err)
	}
	rounds := 7
	if lab.Full {
		rounds = study.FullRounds
	}
	var all []*built
	for _, c := range slices.Concat(crossings, beside) {
		if c.Funcs != nil && c.Funcs.Memory != nil { // differs from one without by slices only
			continue
		}
		all = append(all, &built{program: program{via: c.Name, lang: c.Lang}})
	}
	lab.Progress.BeginTimed("opening crossings")
	return openings(lab, all, rounds, func(ctx context.Context, b *built) (measure.Sample, error) {
		sample, out, err := study.RunCommand(exec.CommandContext(ctx, exe, "child", "opening", b.lang, b.via))
		if err == nil {
			err = parseOpening(out, &sample)
		}
		if err != nil {
			return sample, fmt.Errorf("firstuse: %s child opening %s %s: %w", exe, b.lang, b.via, err)
		}
		return sample, nil
	})
}

// verifiedBeside returns the crossings to other processes that are there, without their functions, once it has made sure that what
// these return is right. Their processes have then ended.
func verifiedBeside(lab *study.Lab) ([]calls.Crossing, error) {
	var right []calls.Crossing
	for _, c := range process.Calls() {
		if c.Via == process.ShmMemory { // differs from Shm by slices only
			continue
		}
		f, worker, err := process.OpenCalls(c.Lang, c.Via)
		if err != nil {
			if err := lab.Available(err); err != nil {
				return nil, err
			}
			continue
		}
		_, wrong := conform.VerifyCalls(f)
		if err := errors.Join(append(wrong, worker.Close())...); err != nil {
			return nil, fmt.Errorf("firstuse: %s/%s is wrong, and is not timed: %w", c.Lang, c.Via, err)
		}
		right = append(right, calls.Crossing{Name: c.Via, Lang: c.Lang})
	}
	return right, nil
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

// openOne opens the crossing of the language and the name in args, makes its first calls and warm ones, and prints what parseOpening reads.
func openOne(out io.Writer, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("child opening has the arguments %q, want a language and a crossing", args)
	}
	lang, via := args[0], args[1]
	var times [5]time.Duration // as openingUnits
	for range 3 {              // only the last counts: the first brings the code in
		times[4] = timed(func() {})
	}
	var not func(int64) int64
	var err error
	times[0] = timed(func() {
		c, openErr := registry.OpenCrossing(lang, via)
		if err = openErr; err == nil {
			not = c.Funcs.Not
		}
	})
	if err != nil {
		return err
	}
	if not == nil {
		return fmt.Errorf("child opening: %s/%s: %w", lang, via, kernel.ErrNotOffered)
	}
	check := func(k, y int64) {
		if y != ^k && err == nil {
			err = fmt.Errorf("child opening: not(%d) by %s/%s is %d, want %d", k, lang, via, y, ^k)
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
	var start time.Time
	for range 2 { // the first brings the clock back into the caches
		start = time.Now()
	}
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
