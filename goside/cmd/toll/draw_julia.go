// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"toll/goside/chart"
	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/study"
)

func drawJuliaCommand() *cobra.Command {
	var route, output, style string
	var size int
	var maxiter int32
	c := &cobra.Command{
		Use:   "julia",
		Short: "Draw the Julia set as a PNG, from the counts that a route returns",
		Example: "  toll draw julia --route c/cgo\n" +
			"  toll draw julia --route fortran/purego --style false-grey --size 512 -o build/results/figure-2-1.png",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := between("size", size, 2, 16384); err != nil {
				return err
			}
			if !slices.Contains(chart.JuliaStyles, style) {
				return seam.Usagef("style is %q, want one of %s", style, strings.Join(chart.JuliaStyles, ", "))
			}
			out, err := study.OpenOutput(cmd.OutOrStdout(), cmd.ErrOrStderr(), output)
			if err != nil {
				return err
			}
			r, library, err := openRoute(route)
			if err != nil {
				return err
			}
			if library.Julia == nil {
				return notOffered(r, "julia")
			}
			a := kernel.NewJulia(size, maxiter, parallel(kernel.Guided))
			if err := library.Julia(a); err != nil {
				return err
			}
			side := juliaSide(a)
			img, err := chart.JuliaPicture(a.Out, side, maxiter, style)
			if err != nil {
				return err
			}
			if err := writePNG(out, img); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d x %d points by %s, maxiter %d\n", output, side, side, r.Name(), maxiter)
			return nil
		},
	}
	c.Flags().StringVar(&route, "route", "go/direct", "route that computes it")
	c.Flags().StringVarP(&output, "output", "o", filepath.Join(study.Results, "julia.png"), "file to write")
	c.Flags().IntVar(&size, "size", kernel.JuliaSize, "points to a side")
	c.Flags().Int32Var(&maxiter, "maxiter", kernel.JuliaMaxIter, "largest count")
	c.Flags().StringVar(&style, "style", chart.JuliaStyles[0],
		"colours: heat, or those of High Performance Python: false-grey (figure 2-1), grey (figure 2-3)")
	return c
}

// juliaSide returns the side of a square of points: rounding of the coordinates can make it one longer than asked for.
func juliaSide(a *kernel.Julia) int { return int(math.Sqrt(float64(len(a.Out)))) }
