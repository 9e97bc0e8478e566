# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Languages that fit lines by Dask, Swifter and Polars: ols only, with the arguments that the package toll lists.

They are of the environment build/venv-frames and run in a process of their own, which has one thread for BLAS and as
many for Polars, or workers for Dask, as the process may use cores. So this package is imported before NumPy.
"""

import os

CORES = len(os.sched_getaffinity(0))
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", POLARS_MAX_THREADS=str(CORES))
