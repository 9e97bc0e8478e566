// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"toll/goside/chart"
	"toll/goside/kernel"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/studies"
	"toll/goside/study"
)

func drawCommand() *cobra.Command {
	var route, output string
	var size int
	var maxiter int32
	julia := &cobra.Command{
		Use:   "julia",
		Short: "Draw the Julia set as a PNG, from the counts that a route returns",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if size < 2 || size > 16384 {
				return fmt.Errorf("size is %d, want 2 to 16384", size)
			}
			out, err := study.OpenOutput(cmd.OutOrStdout(), cmd.ErrOrStderr(), output)
			if err != nil {
				return err
			}
			routes, err := registry.Match([]string{route})
			if err != nil {
				return err
			}
			library, err := routes[0].Open()
			if err != nil {
				return err
			}
			if library.Julia == nil {
				return fmt.Errorf("%s does not offer the kernel julia", routes[0].Name())
			}
			a := kernel.NewJulia(size, maxiter, kernel.Par{Threads: runtime.GOMAXPROCS(0), Schedule: kernel.Guided})
			if err := library.Julia(a); err != nil {
				return err
			}
			// Rounding of the coordinates can make a side a point longer than asked for.
			side := int(math.Sqrt(float64(len(a.Out))))
			img, err := chart.JuliaPicture(a.Out, side, maxiter)
			if err != nil {
				return err
			}
			var picture bytes.Buffer
			if err := png.Encode(&picture, img); err != nil {
				return err
			}
			if err := out.Write(picture.Bytes()); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d x %d points by %s, maxiter %d\n", output, side, side, routes[0].Name(), maxiter)
			return nil
		},
	}
	julia.Flags().StringVar(&route, "route", "go/direct", "route that computes it")
	julia.Flags().StringVarP(&output, "output", "o", filepath.Join("build", "results", "julia.png"), "file to write")
	julia.Flags().IntVar(&size, "size", kernel.JuliaSize, "points to a side")
	julia.Flags().Int32Var(&maxiter, "maxiter", kernel.JuliaMaxIter, "largest count")

	var folder string
	c := &cobra.Command{
		Use:   "draw RECORD",
		Short: "Draw the pictures of a record, each as SVG and PNG, or what was computed",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := record.ReadFile(args[0])
			if err != nil {
				return err
			}
			s, err := studies.Of(r)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return err
			}
			files, err := s.Draw(r, folder)
			for _, file := range files {
				fmt.Fprintf(cmd.OutOrStdout(), "Picture: %s\n", file)
			}
			if err == nil && files == nil {
				err = fmt.Errorf("%s is a record of toll %s, which has nothing to draw, want one of toll calls or toll layout", args[0], s.Name)
			}
			return err
		},
	}
	c.Flags().StringVarP(&folder, "output", "o", study.Results, "folder to write to")
	c.AddCommand(julia)
	return c
}
