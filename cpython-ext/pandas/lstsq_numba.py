# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols by np.linalg.lstsq in a function compiled by Numba, applied to each row: apply(raw=True).

Source: High Performance Python, the OLS example.
"""

from . import _frame, _frame_numba
from ._frame import BOUND
from ._frame_numba import BUILD

_fit = _frame_numba.Compiled()
ols = _frame.fitter(_fit.lines)
compile_seconds = _fit.compile_seconds
