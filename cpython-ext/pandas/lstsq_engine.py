# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols by np.linalg.lstsq applied to each row by pandas through Numba: apply(raw=True, engine="numba").

A padded matrix is copied.
Source: High Performance Python, the OLS example.
"""

from . import _frame, _frame_numba
from ._frame import BOUND
from ._frame_numba import BUILD

_fit = _frame_numba.Engine(parallel=False)
ols = _frame.fitter(_fit.lines)
compile_seconds = _fit.compile_seconds
