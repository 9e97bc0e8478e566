# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The Rust kernels through PyO3 and rust-numpy: the functions of the extension module toll_pyo3, which maturin builds
from cpython-ext/pyo3 and the crate in rust/. Nothing is copied, and the GIL is released.

Note: rust-numpy's borrow checking holds across threads. While a call works on the whole of an output, any other call
that touches it is an OverlapError, even if their arrays only interleave; inputs may be shared. Calls that work on parts
of an output, lo to hi, may run concurrently on disjoint parts. A panic in a kernel is a PanicError, one around it
PyO3's PanicException.

Source: High Performance Python, "Rust", where the extension is written with PyO3 and maturin.
"""

import hashlib
import os

from toll_pyo3 import BUILD, HEADER_HASH, add, grid, julia, noop, not_, ols, run, step, sum

from . import Error

__all__ = ["BUILD", "add", "grid", "julia", "noop", "not_", "ols", "run", "step", "sum"]

with open(os.path.join(os.path.dirname(__file__), "toll.h"), "rb") as _header:
    _want = int.from_bytes(hashlib.sha256(_header.read()).digest()[:8], "big")
if _want != HEADER_HASH:
    raise Error(f"toll_pyo3 was built with a toll.h of hash {HEADER_HASH:016x}, want {_want:016x}: build again")
