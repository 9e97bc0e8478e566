# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The Fortran kernels through f2py, which makes the extension module of the signatures in _f2py.pyf. Nothing is copied:
a matrix is passed by its first line and its leading dimension, as in BLAS. The GIL is released.

Caveats: f2py silently converts. It copies an input of another type or order, and takes 1.9 (as 1), "1" and [1] for a
number. Therefore this module checks first. f2py's intent(inplace), which makes a C-ordered argument Fortran-ordered, is
never used: it moves the array to new memory, and every earlier view points to memory that is no longer the array's, or
is freed.

Source: High Performance Python, "f2py", where the array is made with order='F'. f2py_copy shows what happens without.
"""

import ctypes
import struct
from math import copysign
from operator import index

from . import _f2py, accept, check, refuse

noop = _f2py.noop


def _build():
    """The build of the linked library, from its table."""
    version, size, hash_, _, compiler, flags = struct.unpack("=IIQQQQ", ctypes.string_at(_f2py.table(), 40))
    accept("libtoll_fortran.a", (version, size, hash_), 192)
    text = [ctypes.string_at(p).decode() for p in (compiler, flags)]
    return f"{' '.join(text)}; f2py of NumPy {_f2py.__f2py_numpy_version__}"


BUILD = _build()


def _line(a, col):
    """The first line of a matrix; its address is the matrix's."""
    return a[:, 0] if col else a[0]


def not_(x):
    return _f2py.not_(index(x))


def add(x, y):
    # Not float(), which takes strings.
    return _f2py.add(copysign(x, x), copysign(y, y))


def sum(p):
    check.vector("sum", "p", p, "d")
    check.aligned("sum", "p", p)
    return _f2py.sum(p, len(p))


def grid(a):
    """Pass a matrix, read nothing of it, and return its number of elements."""
    check.array("grid", "a", a, "d", 2)
    rows, cols, _, col = check.layout("grid", "a", a)
    check.aligned("grid", "a", a)
    _f2py.sum(_line(a, col), 0)
    return rows * cols


def step(out, in_, lo, hi, D, dt, threads, schedule):
    rows, cols, ld, col = check.step(out, in_, lo, hi, D, dt, threads, schedule)
    f = _f2py.step_col if col else _f2py.step_row
    refuse("diffusion", f(_line(out, col), _line(in_, col), rows, cols, ld, lo, hi, D, dt, threads, schedule))


def run(a, b, steps, D, dt, threads, schedule):
    rows, cols, ld, col = check.run(a, b, steps, D, dt, threads, schedule)
    f = _f2py.run_col if col else _f2py.run_row
    refuse("diffusion", f(_line(a, col), _line(b, col), rows, cols, ld, steps, D, dt, threads, schedule))


def julia(out, zs, cs, lo, hi, maxiter, threads, schedule):
    n = check.julia(out, zs, cs, lo, hi, maxiter, threads, schedule)
    refuse("julia", _f2py.julia(out, zs, cs, n, lo, hi, maxiter, threads, schedule))


def ols(slope, intercept, y, lo, hi, threads, schedule):
    rows, n, ld, col = check.ols(slope, intercept, y, lo, hi, threads, schedule)
    f = _f2py.ols_col if col else _f2py.ols_row
    refuse("ols", f(slope, intercept, _line(y, col), rows, n, ld, lo, hi, threads, schedule))
