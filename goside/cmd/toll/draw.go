// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"toll/goside/kernel"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/studies"
	"toll/goside/study"
)

func drawCommand() *cobra.Command {
	var folder string
	c := &cobra.Command{
		Use:   "draw RECORD",
		Short: "Draw the pictures of a record, each as SVG and PNG, or what was computed",
		Example: "  toll draw docs/layout.txt.gz\n" +
			"  toll draw docs/overhead.txt.gz -o build/pictures",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := readRecord(args[0])
			if err != nil {
				return err
			}
			s, err := studies.Of(r)
			if err != nil {
				return seam.UsageError{Err: err}
			}
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return err
			}
			files, err := s.Draw(r, folder)
			for _, file := range files {
				fmt.Fprintf(cmd.OutOrStdout(), "Picture: %s\n", file)
			}
			if err == nil && files == nil {
				err = seam.Usagef("%s is a record of toll %s and holds nothing to draw, want one of toll calls, toll layout, toll book or toll kernels", args[0], s.Name)
			}
			return err
		},
	}
	c.Flags().StringVarP(&folder, "output", "o", study.Results, "folder to write to")
	c.AddCommand(drawJuliaCommand(), drawDiffusionCommand(), drawOLSCommand(), drawDifferenceCommand())
	return c
}

// openRoute returns the one route that name matches, and its library.
func openRoute(name string) (*seam.Route, *seam.Library, error) {
	routes, err := registry.Match([]string{name})
	if err != nil {
		return nil, nil, err
	}
	if len(routes) > 1 {
		return nil, nil, seam.Usagef("route %q matches %d, %s and others, want one", name, len(routes), routes[0].Name())
	}
	library, err := routes[0].Open()
	return routes[0], library, err
}

// notOffered says that a route lacks what is to be drawn.
func notOffered(route *seam.Route, name string) error {
	return seam.Usagef("%s does not offer the kernel %s: see toll list", route.Name(), name)
}

// between returns an error unless a flag's value lies within its limits.
func between(flag string, value, least, most int) error {
	if value < least || value > most {
		return seam.Usagef("%s is %d, want %d to %d", flag, value, least, most)
	}
	return nil
}

// parallel is how the routes that can use all cores do.
func parallel(schedule kernel.Schedule) kernel.Par {
	return kernel.Par{Threads: runtime.GOMAXPROCS(0), Schedule: schedule}
}

func writePNG(to *study.Output, img image.Image) error {
	var picture bytes.Buffer
	if err := png.Encode(&picture, img); err != nil {
		return err
	}
	return to.Write(picture.Bytes())
}
