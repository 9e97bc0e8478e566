# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The kernels over typed memoryviews in Cython, without the GIL: NumPy's memory, no list, no copy.

Also noop, not_, add and sum, and grid(a), which takes a two-dimensional float64 array as a memoryview, does not
touch it and returns its size. Taking a memoryview is most of the cost of a call with an array.

Source: High Performance Python, "Compiling to C", Cython and NumPy (0.20 s for the Julia set there).
"""

from toll import check
from toll._cython_build import BUILD

include "loops.pxi"


cdef void lines(double[::strided, ::contiguous] out, const double[::strided, ::contiguous] u, bint col, Py_ssize_t lo,
                Py_ssize_t hi, double Ddt, int threads) noexcept nogil:
    cdef Py_ssize_t k
    if col:
        for k in range(1, u.shape[0] - 1):
            col_line(out, u, k, lo, hi, Ddt)
    else:
        for k in range(lo, hi):
            row_line(out, u, k, Ddt)


cdef void escapes(int[:] out, const double complex[:] zs, const double complex[:] cs, Py_ssize_t lo, Py_ssize_t hi,
                  int maxiter, int threads) noexcept nogil:
    cdef Py_ssize_t k
    for k in range(lo, hi):
        out[k] = escape(zs[k], cs[k], maxiter)


cdef void fits(double[:] slope, double[:] intercept, const double[:, :] y, Py_ssize_t lo, Py_ssize_t hi,
               int threads) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(lo, hi):
        fit(slope, intercept, y, i)


include "memoryviews.pxi"


def noop():
    pass


def not_(Py_ssize_t x):
    return ~x


def add(double x, double y):
    return x + y


def sum(p not None):
    cdef const double[:] elements
    cdef Py_ssize_t k
    cdef double total = 0
    try:
        elements = p
    except ValueError as e:
        raise TypeError(f"sum: {e}") from None
    for k in range(elements.shape[0]):
        total += elements[k]
    return total


def grid(a not None):
    cdef const double[:, :] elements
    try:
        elements = a
    except ValueError as e:
        raise TypeError(f"grid: {e}") from None
    return elements.shape[0] * elements.shape[1]
