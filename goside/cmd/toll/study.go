// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"io"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/studies"
	"toll/goside/study"
)

// studyCommand returns the command that runs a study, with the flags that its kind of run has.
func studyCommand(s *study.Study) *cobra.Command {
	lab := &study.Lab{Settings: study.Settings{Asked: map[string]bool{}}}
	c := &cobra.Command{
		Use:   s.Name,
		Short: s.Short,
		Long: s.About + `

It writes a record in the Go benchmark format, and prints its tables. An interrupt (Ctrl-C) ends measuring early: the
complete rounds are written and shown. While it measures they are in the record's name with .partial behind it, for toll
show if the process is killed. A record that cannot be written goes to build/results or the folder for temporary files.`,
		Example: s.Example,
		Args:    cobra.NoArgs,
	}
	flags := c.Flags()
	flags.StringVarP(&lab.Output, "output", "o", "", fmt.Sprintf("file for the record (default build/results/%s-TIME.txt)", s.Name))
	flags.BoolVar(&lab.Markdown, "markdown", false, "print the tables as Markdown")
	flags.BoolVar(&lab.JSON, "json", false, "print the record as JSON, as toll show --json does")
	c.MarkFlagsMutuallyExclusive("json", "markdown")
	page := flags.Bool("report", false, "make a page in HTML of the record beside it, as toll report does")
	flags.Uint64Var(&lab.Seed, "seed", 1, "seed of the order within rounds")
	asked := map[string]*bool{}
	for _, p := range s.Parts {
		for _, e := range p.Experiments {
			if e.Asked {
				asked[e.Name] = flags.Bool(e.Name, false, "run the experiment "+e.Name+", too")
			}
		}
	}
	check := func() error { return nil }
	switch s.Name {
	case "bench":
		check = benchFlags(c, lab)
	case "book":
		check = bookFlags(c, lab)
	case "kernels":
		check = kernelsFlags(c, lab)
	case "profile":
		check = profileFlags(c, lab)
	case "instructions":
		flags.StringSliceVar(&lab.Routes, "route", []string{"go/direct", "c/*", "fortran/*", "rust/*"}, "routes to count: names or patterns such as '*/purego'")
	default:
		flags.BoolVar(&lab.Full, "full", false, "measure the whole matrix, in more rounds")
		flags.StringSliceVar(&lab.Parts, "part", nil, "parts or experiments to measure, or patterns (default all)")
		completeFlag(c, "part", partNames(s))
	}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			lab.Kernels = args
		}
		lab.Stdout, lab.Stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
		if *page {
			lab.Beside = func(w io.Writer, file string) error {
				_, err := makePage(w, cmd.ErrOrStderr(), filepath.Dir(file), []string{file})
				return err
			}
		}
		for name, on := range asked {
			lab.Asked[name] = *on
		}
		if err := check(); err != nil {
			return err
		}
		if _, err := registry.Match(lab.Routes); lab.Routes != nil && err != nil { // before an experiment is run for nothing
			return err
		}
		return s.Run(lab)
	}
	return c
}

// benchFlags adds the flags of toll bench.
func benchFlags(c *cobra.Command, lab *study.Lab) (check func() error) {
	var quick, limits bool
	flags := c.Flags()
	flags.BoolVar(&quick, "quick", false, "measure for about a minute: 6 rounds, the fewest that make an interval")
	flags.IntVar(&lab.Rounds, "rounds", 31, "rounds to measure")
	flags.IntVar(&lab.Threads, "threads", runtime.GOMAXPROCS(0), "threads for parallel languages")
	flags.StringSliceVar(&lab.Kernels, "kernel", []string{"*"}, "kernels to measure: call, diffusion, julia, ols, or patterns")
	flags.StringSliceVar(&lab.Routes, "route", nil, "routes to measure: names or patterns such as '*/purego' (default see above)")
	flags.BoolVar(&limits, "limits", true, "measure the machine's limits, too")
	return func() error {
		if quick {
			lab.Visits = 3
			if !flags.Changed("rounds") {
				lab.Rounds = 6
			}
		}
		lab.NoLimits = !limits
		if lab.Rounds < 1 || lab.Threads < 1 || lab.Threads > 1024 {
			return seam.Usagef("rounds is %d and threads %d, want at least 1 and 1 to 1024", lab.Rounds, lab.Threads)
		}
		return nil
	}
}

// kernelsFlags adds the flags of toll kernels.
func kernelsFlags(c *cobra.Command, lab *study.Lab) (check func() error) {
	var quick bool
	flags := c.Flags()
	flags.BoolVar(&quick, "quick", false, "measure for less than a minute: 6 rounds, the fewest that make an interval, without the grid that no cache holds")
	flags.IntVar(&lab.Rounds, "rounds", 0, "rounds to measure (default 9, or 6 with --quick)")
	flags.IntVar(&lab.Threads, "threads", runtime.GOMAXPROCS(0), "threads for parallel languages")
	flags.StringSliceVar(&lab.Kernels, "kernel", []string{"*"}, "kernels to measure: diffusion, julia, ols, or patterns")
	return func() error {
		lab.Full = !quick
		if lab.Rounds < 0 || lab.Threads < 1 || lab.Threads > 1024 {
			return seam.Usagef("rounds is %d and threads %d, want at least 1 and 1 to 1024", lab.Rounds, lab.Threads)
		}
		return nil
	}
}

// profileFlags adds the flags of toll profile, whose arguments are kernels.
func profileFlags(c *cobra.Command, lab *study.Lab) (check func() error) {
	var quick bool
	c.Use += " [julia|ols]..."
	c.ValidArgs, c.Args = []string{"julia", "ols"}, cobra.MatchAll(cobra.OnlyValidArgs, cobra.MaximumNArgs(2))
	flags := c.Flags()
	flags.BoolVar(&quick, "quick", false, "profile for less than two minutes: each program once, and smaller problems")
	flags.StringSliceVar(&lab.Parts, "part", nil, "what to measure: book, go-programs, python-programs, or patterns (default all)")
	completeFlag(c, "part", []string{"book", "go-programs", "python-programs"})
	return func() error {
		lab.Full = !quick
		return nil
	}
}

// bookFlags adds the flags of toll book.
func bookFlags(c *cobra.Command, lab *study.Lab) (check func() error) {
	flags := c.Flags()
	flags.BoolVar(&lab.Full, "full", false, "time every row on the whole problem, however long it takes")
	flags.IntVar(&lab.Rounds, "rounds", 9, "rounds to measure")
	flags.StringSliceVar(&lab.Routes, "route", []string{"*/*"}, "routes to measure, of the tables': names or patterns; c/cgo is always among them")
	return func() error {
		if lab.Rounds < 1 {
			return seam.Usagef("rounds is %d, want at least 1", lab.Rounds)
		}
		return nil
	}
}

// childCommand is what experiments run in processes of their own.
func childCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "child NAME ARGUMENT...",
		Hidden:             true,
		Args:               cobra.MinimumNArgs(1),
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := studies.Child(args[0])
			if err != nil {
				return err
			}
			var out io.Writer = cmd.OutOrStdout()
			return c.Run(out, args[1:])
		},
	}
}
