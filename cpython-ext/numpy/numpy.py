# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The kernels by whole-array operations of NumPy, in place: no temporary is made while a kernel loops.

Complex numbers are split into real and imaginary parts, since NumPy's complex product may use fused multiply-add. To
keep the order of toll.h, sums go column by column and sum() accumulates: NumPy's own sums are pairwise.
threads and schedule change nothing.
Source: High Performance Python, the diffusion example with in-place operations and without allocations.
"""

import operator
import platform

import numpy as np

from . import check

BUILD = f"NumPy {np.__version__}, CPython {platform.python_version()}"

_BLOCK = 8192  # points or rows; their arrays stay in cache


def noop():
    pass


def not_(x):
    return int(np.invert(np.int64(operator.index(x))))


@np.errstate(all="ignore")
def add(x, y):
    return float(np.add(x, y))


@np.errstate(all="ignore")
def sum(p):
    check.vector("sum", "p", p, "d")
    # The 0.0 turns -0.0 into +0.0, as a sum from +0.0 does.
    return float(np.add.accumulate(p)[-1]) + 0.0 if len(p) else 0.0


def _scratch(grid):
    """Return two contiguous arrays as large as the interior, on which NumPy is faster than on the interior itself."""
    inner = grid[1:-1, 1:-1]
    return np.empty_like(inner), np.empty_like(inner)


def _advance(out, grid, d, lap, four):
    """One step from grid to the interior of out; lap and four are scratch."""
    centre = grid[1:-1, 1:-1]
    np.add(grid[2:, 1:-1], grid[:-2, 1:-1], out=lap)
    lap += grid[1:-1, 2:]
    lap += grid[1:-1, :-2]
    np.multiply(centre, 4.0, out=four)
    lap -= four
    lap *= d
    np.add(centre, lap, out=out[1:-1, 1:-1])


@np.errstate(all="ignore")
def step(out, in_, lo, hi, D, dt, threads, schedule):
    rows, cols, _, _ = check.step(out, in_, lo, hi, D, dt, threads, schedule)
    lo, hi = max(lo, 1), min(hi, rows - 1)
    if lo < hi and cols > 2:
        grid = in_[lo - 1 : hi + 1]
        _advance(out[lo - 1 : hi + 1], grid, float(D) * float(dt), *_scratch(grid))


@np.errstate(all="ignore")
def run(a, b, steps, D, dt, threads, schedule):
    rows, cols, _, _ = check.run(a, b, steps, D, dt, threads, schedule)
    if rows < 3 or cols < 3 or steps == 0:
        return
    d = float(D) * float(dt)
    scratch = _scratch(a)
    for _ in range(steps):
        _advance(b, a, d, *scratch)
        a, b = b, a


@np.errstate(all="ignore")
def julia(out, zs, cs, lo, hi, maxiter, threads, schedule):
    check.julia(out, zs, cs, lo, hi, maxiter, threads, schedule)
    for first in range(lo, hi, _BLOCK):
        block = slice(first, min(first + _BLOCK, hi))
        _escape(out[block], zs[block], cs[block], maxiter)


def _escape(out, zs, cs, maxiter):
    """Count the iterations of all points together; remove escaped points."""
    points = np.arange(len(zs))
    zr, zi, cr, ci = zs.real.copy(), zs.imag.copy(), cs.real.copy(), cs.imag.copy()
    rr, ii, size, inside = np.empty_like(zr), np.empty_like(zr), np.empty_like(zr), np.empty(len(zs), bool)
    for n in range(maxiter):
        np.multiply(zr, zr, out=rr)
        np.multiply(zi, zi, out=ii)
        np.add(rr, ii, out=size)
        np.less(size, 4.0, out=inside)
        if not inside.all():
            out[points[~inside]] = n
            points, zr, zi, cr, ci, rr, ii = (p[inside] for p in (points, zr, zi, cr, ci, rr, ii))
            if not len(points):
                return
            size, inside = size[: len(points)], inside[: len(points)]
        zi *= zr
        zi *= 2.0
        zi += ci
        np.subtract(rr, ii, out=zr)
        zr += cr
    out[points] = maxiter


@np.errstate(all="ignore")
def ols(slope, intercept, y, lo, hi, threads, schedule):
    check.ols(slope, intercept, y, lo, hi, threads, schedule)
    for first in range(lo, hi, _BLOCK):
        block = slice(first, min(first + _BLOCK, hi))
        _fit(slope[block], intercept[block], y[block])


def _fit(slope, intercept, y):
    n = y.shape[1]
    half, odd = n // 2, n % 2
    x = float(n)
    scratch = np.empty_like(slope)
    slope[:] = 0.0
    for k in range(half):
        np.subtract(y[:, half + odd + k], y[:, half - 1 - k], out=scratch)
        scratch *= 2 * k + 1 + odd
        slope += scratch
    slope /= x * (x * x - 1) / 6
    intercept[:] = 0.0
    for j in range(n):
        intercept += y[:, j]
    intercept /= x
    np.multiply(slope, (x - 1) / 2, out=scratch)
    intercept -= scratch
