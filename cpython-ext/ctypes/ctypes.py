# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The C kernels through ctypes of the standard library, by the function pointers of libtoll_c.so's table.

An array is passed as a reference to its first element, c_double.from_buffer(a). This holds the buffer for the call and
costs a third of a.ctypes.data. It needs writable, consecutive memory; other arrays are passed by address. ctypes does
not know dtype or shape, truncates integers to their C type and accepts surplus arguments, all silently (the book's
example passes anything, and a float32 grid corrupts the heap). A wrapper therefore checks each call in Python. Every
call releases the GIL, even noop.

Source: High Performance Python, the section on ctypes.
"""

import platform
from ctypes import (
    CDLL,
    CFUNCTYPE,
    POINTER,
    ArgumentError,
    Structure,
    c_char_p,
    c_double,
    c_int32,
    c_int64,
    c_uint32,
    c_uint64,
    sizeof,
)

from . import accept, check, library, refuse

_REFUSED = (ArgumentError, TypeError, ValueError)

_DOUBLES, _INTS = POINTER(c_double), POINTER(c_int32)
_SHAPE = (c_int64, c_int64, c_int64)  # rows, cols, ld
_TEAM = (c_int32, c_int32)  # threads, schedule
_STEP = CFUNCTYPE(c_int32, _DOUBLES, _DOUBLES, *_SHAPE, c_int64, c_int64, c_double, c_double, *_TEAM)
_RUN = CFUNCTYPE(c_int32, _DOUBLES, _DOUBLES, *_SHAPE, c_int64, c_double, c_double, *_TEAM)
_JULIA = CFUNCTYPE(c_int32, _INTS, _DOUBLES, _DOUBLES, c_int64, c_int64, c_int64, c_int32, *_TEAM)
_SPLIT = CFUNCTYPE(c_int32, _INTS, *[_DOUBLES] * 4, c_int64, c_int64, c_int64, c_int32, *_TEAM)
_OLS = CFUNCTYPE(c_int32, _DOUBLES, _DOUBLES, _DOUBLES, *_SHAPE, c_int64, c_int64, *_TEAM)
_TRANSPOSE = CFUNCTYPE(c_int32, _DOUBLES, _DOUBLES, c_int64, c_int64, c_int64, c_int64, *_TEAM)


class _Table(Structure):
    """toll_table of toll.h."""

    _fields_ = [
        ("abi_version", c_uint32),
        ("struct_size", c_uint32),
        ("header_hash", c_uint64),
        ("language", c_char_p),
        ("compiler", c_char_p),
        ("flags", c_char_p),
        ("call_noop", CFUNCTYPE(None)),
        ("call_not", CFUNCTYPE(c_int64, c_int64)),
        ("call_add", CFUNCTYPE(c_double, c_double, c_double)),
        ("call_sum", CFUNCTYPE(c_double, _DOUBLES, c_int64)),
        ("diffusion_step_row", _STEP),
        ("diffusion_step_col", _STEP),
        ("diffusion_run_row", _RUN),
        ("diffusion_run_col", _RUN),
        ("julia", _JULIA),
        ("ols_row", _OLS),
        ("ols_col", _OLS),
        ("diffusion_run_row_interchanged", _RUN),
        ("diffusion_run_col_interchanged", _RUN),
        ("julia_split", _SPLIT),
        ("ols_row_interchanged", _OLS),
        ("ols_col_interchanged", _OLS),
        ("transpose", _TRANSPOSE),
        ("transpose_naive", _TRANSPOSE),
        ("team", CFUNCTYPE(c_int32, c_int32)),
    ]


def _open(path):
    get = CDLL(path).toll_c_table  # the module keeps the library: it is never closed
    get.argtypes, get.restype = (), POINTER(_Table)
    pointer = get()
    if not pointer:
        raise ImportError(f"{path}: has no table")
    table = pointer.contents
    accept(path, (table.abi_version, table.struct_size, table.header_hash), sizeof(_Table))
    for name, _ in _Table._fields_[6:]:
        if not getattr(table, name):
            raise ImportError(f"{path}: the table's {name} is null, want a function")
    return table


_table = _open(library("libtoll_c.so"))
_noop, _not, _add, _sum = _table.call_noop, _table.call_not, _table.call_add, _table.call_sum
_julia = _table.julia
_step = _table.diffusion_step_row, _table.diffusion_step_col
_run = _table.diffusion_run_row, _table.diffusion_run_col
_ols = _table.ols_row, _table.ols_col

BUILD = f"ctypes of CPython {platform.python_version()}; {_table.compiler.decode()}, {_table.flags.decode()}"


def _first(a, element=c_double):
    """The first element of an array, which ctypes passes by reference."""
    if a.flags.carray:
        return element.from_buffer(a)
    return element.from_address(a.ctypes.data)


def _corner(a, col):
    """The first element of a matrix; of a padded one, by its first line, whose elements are consecutive."""
    lines = a.T if col else a
    return _first(lines if lines.flags.c_contiguous else lines[0])


def noop():
    _noop()


def not_(x):
    if not -(2**63) <= x < 2**63:
        raise OverflowError(f"not_: x is {x}, want it to fit in 64 bits")
    try:
        return _not(x)
    except ArgumentError as e:
        raise TypeError(f"not_: {e}") from None


def add(x, y):
    try:
        return _add(x, y)
    except ArgumentError as e:
        raise TypeError(f"add: {e}") from None


def sum(p):
    check.vector("sum", "p", p, "d")
    return _sum(_first(p), len(p)) if len(p) else 0.0


def grid(a):
    _sum(_first(a), 0)
    return a.size


# For a refused call, the checks in Python say which argument is wrong and why.


def step(out, in_, lo, hi, D, dt, threads, schedule):
    rows, cols, ld, col = check.pair("diffusion", "out", out, "in", in_)
    try:
        if not (0 <= lo <= hi <= rows and 0 < threads <= 1024 and 0 <= schedule <= 2 and out.flags.writeable):
            raise ValueError("diffusion: an argument is out of its range")
        status = _step[col](_corner(out, col), _corner(in_, col), rows, cols, ld, lo, hi, D, dt, threads, schedule)
        if status:
            refuse("diffusion", status)
    except _REFUSED:
        check.step(out, in_, lo, hi, D, dt, threads, schedule)
        raise


def run(a, b, steps, D, dt, threads, schedule):
    rows, cols, ld, col = check.pair("diffusion", "a", a, "b", b)
    try:
        if not (
            0 <= steps < 2**63
            and 0 < threads <= 1024
            and 0 <= schedule <= 2
            and a.flags.writeable
            and b.flags.writeable
        ):
            raise ValueError("diffusion: an argument is out of its range")
        status = _run[col](_corner(a, col), _corner(b, col), rows, cols, ld, steps, D, dt, threads, schedule)
        if status:
            refuse("diffusion", status)
    except _REFUSED:
        check.run(a, b, steps, D, dt, threads, schedule)
        raise


def julia(out, zs, cs, lo, hi, maxiter, threads, schedule):
    check.vector("julia", "out", out, "i")
    check.vector("julia", "zs", zs, "D")
    check.vector("julia", "cs", cs, "D")
    n = len(zs)
    try:
        if not (
            0 <= lo <= hi <= n <= min(len(out), len(cs))
            and n
            and 0 <= maxiter < 2**31
            and 0 < threads <= 1024
            and 0 <= schedule <= 2
            and out.flags.writeable
        ):
            raise ValueError("julia: an argument is out of its range")
        status = _julia(_first(out, c_int32), _first(zs), _first(cs), n, lo, hi, maxiter, threads, schedule)
        if status:
            refuse("julia", status)
    except _REFUSED:
        check.julia(out, zs, cs, lo, hi, maxiter, threads, schedule)
        raise


def ols(slope, intercept, y, lo, hi, threads, schedule):
    check.array("ols", "y", y, "d", 2)
    check.vector("ols", "slope", slope, "d")
    check.vector("ols", "intercept", intercept, "d")
    rows, n, ld, col = check.layout("ols", "y", y)
    try:
        if not (
            0 <= lo <= hi <= rows <= min(len(slope), len(intercept))
            and 0 < threads <= 1024
            and 0 <= schedule <= 2
            and slope.flags.writeable
            and intercept.flags.writeable
        ):
            raise ValueError("ols: an argument is out of its range")
        status = _ols[col](_first(slope), _first(intercept), _corner(y, col), rows, n, ld, lo, hi, threads, schedule)
        if status:
            refuse("ols", status)
    except _REFUSED:
        check.ols(slope, intercept, y, lo, hi, threads, schedule)
        raise
