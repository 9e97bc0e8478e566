# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""julia compiled by Numba, as in toll.numba, with the test written out: zr*zr + zi*zi < 4.

Source: High Performance Python, Table 7-2, "Numba".
"""

from . import _numba
from ._numba import BUILD

_kernels = _numba.Kernels(False, _numba.julia_expanded, matrices=False)
julia = _kernels.julia


def compile_seconds():
    return _kernels.seconds
