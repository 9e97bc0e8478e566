# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Shared by the Numba languages: loops, and Kernels, which compiles them and calls them with checked arguments.

Everything is compiled from explicit signatures: for C-contiguous, for Fortran-contiguous and for padded arrays ('A',
with strides unknown to the compiler). No other is ever made, so no call compiles. Inputs are declared read-only; Numba
converts writable arrays at no cost. Without fastmath LLVM neither contracts nor reassociates.
"""

import contextlib
import ctypes
import functools
import os
import time

import llvmlite
import numba
import numpy as np
from numba import prange, types

from . import check

BUILD = f"Numba {numba.__version__}, llvmlite {llvmlite.__version__}"

# Numba's own choice may be its workqueue, which ends the process when two threads call it at once.
numba.config.THREADING_LAYER = "threadsafe"

_BLOCK = 256  # rows; their sums stay in cache while the columns are walked


# Numba counts a negative index from the end. An index that may be negative keeps LLVM from vectorising, so inner loops
# count from a constant, over slices if necessary.


def _step_rows(out, grid, lo, hi, d):
    lo, hi = max(lo, 1), min(hi, grid.shape[0] - 1)
    for i in prange(lo, hi):
        for j in range(1, grid.shape[1] - 1):
            lap = grid[i + 1, j] + grid[i - 1, j] + grid[i, j + 1] + grid[i, j - 1] - 4 * grid[i, j]
            out[i, j] = grid[i, j] + d * lap


def _step_columns(out, grid, lo, hi, d):
    lo, hi = max(lo, 1), min(hi, grid.shape[0] - 1)
    for j in prange(1, grid.shape[1] - 1):
        above, centre, below = grid[lo - 1 : hi - 1, j], grid[lo:hi, j], grid[lo + 1 : hi + 1, j]
        left, right, new = grid[lo:hi, j - 1], grid[lo:hi, j + 1], out[lo:hi, j]
        for i in range(len(centre)):
            lap = below[i] + above[i] + right[i] + left[i] - 4 * centre[i]
            new[i] = centre[i] + d * lap


def julia_abs(out, zs, cs, lo, hi, maxiter):
    for k in prange(lo, hi):
        n = 0
        z = zs[k]
        c = cs[k]
        while n < maxiter and abs(z) < 2:
            z = z * z + c
            n += 1
        out[k] = n


def julia_expanded(out, zs, cs, lo, hi, maxiter):
    for k in prange(lo, hi):
        n = 0
        z = zs[k]
        c = cs[k]
        while n < maxiter and z.real * z.real + z.imag * z.imag < 4:
            z = z * z + c
            n += 1
        out[k] = n


def _ols_rows(slope, intercept, y, lo, hi):
    n = y.shape[1]
    half, odd, x = n // 2, n % 2, float(n)
    denominator, mean_x = x * (x * x - 1) / 6, (x - 1) / 2
    for i in prange(lo, hi):
        pairs = 0.0
        for k in range(half):
            pairs += (2 * k + 1 + odd) * (y[i, half + odd + k] - y[i, half - 1 - k])
        total = 0.0
        for j in range(n):
            total += y[i, j]
        slope[i] = pairs / denominator
        intercept[i] = total / x - slope[i] * mean_x


def _ols_columns(slope, intercept, y, lo, hi):
    n = y.shape[1]
    half, odd, x = n // 2, n % 2, float(n)
    denominator, mean_x = x * (x * x - 1) / 6, (x - 1) / 2
    for block in prange((hi - lo + _BLOCK - 1) // _BLOCK):
        first = lo + block * _BLOCK
        last = min(first + _BLOCK, hi)
        pairs, total = slope[first:last], intercept[first:last]
        pairs[:] = 0.0
        total[:] = 0.0
        for k in range(half):
            w = float(2 * k + 1 + odd)
            up, down = y[first:last, half + odd + k], y[first:last, half - 1 - k]
            for i in range(len(pairs)):
                pairs[i] += w * (up[i] - down[i])
        for j in range(n):
            column = y[first:last, j]
            for i in range(len(total)):
                total[i] += column[i]
        for i in range(len(pairs)):
            pairs[i] /= denominator
            total[i] = total[i] / x - pairs[i] * mean_x


def compiled(function, signature, parallel=False):
    return numba.jit(signature, nopython=True, nogil=True, error_model="numpy", parallel=parallel)(function)


def array(kind, ndim, layout, readonly=True):
    return types.Array(kind, ndim, layout, readonly=readonly)


def _kind(a, columns):
    """The compiled function for a matrix that is walked by columns or by rows.

    Numba takes what is contiguous in both orders for 'C'; to 'A' it converts anything.
    """
    if columns:
        return ("F" if a.flags.fnc else "A"), True
    return ("C" if a.flags.c_contiguous else "A"), False


_libm = ctypes.PyDLL(None)
_DEFAULT = ctypes.c_void_p(-1)  # FE_DFL_ENV


@contextlib.contextmanager
def _default_environment():
    """Let this thread compute in C's initial floating-point environment. Threads that it makes keep that, too."""
    before = ctypes.create_string_buffer(64)
    _libm.fegetenv(before)
    _libm.fesetenv(_DEFAULT)
    try:
        yield
    finally:
        _libm.fesetenv(before)


