# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Checks of arguments, for languages without native checks. Statuses and their order are those of toll.h; each function
raises, or returns the facts about shapes that the caller needs."""

import math
import operator

import numpy as np

from . import AlignError, ArgError, OverlapError, ShapeError, ShortError

_DTYPES = {kind: np.dtype(kind) for kind in "dDi"}


def array(kernel, name, a, kind, ndim):
    """Raise unless a is an array of that many dimensions and kind: 'd' float64, 'D' complex128, 'i' int32.

    Subclasses are refused: a matrix multiplies, and a masked array writes, in another way.
    """
    if type(a) is not np.ndarray:
        raise TypeError(f"{kernel}: {name} is a {type(a).__name__}, want a NumPy array")
    want = _DTYPES[kind]
    if a.dtype is not want and a.dtype != want:
        raise TypeError(f"{kernel}: {name} has dtype {a.dtype}, want {want}")
    if a.ndim != ndim:
        raise ShapeError(f"{kernel}: {name} has {a.ndim} dimensions, want {ndim}")


def layout(kernel, name, a):
    """Return (rows, cols, ld, col) of a two-dimensional float64 array; col says that it is in Fortran order.

    The caller has checked with array(). An array of one line or of lines of one element is of both orders.
    """
    rows, cols = a.shape
    if rows < 1 or cols < 1:
        raise ShapeError(f"{kernel}: {name} is {rows} x {cols}, want at least 1 x 1")
    down, right = a.strides
    if (right == 8 or cols == 1) and not down & 7 and down >= 8 * cols:
        return rows, cols, down >> 3, False
    if (down == 8 or rows == 1) and not right & 7 and right >= 8 * rows:
        return rows, cols, right >> 3, True
    if rows == 1 and right == 8:
        return rows, cols, cols, False
    if cols == 1 and down == 8:
        return rows, cols, rows, True
    raise ShapeError(
        f"{kernel}: {name} of {rows} x {cols} has strides of {down} and {right} bytes,"
        " want lines of consecutive elements that do not overlap"
    )


def vector(kernel, name, a, kind):
    """Raise unless a is a vector of that kind with consecutive elements."""
    array(kernel, name, a, kind, 1)
    if a.strides[0] != a.itemsize and len(a) > 1:
        raise ShapeError(f"{kernel}: {name} has a stride of {a.strides[0]} bytes, want {a.itemsize}")


def writable(kernel, name, a):
    """Raise if the array is read-only."""
    if not a.flags.writeable:
        raise ArgError(f"{kernel}: {name} is read-only, want it writable")


def aligned(kernel, name, a):
    if not a.flags.aligned:
        raise AlignError(f"{kernel}: {name} does not lie at a multiple of its element's size")


def _apart(kernel, out, a, name, b):
    if np.may_share_memory(a, b):
        raise OverlapError(f"{kernel}: {out} shares memory with {name}")


def _whole(kernel, name, x):
    try:
        operator.index(x)
    except TypeError:
        raise TypeError(f"{kernel}: {name} is {x!r}, a {type(x).__name__}, want an integer") from None


def _range(kernel, lo, hi, count):
    if type(lo) is not int or type(hi) is not int:
        _whole(kernel, "lo", lo)
        _whole(kernel, "hi", hi)
    if not 0 <= lo <= hi <= count:
        raise ShapeError(f"{kernel}: range [{lo}, {hi}), want one within [0, {count})")


def _long(kernel, name, have, want):
    if have < want:
        raise ShortError(f"{kernel}: {name} has {have} elements, want at least {want}")


def _finite(kernel, name, x):
    try:
        finite = math.isfinite(x)
    except TypeError:
        raise TypeError(f"{kernel}: {name} is {x!r}, a {type(x).__name__}, want a number") from None
    if not finite:
        raise ArgError(f"{kernel}: {name} is {x}, want a finite number")


def _par(kernel, threads, schedule):
    if type(threads) is not int or type(schedule) is not int:
        _whole(kernel, "threads", threads)
        _whole(kernel, "schedule", schedule)
    if not 1 <= threads <= 1024:
        raise ArgError(f"{kernel}: threads is {threads}, want 1 to 1024")
    if not 0 <= schedule <= 2:
        raise ArgError(f"{kernel}: schedule is {schedule}, want 0, 1 or 2")


def pair(kernel, p, a, q, b):
    """Return layout() of two matrices that must be alike; q and b may differ in being writable."""
    array(kernel, p, a, "d", 2)
    array(kernel, q, b, "d", 2)
    shape = layout(kernel, p, a)
    if a.shape != b.shape or a.strides != b.strides:
        raise ShapeError(
            f"{kernel}: {p} has shape {a.shape} and strides {a.strides}, {q} {b.shape} and {b.strides}: they differ,"
            " want them alike"
        )
    return shape


def step(out, in_, lo, hi, D, dt, threads, schedule):
    """Check the arguments of step; return (rows, cols, ld, col)."""
    kernel = "diffusion"
    shape = pair(kernel, "out", out, "in", in_)
    _range(kernel, lo, hi, shape[0])
    aligned(kernel, "out", out)
    aligned(kernel, "in", in_)
    _apart(kernel, "out", out, "in", in_)
    _finite(kernel, "D", D)
    _finite(kernel, "dt", dt)
    _par(kernel, threads, schedule)
    writable(kernel, "out", out)
    return shape


def run(a, b, steps, D, dt, threads, schedule):
    """Check the arguments of run; return (rows, cols, ld, col)."""
    kernel = "diffusion"
    shape = pair(kernel, "a", a, "b", b)
    aligned(kernel, "a", a)
    aligned(kernel, "b", b)
    _apart(kernel, "a", a, "b", b)
    _whole(kernel, "steps", steps)
    if not 0 <= steps <= 2**63 - 1:
        raise ArgError(f"{kernel}: steps is {steps}, want 0 to {2**63 - 1}")
    _finite(kernel, "D", D)
    _finite(kernel, "dt", dt)
    _par(kernel, threads, schedule)
    writable(kernel, "a", a)
    writable(kernel, "b", b)
    return shape


def julia(out, zs, cs, lo, hi, maxiter, threads, schedule):
    """Check the arguments of julia; return the number of points."""
    kernel = "julia"
    vector(kernel, "out", out, "i")
    vector(kernel, "zs", zs, "D")
    vector(kernel, "cs", cs, "D")
    n = len(zs)
    if n < 1:
        raise ShapeError(f"{kernel}: zs is empty, want at least 1 point")
    _range(kernel, lo, hi, n)
    _long(kernel, "out", len(out), n)
    _long(kernel, "cs", len(cs), n)
    aligned(kernel, "out", out)
    aligned(kernel, "zs", zs)
    aligned(kernel, "cs", cs)
    _apart(kernel, "out", out[:n], "zs", zs)
    _apart(kernel, "out", out[:n], "cs", cs[:n])
    _whole(kernel, "maxiter", maxiter)
    if not 0 <= maxiter <= 2**31 - 1:
        raise ArgError(f"{kernel}: maxiter is {maxiter}, want 0 to {2**31 - 1}")
    _par(kernel, threads, schedule)
    writable(kernel, "out", out)
    return n


def ols(slope, intercept, y, lo, hi, threads, schedule):
    """Check the arguments of ols; return (rows, n, ld, col)."""
    kernel = "ols"
    array(kernel, "y", y, "d", 2)
    vector(kernel, "slope", slope, "d")
    vector(kernel, "intercept", intercept, "d")
    shape = layout(kernel, "y", y)
    rows, n = shape[:2]
    if n < 2:
        raise ShapeError(f"{kernel}: y has {n} observations a row, want at least 2")
    _range(kernel, lo, hi, rows)
    _long(kernel, "slope", len(slope), rows)
    _long(kernel, "intercept", len(intercept), rows)
    aligned(kernel, "slope", slope)
    aligned(kernel, "intercept", intercept)
    aligned(kernel, "y", y)
    _apart(kernel, "slope", slope[:rows], "intercept", intercept[:rows])
    _apart(kernel, "slope", slope[:rows], "y", y)
    _apart(kernel, "intercept", intercept[:rows], "y", y)
    _par(kernel, threads, schedule)
    writable(kernel, "slope", slope)
    writable(kernel, "intercept", intercept)
    return shape
