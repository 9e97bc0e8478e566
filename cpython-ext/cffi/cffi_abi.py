# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The C kernels through cffi in ABI mode, by the function pointers of libtoll_c.so's table.

The declarations are parsed from toll.h when the module is imported, and libffi makes each call. Arrays are passed by
ffi.from_buffer, without a copy. cffi checks that integers fit but does not know dtype or shape (the book's example
casts any address), so Python checks these before every call. Every call releases the GIL, even noop.

Source: High Performance Python, the section on cffi.
"""

import functools
import platform

import cffi

from . import _cffi, library
from ._cffi_build import TABLE, declarations

_ffi = cffi.FFI()
_ffi.cdef(declarations(_cffi.HEADER))
_ffi.cdef(TABLE)
_path = library("libtoll_c.so")
_lib = _ffi.dlopen(_path)
_table = _lib.toll_c_table()
_cffi.accept(_ffi, _path, _table, _lib.TOLL_ABI_VERSION)

BUILD = f"cffi {cffi.__version__}, ABI mode, of CPython {platform.python_version()}; {_cffi.build(_ffi, _table)}"
noop, not_, add, sum, grid, step, run, julia, ols = _cffi.bind(_ffi, functools.partial(getattr, _table))
