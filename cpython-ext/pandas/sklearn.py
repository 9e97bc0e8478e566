# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols by LinearRegression of scikit-learn, fitted to each row separately.

It checks and copies its input at each fit. A row that it refuses, because its mean overflows, gets NaN.
Source: High Performance Python, the OLS example.
"""

import platform

import numpy as np
import sklearn
from sklearn.linear_model import LinearRegression

from ._frame import fitter

BUILD = f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}, CPython {platform.python_version()}"
BOUND = (16, "scikit-learn takes the means off, then solves by a singular value decomposition (LAPACK's gelsd)")


@fitter
def ols(y, threads):
    x = np.arange(y.shape[1]).reshape(-1, 1)
    lines = np.empty((len(y), 2))
    with np.errstate(over="ignore", invalid="ignore"):
        for line, row in zip(lines, y):
            try:
                model = LinearRegression().fit(x, row)
                line[:] = model.coef_[0], model.intercept_
            except ValueError:
                line[:] = np.nan
    return lines
