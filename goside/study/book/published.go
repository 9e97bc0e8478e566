// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import "strconv"

// bookTable is one of the book's tables, or one that it lacks.
type bookTable struct {
	title, kernel string
	from          string // the route with which others are compared in words
	each          string // what a time is of, if not of the whole problem
	rows          []tableRow
}

// linesTable is the index of the book's lines in published.
const linesTable = 2

// tableRow is a row, in Python, of a table. Row-major is what the book's matrices are, where there are any.
type tableRow struct {
	what, lang string
	published  string  // seconds, as printed; "" if there are none
	times      float64 // or published as this many times the row of the language against
	against    string
	beside     string // what a cell calls that row
	process    bool   // not in this process
	columns    bool   // column-major
}

// The published seconds are of M. Gorelick and I. Ozsvald, High Performance Python (O'Reilly): tables 7-1, 7-2 and 6-1,
// and the text about the last. Its rows come first and in its order; those without are Toll's. scikit-learn is compared
// with the lstsq that is given arrays, too, not Series. Dask's and Swifter's times are of the second edition, chapter 10: 1.2
// and 1.6 s where that lstsq takes 5.3 s, with 8 partitions on 4 cores.
var published = []bookTable{
	{"Table 7-1: the Julia set without NumPy, 1000 x 1000 points, at most 300 iterations", "julia", "python/cpython", "", []tableRow{
		{what: "CPython", lang: "python", published: "5.80"},
		{what: "Cython", lang: "cython", published: "0.43"},
		{what: "Cython, expanded math", lang: "cython-expanded", published: "0.23"},
		{what: "PyPy", lang: "pypy", published: "0.90", process: true},
		{what: "PyPy, expanded math", lang: "pypy-expanded", published: "0.20", process: true},
		{what: "CPython, expanded math", lang: "python-expanded"},
		{what: "Cython, without types", lang: "cython-pure"},
	}},
	{"Table 7-2: the Julia set with NumPy arrays and expanded math", "julia", "python-numpy/cpython", "", []tableRow{
		{what: "CPython", lang: "python-numpy", published: "8.00"},
		{what: "Cython", lang: "cython-memoryview", published: "0.20"},
		{what: "Cython, OpenMP guided", lang: "cython-guided", published: "0.03"},
		{what: "Numba (second run)", lang: "numba-expanded", published: "0.19"},
		{what: "Numba, prange", lang: "numba-prange", published: "0.05"},
		{what: "NumPy, vectorised", lang: "numpy"},
		{what: "Cython, OpenMP static", lang: "cython-static"},
		{what: "Cython, OpenMP dynamic", lang: "cython-dynamic"},
		{what: "Numba, abs(z)", lang: "numba"},
		{what: "Pythran", lang: "pythran"},
		{what: "C by ctypes", lang: "ctypes"},
		{what: "C by cffi, ABI", lang: "cffi-abi"},
		{what: "C by cffi, API", lang: "cffi-api"},
		{what: "C as a CPython module", lang: "capi"},
		{what: "Fortran by f2py", lang: "f2py"},
		{what: "Rust by PyO3", lang: "pyo3"},
	}},
	{"Table 6-1: 100,000 lines fitted to 14 observations each", "ols", "lstsq-iloc/cpython", "", []tableRow{
		{what: "lstsq, iloc", lang: "lstsq-iloc", published: "7.3"},
		{what: "lstsq, iterrows", lang: "lstsq-iterrows", published: "7.9"},
		{what: "lstsq, apply", lang: "lstsq-apply", published: "3.9"},
		{what: "lstsq, apply(raw=True)", lang: "lstsq-apply-raw", published: "3.1"},
		{what: "scikit-learn", lang: "sklearn", times: 7, against: "lstsq-apply-raw", beside: "raw=True"},
		{what: "lstsq, Numba, apply", lang: "lstsq-numba", published: "0.66"},
		{what: "lstsq, engine=\"numba\"", lang: "lstsq-engine", published: "0.40"},
		{what: "the same in parallel", lang: "lstsq-engine-par", published: "0.13"},
		{what: "lstsq, Dask, processes", lang: "dask", times: 0.23, against: "lstsq-apply-raw", beside: "raw", process: true},
		{what: "lstsq, Dask, threads", lang: "dask-threads", process: true},
		{what: "lstsq, Swifter", lang: "swifter", times: 0.3, against: "lstsq-apply-raw", beside: "raw", process: true},
		{what: "lstsq, Swifter, forced", lang: "swifter-forced", process: true},
		{what: "lstsq, Polars map_elements", lang: "polars-elements", process: true},
		{what: "closed form, Polars", lang: "polars", process: true},
		{what: "closed form, C in Polars", lang: "polars-batches", process: true},
		{what: "closed form, CPython", lang: "python"},
		{what: "closed form, NumPy", lang: "numpy"},
		{what: "closed form, Numba", lang: "numba"},
		{what: "closed form, Numba, prange", lang: "numba-prange"},
		{what: "closed form, Cython", lang: "cython-memoryview"},
		{what: "closed form, Pythran", lang: "pythran"},
		{what: "closed form, C by ctypes", lang: "ctypes"},
		{what: "closed form, C by cffi, ABI", lang: "cffi-abi"},
		{what: "closed form, C by cffi, API", lang: "cffi-api"},
		{what: "closed form, CPython module", lang: "capi"},
		{what: "closed form, Fortran, f2py", lang: "f2py"},
		{what: "closed form, Rust by PyO3", lang: "pyo3"},
	}},
	{"Diffusion, 512 x 512: the book's examples 7-18 to 7-24 and its Rust section (no table in the book)", "diffusion",
		"python/cpython", "step", []tableRow{
			{what: "CPython", lang: "python"},
			{what: "NumPy, in place", lang: "numpy"},
			{what: "NumPy, with temporaries", lang: "numpy-temporaries"},
			{what: "C by ctypes", lang: "ctypes"},
			{what: "C by cffi, ABI", lang: "cffi-abi"},
			{what: "C by cffi, API", lang: "cffi-api"},
			{what: "Fortran by f2py", lang: "f2py"},
			{what: "the same, column-major", lang: "f2py", columns: true},
			{what: "Fortran by f2py, copying", lang: "f2py-copy"},
			{what: "the same, column-major", lang: "f2py-copy", columns: true},
			{what: "C as a CPython module", lang: "capi"},
			{what: "Rust by PyO3", lang: "pyo3"},
			{what: "Cython", lang: "cython-memoryview"},
			{what: "Numba", lang: "numba"},
			{what: "Pythran", lang: "pythran"},
		}},
}

// nativeNames names the native routes.
var nativeNames = map[string]string{
	"go/direct": "Go", "go-par/direct": "Go, in parallel", "c/cgo": "C by cgo", "c-omp/cgo": "C by cgo, OpenMP",
	"rust/purego": "Rust by purego", "fortran/cgo": "Fortran by cgo",
}

func (b *tableRow) route() string {
	if b.process {
		return b.lang + "/process"
	}
	return b.lang + "/cpython"
}

// layout returns that of the row's problem in a table of the kernel.
func (b *tableRow) layout(kernel string) string {
	switch {
	case kernel == "julia":
		return ""
	case b.columns:
		return "col"
	}
	return "row"
}

// seconds returns the published time in s, and whether there is one.
func (b *tableRow) seconds() (float64, bool) {
	x, err := strconv.ParseFloat(b.published, 64)
	return x, err == nil
}
