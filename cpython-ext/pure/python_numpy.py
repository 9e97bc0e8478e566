# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""julia in pure Python over NumPy arrays, element by element: the cost of NumPy without vectorising.

Each element read and each number computed becomes a NumPy scalar, slower than Python's own numbers.
Source: High Performance Python, Table 7-2, "CPython".
"""

import platform

import numpy as np

from . import check

BUILD = f"CPython {platform.python_version()}, NumPy {np.__version__}"


@np.errstate(all="ignore")
def julia(out, zs, cs, lo, hi, maxiter, threads, schedule):
    check.julia(out, zs, cs, lo, hi, maxiter, threads, schedule)
    for i in range(lo, hi):
        n = 0
        z = zs[i]
        c = cs[i]
        while n < maxiter and z.real * z.real + z.imag * z.imag < 4:
            z = z * z + c
            n += 1
        out[i] = n
