// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"image"
	"image/gif"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"toll/goside/chart"
	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/study"
)

// mostFilm is how many points the frames of a film have at most: they are held in memory, a byte each.
const mostFilm = 1 << 29

func drawDiffusionCommand() *cobra.Command {
	var route, output, folder string
	var size, steps, every int
	c := &cobra.Command{
		Use:   "diffusion",
		Short: "Draw the states of the diffusion problem as an animated GIF, as PNG frames, or the last one as a PNG",
		Example: "  toll draw diffusion --route rust/purego\n" +
			"  toll draw diffusion --size 128 --steps 1000 --every 100 --frames build/results/frames",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := between("size", size, 3, 4096); err != nil {
				return err
			}
			if err := between("steps", steps, 0, 1_000_000_000); err != nil {
				return err
			}
			if err := between("every", every, 1, 1_000_000_000); err != nil {
				return err
			}
			show, finish, err := diffusionOutput(cmd, output, folder, size, (steps+every-1)/every+1)
			if err != nil {
				return err
			}
			r, library, err := openRoute(route)
			if err != nil {
				return err
			}
			film := filmed{route: r, size: size, steps: steps, every: every}
			if err := film.run(library, show); err != nil {
				return err
			}
			wrote, err := finish()
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d x %d cells by %s, %d steps\n", wrote, size, size, r.Name(), steps)
			return nil
		},
	}
	c.Flags().StringVar(&route, "route", "go/direct", "route that computes it")
	c.Flags().StringVarP(&output, "output", "o", filepath.Join(study.Results, "diffusion.gif"), "file to write: .gif, or .png for the last state")
	c.Flags().StringVar(&folder, "frames", "", "folder to write each frame to as a PNG, instead")
	c.Flags().IntVar(&size, "size", kernel.DiffusionSize/2, "cells to a side")
	c.Flags().IntVar(&steps, "steps", 4000, "steps to the last state")
	c.Flags().IntVar(&every, "every", 80, "steps between two frames")
	c.MarkFlagsMutuallyExclusive("output", "frames")
	return c
}

// diffusionOutput opens what is to be written. It returns a function for each frame in turn and one for the end, which says
// what was written.
func diffusionOutput(cmd *cobra.Command, output, folder string, size, frames int) (show func(*image.Paletted) error, finish func() (string, error), err error) {
	open := func(file string) (*study.Output, error) {
		return study.OpenOutput(cmd.OutOrStdout(), cmd.ErrOrStderr(), file)
	}
	if folder != "" {
		if err := between("steps / every", frames-1, 0, 99_999); err != nil {
			return nil, nil, err
		}
		var files []*study.Output
		for k := range frames {
			file, err := open(filepath.Join(folder, fmt.Sprintf("frame-%05d.png", k)))
			if err != nil {
				return nil, nil, err
			}
			files = append(files, file)
		}
		next := 0
		show = func(frame *image.Paletted) error {
			next++
			return writePNG(files[next-1], frame)
		}
		return show, func() (string, error) { return fmt.Sprintf("%s, %d frames", folder, frames), nil }, nil
	}
	film := true
	switch ext := strings.ToLower(filepath.Ext(output)); ext {
	case ".png":
		film = false
	case ".gif", "":
		if points := frames * size * size; points > mostFilm {
			return nil, nil, seam.Usagef("a film of %d frames of %d x %d cells has %d points, want at most %d: "+
				"larger --every, or --frames", frames, size, size, points, mostFilm)
		}
	default:
		return nil, nil, seam.Usagef("output is %q, want a .gif, or a .png for the last state alone", output)
	}
	file, err := open(output)
	if err != nil {
		return nil, nil, err
	}
	var shown []*image.Paletted
	show = func(frame *image.Paletted) error {
		if !film {
			shown = nil
		}
		shown = append(shown, frame)
		return nil
	}
	finish = func() (string, error) {
		if !film {
			return output, writePNG(file, shown[0])
		}
		var picture bytes.Buffer
		if err := gif.EncodeAll(&picture, chart.Animation(shown)); err != nil {
			return "", err
		}
		return output, file.Write(picture.Bytes())
	}
	return show, finish, nil
}

// filmed is a run of the diffusion problem that is looked at now and then.
type filmed struct {
	route              *seam.Route
	size, steps, every int
}

// run passes on pictures of the start, of the state after each every steps, and of the last one.
func (f *filmed) run(library *seam.Library, show func(*image.Paletted) error) error {
	if library.Run == nil {
		return notOffered(f.route, "diffusion")
	}
	a := kernel.NewDiffusionRun(f.size, 0, kernel.Row, parallel(kernel.Static))
	// Diffusion makes nothing hotter, so one scale suits all frames.
	heat := chart.Heat{Title: "Diffusion of a hot block, by " + f.route.Name(), Side: f.size, Most: slices.Max(a.A.Data)}
	for done := 0; ; {
		frame, err := heat.Picture(a.A.Data, fmt.Sprintf("%d x %d cells, step %d of %d", f.size, f.size, done, f.steps))
		if err != nil {
			return err
		}
		if err := show(frame); err != nil || done == f.steps {
			return err
		}
		a.Steps = min(f.every, f.steps-done)
		if err := library.Run(a); err != nil {
			return err
		}
		done += a.Steps
		if a.Result() == &a.B {
			a.A, a.B = a.B, a.A
		}
	}
}
