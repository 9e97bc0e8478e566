// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"toll/goside/chart"
	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/study"
)

func drawOLSCommand() *cobra.Command {
	var route string
	var outputs []string
	var users, days int
	c := &cobra.Command{
		Use:   "ols",
		Short: "Draw the fitted lines of the users with the largest, median and smallest slope, as SVG and PNG",
		Long: "Draw the fitted lines of the users with the largest, median and smallest slope, with their observations, as\n" +
			"figure 6-2 of High Performance Python does of the largest and the smallest.",
		Example: "  toll draw ols --route lapack/netlib\n" +
			"  toll draw ols --users 1000 --days 28 -o build/results/month.svg",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := between("users", users, 3, 10_000_000); err != nil {
				return err
			}
			if err := between("days", days, 2, 366); err != nil {
				return err
			}
			var files []*study.Output
			for _, output := range outputs {
				if ext := strings.ToLower(filepath.Ext(output)); ext != ".svg" && ext != ".png" {
					return seam.Usagef("output is %q, want a .svg or a .png", output)
				}
				file, err := study.OpenOutput(cmd.OutOrStdout(), cmd.ErrOrStderr(), output)
				if err != nil {
					return err
				}
				files = append(files, file)
			}
			r, library, err := openRoute(route)
			if err != nil {
				return err
			}
			if library.OLS == nil {
				return notOffered(r, "ols")
			}
			a := kernel.NewOLS(users, days, kernel.Row, parallel(kernel.Static))
			if err := library.OLS(a); err != nil {
				return err
			}
			fits := olsFits(a, fmt.Sprintf("Hours of phone use of 3 of %d users, fitted by %s", users, r.Name()))
			picture, err := fits.Picture()
			if err != nil {
				return err
			}
			for k, output := range outputs {
				encoded, err := picture.Encode(filepath.Ext(output)[1:])
				if err != nil {
					return err
				}
				if err := files[k].Write(encoded); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %d users x %d days by %s\n", output, users, days, r.Name())
			}
			for _, fit := range fits.All {
				fmt.Fprintf(cmd.OutOrStdout(), "%s\n", fit.Name)
			}
			return nil
		},
	}
	c.Flags().StringVar(&route, "route", "go/direct", "route that computes it")
	c.Flags().StringSliceVarP(&outputs, "output", "o", []string{filepath.Join(study.Results, "ols.svg"), filepath.Join(study.Results, "ols.png")},
		"files to write, each as its name ends: .svg or .png")
	c.Flags().IntVar(&users, "users", kernel.OLSRows, "lines to fit")
	c.Flags().IntVar(&days, "days", kernel.OLSDays, "observations of each")
	return c
}

// olsFits returns three of the lines. Of equal slopes the first user's counts.
func olsFits(a *kernel.OLS, title string) *chart.Fits {
	order := make([]int, len(a.Slope))
	for i := range order {
		order[i] = i
	}
	bySlope := func(i, j int) int { return cmp.Compare(a.Slope[i], a.Slope[j]) }
	most := slices.MaxFunc(order, bySlope)
	slices.SortStableFunc(order, bySlope)
	f := &chart.Fits{Title: title, X: "day", Y: "hours"}
	for _, which := range []struct {
		name string
		user int
	}{{"largest", most}, {"median", order[(len(order)-1)/2]}, {"smallest", order[0]}} {
		i := which.user
		f.All = append(f.All, chart.Fit{
			Name:  fmt.Sprintf("%s slope: %s hours a day, user %d", which.name, signed(a.Slope[i]), i),
			Slope: a.Slope[i], Intercept: a.Intercept[i], Observed: a.Y.Data[a.Y.At(i, 0):][:a.Y.Cols],
		})
	}
	return f
}

// signed returns a slope with its sign, but a zero without.
func signed(slope float64) string {
	return strings.NewReplacer("+0.00000", "0", "-0.00000", "0").Replace(fmt.Sprintf("%+.5f", slope))
}
