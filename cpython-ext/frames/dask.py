# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols by np.linalg.lstsq on each row, in partitions that a cluster of Dask maps over processes.

Importing starts the cluster, which takes seconds: a scheduler here and a worker process for each core. A call sends
the rows to them through the scheduler.
Source: High Performance Python, the OLS example.
"""

from .. import _frame
from . import CORES, _dask

BOUND = _frame.BOUND
BUILD = _dask.build(f"{CORES} processes of 1 thread")

_client = _dask.start(processes=True)


@_frame.fitter
def ols(y, threads):
    return _dask.lines(_client, y, threads)
