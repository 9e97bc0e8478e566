# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The Fortran kernels through f2py, given arrays in any order: what happens if one forgets order='F'.

f2py passes two-dimensional arguments unchanged only if they are contiguous in Fortran order. It silently copies and
transposes all others, inputs (intent(in)) and outputs (intent(in, out)) alike, and returns the new outputs; this module
writes them back to the caller's arrays. The results are right, and the time is that of the copies. Compare f2py, which
copies nothing.

intent(inplace) would avoid writing back by turning the caller's own array into a Fortran-ordered one. It is never used:
the array gets new memory. Earlier views, and whoever lent the memory, then see no result, and memory that the array
owned is freed under its views.

Source: High Performance Python, "f2py".
"""

from . import _f2py, check, refuse
from .f2py import BUILD

__all__ = ["BUILD", "ols", "run", "step"]


def step(out, in_, lo, hi, D, dt, threads, schedule):
    rows, cols, _, _ = check.step(out, in_, lo, hi, D, dt, threads, schedule)
    if max(lo, 1) >= min(hi, rows - 1) or cols < 3:
        return  # before anything is copied
    status, result = _f2py.step_matrix(out, in_, lo, hi, D, dt, threads, schedule)
    refuse("diffusion", status)
    if result is not out:
        out[lo:hi] = result[lo:hi]


def run(a, b, steps, D, dt, threads, schedule):
    rows, cols, _, _ = check.run(a, b, steps, D, dt, threads, schedule)
    if rows < 3 or cols < 3 or steps == 0:
        return
    status, *results = _f2py.run_matrix(a, b, steps, D, dt, threads, schedule)
    refuse("diffusion", status)
    for caller, result in zip((a, b), results):
        if result is not caller:
            caller[...] = result


def ols(slope, intercept, y, lo, hi, threads, schedule):
    check.ols(slope, intercept, y, lo, hi, threads, schedule)
    if lo == hi:
        return
    refuse("ols", _f2py.ols_matrix(slope, intercept, y, lo, hi, threads, schedule))
