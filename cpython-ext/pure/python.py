# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The kernels in pure Python, over lists.

NumPy serves only input and output: arrays become lists, and lists are assigned to the elements that a kernel writes.
threads and schedule change nothing.
julia's test is the book's abs(z) < 2, by hypot(). Where |z| differs from 2 only in its last bits, it can differ from
the test of toll.h, see toll.python_expanded.
Source: High Performance Python, the pure Python versions of its examples.
"""

import platform

from . import _loops, check
from ._loops import add, noop, not_

BUILD = f"CPython {platform.python_version()}"
EDGE = "abs(z) is a hypot, rounded by itself: where zr*zr + zi*zi rounds to just below 4 it can be 2"


def sum(p):
    check.vector("sum", "p", p, "d")
    return _loops.sum(p.tolist())


def step(out, in_, lo, hi, D, dt, threads, schedule):
    rows, cols, _, _ = check.step(out, in_, lo, hi, D, dt, threads, schedule)
    lo, hi = max(lo, 1), min(hi, rows - 1)
    if lo >= hi or cols < 3:
        return
    grid = in_[lo - 1 : hi + 1].tolist()
    new = [[0.0] * cols for _ in grid]
    _loops.step(new, grid, float(D) * float(dt))
    out[lo:hi, 1:-1] = [row[1:-1] for row in new[1:-1]]


def run(a, b, steps, D, dt, threads, schedule):
    rows, cols, _, _ = check.run(a, b, steps, D, dt, threads, schedule)
    if rows < 3 or cols < 3 or steps == 0:
        return
    grid, new = a.tolist(), b.tolist()
    _loops.run(grid, new, steps, float(D) * float(dt))
    b[1:-1, 1:-1] = [row[1:-1] for row in new[1:-1]]
    if steps > 1:
        a[1:-1, 1:-1] = [row[1:-1] for row in grid[1:-1]]


def julia(out, zs, cs, lo, hi, maxiter, threads, schedule):
    check.julia(out, zs, cs, lo, hi, maxiter, threads, schedule)
    out[lo:hi] = _loops.julia(zs[lo:hi].tolist(), cs[lo:hi].tolist(), maxiter)


def ols(slope, intercept, y, lo, hi, threads, schedule):
    check.ols(slope, intercept, y, lo, hi, threads, schedule)
    if lo < hi:
        slope[lo:hi], intercept[lo:hi] = _loops.ols(y[lo:hi].tolist())
