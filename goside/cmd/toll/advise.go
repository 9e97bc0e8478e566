// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"toll/goside/advise"
	"toll/goside/machine"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

func adviseCommand() *cobra.Command {
	var wish advise.Wish
	var work time.Duration
	var tried string
	var asJSON bool
	c := &cobra.Command{
		Use:   "advise [RECORD]",
		Short: "Rank the ways to call native code, for your rate, data and work",
		Long: `Advise ranks cgo, trampolines, purego, libffi, WebAssembly and other processes by what a call of yours would cost, from a record of
toll calls. Without one it takes the newest in build/results, else docs/overhead.txt.gz, which is of another machine.

It says what a call takes, which share of a core the rate takes, from which batch on the border is below 10, 5 and 1 % of a call,
from how many bytes on copies take longer than the rest, what will not do and why, what decides, and the model's error. With --try it
starts from what toll try measured of your function. The best record is that of toll calls --part 'payloads,beside,points'.

--json prints record, question (rate, in, out, work_ns, goroutines, callbacks), ranking (mechanism, crossing, ns and border_ns: median,
lo, hi; share_of_core, workers, batch, copies_from, copies_beyond_work, not_told_apart, measured), excluded (mechanism, reason), says
and error (points, winner_right, median, held_out). What is not known, or never comes, is null.`,
		Example: `  toll advise --rate 20000 --in 4096 --work 2us
  toll advise docs/overhead.txt.gz --rate 500 --in 65536 --out 65536 --work 50us --contain-crashes
  toll advise --work 500ns --callbacks 2 --no-c-compiler --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			wish.Work = float64(work)
			file, warning, err := adviseRecord(args)
			if err != nil {
				return err
			}
			r, err := readRecord(file)
			if err != nil {
				return err
			}
			if tried != "" {
				if wish.Try, err = readRecord(tried); err != nil {
					return err
				}
			}
			a, err := advise.New(r, wish)
			if err != nil {
				return err
			}
			if warning == "" {
				warning = otherMachine(r)
			}
			if warning != "" {
				fmt.Fprintf(cmd.ErrOrStderr(), "toll: %s\n", warning)
			}
			if asJSON {
				return study.WriteJSON(cmd.OutOrStdout(), a.Data(file))
			}
			a.Print(cmd.OutOrStdout(), file)
			return nil
		},
	}
	flags := c.Flags()
	flags.Float64Var(&wish.Rate, "rate", 0, "calls a second, of all goroutines (default one after another)")
	flags.Float64Var(&wish.In, "in", 0, "bytes that the function is given")
	flags.Float64Var(&wish.Out, "out", 0, "bytes that the function gives back")
	flags.DurationVar(&work, "work", 0, "how long the function itself takes, such as 2us")
	flags.IntVar(&wish.Goroutines, "goroutines", 1, "goroutines that call")
	flags.IntVar(&wish.Callbacks, "callbacks", 0, "callbacks into Go from each call")
	flags.BoolVar(&wish.NoCompiler, "no-c-compiler", false, "there is no C compiler")
	flags.BoolVar(&wish.Cross, "cross-compile", false, "the program is compiled for another system")
	flags.BoolVar(&wish.Contain, "contain-crashes", false, "a crash of the function must leave the program running")
	flags.StringVar(&tried, "try", "", "record of toll try to start from")
	flags.StringVar(&wish.Function, "function", "", "function of that record, if it has several")
	_ = c.MarkFlagFilename("try", "txt", "txt.gz")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// adviseRecord returns the file of the record to advise by, and what is to be said of it.
func adviseRecord(args []string) (file, warning string, err error) {
	if len(args) > 0 {
		return args[0], "", nil
	}
	files, err := filepath.Glob(filepath.Join(study.Results, "calls-*.txt*"))
	if err != nil {
		return "", "", err
	}
	slices.Sort(files) // their names end in the time
	for _, file := range slices.Backward(files) {
		if r, err := record.ReadFile(file); err == nil && advise.Enough(r) {
			return file, "", nil
		}
	}
	file = filepath.Join("docs", "overhead.txt.gz")
	if _, err := os.Stat(file); err != nil {
		root, unknown := seam.Tree()
		if unknown != nil {
			return "", "", fmt.Errorf("neither %s nor %s has a record of toll calls, want the file of one: %w", study.Results, file, unknown)
		}
		file = filepath.Join(root, file)
	}
	return file, fmt.Sprintf("%s has no record of toll calls, so this is by %s, of another run or machine: run toll calls --part 'payloads,beside,points'",
		study.Results, file), nil
}

// otherMachine says that a record is of another machine, "" if it is of this one.
func otherMachine(r *record.Record) string {
	for _, f := range machine.Facts() {
		if had := r.Get(f.Key); slices.Contains([]string{"cpu", "goarch", "goos"}, f.Key) && had != "" && had != f.Value {
			return fmt.Sprintf("the record is of another machine: its %s is %s, here it is %s", f.Key, had, f.Value)
		}
	}
	return ""
}
