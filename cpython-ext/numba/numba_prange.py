# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The kernels compiled by Numba with parallel=True and prange, and the expanded test of julia.

threads is limited to NUMBA_NUM_THREADS, by default the number of processors. schedule changes nothing: Numba
distributes equal shares. Each calling thread has a team of its own, as with OpenMP in C, since Numba is told to use a
threading layer that several threads can call (TBB or OpenMP). A child of a process with OpenMP threads computes on one
thread: before the first fork the process compiles for that, which takes seconds.
Source: High Performance Python, Table 7-2, "Numba prange".
"""

from . import _numba
from ._numba import BUILD

_kernels = _numba.Kernels(True, _numba.julia_expanded)
step, run, julia, ols = _kernels.step, _kernels.run, _kernels.julia, _kernels.ols
team = _numba.had


def compile_seconds():
    return _kernels.seconds
