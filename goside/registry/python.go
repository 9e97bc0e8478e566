// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package registry

import (
	"toll/goside/seam"
	"toll/goside/via/cpython"
)

// The bounds of the languages that fit lines by numpy.linalg.lstsq.
var (
	svd      = seam.Bound{ULP: 16, Cause: "numpy.linalg.lstsq solves by singular values (gelsd): square roots, and more sums"}
	centered = seam.Bound{ULP: 16, Cause: "scikit-learn subtracts the means first, then solves by singular values"}
)

// python are the languages of cpython-ext: a module toll.<language> each.
var python = []*seam.Route{
	cpythonRoute("python"),
	cpythonRoute("python-expanded"),
	cpythonRoute("python-numpy"),
	cpythonRoute("numpy"),
	cpythonRoute("numpy-temporaries"),
	cpythonRoute("ctypes"),
	cpythonRoute("cffi-abi"),
	cpythonRoute("cffi-api"),
	cpythonRoute("capi"),
	cpythonRoute("f2py"),
	cpythonRoute("f2py-copy"),
	cpythonRoute("pyo3"),
	cpythonRoute("cython-pure"),
	cpythonRoute("cython"),
	cpythonRoute("cython-expanded"),
	cpythonRoute("cython-memoryview"),
	cpythonRoute("cython-static"),
	cpythonRoute("cython-dynamic"),
	cpythonRoute("cython-guided"),
	cpythonRoute("numba"),
	cpythonRoute("numba-expanded"),
	cpythonRoute("numba-prange"),
	cpythonRoute("pythran"),
	cpythonRoute("sklearn").Within(centered),
	cpythonRoute("lstsq-iloc").Within(svd),
	cpythonRoute("lstsq-iterrows").Within(svd),
	cpythonRoute("lstsq-apply").Within(svd),
	cpythonRoute("lstsq-apply-raw").Within(svd),
	cpythonRoute("lstsq-numba").Within(svd),
	cpythonRoute("lstsq-engine").Within(svd),
	cpythonRoute("lstsq-engine-par").Within(svd),
}

func cpythonRoute(lang string) *seam.Route {
	return seam.NewRoute(lang, "cpython", func() (*seam.Library, error) { return cpython.Open(lang) })
}
