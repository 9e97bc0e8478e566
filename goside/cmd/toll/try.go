// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/try"
)

// tryFlags are those of toll try that are no strings of a request.
type tryFlags struct {
	goroutines, budget, against, failOver string
	quick, page                           bool
	init                                  string
}

func tryCommand() *cobra.Command {
	lab := &study.Lab{}
	q := &try.Request{}
	var f tryFlags
	c := &cobra.Command{
		Use:   "try LIBRARY SYMBOL...",
		Short: try.Study.Short,
		Long: `Try calls functions of your own shared library (C, Fortran, Rust, or Go built as one) from Go, through each crossing that can
pass them: cgo, purego's two forms, libffi, the trampoline, and a process. It verifies that all return the same bits and leave
the same memory, and measures what a call costs and how much of it is the border.

How a function is called comes from --sig, from --header, or from the library's debugging information (-g). What is passed is
said by --arg, or guessed and said. The functions run in child processes with a time limit: a crash, a hang or an exit is a row
of the answer.

Arguments: --arg n=1000, --arg p=random:float64:1000, --arg p=nil; with several symbols, --arg norm.n=1000 is of one.
Checks: --check 'result >= 0 && p_after[0] == p[0]' over the arguments, result, and NAME_after for memory after the call.
Budget: --budget 'p99<2us,allocs=0,overhead<5%' limits time (of a call), p50, p99, p99.9 (p99@100: by 100 goroutines), allocs, bytes
and overhead (the border's share), through each crossing or, as in cgo:time<1us, one. Broken is a limit that the whole interval
of a figure breaks; the exit code is then 1.

It writes a record in the Go benchmark format, and prints its tables. --init writes an example to begin with.`,
		Example: `  toll try --init example
  toll try libm.so.6 --sig 'double hypot(double x, double y)' --quick`,
	}
	flags := c.Flags()
	flags.StringArrayVar(&q.Sigs, "sig", nil, "prototype of a function in C; once for each")
	flags.StringVar(&q.Header, "header", "", "C header with the prototypes")
	flags.StringArrayVar(&q.Args, "arg", nil, "what is passed for a parameter: NAME=VALUE")
	flags.StringArrayVar(&q.Out, "out", nil, "memory that the function writes: NAME, NAME:inout, or result:free=SYMBOL")
	flags.StringArrayVar(&q.Sweep, "sweep", nil, "sizes to call it with: NAME=FROM:TO")
	flags.StringSliceVar(&q.Via, "via", nil, "crossings, or patterns (default all)")
	flags.StringVar(&q.Reference, "reference", "", "another function to compare with: LIBRARY:SYMBOL")
	flags.StringVar(&q.GoPackage, "go-package", "", "folder of a Go package with functions of the same names, to compare with")
	flags.StringArrayVar(&q.Checks, "check", nil, "what is to be true of each call")
	flags.BoolVar(&q.Releases, "releases", false, "time the function by each release of Go that can be had here, too")
	flags.DurationVar(&q.Limit, "time-limit", 10*time.Second, "longest time of a call")
	flags.StringVar(&f.goroutines, "goroutines", "", "numbers of goroutines that call at once (default 1, GOMAXPROCS and 100; 0: none)")
	flags.StringVar(&f.budget, "budget", "", "limits that the figures must hold")
	flags.StringVar(&f.against, "against", "", "fail if a row became slower than in this record, as toll compare does")
	flags.StringVar(&f.failOver, "fail-over", "0%", "with --against: by more than this")
	flags.BoolVar(&f.quick, "quick", false, "measure in 6 rounds, the fewest that make an interval")
	flags.BoolVar(&lab.Full, "full", false, fmt.Sprintf("verify with more random arguments, and measure in %d rounds", study.FullRounds))
	flags.StringVarP(&lab.Output, "output", "o", "", "file for the record (default build/results/try-TIME.txt)")
	flags.BoolVar(&lab.Markdown, "markdown", false, "print the tables as Markdown")
	flags.BoolVar(&lab.JSON, "json", false, "print the record as JSON, as toll show --json does")
	flags.BoolVar(&f.page, "report", false, "make a page in HTML of the record beside it, as toll report does")
	flags.Uint64Var(&lab.Seed, "seed", 1, "seed of the order within rounds")
	flags.StringVar(&f.init, "init", "", "write an example into this folder, and do nothing else")
	c.MarkFlagsMutuallyExclusive("json", "markdown")
	c.MarkFlagsMutuallyExclusive("quick", "full")
	_ = c.MarkFlagFilename("against", "txt", "txt.gz")
	_ = c.MarkFlagFilename("header", "h")
	_ = c.MarkFlagDirname("go-package")
	_ = c.MarkFlagDirname("init")
	completeFlag(c, "via", []string{"cgo", "purego", "syscalln", "libffi", "trampoline", "process"})
	c.Args = func(_ *cobra.Command, args []string) error {
		switch {
		case f.init != "" && len(args) > 0:
			return fmt.Errorf("with --init, found the arguments %q, want none", args)
		case f.init == "" && len(args) == 0:
			return errors.New("no library is named, want toll try LIBRARY SYMBOL...; toll try --init DIR writes an example")
		}
		return nil
	}
	c.ValidArgsFunction = func(_ *cobra.Command, had []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(had) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return []string{"so", "dylib"}, cobra.ShellCompDirectiveFilterFileExt
	}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if f.init != "" {
			return try.WriteExample(cmd.OutOrStdout(), f.init)
		}
		lab.Stdout, lab.Stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
		q.Library, q.Symbols, q.Full = args[0], args[1:], lab.Full
		if f.quick {
			lab.Rounds = record.Fewest
		}
		return f.run(q, lab)
	}
	return c
}

