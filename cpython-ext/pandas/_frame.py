# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Shared by the languages that fit each row by np.linalg.lstsq: the function, and ways into a DataFrame and out.

Source: High Performance Python, the OLS example, whose functions return the slope only.
"""

import platform

import numpy as np
import pandas as pd

from . import check

BUILD = f"pandas {pd.__version__}, NumPy {np.__version__}, CPython {platform.python_version()}"
BOUND = (
    100,
    "lstsq solves by a singular value decomposition (LAPACK's gelsd), whose rounding errors are in proportion to the"
    " largest observation, the one in the middle too, which has no weight in the slope",
)


def lstsq(row):
    """Return the slope and the intercept of a row."""
    x = np.arange(row.shape[0])
    ones = np.ones(row.shape[0])
    return np.linalg.lstsq(np.vstack((x, ones)).T, row, rcond=-1)[0]


def padded(row):
    """Return the result of lstsq, padded with zeros: apply(raw=True) wants as many numbers as a row has."""
    x = np.arange(row.shape[0])
    ones = np.ones(row.shape[0])
    line = np.zeros(row.shape[0])
    line[:2] = np.linalg.lstsq(np.vstack((x, ones)).T, row, rcond=-1)[0]
    return line


def frame(y):
    """Return a DataFrame in the memory of y itself."""
    return pd.DataFrame(y, copy=False)


def fitter(lines):
    """Return an ols that takes slopes and intercepts from lines(rows of y, threads).

    It assigns them when all are there, so that an exception leaves the outputs as they were. Rows with a NaN or an
    infinity get NaN and are not given to lines, which may refuse all rows for one of them.
    """

    def ols(slope, intercept, y, lo, hi, threads, schedule):
        check.ols(slope, intercept, y, lo, hi, threads, schedule)
        if lo < hi:
            rows = y[lo:hi]
            finite = np.isfinite(rows).all(axis=1)
            if finite.all():
                fitted = lines(rows, threads)
            else:
                fitted = np.full((hi - lo, 2), np.nan)
                if finite.any():
                    fitted[finite] = lines(rows[finite], threads)[:, :2]
            slope[lo:hi], intercept[lo:hi] = fitted[:, 0], fitted[:, 1]

    return ols
