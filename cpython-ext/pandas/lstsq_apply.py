# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""ols by np.linalg.lstsq, applied to each row of a DataFrame as a Series.

Source: High Performance Python, Table 6-1.
"""

import numpy as np

from . import _frame
from ._frame import BOUND, BUILD


@_frame.fitter
def ols(y, threads):
    return np.array(_frame.frame(y).apply(_frame.lstsq, axis=1).tolist())