// run prepares a request, runs it, and judges its record.
func (f *tryFlags) run(q *try.Request, lab *study.Lab) error {
	var err error
	if q.Crowds, err = crowds(f.goroutines); err != nil {
		return err
	}
	if q.Limit < time.Millisecond {
		return seam.Usagef("time-limit is %v, want at least 1ms", q.Limit)
	}
	judge, err := f.judge()
	if err != nil {
		return err
	}
	if err := q.Prepare(); err != nil {
		return err
	}
	q.Tell(lab.Stderr)
	if err := q.Build(lab.Stderr); err != nil {
		return err
	}
	q.TellCrossings(lab.Stderr)
	lab.Judge = judge
	if f.page {
		stderr := lab.Stderr
		lab.Beside = func(w io.Writer, file string) error {
			_, err := makePage(w, stderr, filepath.Dir(file), []string{file})
			return err
		}
	}
	return q.Study().Run(lab)
}

// crowds returns the numbers of goroutines; nil if none is wanted.
func crowds(s string) ([]int, error) {
	switch s {
	case "":
		return try.DefaultCrowds(), nil
	case "0":
		return nil, nil
	}
	var all []int
	for part := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 || n > 10000 || slices.Contains(all, n) {
			return nil, seam.Usagef("goroutines is %q, want different numbers from 1 to 10000, such as 1,2,100", s)
		}
		all = append(all, n)
	}
	slices.Sort(all)
	return all, nil
}

// judge returns what judges the record by the budget and against an older record. What is wrong with these is found now.
func (f *tryFlags) judge() (func(w io.Writer, r *record.Record) error, error) {
	over, err := parsePercent(f.failOver)
	if err != nil {
		return nil, err
	}
	var budget []try.Limit
	if f.budget != "" {
		if budget, err = try.ParseBudget(f.budget); err != nil {
			return nil, err
		}
	}
	var before *record.Record
	if f.against != "" {
		if before, err = readRecord(f.against); err != nil {
			return nil, err
		}
	}
	return func(w io.Writer, r *record.Record) error {
		broken, unsure := try.Judge(r, budget)
		for _, said := range unsure {
			fmt.Fprintf(w, "Warning: budget: %s.\n", said)
		}
		err := error(nil)
		for _, said := range broken {
			err = errors.Join(err, fmt.Errorf("budget: %s", said))
		}
		if budget != nil && err == nil {
			fmt.Fprintf(w, "Budget: %s holds.\n", f.budget)
		}
		if before != nil {
			err = errors.Join(err, f.compare(w, before, r, over))
		}
		return err
	}, nil
}

// compare says what changed from an older record, and returns an error if a row became slower.
func (f *tryFlags) compare(w io.Writer, before, after *record.Record, over float64) error {
	comparison, err := study.Compare(before, after)
	if err != nil {
		return err
	}
	colours := map[study.Verdict]text.Color{study.Slower: text.FgRed, study.Faster: text.FgGreen}
	comparison.Print(w, false, func(v study.Verdict) string { return paint(colourful(w), colours[v], string(v)) })
	if worse := comparison.Worse(over); len(worse) > 0 {
		return fmt.Errorf("%d rows became slower beyond noise by more than %s, the first of them %s by %s", len(worse), f.failOver,
			worse[0].New.Facts["problem"], worse[0].New.Route())
	}
	return nil
}
