# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols by np.linalg.lstsq on each row of a Polars column of lists: map_elements, a call of Python's for each.

Source: High Performance Python, the OLS example.
"""

import numpy as np
import polars as pl

from .. import _frame
from . import _polars

BOUND = _frame.BOUND
BUILD = _polars.BUILD

_LINE = pl.List(pl.Float64)


def _fit(row):
    return _frame.lstsq(row.to_numpy()).tolist()


@_frame.fitter
def ols(y, threads):
    # An element of a column of arrays is passed as a class within Polars, of a column of lists as a Series.
    rows = _polars.rows(y).select(pl.col("y").arr.to_list())
    lines = rows.select(pl.col("y").map_elements(_fit, return_dtype=_LINE))
    return np.asarray(lines["y"].list.to_array(2).to_numpy())
