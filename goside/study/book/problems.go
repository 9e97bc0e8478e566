// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"toll/goside/kernel"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

// native are the routes that stand below Python's in each of the tables.
var native = []string{"go/direct", "go-par/direct", "c/cgo", "c-omp/cgo", "rust/purego", "fortran/cgo"}

// longest is how long a single run may take, by the run that verified it, before a part of the problem is timed: the
// largest that takes half as long at most, or else the least.
const longest = time.Second

// undivided are routes of which a part would not tell the whole: a call takes much whatever its rows, or they choose what they do by
// the number of rows.
var undivided = []string{"dask/process", "dask-threads/process", "swifter/process", "swifter-forced/process"}

// studied are the routes of the tables, by problem.
var studied = []struct {
	kernel, layout string
	routes         []string
}{
	{"julia", "", slices.Concat(
		study.OnCPython("python", "python-expanded", "cython-pure", "cython", "cython-expanded"),
		[]string{"pypy/process", "pypy-expanded/process"},
		study.OnCPython("python-numpy", "numpy", "numba-expanded", "numba-prange", "cython-static", "cython-dynamic", "cython-guided", "f2py"),
		bindings, native)},
	{"ols", "row", slices.Concat(
		study.OnCPython("lstsq-iloc", "lstsq-iterrows", "lstsq-apply", "lstsq-apply-raw", "sklearn", "lstsq-numba", "lstsq-engine",
			"lstsq-engine-par", "python", "numpy", "numba-prange", "f2py"),
		[]string{"dask/process", "dask-threads/process", "swifter/process", "swifter-forced/process",
			"polars-elements/process", "polars/process", "polars-batches/process"},
		bindings, native)},
	{"diffusion", "row", slices.Concat(study.OnCPython("python", "numpy", "numpy-temporaries", "f2py", "f2py-copy"), bindings, native)},
	{"diffusion", "col", append(study.OnCPython("f2py", "f2py-copy"), "c/cgo", "fortran/cgo")},
}

var bindings = study.OnCPython("numba", "cython-memoryview", "pythran", "ctypes", "cffi-abi", "cffi-api", "capi", "pyo3")

// lines is the index of the book's lines in studied.
const lines = 1

// inTables reports whether one of the tables has the route.
func inTables(r *seam.Route) bool {
	for _, problem := range studied {
		if slices.Contains(problem.routes, r.Name()) {
			return true
		}
	}
	return false
}

// problem is one of the book's problems.
type problem struct {
	kernel, layout, item string      // an operation is an item
	routes               []string    // of its tables
	whole                kernel.Case // which verifies it
	tenth                kernel.Case // which verifies a route that is slow, unless its New is nil
	items                int         // in a run that verifies
	sum                  int         // of a Julia set's counts; 0 if that is not known
	sizes                []size      // that may be timed: the whole first, then less and less
}

// size is how much of a problem is timed.
type size struct {
	n     int
	steps int     // of a run of diffusion, if they are fewer than the whole's
	part  float64 // of the whole problem's work, in an operation
	least int     // operations in a run
	new   func(threads int) (run func(*kernel.Funcs) error, reset func())
}

// name returns the problem's name at a size, without a route.
func (p *problem) name(s *size) record.Name {
	name := record.Name{Study: benchmark, Kernel: p.kernel, Layout: p.layout, N: strconv.Itoa(s.n)}
	if s.part != 1 {
		name.Keys = append(name.Keys, record.Key{Key: "part", Value: strconv.FormatFloat(s.part, 'g', 6, 64)})
	}
	if s.steps > 0 {
		name.Keys = append(name.Keys, record.Key{Key: "steps", Value: strconv.Itoa(s.steps)})
	}
	return name
}

// problemsOfTables returns the problems of the tables.
func problemsOfTables() ([]problem, error) {
	cases := kernel.Cases()
	var problems []problem
	for _, of := range studied {
		p := problem{kernel: of.kernel, layout: of.layout, routes: of.routes, items: 1}
		switch of.kernel {
		case "julia":
			p.item, p.sum, p.sizes = "image", kernel.JuliaSum, juliaSizes(kernel.JuliaSize, kernel.JuliaSize/4, kernel.JuliaSize/8)
		case "ols":
			p.item, p.sizes = "matrix", olsSizes(kernel.OLSRows, kernel.OLSRows/10, kernel.OLSRows/100)
		case "diffusion":
			layout := kernel.Row
			if of.layout == kernel.Col.String() {
				layout = kernel.Col
			}
			p.item, p.items, p.sizes = "step", 50, diffusionSizes(kernel.DiffusionSize, layout, 10, 2)
		}
		for _, c := range cases {
			if c.Kernel != p.kernel || strings.Trim(c.Layout, "-") != p.layout {
				continue
			}
			if strings.HasPrefix(c.Name, "the book's") {
				p.whole = c
			} else if strings.HasPrefix(c.Name, "10,000 rows of the book's") {
				p.tenth = c
			}
		}
		if p.whole.New == nil {
			return nil, fmt.Errorf("book: no case of %s %s is named the book's, want one", p.kernel, p.layout)
		}
		problems = append(problems, p)
	}
	return problems, nil
}

// juliaSizes returns the Julia sets of these sides. Work is iterations and points: a point's last test is not counted
// as an iteration.
func juliaSizes(sides ...int) []size {
	var sizes []size
	var whole float64
	for _, side := range sides {
		a := kernel.NewJulia(side, kernel.JuliaMaxIter, study.SerialPar)
		if err := kernel.Go().Julia(a); err != nil {
			panic(err) // the reference, given what it makes itself
		}
		work := float64(len(a.Out) + sumOf(a.Out))
		if whole == 0 {
			whole = work
		}
		sizes = append(sizes, size{n: side, part: work / whole, least: 1,
			new: func(threads int) (func(*kernel.Funcs) error, func()) {
				a := kernel.NewJulia(side, kernel.JuliaMaxIter, kernel.Par{Threads: threads, Schedule: kernel.Guided})
				return func(f *kernel.Funcs) error { return f.Julia(a) }, nil
			}})
	}
	return sizes
}

// sumOf returns the sum of a Julia set's counts.
func sumOf(counts []int32) int {
	sum := 0
	for _, n := range counts {
		sum += int(n)
	}
	return sum
}

// olsSizes returns matrices of these numbers of rows.
func olsSizes(rows ...int) []size {
	var sizes []size
	for _, n := range rows {
		sizes = append(sizes, size{n: n, part: float64(n) / float64(rows[0]), least: 1,
			new: func(threads int) (func(*kernel.Funcs) error, func()) {
				a := kernel.NewOLS(n, kernel.OLSDays, kernel.Row, kernel.Par{Threads: threads, Schedule: kernel.Static})
				return func(f *kernel.Funcs) error { return f.OLS(a) }, nil
			}})
	}
	return sizes
}

// diffusionSizes returns runs of these numbers of steps. An operation is a step, of equal work in all.
func diffusionSizes(side int, layout kernel.Layout, steps ...int) []size {
	var sizes []size
	for k, n := range steps {
		fewer := 0
		if k > 0 {
			fewer = n
		}
		sizes = append(sizes, size{n: side, steps: fewer, part: 1, least: n,
			new: func(threads int) (func(*kernel.Funcs) error, func()) {
				a := kernel.NewDiffusionRun(side, n, layout, kernel.Par{Threads: threads, Schedule: kernel.Static})
				return func(f *kernel.Funcs) error { return f.Run(a) }, func() {
					kernel.HotBlock(&a.A)
					clear(a.B.Data)
				}
			}})
	}
	return sizes
}
