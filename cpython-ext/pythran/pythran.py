# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The kernels in Python and NumPy, compiled ahead of time by Pythran.

The loops are in toll._pythran; this module checks. Pythran takes a vector as it lies in memory and releases the GIL. It
takes a padded matrix only as a slice of another NumPy array, so matrices are passed as the span of their elements and a
leading dimension.

Source: High Performance Python, "Compiling to C", names Pythran; the loops are the book's other examples.
"""

from operator import index

from numpy import ndarray
from numpy.lib.stride_tricks import as_strided

from . import _pythran, check
from ._pythran_build import BUILD  # noqa: F401


def _span(a, rows, cols, ld, col):
    lines, length = (cols, rows) if col else (rows, cols)
    if ld == length:  # as_strided would do, but takes longer than a small kernel
        return ndarray((lines * length,), buffer=a.T if col else a)
    return as_strided(a, ((lines - 1) * ld + length,), (8,))


def step(out, in_, lo, hi, D, dt, threads, schedule):
    shape = check.step(out, in_, lo, hi, D, dt, threads, schedule)
    _lines(_span(out, *shape), _span(in_, *shape), shape, lo, hi, float(D) * float(dt))


def run(a, b, steps, D, dt, threads, schedule):
    shape = check.run(a, b, steps, D, dt, threads, schedule)
    if shape[0] < 3 or shape[1] < 3:
        return
    old, new = _span(a, *shape), _span(b, *shape)
    for _ in range(index(steps)):
        _lines(new, old, shape, 0, shape[0], float(D) * float(dt))
        old, new = new, old


def _lines(out, u, shape, lo, hi, Ddt):
    rows, cols, ld, col = shape
    lo, hi = max(index(lo), 1), min(index(hi), rows - 1)
    if lo >= hi or cols < 3:
        return
    if col:
        _pythran.lines(out, u, 1, cols - 1, lo, hi, 1, ld, Ddt)
    else:
        _pythran.lines(out, u, lo, hi, 1, cols - 1, ld, 1, Ddt)


def julia(out, zs, cs, lo, hi, maxiter, threads, schedule):
    check.julia(out, zs, cs, lo, hi, maxiter, threads, schedule)
    _pythran.escapes(out, zs, cs, index(lo), index(hi), index(maxiter))


def ols(slope, intercept, y, lo, hi, threads, schedule):
    rows, n, ld, col = check.ols(slope, intercept, y, lo, hi, threads, schedule)
    row, column = (1, ld) if col else (ld, 1)
    _pythran.fits(slope, intercept, _span(y, rows, n, ld, col), n, row, column, index(lo), index(hi))
