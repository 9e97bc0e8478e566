# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""A line through each row of a data frame, by scikit-learn and by NumPy's lstsq: ols.py FILE ROWS.

Source: High Performance Python, the chapter on pandas, where LinearRegression is profiled.
"""

import sys

import numpy as np
import pandas as pd

from toll.profile import _program

from sklearn.linear_model import LinearRegression  # isort: skip  (_program says where it is)

DAYS = 14


@_program.by_line
def by_sklearn(row):
    estimator = LinearRegression()
    x = np.arange(len(row)).reshape(-1, 1)
    estimator.fit(x, row)
    return estimator.coef_[0]


@_program.by_line
def by_lstsq(row):
    x = np.arange(len(row))
    matrix = np.vstack((x, np.ones(len(row)))).T
    slope, _ = np.linalg.lstsq(matrix, row, rcond=-1)[0]
    return slope


@_program.by_line
def fit(frame):
    first = frame.apply(by_sklearn, axis=1, raw=True)
    second = frame.apply(by_lstsq, axis=1, raw=True)
    return first, second


def main(file, rows):
    rows = int(rows)
    frame = pd.DataFrame(np.random.default_rng(0).poisson(60, (rows, DAYS)) / 60)
    (first, second), wall, cpu = _program.timed(fit, frame)
    x = np.arange(DAYS) - (DAYS - 1) / 2
    want = frame.to_numpy() @ x / (x @ x)
    off = max(np.abs(first - want).max(), np.abs(second - want).max())
    _program.write(file, {"wall": wall, "cpu": cpu, "off": float(off)})


if __name__ == "__main__":
    main(*sys.argv[1:])
