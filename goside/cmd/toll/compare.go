// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"toll/goside/record"
	"toll/goside/study"
)

func compareCommand() *cobra.Command {
	var failOver string
	var all bool
	c := &cobra.Command{
		Use:   "compare OLD NEW",
		Short: "Compare two records: which routes got faster or slower beyond noise",
		Long: `Compare says which routes got faster or slower from one record to another, beyond noise: what a row changed by
more than the other rows of its problem, and more than the samples of both records scatter.`,
		Example: "  toll compare old.txt new.txt --fail-over 5%",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			over, err := parsePercent(failOver)
			if err != nil {
				return err
			}
			before, err := record.ReadFile(args[0])
			if err != nil {
				return err
			}
			after, err := record.ReadFile(args[1])
			if err != nil {
				return err
			}
			comparison, err := study.Compare(before, after)
			if err != nil {
				return err
			}
			comparison.Print(cmd.OutOrStdout(), all)
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
	c.Flags().BoolVar(&all, "all", false, "list all rows, not only those that changed beyond noise")
	c.Flags().StringVar(&failOver, "fail-over", "0%", "fail if a row became slower beyond noise, by more than this")
	return c
}

// parsePercent returns the part that "5%" stands for.
func parsePercent(s string) (float64, error) {
	x, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	if err != nil || !strings.HasSuffix(s, "%") || !(x >= 0 && x < 1000) {
		return 0, fmt.Errorf("fail-over is %q, want a percentage such as 5%%", s)
	}
	return x / 100, nil
}
