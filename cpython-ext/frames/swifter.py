# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols by np.linalg.lstsq on each row, as Swifter chooses: it times some rows, then uses pandas' apply or Dask.

Source: High Performance Python, the OLS example.
"""

from .. import _frame
from . import _swifter

BOUND = _frame.BOUND
BUILD = _swifter.BUILD


@_frame.fitter
def ols(y, threads):
    return _swifter.lines(y, threads, forced=False)
