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

	"toll/goside/kernel"
	"toll/goside/registry"
	"toll/goside/report"
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
			out, err := openOutput(cmd, output)
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
			img, err := report.JuliaPicture(a.Out, side, maxiter)
			if err != nil {
				return err
			}
			var picture bytes.Buffer
			if err := png.Encode(&picture, img); err != nil {
				return err
			}
			if err := out.write(picture.Bytes()); err != nil {
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

	var curves string
	grain := &cobra.Command{
		Use:   "grain RECORD",
		Short: "Draw, of a record of toll calls, time per item against items per crossing",
		Long:  "Grain draws time per item against items per crossing. The file's ending chooses the format: png, svg, pdf.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			record, err := readRecord(args[0])
			if err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Dir(curves), 0o755); err != nil {
				return err
			}
			return report.GrainPicture(record, curves)
		},
	}
	grain.Flags().StringVarP(&curves, "output", "o", filepath.Join("build", "results", "grain.svg"), "file to write")

	var folder string
	layout := &cobra.Command{
		Use:   "layout RECORD",
		Short: "Draw, of a record of toll layout, its pictures, each as SVG and PNG",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			record, err := readRecord(args[0])
			if err != nil {
				return err
			}
			return drawLayout(cmd, record, folder)
		},
	}
	layout.Flags().StringVarP(&folder, "output", "o", filepath.Join("build", "results"), "folder to write to")

	c := &cobra.Command{Use: "draw", Short: "Draw what was computed, or measured"}
	c.AddCommand(julia, grain, layout)
	return c
}

// drawLayout draws the pictures of a record of toll layout and says where they are.
func drawLayout(cmd *cobra.Command, record *report.Record, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	files, err := report.LayoutPictures(record, folder)
	if err != nil {
		return err
	}
	for _, file := range files {
		fmt.Fprintf(cmd.OutOrStdout(), "Picture: %s\n", file)
	}
	return nil
}
