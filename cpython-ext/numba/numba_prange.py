# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The kernels compiled by Numba with parallel=True and prange, and the expanded test of julia.

threads is limited to NUMBA_NUM_THREADS, which is the number of processors unless the environment sets it; schedule
changes nothing, Numba deals out equal shares. Each thread that calls has a team of its own, as with OpenMP in C,
since Numba is told to use a threading layer that can be called by several threads (TBB or OpenMP). The child of a
process that had such threads by OpenMP computes on one: it compiles once more, at its first call.
Source: High Performance Python, Table 7-2, "Numba prange".
"""

from . import _numba
from ._numba import BUILD

_kernels = _numba.Kernels(True, _numba.julia_expanded)
step, run, julia, ols = _kernels.step, _kernels.run, _kernels.julia, _kernels.ols
team = _numba.had


def compile_seconds():
    return _kernels.seconds
