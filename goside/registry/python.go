// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package registry

import (
	"toll/goside/seam"
	"toll/goside/via/cpython"
	"toll/goside/via/process"
)

// The bounds of the languages that fit lines by numpy.linalg.lstsq, and of those that test abs(z) < 2, as the book
// does.
var (
	svd      = seam.Bound{Kernel: "ols", ULP: 8, Normwise: true, Cause: "numpy.linalg.lstsq solves by singular values (gelsd): square roots, and more sums (measured: 4); a row with a NaN or an infinity gets NaN"}
	centered = seam.Bound{Kernel: "ols", ULP: 8, Normwise: true, Cause: "scikit-learn subtracts the means first, then solves by singular values (measured: 4); a row with a NaN or an infinity gets NaN"}
	hypot    = seam.Bound{Kernel: "julia", ULP: 4, Cause: "abs(z) < 2 uses hypot, which rounds in another way: for |z|² this near to 4 the test may go either way (measured: 1)"}
)

// python are the languages of cpython-ext: one module toll.<language> each, and those of its worker process.
var python = []*seam.Route{
	cpythonRoute("python").Within(hypot),
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
	cpythonRoute("cython-pure").Within(hypot),
	cpythonRoute("cython").Within(hypot),
	cpythonRoute("cython-expanded"),
	cpythonRoute("cython-memoryview"),
	cpythonRoute("cython-static"),
	cpythonRoute("cython-dynamic"),
	cpythonRoute("cython-guided"),
	cpythonRoute("numba").Within(hypot),
	cpythonRoute("numba-expanded"),
	cpythonRoute("numba-prange"),
	cpythonRoute("pythran"),
	cpythonRoute("sklearn").Within(centered).OnlySmall(),
	cpythonRoute("lstsq-iloc").Within(svd).OnlySmall(),
	cpythonRoute("lstsq-iterrows").Within(svd).OnlySmall(),
	cpythonRoute("lstsq-apply").Within(svd).OnlySmall(),
	cpythonRoute("lstsq-apply-raw").Within(svd).OnlySmall(),
	cpythonRoute("lstsq-numba").Within(svd),
	cpythonRoute("lstsq-engine").Within(svd),
	cpythonRoute("lstsq-engine-par").Within(svd),

	processRoute("python", process.Python, process.Plain).Within(hypot),
	processRoute("pypy", "pypy3", process.Plain).Within(hypot),
	processRoute("pypy-expanded", "pypy3", process.Expanded),
}

func cpythonRoute(lang string) *seam.Route {
	return seam.NewRoute(lang, "cpython", func() (*seam.Library, error) { return cpython.Open(lang) })
}

func processRoute(lang, interpreter string, variant process.Variant) *seam.Route {
	return seam.NewRoute(lang, "process", func() (*seam.Library, error) { return process.Open(interpreter, variant) })
}
