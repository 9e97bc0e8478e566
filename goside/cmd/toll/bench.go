// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/klauspost/cpuid/v2"
	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"toll/goside/conform"
	"toll/goside/measure"
	"toll/goside/registry"
	"toll/goside/report"
	"toll/goside/seam"
	"toll/goside/study"
)

func benchCommand() *cobra.Command {
	var quick, markdown bool
	var rounds, threads int
	var seed uint64
	var patterns []string
	var output string
	c := &cobra.Command{
		Use:   "bench",
		Short: "Verify every route, then time all of them against each other",
		Long: `Bench verifies every route, times those that hold in interleaved rounds on the book's own problem sizes,
writes the record in the Go benchmark format, and prints its tables.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("rounds") && quick {
				rounds = 7
			}
			if rounds < 1 || threads < 1 || threads > 1024 {
				return fmt.Errorf("rounds is %d and threads %d, want at least 1 and 1 to 1024", rounds, threads)
			}
			routes, err := registry.Match(patterns)
			if err != nil {
				return err
			}
			started := time.Now()
			config := environment(started, threads, seed) // before this run loads the machine itself
			results, err := verify(routes, []string{"*"})
			if err != nil {
				return err
			}
			subjects, err := study.Benchmark(holding(routes, results), threads)
			if err != nil {
				return err
			}
			progress, finish := newProgress("measuring")
			defer finish()
			series, err := measure.Measure(measure.Plan{Rounds: rounds, Sample: 10 * time.Millisecond, Seed: seed}, subjects, progress)
			if err != nil {
				return err
			}
			finish()
			if output == "" {
				output = filepath.Join("build", "results", started.UTC().Format("bench-20060102T150405Z.txt"))
			}
			config = append(config, builds(routes)...)
			config = append(config, verification(results)...)
			record, err := writeRecord(output, config, series)
			if err != nil {
				return err
			}
			report.Tables(cmd.OutOrStdout(), record, registry.Baseline, markdown)
			fmt.Fprintf(cmd.OutOrStdout(), "Record: %s\n", output)
			for k := range results {
				if results[k].Verdict() == conform.Failed {
					printResults(cmd, results)
					return errReported
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&quick, "quick", false, "measure for less than a minute: 7 rounds")
	c.Flags().IntVar(&rounds, "rounds", 41, "rounds to measure")
	c.Flags().IntVar(&threads, "threads", runtime.GOMAXPROCS(0), "threads for parallel languages")
	c.Flags().Uint64Var(&seed, "seed", 1, "seed of the order within rounds")
	c.Flags().StringSliceVar(&patterns, "route", []string{"*/*"}, "routes to measure: names or patterns such as '*/purego'")
	c.Flags().StringVarP(&output, "output", "o", "", "file for the record (default build/results/bench-TIME.txt)")
	c.Flags().BoolVar(&markdown, "markdown", false, "print the tables as Markdown")
	return c
}

// holding returns the routes of which every row holds.
func holding(routes []*seam.Route, results []conform.Result) []*seam.Route {
	bad := map[*seam.Route]bool{}
	for k := range results {
		if !good(results[k : k+1]) {
			bad[results[k].Route] = true
		}
	}
	var hold []*seam.Route
	for _, r := range routes {
		if !bad[r] {
			hold = append(hold, r)
		}
	}
	return hold
}

// writeRecord writes the record to a file and reads it back.
func writeRecord(path string, config []report.Config, series []measure.Series) (*report.Record, error) {
	var b bytes.Buffer
	if err := report.Write(&b, config, series); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		return nil, err
	}
	return report.Read(&b, path)
}

func environment(started time.Time, threads int, seed uint64) []report.Config {
	return []report.Config{
		{Key: "date", Value: started.UTC().Format(time.RFC3339)},
		{Key: "revision", Value: revision},
		{Key: "goos", Value: runtime.GOOS},
		{Key: "goarch", Value: runtime.GOARCH},
		{Key: "go", Value: runtime.Version()},
		{Key: "cpu", Value: cpuid.CPU.BrandName},
		{Key: "cores", Value: fmt.Sprint(runtime.NumCPU())},
		{Key: "gomaxprocs", Value: fmt.Sprint(runtime.GOMAXPROCS(0))},
		{Key: "threads", Value: fmt.Sprint(threads)},
		{Key: "os", Value: kernelRelease()},
		{Key: "load", Value: loadAverage()},
		{Key: "seed", Value: fmt.Sprint(seed)},
	}
}

func kernelRelease() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return runtime.GOOS
	}
	return unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
}

func loadAverage() string {
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(load))[:3], " ")
}

// builds says how each language was built; a language is built once for all its crossings.
func builds(routes []*seam.Route) []report.Config {
	var all []report.Config
	seen := map[string]bool{}
	for _, r := range routes {
		if library, err := r.Open(); err == nil && !seen[r.Lang] {
			seen[r.Lang] = true
			all = append(all, report.Config{Key: "build-" + r.Lang, Value: library.Build.String()})
		}
	}
	return all
}

func verification(results []conform.Result) []report.Config {
	var all []report.Config
	for k := range results {
		r := &results[k]
		if good(results[k : k+1]) {
			all = append(all, report.Config{Key: report.VerifiedKey(r.Route.Name(), r.Kernel, r.Layout),
				Value: fmt.Sprintf("%s, %d cases", r.Verdict(), r.Cases)})
		}
	}
	return all
}
