// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"toll/goside/fit"
	"toll/goside/seam"
	"toll/goside/study"
)

func fitCommand() *cobra.Command {
	var r fit.Request
	var windows int
	var memory int64
	var asJSON bool
	c := &cobra.Command{
		Use:   "fit",
		Short: "Fit lines through each window of days of many users, on the workers of an engine",
		Long: `Fit computes rolling least squares: a line through each window of days of each user. Each worker calls the C, Fortran or Rust
kernel through its extension module of CPython. The users are made from a seed, or read from Parquet: a file, or a folder of files,
with a column user (int64) and then a column of doubles for each day.

Engines: local has processes of this machine, and with --workers 1 none but the driver's; dask is a cluster of Dask on this
machine; dask://HOST:PORT is a scheduler that is there. Its workers are started by dask worker from build/venv-frames of the same
build, and see the same files; docs/FIT.md shows how.

With --output it writes a Parquet file a partition, with the columns user, last_day, slope and intercept, and a manifest. Without,
it only hashes the fits. The checksum is the same for every engine, language, partition and number of workers. A worker that is
killed is replaced, and its task done again. An interrupt (Ctrl-C) keeps the finished partitions, and --resume does the others.

Unless --partition says how many users a task fits, tasks that do nothing and a first block are timed, and the partition is chosen
so that the engine takes less than 1 % of a task. --json prints the plan, times (seconds), peak memory (bytes) and checksum.`,
		Example: `  toll fit --rows 20000 --engine dask
  toll fit --rows 20000 --window 28 --language rust -o fits`,
		Args: cobra.NoArgs,
	}
	flags := c.Flags()
	flags.IntVar(&r.Rows, "rows", 100_000, "users (default with --input all)")
	flags.IntVar(&r.Days, "days", 730, "days of each user (default with --input all)")
	flags.IntVar(&r.Window, "window", 14, "days of a window")
	flags.IntVar(&windows, "windows", 0, "windows of each user, instead of --days")
	flags.StringVar(&r.Language, "language", "c", "language of the kernel: c, fortran or rust")
	flags.StringVar(&r.Engine, "engine", "local", "who has the workers: local, dask or dask://HOST:PORT")
	flags.IntVar(&r.Workers, "workers", runtime.GOMAXPROCS(0), "worker processes; with dask://HOST:PORT, how many to wait for (default 1)")
	flags.Int64Var(&r.Seed, "seed", 1, "seed that users are made from")
	flags.StringVar(&r.Input, "input", "", "Parquet file, or folder of such files, to read the users from")
	flags.StringVarP(&r.Folder, "output", "o", "", "folder for the fits (default: they are not kept)")
	flags.BoolVar(&r.Resume, "resume", false, "go on with the run whose folder --output names")
	flags.IntVar(&r.Partition, "partition", 0, fmt.Sprintf("users of a task, a multiple of %d (default chosen)", fit.Block))
	flags.Int64Var(&memory, "memory", 1024, "MiB of memory that a worker may have")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	c.MarkFlagsMutuallyExclusive("days", "windows")
	_ = c.MarkFlagFilename("input", "parquet")
	_ = c.MarkFlagDirname("output")
	completeFlag(c, "language", fit.Languages)
	completeFlag(c, "engine", []string{"local", "dask", "dask://"})
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if r.Input != "" { // a default is no wish
			if !flags.Changed("rows") {
				r.Rows = 0
			}
			if !flags.Changed("days") {
				r.Days = 0
			}
		}
		if flags.Changed("windows") {
			if windows < 1 {
				return seam.Usagef("fit: windows is %d, want at least 1", windows)
			}
			r.Days = windows + r.Window - 1
		}
		if r.Engine != "local" && r.Engine != "dask" && !flags.Changed("workers") {
			r.Workers = 1
		}
		r.Memory = memory << 20
		return runFit(cmd, &r, asJSON)
	}
	return c
}

// runFit runs a request, shows how far it is, and prints what it did.
func runFit(cmd *cobra.Command, r *fit.Request, asJSON bool) error {
	progress := study.NewProgress(cmd.ErrOrStderr())
	defer progress.End()
	then := "stopping; finished partitions are kept, and --resume does the others; a second signal ends at once"
	if r.Folder == "" {
		then = "stopping; a second signal ends at once"
	}
	ctx, end := study.UntilSignal(progress, then)
	defer end()
	result, err := fit.Run(ctx, *r, fit.Watch{
		Phase: progress.Begin,
		Planned: func(p *fit.Plan) {
			p.Print(progress)
			progress.BeginTimed("fitting")
			progress.Step(p.Kept, p.Tasks)
		},
		Task: func(done, all, _ int) { progress.Step(done, all) },
	})
	progress.End()
	switch {
	case errors.Is(err, fit.ErrStopped):
		return context.Cause(ctx)
	case err != nil:
		return err
	case asJSON:
		return study.WriteJSON(cmd.OutOrStdout(), result)
	}
	result.Print(cmd.OutOrStdout())
	return nil
}
