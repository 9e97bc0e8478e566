# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""julia in pure Python over lists, as in toll.python, with the test written out: zr*zr + zi*zi < 4.

Source: High Performance Python, the expanded Julia set example, which it gives to Cython and PyPy.
"""

from . import _loops, check
from .python import BUILD


def julia(out, zs, cs, lo, hi, maxiter, threads, schedule):
    check.julia(out, zs, cs, lo, hi, maxiter, threads, schedule)
    out[lo:hi] = _loops.julia_expanded(zs[lo:hi].tolist(), cs[lo:hi].tolist(), maxiter)
