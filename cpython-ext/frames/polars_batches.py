# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols of a Polars column of arrays by Toll's C, which map_batches calls once with the memory of the whole column.

The column is Arrow's: one buffer of doubles, passed without a copy.
"""

import numpy as np
import polars as pl

from .. import capi, check
from . import _polars

BUILD = f"{_polars.BUILD}; {capi.BUILD}"


def _fit(column):
    y = column.to_numpy(allow_copy=False)
    slope, intercept = np.empty(len(y)), np.empty(len(y))
    capi.ols(slope, intercept, y, 0, len(y), 1, 0)
    return pl.DataFrame({"slope": slope, "intercept": intercept}).to_struct()


_LINE = pl.Struct({"slope": pl.Float64, "intercept": pl.Float64})


def ols(slope, intercept, y, lo, hi, threads, schedule):
    check.ols(slope, intercept, y, lo, hi, threads, schedule)
    if lo < hi:
        lines = _polars.rows(y[lo:hi]).select(pl.col("y").map_batches(_fit, return_dtype=_LINE)).unnest("y")
        slope[lo:hi], intercept[lo:hi] = lines["slope"].to_numpy(), lines["intercept"].to_numpy()
