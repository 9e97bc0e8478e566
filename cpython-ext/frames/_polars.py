# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Shared by the languages that fit lines in Polars: a frame, and who built it."""

import platform

import numpy as np
import polars as pl

from . import CORES

BUILD = f"Polars {pl.__version__}, {CORES} threads; NumPy {np.__version__}, CPython {platform.python_version()}"


def rows(y):
    """Return a frame with the rows of y as the arrays of its column y."""
    return pl.DataFrame({"y": pl.Series(np.ascontiguousarray(y), dtype=pl.Array(pl.Float64, y.shape[1]))})
