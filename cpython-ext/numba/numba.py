# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The kernels compiled by Numba, on one thread, at import; the machine code is not cached.

compile_seconds() returns the time that this took. noop, add, sum and grid are Numba's own dispatchers, as its users
call them: their errors are Numba's, such as TypeError for arguments of other types.
julia's test is the book's abs(z) < 2, by hypot(). Where |z| differs from 2 only in its last bits, it can differ from
the test of toll.h, see toll.numba_expanded.
Source: High Performance Python, the Julia set and OLS examples with Numba.
"""

import operator
import time

from numba import types

from . import _numba
from ._numba import BUILD

EDGE = "abs(z) is a hypot, rounded by itself: where zr*zr + zi*zi rounds to just below 4 it can be 2"

_kernels = _numba.Kernels(False, _numba.julia_abs)
step, run, julia, ols = _kernels.step, _kernels.run, _kernels.julia, _kernels.ols


def _noop():
    pass


def _not(x):
    return ~x


def _add(x, y):
    return x + y


def _sum(p):
    total = 0.0
    for x in p:
        total += x
    return total


def _grid(a):
    return a.size


_start = time.perf_counter()
noop = _numba.compiled(_noop, types.void())
_invert = _numba.compiled(_not, types.int64(types.int64))
add = _numba.compiled(_add, types.float64(types.float64, types.float64))
sum = _numba.compiled(_sum, types.float64(_numba.array(types.float64, 1, "C")))
grid = _numba.compiled(_grid, types.int64(_numba.array(types.float64, 2, "A")))
_seconds = _kernels.seconds + time.perf_counter() - _start


def not_(x):
    return _invert(operator.index(x))  # Numba would cut off the fraction of a float


def compile_seconds():
    return _seconds
