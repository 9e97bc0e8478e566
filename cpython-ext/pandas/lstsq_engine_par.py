# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols as toll.lstsq_engine has it, with engine_kwargs={"parallel": True}.

threads is limited to NUMBA_NUM_THREADS; schedule changes nothing. A padded matrix is copied. The child of a process that
had threads by OpenMP computes on one, see toll.numba_prange.
Source: High Performance Python, the OLS example.
"""

from . import _frame, _frame_numba, _numba
from ._frame import BOUND
from ._frame_numba import BUILD

_fit = _frame_numba.Engine(parallel=True)
ols = _frame.fitter(_fit.lines)
compile_seconds = _fit.compile_seconds
team = _numba.had
