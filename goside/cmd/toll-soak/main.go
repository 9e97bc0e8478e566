// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Command toll-soak runs random kernels over all routes for a long time and judges whether memory, threads, descriptors, Python's
// objects and more stay flat: see package soak. Its status is 0 if every result was right and every figure is flat, 1 if not, 2
// for bad usage. scripts/soak.sh builds and runs it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"toll/goside/calls"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/soak"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		if _, wrong := errors.AsType[seam.UsageError](err); wrong {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

func run() (err error) {
	duration := flag.Duration("duration", 30*time.Minute, "how long it is judged, after a third of that as its warm-up")
	patterns := flag.String("routes", "", "patterns of routes, as in 'c/* */cpython'; crossings of calls.h and workers are left out then")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of all that is drawn")
	samples := flag.String("samples", "", "the file that gets all samples")
	heaps := flag.String("heaps", "", "the folder that gets profiles of Go's heap at rest, for go tool pprof")
	flag.Parse()
	if flag.NArg() > 0 {
		return seam.Usagef("toll-soak: unknown argument %q, want flags only: see -help", flag.Arg(0))
	}
	if *duration < time.Minute {
		return seam.Usagef("toll-soak: a duration of %v, want at least a minute: no slope is certain of less", *duration)
	}
	c := soak.Config{Routes: registry.All(), Seed: *seed, Figures: soak.Process(), Progress: progress(*heaps)}
	var missing error
	if chosen := strings.Fields(*patterns); len(chosen) > 0 {
		if c.Routes, err = registry.Match(chosen); err != nil {
			return err
		}
	} else {
		within, missing1, err := registry.Crossings()
		if err != nil {
			return err
		}
		beside, missing2, err := registry.Beside()
		if err != nil {
			return err
		}
		missing = errors.Join(missing1, missing2)
		c.Crossings = timely(slices.Concat(within, beside))
		c.Workers = soak.Openers()
		c.Figures = append(c.Figures, soak.Texts(c.Crossings))
	}
	python, tidy, err := soak.Python()
	switch {
	case errors.Is(err, seam.ErrUnavailable):
		missing = errors.Join(missing, err)
	case err != nil:
		return err
	default:
		c.Figures, c.Tidy = append(c.Figures, python...), tidy
	}
	if *samples != "" {
		f, err := os.Create(*samples)
		if err != nil {
			return err
		}
		c.Samples = f // a line a second: an interrupted run loses none
		defer func() { err = errors.Join(err, f.Close()) }()
	}
	// A rest every ten seconds, or sixty in all.
	c.Load, c.Rounds, c.Pypy = min(10*time.Second, *duration/60), 20, 25_000
	c.Warm = *duration / 3
	c.Duration = c.Warm + *duration
	if missing != nil {
		fmt.Printf("not here:\n%v\n", missing)
	}
	fmt.Printf("toll-soak: seed %d, %d routes, %d crossings of calls.h, %d workers to start and end\n", *seed, len(c.Routes), len(c.Crossings), len(c.Workers))
	report, err := soak.Run(c)
	if err != nil {
		return err
	}
	if err := report.Print(os.Stdout); err != nil {
		return err
	}
	fmt.Println("toll-soak:", report.Summary())
	return report.Err()
}

// progress prints a line, and writes a profile of the heap to the folder, if that has a name. Lines are given at rest, but for
// those of a wrong result.
func progress(folder string) func(line string) {
	if folder != "" {
		runtime.MemProfileRate = 16 << 10 // few objects at rest are large
	}
	start := time.Now()
	return func(line string) {
		fmt.Println(line)
		if folder == "" {
			return
		}
		file := filepath.Join(folder, fmt.Sprintf("heap-%04.0f-s.pprof", time.Since(start).Seconds()))
		if err := profile(file); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

func profile(file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("heap").WriteTo(f, 0), f.Close())
}

// timely leaves out the crossings that wait spinning: with more goroutines than cores they take a time slice for each call.
func timely(all []calls.Crossing) (some []calls.Crossing) {
	for _, c := range all {
		if c.Name != "shm-spin" {
			some = append(some, c)
		}
	}
	return some
}
