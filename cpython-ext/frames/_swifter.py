# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Shared by the languages that have Swifter fit lines."""

import importlib.metadata

import dask
import swifter  # noqa: F401, it adds itself to DataFrame

from .. import _frame
from . import CORES

BUILD = f"Swifter {importlib.metadata.version('swifter')}, Dask {dask.__version__}, {CORES} processes; {_frame.BUILD}"


def lines(y, threads, forced):
    df = _frame.frame(y)
    df.columns = df.columns.astype(str)
    chosen = df.swifter.progress_bar(False).set_npartitions(max(1, min(threads, CORES, len(y))))
    if forced:
        chosen = chosen.force_parallel(enable=True)
    return chosen.apply(_frame.padded, axis=1, raw=True).to_numpy()
