# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols as in toll.lstsq_engine, with engine_kwargs={"parallel": True}.

threads is limited to NUMBA_NUM_THREADS; schedule changes nothing. A padded matrix is copied. A child of a process
with OpenMP threads computes on one thread, see toll.numba_prange.
Source: High Performance Python, the OLS example.
"""

from . import _frame, _frame_numba, _numba
from ._frame import BOUND
from ._frame_numba import BUILD

_fit = _frame_numba.Engine(parallel=True)
ols = _frame.fitter(_fit.lines)
compile_seconds = _fit.compile_seconds
team = _numba.had
