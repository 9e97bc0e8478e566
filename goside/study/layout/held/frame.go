// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package held

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/layout/ways"
)

// frameName is the study of the book's observations as the book makes them: a row for each day, seen as its transpose.
const frameName = "Frame"

// frameFew is how many of the users' lines are fitted by languages that take a call of Python's for each: the first of
// the whole matrix, with its strides.
const frameFew = 1000

// frameLanguages are those that the frame is given to: one list for all, and one more with --full.
func frameLanguages(full bool) []string {
	names := []string{"go/direct", "c/cgo", "c/purego", "fortran/cgo", "rust/cgo", "blas/netlib", "lapack-nrhs/netlib"}
	langs := []string{"python", "numpy", "ctypes", "cffi-api", "capi", "f2py", "f2py-copy", "pyo3", "cython-memoryview", "pythran", "lstsq-apply-raw"}
	if full {
		langs = append(langs, "numba", "lstsq-iloc", "lstsq-iterrows", "lstsq-apply", "lstsq-numba", "lstsq-engine", "sklearn")
	}
	return append(names, study.OnCPython(langs...)...)
}

// fewLines are the languages that are given frameFew lines only.
var fewLines = []string{"lstsq-apply-raw", "lstsq-iloc", "lstsq-iterrows", "lstsq-apply", "sklearn"}

// frameSubjects returns the fits of the book's users on each route, from their observations row-major and from the book's
// transposed view, which is column-major; on the latter also with interchanged loops and transposed first, where the route
// offers that. An operation is a fit of all lines. Results are first compared with the reference's, bit for bit or within the
// route's bound.
func frameSubjects(lab *study.Lab, routes []*seam.Route, names []string) ([]measure.Subject, error) {
	w := study.Collector{Lab: lab}
	rows, cols := kernel.NewOLS(kernel.OLSRows, kernel.OLSDays, kernel.Row, study.SerialPar), kernel.NewOLS(kernel.OLSRows, kernel.OLSDays, kernel.Col, study.SerialPar)
	cols.Slope, cols.Intercept = rows.Slope, rows.Intercept
	scratch := *rows
	scratch.Y = kernel.NewGrid(kernel.OLSRows, kernel.OLSDays, 0, kernel.Row)
	there := &kernel.Transpose{Out: scratch.Y, In: cols.Y, Par: study.SerialPar}
	if err := kernel.Go().OLS(rows); err != nil {
		return nil, err
	}
	want := [2][]float64{slices.Clone(rows.Slope), slices.Clone(rows.Intercept)}
	for _, few := range []bool{false, true} {
		lines := kernel.OLSRows
		if few {
			lines = frameFew
		}
		w.Begin(study.Facts(&kernel.Problem{Kernel: "frame ols", N: fmt.Sprint(lines), Op: "call"}, &kernel.Timed{}))
		rows.Hi, cols.Hi, scratch.Hi = lines, lines, lines
		// Arguments of their own, since what is timed comes later.
		given, view, copied := *rows, *cols, scratch
		for _, r := range routes {
			if !slices.Contains(names, r.Name()) || few && r.Name() != "c/cgo" && !slices.Contains(fewLines, r.Lang) || !few && slices.Contains(fewLines, r.Lang) {
				continue
			}
			library, err := r.Open()
			if errors.Is(err, seam.ErrUnavailable) {
				continue
			} else if err != nil {
				return nil, fmt.Errorf("held: %s: %w", r.Name(), err)
			}
			f := &library.Funcs
			add := func(layout kernel.Layout, way string, do func() error) error {
				return w.Add(frameRow("ols", layout, lines, way), r.Name(), 1, do, func() error {
					clear(rows.Slope)
					clear(rows.Intercept)
					if err := do(); err != nil || way == ways.TransposePart {
						return err
					}
					return errors.Join(nearly(rows, rows.Slope[:lines], want[0], r.BoundOn("ols"), 0),
						nearly(rows, rows.Intercept[:lines], want[1], r.BoundOn("ols"), 1))
				})
			}
			if err := add(kernel.Row, ways.Given, func() error { return f.OLS(&given) }); err != nil {
				return nil, err
			}
			if r.Name() == "c/cgo" {
				w.Again()
			}
			if err := add(kernel.Col, ways.Given, func() error { return f.OLS(&view) }); err != nil {
				return nil, err
			}
			if f.OLSInterchanged != nil {
				if err := add(kernel.Col, ways.Interchanged, func() error { return f.OLSInterchanged(&view) }); err != nil {
					return nil, err
				}
			}
			if f.Transpose != nil && !few {
				transpose := func() error { return f.Transpose(there) }
				if err := add(kernel.Col, ways.Transposed, func() error { return errors.Join(transpose(), f.OLS(&copied)) }); err != nil {
					return nil, err
				}
				if err := add(kernel.Col, ways.TransposePart, transpose); err != nil {
					return nil, err
				}
			}
		}
	}
	if err := givenGrids(&w, routes, names); err != nil {
		return nil, err
	}
	w.Begin(nil)
	return w.Subjects, nil
}

