// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"toll/goside/conform"
	"toll/goside/measure"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
)

var layoutParts = []part{
	{name: "loops", quick: 75 * time.Second, all: 20 * time.Minute, run: loops},
	{name: "points", quick: 15 * time.Second, all: 40 * time.Second, run: func(c *calling) ([]measure.Series, error) {
		results, err := walking("julia")
		if err != nil {
			return nil, err
		}
		subjects, err := study.Points(study.Holding(results), c.full)
		return c.measureOr(err, subjects, batch/2, 3)
	}},
	{name: "transpose", python: true, quick: 12 * time.Second, all: 5 * time.Minute, run: func(c *calling) ([]measure.Series, error) {
		via, err := nativeVia()
		if err != nil {
			return nil, err
		}
		results, err := match([]string{"*/direct", "c/" + via, "fortran/" + via, "rust/" + via, "blas/netlib"}, "transpose")
		if err != nil {
			return nil, err
		}
		if err := wrong(results); err != nil {
			return nil, err
		}
		subjects, err := study.Transposers(study.Holding(results), study.TransposeSizes(c.full))
		return c.measureOr(err, subjects, batch/2, 3)
	}},
	{name: "ways", python: true, quick: 20 * time.Second, all: 4 * time.Minute, run: func(c *calling) ([]measure.Series, error) {
		routes, err := registry.Match(slices.Concat(study.WayRoutes, study.WayPython, []string{"gonum/direct", "blas/netlib"}))
		if err != nil {
			return nil, err
		}
		subjects, err := study.Ways(routes, study.WaySizes(c.full))
		return c.measureOr(err, subjects, batch/2, 1)
	}},
	{name: "matrices", quick: 5 * time.Second, all: 20 * time.Second, run: func(c *calling) ([]measure.Series, error) {
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
	{name: "frame", python: true, quick: 12 * time.Second, all: 30 * time.Second, run: func(c *calling) ([]measure.Series, error) {
		names := study.FrameLanguages(c.full)
		routes, err := registry.Match(names)
		if err != nil {
			return nil, err
		}
		subjects, err := study.Frame(routes, names)
		return c.measureOr(err, subjects, batch/2, 1)
	}},
	{name: "counters", quick: 20 * time.Second, all: 3 * time.Minute, run: counters},
}

// simulated is the part that comes with --cachegrind.
var simulated = part{name: "cachegrind", quick: 40 * time.Second, all: 40 * time.Second, run: cachegrind}

// layoutRounds keep the whole below three minutes, and let an interval leave out the best and the worst; with --full a
// round takes minutes.
const layoutRounds = 9

// loops times every walk in the languages of one thread, in the same rounds the machine's limits, and with --full, in rounds
// of their own and at the default sizes, the parallel languages.
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
		subjects, err := study.Loops(study.Holding(results), study.LoopSizes(c.full && threads == 1), threads, c.progress)
		if err != nil {
			return all, err
		}
		if threads > 1 {
			var routes []*seam.Route
			for k := range results {
				routes = append(routes, results[k].Route)
			}
			c.teams = had(c.stderr, routes, threads)
		} else {
			limits, err := study.Limits(runtime.GOMAXPROCS(0), nil)
			if err := c.available(err); err != nil {
				return all, err
			}
			subjects = append(subjects, limits...)
		}
		series, err := c.measureIn(subjects, batch/2, layoutRounds, 3)
		all = append(all, series...)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// nativeVia returns the crossing that native code is reached by: cgo, or purego in a program without.
func nativeVia() (string, error) {
	baseline, err := registry.Match([]string{registry.Baseline})
	if err != nil {
		return "", err
	}
	if _, err := baseline[0].Open(); errors.Is(err, seam.ErrUnavailable) {
		return "purego", nil
	}
	return "cgo", nil
}

// walking verifies the routes that may walk in both orders.
func walking(kernels ...string) ([]conform.Result, error) {
	via, err := nativeVia()
	if err != nil {
		return nil, err
	}
	results, err := match([]string{"go/direct", "go-par/direct", "c*/" + via, "fortran*/" + via, "rust*/" + via}, kernels...)
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
	var f partFlags
	var simulate bool
	c := &cobra.Command{
		Use:   "layout",
		Short: "Study row- against column-major, and what a border makes of the wrong one",
		Long: `Layout verifies every loop order in every language, then measures what memory layout costs: the wrong loop order from
cache to memory, transposing first, and how a matrix is held in Go. What the caches miss is counted by the processor,
where it has counters for that, or simulated with --cachegrind. It writes a record in the Go benchmark format and prints
its tables, each with what it shows, and pictures beside the record. It takes less than three minutes on two cores;
--full goes on to squares of 8192, and takes half an hour and 8 GB of memory.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			parts := layoutParts
			if simulate {
				parts = append(slices.Clone(parts), simulated)
			}
			chosen, takes, err := choose(parts, f.names, f.full)
			if err != nil {
				return err
			}
			c, err := newCalling(cmd, &f)
			if err != nil {
				return err
			}
			record, file, err := c.write(cmd, &f, chosen, takes)
			if record != nil && slices.ContainsFunc(chosen, func(p part) bool { return p.name == "loops" || p.name == "transpose" }) {
				folder := results // if the record is no file
				if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
					folder = filepath.Dir(file)
				}
				err = errors.Join(err, drawLayout(cmd, record, folder))
			}
			return err
		},
	}
	f.add(c, "measure all sizes, up to 8192 x 8192, and the parallel languages")
	c.Flags().BoolVar(&simulate, "cachegrind", false, "simulate what the caches miss, under valgrind, and show it with the causes; it repeats")
	return c
}
