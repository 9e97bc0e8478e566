# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols by np.linalg.lstsq on each row of a DataFrame, taken by iterrows().

Source: High Performance Python, Table 6-1.
"""

import numpy as np

from . import _frame
from ._frame import BOUND, BUILD


@_frame.fitter
def ols(y, threads):
    return np.array([_frame.lstsq(row) for _, row in _frame.frame(y).iterrows()])
