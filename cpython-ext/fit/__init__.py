# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""What toll fit runs: lines through each window of days of many users, on workers that an engine has.

`python -I -m toll.fit` is the driver. It reads what is asked for as a line of JSON from standard input and writes what
happens as lines of JSON to standard output. When standard input ends, so does the driver. Users are fitted in blocks of
BLOCK; a task is a partition of whole blocks, and writes one file.
"""

# Users of a block. It decides which numbers are made and how they are hashed, so another one is another checksum.
BLOCK = 2000

# The modules of the package toll that have the kernel.
MODULES = {"c": "toll.capi", "fortran": "toll.f2py", "rust": "toll.pyo3"}

# Each pool of threads of a worker gets one thread, or Arrow's would compete with the other workers for cores.
# Dask sets these of its workers, too.
POOLS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class FitError(Exception):
    """Why there is no result; kind is usage, unavailable or failed."""

    def __init__(self, text, kind="failed"):
        super().__init__(text, kind)
        self.text, self.kind = text, kind

    def __str__(self):
        return self.text
