// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"toll/goside/seam"
	"toll/goside/study"
)

func compareCommand() *cobra.Command {
	var failOver string
	var all, asJSON bool
	c := &cobra.Command{
		Use:   "compare OLD NEW",
		Short: "Compare two records: which routes got faster or slower beyond noise",
		Long: `Compare says which routes got faster or slower from one record to another, beyond noise: what a row changed by
more than the other rows of its problem, and more than the samples of both records scatter. With --fail-over
the exit code is 1 if a row became slower by more than that.

--json prints differ, problems (problem, rows, change, drift, slower, faster), rows (problem, route, name, unit, old, new, change,
own, noise, verdict: slower, faster, same), slower, faster, change, own, limits, only_in_old and only_in_new. Changes and noise
are parts: 0.05 is 5 % slower. What cannot be told is null.`,
		Example: `  toll compare old.txt new.txt
  toll compare old.txt new.txt --fail-over 5%
  toll compare old.txt new.txt --json > changes.json`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			over, err := parsePercent(failOver)
			if err != nil {
				return err
			}
			before, err := readRecord(args[0])
			if err != nil {
				return err
			}
			after, err := readRecord(args[1])
			if err != nil {
				return err
			}
			comparison, err := study.Compare(before, after)
			if err != nil { // such records are not to be compared
				return seam.UsageError{Err: err}
			}
			out := cmd.OutOrStdout()
			if asJSON {
				err = study.WriteJSON(out, comparison.Data())
			} else {
				colours := map[study.Verdict]text.Color{study.Slower: text.FgRed, study.Faster: text.FgGreen}
				comparison.Print(out, all, func(v study.Verdict) string { return paint(colourful(out), colours[v], string(v)) })
			}
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("fail-over") {
				return nil
			}
			if worse := comparison.Worse(over); len(worse) > 0 {
				return fmt.Errorf("%d rows became slower beyond noise by more than %s, the first of them %s by %s", len(worse), failOver,
					worse[0].New.Facts["problem"], worse[0].New.Route())
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, of all rows")
	c.Flags().BoolVar(&all, "all", false, "list all rows, not only those that changed beyond noise")
	c.Flags().StringVar(&failOver, "fail-over", "0%", "fail if a row became slower beyond noise, by more than this")
	return c
}

// parsePercent returns the part that "5%" stands for.
func parsePercent(s string) (float64, error) {
	x, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	if err != nil || !strings.HasSuffix(s, "%") || !(x >= 0 && x < 1000) {
		return 0, seam.Usagef("fail-over is %q, want a percentage such as 5%%", s)
	}
	return x / 100, nil
}
