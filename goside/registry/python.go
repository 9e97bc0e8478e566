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
	svd      = seam.Bound{Kernel: "ols", ULP: 16, Normwise: true, Cause: "numpy.linalg.lstsq solves by singular values (gelsd): square roots, and more sums (measured: 9); a row with a NaN or an infinity gets NaN"}
	centered = seam.Bound{Kernel: "ols", ULP: 8, Normwise: true, Cause: "scikit-learn subtracts the means first, then solves by singular values (measured: 4); a row with a NaN or an infinity gets NaN"}
	hypot    = seam.Bound{Kernel: "julia", ULP: 4, Cause: "abs(z) < 2 uses hypot, which rounds in another way: for |z|² this near to 4 the test may go either way (measured: 1)"}
)

// What most of these languages offer: the kernels, and with them the family of calls.
var (
	kernels = []string{"step", "run", "julia", "ols"}
	lines   = []string{"ols"}
	whole   = append([]string{"noop", "not", "add", "sum"}, kernels...)
)

// python are the languages of cpython-ext: one module toll.<language> each, and those of its worker, another process.
var python = []*seam.Route{
	cpythonRoute("python", whole...).Within(hypot),
	cpythonRoute("python-expanded", "julia"),
	cpythonRoute("python-numpy", "julia"),
	cpythonRoute("numpy", whole...),
	cpythonRoute("numpy-temporaries", "step", "run"),
	cpythonRoute("ctypes", whole...),
	cpythonRoute("cffi-abi", whole...),
	cpythonRoute("cffi-api", whole...),
	cpythonRoute("capi", whole...),
	cpythonRoute("f2py", whole...),
	cpythonRoute("f2py-copy", "step", "run", "ols"),
	cpythonRoute("pyo3", whole...),
	cpythonRoute("cython-pure", kernels...).Within(hypot),
	cpythonRoute("cython", kernels...).Within(hypot),
	cpythonRoute("cython-expanded", "julia"),
	cpythonRoute("cython-memoryview", whole...),
	cpythonRoute("cython-static", kernels...),
	cpythonRoute("cython-dynamic", kernels...),
	cpythonRoute("cython-guided", kernels...),
	cpythonRoute("numba", whole...).Within(hypot),
	cpythonRoute("numba-expanded", "julia"),
	cpythonRoute("numba-prange", kernels...),
	cpythonRoute("pythran", kernels...),
	cpythonRoute("sklearn", "ols").Within(centered).OnlySmall(),
	cpythonRoute("lstsq-iloc", "ols").Within(svd).OnlySmall(),
	cpythonRoute("lstsq-iterrows", "ols").Within(svd).OnlySmall(),
	cpythonRoute("lstsq-apply", "ols").Within(svd).OnlySmall(),
	cpythonRoute("lstsq-apply-raw", "ols").Within(svd).OnlySmall(),
	cpythonRoute("lstsq-numba", "ols").Within(svd),
	cpythonRoute("lstsq-engine", "ols").Within(svd),
	cpythonRoute("lstsq-engine-par", "ols").Within(svd),

	processRoute("python", process.Pipe, whole).Within(hypot),
	processRoute("python", process.Socket, whole).Within(hypot),
	processRoute("pypy", process.Pipe, whole).Within(hypot),
	processRoute("pypy-expanded", process.Pipe, whole),
	processRoute("dask", process.Pipe, lines).Within(svd).OnlySome(),
	processRoute("dask-threads", process.Pipe, lines).Within(svd).OnlySome(),
	processRoute("swifter", process.Pipe, lines).Within(svd).OnlySmall(),
	processRoute("swifter-forced", process.Pipe, lines).Within(svd).OnlySome(),
	processRoute("polars-elements", process.Pipe, lines).Within(svd).OnlySmall(),
	processRoute("polars-batches", process.Pipe, lines),
	processRoute("polars", process.Pipe, lines),
}

// cpythonRoute declares the functions of a language, since its module may take seconds to import.
func cpythonRoute(lang string, functions ...string) *seam.Route {
	open := func() (*seam.Library, error) { return cpython.Open(lang) }
	return seam.NewRoute(lang, "cpython", open).Declares(func() error { return cpython.Find(lang) }, functions...)
}

func processRoute(lang, via string, functions []string) *seam.Route {
	open := func() (*seam.Library, error) { return process.Open(lang, via) }
	return seam.NewRoute(lang, via, open).Declares(func() error { return process.Find(lang) }, functions...)
}