# Whether this process must not use Numba's threads: its parent had them through GNU's OpenMP, and Numba ends such a
# child when it calls them.
alone = False

# What to call in a process with such threads before it forks, so that its child has no need to compile: a thread that
# ends at that moment may hold the lock of libgcc's table of unwind information, which compiling takes, and in the child
# nobody ever releases it.
_before_fork = []


def before_fork(prepare):
    """Call prepare before each fork of a process with OpenMP threads."""
    _before_fork.append(prepare)


def _with_openmp():
    try:
        return numba.threading_layer() == "omp"
    except ValueError:  # no threads so far
        return False


def _prepare_child():
    if not alone and _with_openmp():
        for prepare in _before_fork:
            prepare()


def _after_fork():
    global alone
    alone = alone or _with_openmp()


os.register_at_fork(before=_prepare_child, after_in_child=_after_fork)


def _take_part(seen):
    for k in prange(len(seen)):
        seen[k] = numba.get_thread_id()


@functools.cache
def _counting():
    return compiled(_take_part, types.void(array(types.int64, 1, "C", readonly=False)), parallel=True)


def had(threads):
    """Return how many threads work on parallel loops that ask for threads: Numba's layer may give fewer."""
    if not 1 <= threads <= 1024:
        return 0
    if alone:
        return 1
    with team(threads):
        seen = np.zeros(numba.get_num_threads(), np.int64)
        _counting()(seen)
    return len(set(seen))


@contextlib.contextmanager
def team(threads):
    """Let this thread's parallel loops use that many threads, or as many as Numba has."""
    before = numba.get_num_threads()
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    try:
        with _default_environment():
            yield
    finally:
        numba.set_num_threads(before)


class Kernels:
    """step, run, julia and ols, compiled with or without prange, with one of the two tests of julia or without it."""

    def __init__(self, parallel, julia, matrices=True):
        self._julia_loop, self._matrices = julia, matrices
        start = time.perf_counter()
        self._parallel = parallel and not alone
        self._team = team if self._parallel else contextlib.nullcontext
        self._compiled, self._child = self._compile(self._parallel), None
        self.seconds = time.perf_counter() - start
        if self._parallel:
            before_fork(self._serial)

    def _compile(self, parallel):
        """Return julia, and step and ols by layout and order of the walk."""
        f8, size = types.float64, types.int64
        points = array(types.complex128, 1, "C")
        counts = array(types.int32, 1, "C", readonly=False)
        julia = compiled(self._julia_loop, types.void(counts, points, points, size, size, size), parallel)
        steps, fits = {}, {}
        line = array(f8, 1, "C", readonly=False)
        for layout, columns in (("C", False), ("F", True), ("A", False), ("A", True)) if self._matrices else ():
            step, ols = (_step_columns, _ols_columns) if columns else (_step_rows, _ols_rows)
            in_, out = array(f8, 2, layout), array(f8, 2, layout, readonly=False)
            steps[layout, columns] = compiled(step, types.void(out, in_, size, size, f8), parallel)
            fits[layout, columns] = compiled(ols, types.void(line, line, in_, size, size), parallel)
        return julia, steps, fits

    def _serial(self):
        self._child = self._child or self._compile(False)
        return self._child

    def _ready(self):
        """Return what this process may call: without prange, if its parent had threads."""
        if alone and self._parallel:
            self._compiled, self._team, self._parallel = self._serial(), contextlib.nullcontext, False
        return self._compiled

    def step(self, out, in_, lo, hi, D, dt, threads, schedule):
        rows, cols, _, columns = check.step(out, in_, lo, hi, D, dt, threads, schedule)
        if max(lo, 1) >= min(hi, rows - 1) or cols < 3:
            return
        _, steps, _ = self._ready()
        with self._team(threads):
            steps[_kind(out, columns)](out, in_, lo, hi, float(D) * float(dt))

    def run(self, a, b, steps, D, dt, threads, schedule):
        rows, cols, _, columns = check.run(a, b, steps, D, dt, threads, schedule)
        if rows < 3 or cols < 3:
            return
        _, steps_by, _ = self._ready()
        step, d = steps_by[_kind(a, columns)], float(D) * float(dt)
        with self._team(threads):
            for _ in range(steps):
                step(b, a, 0, rows, d)
                a, b = b, a

    def julia(self, out, zs, cs, lo, hi, maxiter, threads, schedule):
        check.julia(out, zs, cs, lo, hi, maxiter, threads, schedule)
        loop, _, _ = self._ready()
        with self._team(threads):
            loop(out, zs, cs, lo, hi, maxiter)

    def ols(self, slope, intercept, y, lo, hi, threads, schedule):
        _, _, _, columns = check.ols(slope, intercept, y, lo, hi, threads, schedule)
        _, _, fits = self._ready()
        with self._team(threads):
            fits[_kind(y, columns)](slope, intercept, y, lo, hi)
