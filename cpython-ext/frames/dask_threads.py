# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols as in toll.frames.dask, on threads of this process, which share the GIL.

Source: High Performance Python, the OLS example.
"""

from .. import _frame
from . import CORES, _dask

BOUND = _frame.BOUND
BUILD = _dask.build(f"1 process of {CORES} threads")

_client = _dask.start(processes=False)


@_frame.fitter
def ols(y, threads):
    return _dask.lines(_client, y, threads)
