# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# The kernels over typed memoryviews, for a module that deals out the items of loops.pxi: lines(), escapes() and
# fits(). A memoryview is taken only once the arguments are known to be good; and of a matrix without an interior not
# at all, since NumPy may give an extent of one any stride. Numbers are taken as Py_ssize_t first: to int, Cython
# would convert a float, too.


def step(out, in_, lo, hi, D, dt, threads, schedule):
    rows, cols, _, col = check.step(out, in_, lo, hi, D, dt, threads, schedule)
    if rows < 3 or cols < 3:
        return
    cdef double[::strided, ::contiguous] new = out.T if col else out
    cdef const double[::strided, ::contiguous] old = in_.T if col else in_
    cdef bint by_columns = col
    cdef Py_ssize_t first = max(lo, 1), end = min(hi, rows - 1)
    cdef double Ddt = <double> D * <double> dt
    cdef Py_ssize_t shares = threads
    if first >= end:
        return
    with nogil:
        lines(new, old, by_columns, first, end, Ddt, shares)


def run(a, b, steps, D, dt, threads, schedule):
    rows, cols, _, col = check.run(a, b, steps, D, dt, threads, schedule)
    if rows < 3 or cols < 3:
        return
    cdef double[::strided, ::contiguous] even = a.T if col else a, odd = b.T if col else b
    cdef bint by_columns = col
    cdef Py_ssize_t s, count = steps, end = rows - 1
    cdef double Ddt = <double> D * <double> dt
    cdef Py_ssize_t shares = threads
    with nogil:
        for s in range(count):
            if s % 2:
                lines(even, odd, by_columns, 1, end, Ddt, shares)
            else:
                lines(odd, even, by_columns, 1, end, Ddt, shares)


def julia(out, zs, cs, lo, hi, maxiter, threads, schedule):
    check.julia(out, zs, cs, lo, hi, maxiter, threads, schedule)
    cdef int[:] counts = out
    cdef const double complex[:] z = zs, c = cs
    cdef Py_ssize_t first = lo, end = hi
    cdef Py_ssize_t most = maxiter, shares = threads
    with nogil:
        escapes(counts, z, c, first, end, most, shares)


def ols(slope, intercept, y, lo, hi, threads, schedule):
    check.ols(slope, intercept, y, lo, hi, threads, schedule)
    cdef double[:] slopes = slope, intercepts = intercept
    cdef const double[:, :] rows = y
    cdef Py_ssize_t first = lo, end = hi
    cdef Py_ssize_t shares = threads
    with nogil:
        fits(slopes, intercepts, rows, first, end, shares)
