# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Shared by both modes of cffi: turns the functions of a table into those of a language."""

import os

import toll

from . import check, refuse

HEADER = os.path.join(os.path.dirname(toll.__file__), "toll.h")


def accept(ffi, origin, table, version):
    """Raise ImportError unless table is one of this package's toll.h."""
    if not table:
        raise ImportError(f"{origin}: has no table")
    toll.accept(origin, (table.abi_version, table.struct_size, table.header_hash), ffi.sizeof("toll_table"), version)
    for name, _ in ffi.typeof("toll_table").fields:
        if not getattr(table, name):
            raise ImportError(f"{origin}: the table's {name} is null")


def build(ffi, table):
    """The compiler and flags of a table."""
    return f"{ffi.string(table.compiler).decode()}, {ffi.string(table.flags).decode()}"


def bind(ffi, get):
    """Return noop, not_, add, sum, grid, step, run, julia, ols; get(name) returns the function of that slot."""
    # Parse types once: their names would be looked up in every call.
    doubles, ints, buffer = ffi.typeof("double[]"), ffi.typeof("int32_t[]"), ffi.from_buffer
    c_sum, c_julia = get("call_sum"), get("julia")
    c_step = get("diffusion_step_row"), get("diffusion_step_col")
    c_run = get("diffusion_run_row"), get("diffusion_run_col")
    c_ols = get("ols_row"), get("ols_col")

    def corner(a, col):
        # from_buffer wants consecutive elements, so a padded matrix is passed by its first line.
        lines = a.T if col else a
        return buffer(doubles, lines if lines.flags.c_contiguous else lines[0])

    def sum(p):
        check.vector("sum", "p", p, "d")
        return c_sum(buffer(doubles, p), len(p))

    def grid(a):
        c_sum(buffer(doubles, a), 0)
        return a.size

    # For a refused call, the checks in Python say which argument is wrong and why.

    def step(out, in_, lo, hi, D, dt, threads, schedule):
        rows, cols, ld, col = check.pair("diffusion", "out", out, "in", in_)
        try:
            if not (0 <= lo <= hi <= rows and 0 < threads <= 1024 and 0 <= schedule <= 2 and out.flags.writeable):
                raise ValueError("diffusion: an argument is out of its range")
            status = c_step[col](corner(out, col), corner(in_, col), rows, cols, ld, lo, hi, D, dt, threads, schedule)
            if status:
                refuse("diffusion", status)
        except (TypeError, ValueError):
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
            status = c_run[col](corner(a, col), corner(b, col), rows, cols, ld, steps, D, dt, threads, schedule)
            if status:
                refuse("diffusion", status)
        except (TypeError, ValueError):
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
                and 0 <= maxiter < 2**31
                and 0 < threads <= 1024
                and 0 <= schedule <= 2
                and out.flags.writeable
            ):
                raise ValueError("julia: an argument is out of its range")
            points = buffer(doubles, zs), buffer(doubles, cs)
            status = c_julia(buffer(ints, out), *points, n, lo, hi, maxiter, threads, schedule)
            if status:
                refuse("julia", status)
        except (TypeError, ValueError):
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
            outputs = buffer(doubles, slope), buffer(doubles, intercept)
            status = c_ols[col](*outputs, corner(y, col), rows, n, ld, lo, hi, threads, schedule)
            if status:
                refuse("ols", status)
        except (TypeError, ValueError):
            check.ols(slope, intercept, y, lo, hi, threads, schedule)
            raise

    return get("call_noop"), get("call_not"), get("call_add"), sum, grid, step, run, julia, ols
