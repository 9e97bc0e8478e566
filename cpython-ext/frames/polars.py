# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols as Polars' expressions: the closed form over a column for each day, in the order that toll.h prescribes.

The frame's columns are copies of the matrix's.
"""

import numpy as np
import polars as pl

from .. import check
from . import _polars

BUILD = _polars.BUILD

# Terms in an expression: Polars walks over one by recursion.
_TERMS = 32


def ols(slope, intercept, y, lo, hi, threads, schedule):
    check.ols(slope, intercept, y, lo, hi, threads, schedule)
    if lo < hi:
        lines = _fit(y[lo:hi])
        slope[lo:hi], intercept[lo:hi] = lines["slope"].to_numpy(), lines["intercept"].to_numpy()


def _fit(y):
    n = y.shape[1]
    half, odd, x = n // 2, n % 2, float(n)
    day = [f"{j}" for j in range(n)]
    pairs = [(pl.col(day[half + odd + k]) - pl.col(day[half - 1 - k])) * float(2 * k + 1 + odd) for k in range(half)]
    days = [pl.col(name) for name in day]
    # These are columns, since Polars divides by a single number by multiplying with its inverse, which rounds twice, and
    # leaves out the addition of a single 0, which makes -0 a 0.
    constants = {"n": x, "squares": x * (x * x - 1) / 6, "slope": 0.0, "intercept": 0.0}
    columns = {name: y[:, j] for j, name in enumerate(day)}
    frame = pl.DataFrame(columns | {name: np.full(len(y), number) for name, number in constants.items()}).lazy()
    for first in range(0, n, _TERMS):
        terms = slice(first, first + _TERMS)
        frame = frame.with_columns(
            slope=_added(pl.col("slope"), pairs[terms]), intercept=_added(pl.col("intercept"), days[terms])
        )
    lines = frame.with_columns(slope=pl.col("slope") / pl.col("squares")).select(
        "slope", intercept=pl.col("intercept") / pl.col("n") - pl.col("slope") * ((x - 1) / 2)
    )
    return lines.collect(optimizations=pl.QueryOptFlags.none())


def _added(total, terms):
    for term in terms:
        total = total + term
    return total
