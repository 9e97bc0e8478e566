# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols as in toll.frames.swifter, forced to use Dask on processes, whatever that takes: force_parallel.

Source: High Performance Python, the OLS example.
"""

from .. import _frame
from . import _swifter

BOUND = _frame.BOUND
BUILD = _swifter.BUILD


@_frame.fitter
def ols(y, threads):
    return _swifter.lines(y, threads, forced=True)
