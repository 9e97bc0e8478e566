// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"image"
	"math"
	"path/filepath"

	"github.com/spf13/cobra"

	"toll/goside/chart"
	"toll/goside/kernel"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
)

func drawDifferenceCommand() *cobra.Command {
	var route, against, output, name string
	var d differing
	c := &cobra.Command{
		Use:   "difference",
		Short: "Draw where the results of two routes differ, as a PNG: black where they are bit-identical",
		Long: "Draw where the results of two routes differ, as a PNG: black where they are bit-identical, and the brighter the more\n" +
			"units in the last place (ULP) they are apart. Marks at its left and below it are at the rows and columns with differences.",
		Example: "  toll draw difference --kernel ols --route lapack/netlib --against c/cgo\n" +
			"  toll draw difference --kernel julia --route rust/purego --size 2048 --maxiter 1000",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := d.choose(name, cmd.Flags().Changed("size")); err != nil {
				return err
			}
			out, err := study.OpenOutput(cmd.OutOrStdout(), cmd.ErrOrStderr(), output)
			if err != nil {
				return err
			}
			got, err := d.of(route)
			if err != nil {
				return err
			}
			want, err := d.of(against)
			if err != nil {
				return err
			}
			img, said, err := d.picture(got, want)
			if err != nil {
				return err
			}
			if err := writePNG(out, img); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s against %s, %s: %s\n", output, got.route, want.route, d.problem(got), said)
			return nil
		},
	}
	c.Flags().StringVar(&route, "route", registry.Baseline, "route that is looked at")
	c.Flags().StringVar(&against, "against", "go/direct", "route that it is compared with")
	c.Flags().StringVar(&name, "kernel", "julia", "what they compute: julia, diffusion or ols")
	c.Flags().StringVarP(&output, "output", "o", filepath.Join(study.Results, "difference.png"), "file to write")
	c.Flags().IntVar(&d.size, "size", 0, "points or cells to a side, or users of ols (default: the book's problem)")
	c.Flags().IntVar(&d.steps, "steps", 100, "steps of diffusion")
	c.Flags().Int32Var(&d.maxiter, "maxiter", kernel.JuliaMaxIter, "largest count of julia")
	return c
}

// differing is the problem whose results are compared.
type differing struct {
	kernel  string
	size    int
	steps   int
	maxiter int32
}

// choose sets the kernel, and the size unless it was given, or says why not.
func (d *differing) choose(name string, sized bool) error {
	d.kernel = name
	var book, least, most int
	switch name {
	case "julia":
		book, least, most = kernel.JuliaSize, 2, 16384
	case "diffusion":
		book, least, most = kernel.DiffusionSize, 3, 16384
	case "ols":
		book, least, most = kernel.OLSRows, 1, 10_000_000
	default:
		return seam.Usagef("kernel is %q, want julia, diffusion or ols", name)
	}
	if !sized {
		d.size = book
	}
	if err := between("size", d.size, least, most); err != nil {
		return err
	}
	return between("steps", d.steps, 0, 1_000_000_000)
}

// problem says what was computed.
func (d *differing) problem(got *computed) string {
	switch d.kernel {
	case "julia":
		side := got.parts[0].width
		return fmt.Sprintf("julia, %d x %d points, maxiter %d", side, side, d.maxiter)
	case "diffusion":
		return fmt.Sprintf("diffusion, %d x %d cells, %d steps", d.size, d.size, d.steps)
	}
	return fmt.Sprintf("ols, %d users x %d days", d.size, kernel.OLSDays)
}

// computed is what a route computed.
type computed struct {
	route string
	parts []part
}

// part is one of the arrays of a result, shown in rows of width elements.
type part struct {
	name   string // "" if there is no other
	width  int
	counts []int32   // of julia,
	values []float64 // or of the others
}

// of returns what the route of that name computes.
func (d *differing) of(name string) (*computed, error) {
	route, library, err := openRoute(name)
	if err != nil {
		return nil, err
	}
	return d.by(route, library)
}

func (d *differing) by(route *seam.Route, library *seam.Library) (*computed, error) {
	all := &computed{route: route.Name()}
	switch d.kernel {
	case "julia":
		if library.Julia == nil {
			return nil, notOffered(route, d.kernel)
		}
		a := kernel.NewJulia(d.size, d.maxiter, parallel(kernel.Guided))
		if err := library.Julia(a); err != nil {
			return nil, err
		}
		all.parts = []part{{width: juliaSide(a), counts: a.Out}}
	case "diffusion":
		if library.Run == nil {
			return nil, notOffered(route, d.kernel)
		}
		a := kernel.NewDiffusionRun(d.size, d.steps, kernel.Row, parallel(kernel.Static))
		if err := library.Run(a); err != nil {
			return nil, err
		}
		all.parts = []part{{width: d.size, values: a.Result().Data}}
	default:
		if library.OLS == nil {
			return nil, notOffered(route, d.kernel)
		}
		a := kernel.NewOLS(d.size, kernel.OLSDays, kernel.Row, parallel(kernel.Static))
		if err := library.OLS(a); err != nil {
			return nil, err
		}
		width := int(math.Ceil(math.Sqrt(float64(d.size))))
		all.parts = []part{{name: "slope", width: width, values: a.Slope}, {name: "intercept", width: width, values: a.Intercept}}
	}
	return all, nil
}

// apart returns the distance of each element from the other's.
func (p *part) apart(from *part) []uint64 {
	if p.counts == nil {
		return kernel.Apart(p.values, from.values)
	}
	all := make([]uint64, len(p.counts))
	for k, n := range p.counts {
		difference := int64(n) - int64(from.counts[k])
		all[k] = uint64(max(difference, -difference))
	}
	return all
}

// at says where an element is and what it is.
func (p *part) at(k int, from *part) string {
	place := fmt.Sprintf("row %d, column %d", k/p.width, k%p.width)
	if p.name != "" {
		place = fmt.Sprintf("the %s of user %d", p.name, k)
	}
	if p.counts != nil {
		return fmt.Sprintf("%s: %d, not %d", place, p.counts[k], from.counts[k])
	}
	return fmt.Sprintf("%s: %v, not %v", place, p.values[k], from.values[k])
}

// picture shows where the two differ, and says how much.
func (d *differing) picture(got, want *computed) (image.Image, string, error) {
	unit := "ULP"
	if d.kernel == "julia" {
		unit = "iterations"
	}
	var all []chart.Differences
	for k := range got.parts {
		p, from := &got.parts[k], &want.parts[k]
		title := p.name
		if title != "" {
			title = fmt.Sprintf("%s, %d users to a row", p.name, p.width)
		}
		all = append(all, chart.Differences{Title: title, Width: p.width, Apart: p.apart(from), At: func(k int) string { return p.at(k, from) }})
	}
	return chart.DifferencePicture(fmt.Sprintf("Where %s differs from %s", got.route, want.route), d.problem(got), unit, all...)
}
