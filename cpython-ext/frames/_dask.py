# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Shared by the languages that have Dask fit lines: a cluster, and the work of a partition.

Source: High Performance Python, the OLS example, whose functions return the slope only.
"""

import logging
import tempfile

import dask
import dask.dataframe
import numpy as np
import pandas as pd
from distributed import Client, LocalCluster

from .. import _frame
from . import CORES

_META = pd.DataFrame({"slope": np.empty(0), "intercept": np.empty(0)})


def fit(part):
    """Return the slopes and intercepts of a partition's rows, as toll.lstsq_apply_raw has them."""
    lines = part.apply(_frame.padded, axis=1, raw=True).to_numpy()[:, :2]
    return pd.DataFrame(lines, index=part.index, columns=_META.columns)


def start(processes):
    """Return a client of a cluster on this machine alone: a worker for each core, or one with as many threads."""
    logging.getLogger("distributed").setLevel(logging.ERROR)
    dask.config.set({"temporary-directory": tempfile.gettempdir()})
    workers, threads = (CORES, 1) if processes else (1, CORES)
    cluster = LocalCluster(
        n_workers=workers,
        threads_per_worker=threads,
        processes=processes,
        host="127.0.0.1" if processes else None,
        dashboard_address="127.0.0.1:0",  # any port that is free, instead of a warning
        memory_limit=0,
    )
    return Client(cluster)


def lines(client, y, threads):
    """Fit the rows of y in as many partitions as threads are asked for, if there are as many rows."""
    partitions = max(1, min(threads, CORES, len(y)))
    frame = dask.dataframe.from_pandas(_frame.frame(y), npartitions=partitions, sort=False)
    with dask.config.set(scheduler=client):
        return frame.map_partitions(fit, meta=_META).compute().to_numpy()


def build(what):
    return f"Dask {dask.__version__}, {what}; {_frame.BUILD}"