// frameRow returns the benchmark of what is made of a matrix, but for the route.
func frameRow(kernelName string, layout kernel.Layout, n int, way string) record.Name {
	return record.Name{Study: frameName, Kernel: kernelName, Layout: layout.String(), N: strconv.Itoa(n), Keys: []record.Key{{Key: "way", Value: way}}}
}

// givenGrids adds one step of the book's diffusion on each route, from row- and from column-major grids.
func givenGrids(w *study.Collector, routes []*seam.Route, names []string) error {
	d := ways.NewDiffusion(kernel.DiffusionSize).Of(1)
	w.Begin(study.Facts(&kernel.Problem{Kernel: "frame diffusion", N: fmt.Sprint(d.N), Op: "call"}, &kernel.Timed{}))
	for _, r := range routes {
		library, err := r.Open()
		if err != nil || !slices.Contains(names, r.Name()) || library.Run == nil {
			continue
		}
		for _, run := range []*kernel.DiffusionRun{&d.Rows, &d.Cols} {
			do := func() error { return library.Run(run) }
			err := w.Add(frameRow("diffusion", run.A.Layout, d.N, ways.Given), r.Name(), 1, do, func() error {
				d.Reset()
				for _, there := range [][2]*kernel.Grid{{&d.Cols.A, &d.Rows.A}, {&d.Cols.B, &d.Rows.B}} {
					if err := kernel.Go().Transpose(&kernel.Transpose{Out: *there[0], In: *there[1], Par: study.SerialPar}); err != nil {
						return err
					}
				}
				if err := do(); err != nil {
					return err
				}
				for i := range d.N {
					for j := range d.N {
						got, want := run.B.Data[run.B.At(i, j)], d.Want[i*d.N+j]
						if math.Float64bits(got) != math.Float64bits(want) {
							return fmt.Errorf("[%d][%d] is %v, want %v, bit for bit", i, j, got, want)
						}
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			if r.Name() == "c/cgo" && run == &d.Rows {
				w.Again()
			}
		}
	}
	return nil
}

// nearly compares with the reference: bit for bit, or within a bound and as much again, for the reference is rounded, too.
func nearly(a *kernel.OLS, got, want []float64, bound *seam.Bound, which int) error {
	if bound == nil {
		return study.SameBits(got, want[:len(got)])
	}
	for i, x := range got {
		var scales [2]float64
		scales[0], scales[1] = a.Scale(i, bound.Normwise)
		scale := scales[which]
		if off := math.Abs(x-want[i]) / (math.Nextafter(scale, math.Inf(1)) - scale); !(off <= 2*bound.Within(a.Y.Cols)) {
			return fmt.Errorf("line %d is %v, want %v within %g ULP of the terms' magnitude", i, x, want[i], 2*bound.Within(a.Y.Cols))
		}
	}
	return nil
}
