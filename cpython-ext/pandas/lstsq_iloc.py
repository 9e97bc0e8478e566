# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols by np.linalg.lstsq on each row of a DataFrame, taken by iloc.

Source: High Performance Python, Table 6-1.
"""

import numpy as np

from . import _frame
from ._frame import BOUND, BUILD


@_frame.fitter
def ols(y, threads):
    df = _frame.frame(y)
    return np.array([_frame.lstsq(df.iloc[i]) for i in range(df.shape[0])])
