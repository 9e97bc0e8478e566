# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The C kernels through cffi in API mode: a C extension that cffi writes and Meson links with libtoll_c.a.

The compiler has seen toll.h, so a wrong declaration would not compile, and each call is a plain call in C. Arrays are
passed by ffi.from_buffer, without a copy; Python checks dtype and shape as in ABI mode. Every call releases the GIL,
even noop.

Source: High Performance Python, the section on cffi, which compiles when it runs ("inline"); here it is built ahead.
"""

import platform

import cffi

from . import _cffi, _cffi_c

_table = _cffi_c.lib.toll_c_table()
_cffi.accept(_cffi_c.ffi, _cffi_c.__file__, _table, _cffi_c.lib.TOLL_ABI_VERSION)

BUILD = f"cffi {cffi.__version__}, API mode, of CPython {platform.python_version()}; {_cffi.build(_cffi_c.ffi, _table)}"
noop, not_, add, sum, grid, step, run, julia, ols = _cffi.bind(
    _cffi_c.ffi, lambda name: getattr(_cffi_c.lib, "toll_c_" + name)
)
