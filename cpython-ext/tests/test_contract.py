# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Tests the language modules of the package toll against its contract: the C library's bits, and bad arguments refused.

    build/venv/bin/python cpython-ext/tests/test_contract.py [MODULE ...] [-v] [-f] [-k PATTERN]

Without names: all modules of the package whose names do not begin with _. The reference is libtoll_c.so, called here
by ctypes without the package. All memory that a module sees lies between guards, and all of it is compared, including
padding and inputs. Declarations that a module may make:

    BOUND = (ulp, "cause")  its ols adds in another order: its lines are compared with the true ones, in rational
                            arithmetic, within that many ULP of the magnitude of the terms summed
    EDGE = "cause"          its julia rounds the test of the circle in another way (abs(z) < 2): a point within 4 ULP of
                            the circle may stop there or go on
"""

import argparse
import contextlib
import ctypes
import faulthandler
import gc
import hashlib
import importlib
import itertools
import math
import os
import pathlib
import pkgutil
import platform
import re
import signal
import subprocess
import sys
import threading
import time
import traceback
import tracemalloc
import unittest
from fractions import Fraction

import numpy as np
from numpy.lib.stride_tricks import as_strided

import toll

ROOT = pathlib.Path(__file__).resolve().parents[2]
KERNELS = ("step", "run", "julia", "ols")
OTHERS = ("check",)  # modules of the package that are no language
GUARD = 16  # words before and after an array
CANARY = 0x7FF8_DEAD_BEEF_5EED  # a NaN that no arithmetic makes
PARS = [(threads, schedule) for schedule in (0, 1, 2) for threads in (1, 2, 3)]
RANGES = ((0, None), (1, -1), (2, 2), (0, 1), (-1, None))  # of rows, as slices are written


# ---------------------------------------------------------------------------------------------------- the C library

P, L, I, F = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int32, ctypes.c_double
SLOTS = [
    ("noop", None, ()),
    ("not_", L, (L,)),
    ("add", F, (F, F)),
    ("sum", F, (P, L)),
    ("step_row", I, (P, P, L, L, L, L, L, F, F, I, I)),
    ("step_col", I, (P, P, L, L, L, L, L, F, F, I, I)),
    ("run_row", I, (P, P, L, L, L, L, F, F, I, I)),
    ("run_col", I, (P, P, L, L, L, L, F, F, I, I)),
    ("julia", I, (P, P, P, L, L, L, I, I, I)),
    ("ols_row", I, (P, P, P, L, L, L, L, L, I, I)),
    ("ols_col", I, (P, P, P, L, L, L, L, L, I, I)),
    ("run_row_interchanged", I, (P, P, L, L, L, L, F, F, I, I)),
    ("run_col_interchanged", I, (P, P, L, L, L, L, F, F, I, I)),
    ("julia_split", I, (P, P, P, P, P, L, L, L, I, I, I)),
    ("ols_row_interchanged", I, (P, P, P, L, L, L, L, L, I, I)),
    ("ols_col_interchanged", I, (P, P, P, L, L, L, L, L, I, I)),
    ("transpose", I, (P, P, L, L, L, L, I, I)),
    ("transpose_naive", I, (P, P, L, L, L, L, I, I)),
    ("team", I, (I,)),
]


class Table(ctypes.Structure):
    _fields_ = [
        ("abi_version", ctypes.c_uint32),
        ("struct_size", ctypes.c_uint32),
        ("header_hash", ctypes.c_uint64),
        *((name, ctypes.c_char_p) for name in ("language", "compiler", "flags")),
        *((name, ctypes.CFUNCTYPE(result, *arguments)) for name, result, arguments in SLOTS),
    ]


def open_table():
    folder = os.environ.get("TOLL_LIB") or ROOT / "build" / "lib"
    library = ctypes.CDLL(os.path.join(folder, "libtoll_c.so"))
    library.toll_c_table.restype = ctypes.POINTER(Table)
    table = library.toll_c_table().contents
    header = (ROOT / "csrc" / "include" / "toll.h").read_bytes()
    want = 4, ctypes.sizeof(Table), int.from_bytes(hashlib.sha256(header).digest()[:8], "big")
    have = table.abi_version, table.struct_size, table.header_hash
    if have != want:
        raise RuntimeError(f"libtoll_c.so has version, size and hash {have}, want {want}: build again")
    return table


C = open_table()


# ------------------------------------------------------------------------------------------------------------- jobs


class Job:
    """A call of a function, with the memory that its arrays lie in."""

    def __init__(self, function, col=False, ld=0):
        self.function, self.col, self.ld = function, col, ld
        self.args = []
        self.memory = []  # (name, words, whether doubles are computed into it)

    def add(self, name, shape, dtype, strides, values=None, output=False):
        """Append an array between guards; all but its values are canaries."""
        size = np.dtype(dtype).itemsize
        last = sum((n - 1) * s for n, s in zip(shape, strides)) if min(shape) else 0
        words = np.full(2 * GUARD + (last + size + 7) // 8, CANARY, np.uint64)
        a = np.ndarray(shape, dtype, words, 8 * GUARD, strides)
        if values is not None:
            a[...] = values
        self.args.append(a)
        self.memory.append((name, words, output and dtype == "f8"))

    def matrix(self, name, shape, values=None, output=False):
        self.add(name, shape, "f8", (8, 8 * self.ld) if self.col else (8 * self.ld, 8), values, output)

    def vector(self, name, dtype, n, values=None):
        self.add(name, (n,), dtype, (np.dtype(dtype).itemsize,), values, values is None)

    def numbers(self, *numbers):
        self.args += numbers
        return self

    def freeze(self, *which):
        for k in which:
            self.args[k].flags.writeable = False
        return self

    def native(self):
        """Make the call in C."""
        arrays = [a for a in self.args if isinstance(a, np.ndarray)]
        pointers = [a.ctypes.data for a in arrays]
        ints = self.args[len(arrays) :]
        if self.function == "julia":
            status = C.julia(*pointers, len(arrays[1]), *map(int, ints))
        else:
            shape = [*arrays[-1].shape, self.ld]
            slot = getattr(C, f"{self.function}_{'col' if self.col else 'row'}")
            ints = [float(x) if isinstance(x, float | np.floating) else int(x) for x in ints]
            status = slot(*pointers, *shape, *ints)
        if status:
            raise RuntimeError(f"the C library refused a case of {self.function} with status {status}")


def grid(rows, cols, seed):
    """Numbers of many magnitudes, so that different orders of operations round differently."""
    rng = np.random.default_rng([rows, cols, seed])
    return rng.standard_normal((rows, cols)) * 10.0 ** rng.integers(-8, 8, (rows, cols))


AWKWARD = (-0.0, 5e-324, 1e308, -1e308, math.inf, -math.inf, math.nan, 2.2e-308)


def awkward(rows, cols, seed):
    values = grid(rows, cols, seed)
    rng = np.random.default_rng(seed)
    for x in AWKWARD:
        values[rng.integers(rows), rng.integers(cols)] = x
    return values


def new_step(rows, cols, col=False, pad=0, lo=0, hi=None, D=0.7, dt=0.1, par=(1, 0), values=grid):
    job = Job("step", col, (rows if col else cols) + pad)
    job.matrix("out", (rows, cols), output=True)
    job.matrix("in", (rows, cols), values(rows, cols, 1))
    return job.numbers(lo, rows if hi is None else hi, D, dt, *par)


def new_run(rows, cols, col=False, pad=0, steps=1, D=0.7, dt=0.1, par=(1, 0), values=grid):
    job = Job("run", col, (rows if col else cols) + pad)
    for k, name in enumerate(("a", "b")):
        job.matrix(name, (rows, cols), values(rows, cols, k), output=True)
    return job.numbers(steps, D, dt, *par)


def new_julia(zs, cs, lo=0, hi=None, maxiter=300, par=(1, 0), longer=0):
    job = Job("julia")
    job.vector("out", "i4", len(zs) + longer)
    job.vector("zs", "c16", len(zs), zs)
    job.vector("cs", "c16", len(cs), cs)
    return job.numbers(lo, len(zs) if hi is None else hi, maxiter, *par)


def new_ols(rows, n, col=False, pad=0, lo=0, hi=None, par=(1, 0), values=grid, longer=0):
    job = Job("ols", col, (rows if col else n) + pad)
    job.vector("slope", "f8", rows + longer)
    job.vector("intercept", "f8", rows + longer)
    job.matrix("y", (rows, n), values(rows, n, 3))
    return job.numbers(lo, rows if hi is None else hi, *par)


def good(function):
    """A small job, not square, with padding; bad ones are made from it."""
    if function == "julia":
        zs = np.linspace(-1, 1, 9) * (1 + 0.5j)
        return new_julia(zs, np.full(9, -0.6 - 0.4j), 1, 8, 20)
    if function == "run":
        return new_run(6, 9, pad=1, steps=2)
    return {"step": new_step, "ols": new_ols}[function](6, 9, pad=1, lo=1, hi=5)


def limits(lo, hi, rows):
    """A range written like a slice, within 0 ... rows."""
    lo = min(rows, lo if lo >= 0 else rows + lo)
    hi = rows if hi is None else hi if hi >= 0 else rows + hi
    return lo, max(lo, min(hi, rows))


SHAPES = ((1, 1), (1, 7), (2, 2), (3, 3), (3, 50), (17, 13), (5, 1), (33, 31))
OLS_SHAPES = ((1, 2), (1, 3), (5, 5), (17, 13), (3, 100), (257, 14))


def layouts(shapes):
    par = itertools.cycle(PARS)
    for (rows, cols), col, pad in itertools.product(shapes, (False, True), (0, 3)):
        yield f"{rows} x {cols}, {'col' if col else 'row'}, pad {pad}", rows, cols, col, pad, par


def step_jobs():
    for name, rows, cols, col, pad, par in layouts(SHAPES):
        for lo, hi in dict.fromkeys(limits(*r, rows) for r in RANGES):
            yield f"{name}, [{lo}, {hi})", lambda p=next(par): new_step(rows, cols, col, pad, lo, hi, par=p)
        yield f"{name}, awkward", lambda p=next(par): new_step(rows, cols, col, pad, par=p, values=awkward)
        yield f"{name}, in read-only", lambda p=next(par): new_step(rows, cols, col, pad, par=p).freeze(1)
    for D, dt in ((0.0, 1.0), (-0.0, 1.0), (5e-324, 0.5), (1e308, 10.0), (-1.5, 0.3), (0.1, 0.1)):
        yield f"D {D}, dt {dt}", lambda: new_step(7, 5, D=D, dt=dt)


def run_jobs():
    for name, rows, cols, col, pad, par in layouts(SHAPES):
        for steps in (0, 1, 2, 5):
            yield f"{name}, {steps} steps", lambda p=next(par): new_run(rows, cols, col, pad, steps, par=p)
        yield f"{name}, awkward", lambda p=next(par): new_run(rows, cols, col, pad, 5, par=p, values=awkward)


def points():
    """Points on and near the circle of radius 2, and points that overflow, are NaN, or never escape."""
    below, above = math.nextafter(2, 0), math.nextafter(2, 3)
    tiny = 5e-324
    one = (0.0, -0.0, tiny, 1.0, math.sqrt(2), below, 2.0, above, -2.0, 1.2, 1.6)
    one += (1e154, 1e200, 1.7e308, math.inf, math.nan)
    pairs = [complex(a, b) for a, b in itertools.product(one, repeat=2)]
    pairs = np.array(pairs + [complex(2 * math.cos(a), 2 * math.sin(a)) for a in range(200)])
    cs = (0j, -2 + 0j, 1j, 0.25 + 0j, complex(math.nan, 0), complex(0, math.inf))
    return np.repeat(pairs, len(cs)), np.tile(np.array(cs), len(pairs))


def counts_at(z, c, maxiter):
    """The counts that a point may have if the test of the circle may be 4 ULP off."""
    zr, zi, cr, ci = map(float, (z.real, z.imag, c.real, c.imag))
    counts, i = set(), 0
    while i < maxiter:
        square = zr * zr + zi * zi
        if abs(square - 4) <= 4 * math.ulp(4):
            counts.add(i)
        elif not square < 4:
            break
        zr, zi = (zr * zr - zi * zi) + cr, 2 * (zr * zi) + ci
        i += 1
    return counts | {i}


def book(n):
    x = np.linspace(-1.8, 1.8, n)
    zs = (x[None, :] + 1j * x[::-1, None]).ravel()
    return zs, np.full(len(zs), -0.62772 - 0.42193j)


def scattered(n):
    rng = np.random.default_rng(n)
    draw = lambda: rng.uniform(-2.2, 2.2, n) + 1j * rng.uniform(-2.2, 2.2, n)
    return draw(), draw() / 2


def julia_jobs():
    par = itertools.cycle(PARS)
    makes = {"one": scattered(1), "scattered": scattered(777), "book's": book(21), "edge": points()}
    for name, make in makes.items():
        n = len(make[0])
        for lo, hi in dict.fromkeys(limits(*r, n) for r in RANGES):
            yield f"{name}, [{lo}, {hi})", lambda p=next(par): new_julia(*make, lo, hi, 60, p)
        for maxiter in (0, 1, 300):
            yield f"{name}, maxiter {maxiter}", lambda p=next(par): new_julia(*make, maxiter=maxiter, par=p)
    far = np.full(5, 1.9 + 1.9j)
    yield "largest maxiter", lambda: new_julia(far, far, maxiter=2**31 - 1)
    yield "longer out", lambda: new_julia(*scattered(10), longer=3)
    yield "inputs read-only", lambda: new_julia(*scattered(10)).freeze(1, 2)

    def same():
        job = new_julia(*scattered(10))
        job.args[2] = job.args[1]
        return job

    yield "zs is cs", same


def ols_jobs():
    for name, rows, n, col, pad, par in layouts(OLS_SHAPES):
        for lo, hi in dict.fromkeys(limits(*r, rows) for r in RANGES):
            yield f"{name}, [{lo}, {hi})", lambda p=next(par): new_ols(rows, n, col, pad, lo, hi, p)
        yield f"{name}, y read-only", lambda p=next(par): new_ols(rows, n, col, pad, par=p).freeze(2)
    for col in (False, True):
        yield f"longer outputs, col {col}", lambda: new_ols(5, 6, col, longer=3)
        yield (
            f"exact lines, col {col}",
            lambda: new_ols(
                9,
                14,
                col,
                values=lambda rows, n, seed: (
                    np.add.outer(7.0 * np.arange(rows), np.zeros(n))
                    + np.multiply.outer(np.arange(rows) - 4.0, np.arange(n))
                ),
            ),
        )
        yield (
            f"noise on 1e9, col {col}",
            lambda: new_ols(
                9, 15, col, values=lambda rows, n, seed: 1e9 + np.sin(np.arange(rows * n)).reshape(rows, n)
            ),
        )


def awkward_ols_jobs():
    for name, rows, n, col, pad, par in layouts(((9, 6), (40, 7))):
        yield f"{name}, awkward", lambda p=next(par): new_ols(rows, n, col, pad, par=p, values=awkward)


class Number(float):
    pass


class Whole(int):
    pass


FLOATS = np.float64, Number, np.float32, int
INTS = np.int64, np.int32, np.uint8, Whole


def other_numbers(function):
    """The job good(function) with other kinds of numbers of the same values as Python's own."""
    base = good(function)
    first = len([a for a in base.args if isinstance(a, np.ndarray)])
    for k in range(first, len(base.args)):
        x = base.args[k]
        for kind in FLOATS if isinstance(x, float) else INTS:
            yield f"{k}: {kind.__name__}", k, kind(x)
        if isinstance(x, float):
            yield f"{k}: an int that a double cannot hold", k, 2**53 + 1
    for k in (first, first + 1, first + 2):
        if base.args[k] == 1:
            yield f"{k}: bool", k, True


# -------------------------------------------------------------------------------------------------------- bad input


def off_by_one(a):
    """A copy of the array at an odd address."""
    room = np.zeros(a.size * a.itemsize * 4 + 64, np.uint8)
    b = np.ndarray(a.shape, a.dtype, room, 1, a.strides)
    b[...] = a
    return b


def bad_numbers(function):
    """(what, position, value, classes, message): numbers that must be refused."""
    job = good(function)
    first = len([a for a in job.args if isinstance(a, np.ndarray)])
    names = {"step": "lo hi D dt", "run": "steps D dt", "julia": "lo hi maxiter", "ols": "lo hi"}[function].split()
    rows = len(job.args[0])
    beyond = (2**31, 2**32, 2**32 + 1, 2**63, 2**64, 2**64 + 1, 2**70)  # some of them 0 or 1 if cut to 32 or 64 bits
    huge = (*beyond, *(1 - x for x in beyond[1:]), -(2**31) - 1, -(2**63) - 1, -(2**70))
    outside = {
        "lo": (-1, rows + 1, *huge),
        "hi": (-1, 0, rows + 1, *huge),
        "steps": (-1, *(x for x in huge if not 0 <= x < 2**63)),
        "maxiter": (-1, *huge),
        "threads": (0, -1, 1025, *huge),
        "schedule": (-1, 3, *huge),
    }
    error = {"lo": toll.ShapeError, "hi": toll.ShapeError}
    for k, name in enumerate([*names, "threads", "schedule"], first):
        if name in ("D", "dt"):
            for x in (math.nan, math.inf, -math.inf, np.float64("nan")):
                yield f"{name} {x}", k, x, toll.ArgError, "nan|inf"
            yield f"{name} 10**400", k, 10**400, (OverflowError, TypeError, toll.ArgError), ""
            wrong = ("1.5", None, [1.0], 1j, b"1", np.ones(3))
        else:
            for x in outside[name]:
                one = error.get(name, toll.ArgError)
                fits = -(2**31) <= x < 2**31
                yield (
                    f"{name} {x}",
                    k,
                    x,
                    one if fits else (one, OverflowError),
                    re.escape(str(x)) if fits else re.escape(str(x)) + "|large|big|range|overflow|fit|out of",
                )
            wrong = ("1", None, [1], 1.5, 1.0, np.float64(1), 1j, b"1", np.ones(3, int))
        for x in wrong:
            yield (
                f"{name} {x!r}",
                k,
                x,
                (TypeError, ValueError) if isinstance(x, np.ndarray) else TypeError,
                f"{type(x).__name__}|None|integer|index|int\\b|real number|scalar|length-1|size-1|ambiguous",
            )


DIM = "dim|-d\\b|shape"
STRIDE = "stride|contig|order|layout|ld\\b|differ"


def bad_arrays(function):
    """(what, spoil, classes, message): spoil changes a list of arguments so that they must be refused."""
    names = {"step": "out in", "run": "a b", "julia": "out zs cs", "ols": "slope intercept y"}[function].split()
    outputs = {"step": (0,), "run": (0, 1), "julia": (0,), "ols": (0, 1)}[function]
    paired = function in ("step", "run")

    def put(k, f):
        def spoil(args):
            args[k] = f(args[k])

        return spoil

    def both(f):
        def spoil(args):
            args[0], args[1] = f(args[0]), f(args[1])

        return spoil

    for k, name in enumerate(names):
        matrix = paired or (k == 2 and function == "ols")
        kind = good(function).args[k].dtype
        types = ("f4", "f8", "i4", "i8", "u4", "c8", "c16", "O", "?", "g", "S8", "M8[s]", [("x", "f8")])
        for dtype in map(np.dtype, types):
            if dtype != kind:

                def other(a, dtype=dtype):
                    return np.zeros(a.shape, dtype)

                found = re.escape(dtype.name) + "|" + re.escape(str(dtype)) + "|type|format|buffer"
                yield f"{name} of {dtype}", put(k, other), TypeError, found
                if paired:
                    yield f"both of {dtype}", both(other), TypeError, found
        swapped = kind.newbyteorder()
        yield f"{name} big-endian", put(k, lambda a: a.astype(swapped)), TypeError, ">|endian|order"
        yield f"{name} a list", put(k, lambda a: a.tolist()), TypeError, "list"
        yield f"{name} a tuple", put(k, lambda a: tuple(a.tolist())), TypeError, "tuple"
        yield f"{name} None", put(k, lambda a: None), TypeError, "None"
        yield f"{name} a number", put(k, lambda a: 1.0), TypeError, "float"
        yield f"{name} an address", put(k, lambda a: a.ctypes.data), TypeError, "int"
        yield f"{name} a string", put(k, lambda a: "out"), TypeError, "str"
        shape_or_type = (toll.ShapeError, TypeError)
        yield f"{name} a scalar", put(k, lambda a: a.dtype.type(1)), shape_or_type, f"{kind.name}|{DIM}"
        for shape in ((), (3, 3, 3)):
            f = lambda a, shape=shape: np.zeros(shape, a.dtype)
            yield f"{name} with {len(shape)} dimensions", put(k, f), shape_or_type, DIM
        if k in outputs:

            def frozen(a):
                a = a[...]
                a.flags.writeable = False
                return a

            yield f"{name} read-only", put(k, frozen), toll.ArgError, "read-?only|writ"
        yield f"{name} misaligned", put(k, off_by_one), toll.AlignError, "align|multiple"
        if matrix:

            def strided(a, rows, cols):
                room = np.full(4 * a.size + 64, 0.5)
                return as_strided(room[a.size * 2 :], a.shape, (rows, cols))

            n, m = good(function).args[k].shape
            layouts = {
                "every second column": lambda a: np.full((n, 2 * m), 0.5)[:, ::2],
                "every second row of Fortran order": lambda a: np.full((2 * n, m), 0.5, order="F")[::2],
                "rows reversed": lambda a: np.full((n, m), 0.5)[::-1],
                "columns reversed": lambda a: np.full((n, m), 0.5)[:, ::-1],
                "columns of Fortran order reversed": lambda a: np.full((n, m), 0.5, order="F")[:, ::-1],
                "both reversed": lambda a: np.full((n, m), 0.5)[::-1, ::-1],
                "one row repeated": lambda a: strided(a, 0, 8),
                "one column repeated": lambda a: strided(a, 8, 0),
                "one element repeated": lambda a: strided(a, 0, 0),
                "rows that overlap": lambda a: strided(a, 8 * (m - 1), 8),
                "columns that overlap": lambda a: strided(a, 8, 8 * (n - 1)),
            }
            for what, f in layouts.items():
                yield f"{name}: {what}", put(k, f), toll.ShapeError, STRIDE
                if paired and k == 0:
                    yield f"both: {what}", both(f), toll.ShapeError, STRIDE
            half = lambda a: strided(a, 8 * m + 4, 8)
            yield (
                f"{name}: rows half an element off",
                (both if paired else lambda f: put(k, f))(half),
                (toll.ShapeError, toll.AlignError),
                "stride|align|multiple",
            )
            yield f"{name} with 1 dimension", put(k, lambda a: np.zeros(a.size)), shape_or_type, DIM
            for shape in ((0, 9), (6, 0), (0, 0)):
                f = lambda a, shape=shape: np.zeros(shape)
                yield (f"{name} of {shape}", both(f) if paired else put(k, f), toll.ShapeError, "0|empty")
        else:
            yield f"{name} with 2 dimensions", put(k, lambda a: np.zeros((3, 3), a.dtype)), shape_or_type, DIM
            yield f"{name}: every second", put(k, lambda a: np.repeat(a, 2)[::2]), toll.ShapeError, STRIDE
            yield f"{name}: reversed", put(k, lambda a: a.copy()[::-1]), toll.ShapeError, STRIDE
            yield f"{name}: repeated", put(k, lambda a: as_strided(a.copy(), a.shape, (0,))), toll.ShapeError, STRIDE
            if function == "ols" or name != "zs":
                n = len(good(function).args[k])
                for m in (n - 1, 1, 0):
                    yield f"{name} of {m}", put(k, lambda a, m=m: a[:m]), toll.ShortError, rf"short|\b{m}\b"

    def overlap(what, spoil):
        return what, spoil, toll.OverlapError, "overlap|share"

    def set_(**values):
        def spoil(args):
            for k, f in values.items():
                args[names.index(k)] = f(args)

        return spoil

    def pair(p, q):
        def spoil(args):
            args[:2] = p, q

        return spoil

    if paired:
        out, in_ = names
        big = np.full((16, 24), 0.5)
        yield overlap(f"{out} is {in_}", lambda args: args.__setitem__(0, args[1]))
        yield overlap("another view of the same", lambda args: args.__setitem__(0, args[1][:]))
        for r, c in ((1, 0), (-1, 0), (0, 1), (5, 8), (0, 10)):
            yield overlap(f"shifted by {r}, {c}", pair(big[2:8, 2:11], big[2 + r : 8 + r, 2 + c : 11 + c]))
        yield overlap("columns shifted in Fortran order", pair(big.T[2:8, 1:10], big.T[3:9, 1:10]))
        found = "differ|stride|shape|order|alike"
        for shape in ((6, 9), (6, 6)):
            c_order, fortran = np.full(shape, 0.5), np.full(shape, 0.5, order="F")
            yield f"in C and Fortran order, {shape}", pair(c_order, fortran), toll.ShapeError, found
            yield f"in Fortran and C order, {shape}", pair(fortran, c_order), toll.ShapeError, found
        yield "leading dimensions differ", put(1, lambda a: np.full((6, 13), 0.5)[:, :9]), toll.ShapeError, found
        for k, name in enumerate(names):
            yield f"{name} transposed", put(k, lambda a: a.T), toll.ShapeError, found
            for shape in ((5, 9), (7, 9), (6, 8), (6, 10), (9, 6), (1, 1), (512, 512)):
                f = lambda a, shape=shape: np.full(shape, 0.5)
                yield f"{name} of {shape}", put(k, f), toll.ShapeError, found
    elif function == "julia":
        yield overlap("out in zs", set_(out=lambda args: args[1].view(np.int32)[:9]))
        yield overlap("out at the end of zs", set_(out=lambda args: args[1].view(np.int32)[-9:]))
        yield overlap("out in cs", set_(out=lambda args: args[2].view(np.int32)[5:14]))
        room = np.full(64, 0.5)
        yield overlap(
            "out shares zs' last element",
            set_(zs=lambda args: room[:18].view(complex), out=lambda args: room[17:].view(np.int32)[1:10]),
        )
        empty = lambda args: args.__setitem__(slice(0, 5), [np.zeros(0, a.dtype) for a in args[:3]] + [0, 0])
        yield "all empty", empty, toll.ShapeError, "empty|\\b0\\b"
    else:
        room = np.full(200, 0.5)
        y = lambda args: room[20:74].reshape(6, 9)
        yield overlap("slope is intercept", set_(slope=lambda args: args[1]))
        yield overlap("slope shifted into intercept", pair(room[:6], room[5:11]))
        for name in names[:2]:
            yield overlap(f"{name} a row of y", set_(y=y, **{name: lambda args: room[20:26]}))
            yield overlap(f"{name} at the end of y", set_(y=y, **{name: lambda args: room[73:79]}))
            yield overlap(
                f"{name} in the padding of y",
                set_(y=lambda args: room[:120].reshape(6, 20)[:, :9], **{name: lambda args: room[10:16]}),
            )
        yield "one observation", put(2, lambda a: a[:, :1]), toll.ShapeError, r"\b1\b"
        yield "one column", put(2, lambda a: np.full((6, 1), 0.5)), toll.ShapeError, r"\b1\b"


class Evil:
    """A number whose value raises."""

    def __index__(self):
        raise ZeroDivisionError("from __index__")

    def __float__(self):
        raise ZeroDivisionError("from __float__")

    __int__ = __index__


def refusals(function):
    """(what, new arguments, classes, message) of all calls that must be refused."""
    for what, k, x, error, found in bad_numbers(function):

        def make(k=k, x=x):
            args = good(function).args
            args[k] = x
            return args

        yield what, make, error, found
    if function not in ("run",):
        first = 2 if function == "step" else 3

        def reverse():
            args = good(function).args
            args[first : first + 2] = [3, 2]
            return args

        yield "range reversed", reverse, toll.ShapeError, "3.*2"
    for what, spoil, error, found in bad_arrays(function):

        def make(spoil=spoil):
            args = good(function).args
            spoil(args)
            return args

        yield what, make, error, found
    n = len(good(function).args)
    for k in range(n):
        yield f"{k} arguments", lambda k=k: good(function).args[:k], TypeError, ""
    yield "an argument too many", lambda: [*good(function).args, 0], TypeError, ""
    first = len([a for a in good(function).args if isinstance(a, np.ndarray)])
    for k in range(first, n):

        def evil(k=k):
            args = good(function).args
            args[k] = Evil()
            return args

        yield f"argument {k} raises", evil, (ZeroDivisionError, TypeError), ""


# ------------------------------------------------------------------------------------------------------ huge extents


def nowhere(address, dtype, shape, strides=None):
    """An array at an address without memory: extents may be any, and reading or writing an element crashes."""
    interface = {
        "version": 3,
        "typestr": np.dtype(dtype).str,
        "shape": shape,
        "strides": strides,
        "data": (address, False),
    }
    return np.asarray(type("Nowhere", (), {"__array_interface__": interface})())


MANY = 2**40  # columns, or points: walking them takes half an hour
FOR_EVER = 2**62  # steps
HERE, THERE = 1 << 45, 1 << 46  # far enough apart


def far(rows, cols, col):
    """Two matrices alike."""
    strides = (8, 8 * rows) if col else (8 * cols, 8)
    return [nowhere(address, "f8", (rows, cols), strides) for address in (HERE, THERE)]


def idle(function):
    """(what, arguments) of calls that have nothing to do."""
    for col in (False, True) if function != "julia" else ():
        order = "col" if col else "row"
        small = lambda rows, cols: [np.full((rows, cols), 0.5, order="CF"[col]) for _ in range(2)]
        if function == "step":
            for rows, cols in ((3, MANY), (MANY, 3)):
                for lo, hi in ((0, 0), (1, 1), (rows, rows), (0, 1), (rows - 1, rows)):
                    args = [*far(rows, cols, col), lo, hi, 0.7, 0.1]
                    yield f"{order}, rows [{lo}, {hi}) of {rows} x {cols}", args
        if function in ("step", "run"):
            # Only what NumPy can represent: it counts the bytes of an array, not its steps.
            for rows, cols in ((1, MANY), (2, MANY), (MANY, 1), (MANY, 2)):
                between = (0, rows) if function == "step" else (FOR_EVER,)
                yield f"{order}, all of {rows} x {cols}", [*far(rows, cols, col), *between, 0.7, 0.1]
        if function == "run":
            yield f"{order}, no steps", [*far(3, MANY, col), 0, 0.7, 0.1]
            for rows, cols in ((1, 1), (2, 2), (1, 9), (9, 1), (2, 9), (9, 2)):
                yield f"{order}, steps of {rows} x {cols}", [*small(rows, cols), FOR_EVER, 0.7, 0.1]
        if function == "ols":
            for lo, hi in ((0, 0), (1, 1), (3, 3)):
                y = far(3, MANY, col)[0]
                yield f"{order}, lines [{lo}, {hi}) of {MANY} observations", [np.ones(3), np.ones(3), y, lo, hi]
    if function == "julia":
        for k in (0, 5, MANY):
            points = [nowhere(address, "c16", (MANY,)) for address in (HERE, THERE)]
            yield f"points [{k}, {k})", [nowhere(1 << 44, "i4", (MANY,)), *points, k, k, 9]


# ------------------------------------------------------------------------------------------------------------ tests


def root(a):
    while isinstance(a.base, np.ndarray):
        a = a.base
    return a


def describe(args):
    """The address and shape of each array: a call must not change these either."""
    return [(a.ctypes.data, a.shape, a.strides, a.dtype, str(a.flags)) for a in args if isinstance(a, np.ndarray)]


def snapshot(args):
    return describe(args), [root(a).tobytes() if isinstance(a, np.ndarray) else repr(a) for a in args]


def resident():
    """The process's memory in bytes, or 0 if unknown."""
    with contextlib.suppress(OSError):
        return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def bits(x):
    return np.float64(x).view(np.uint64)


def compilations():
    """Record what Numba compiles from now on, if it is there: a child that compiles may wait for a lock for ever."""
    if "numba" not in sys.modules:
        return None
    from numba.core import event

    recorder = event.RecordingListener()
    event.register("numba:compile", recorder)
    return recorder


class Contract:
    """The tests of the module `name`."""

    @classmethod
    def setUpClass(cls):
        cls.module = importlib.import_module("toll." + cls.name)
        cls.bound = getattr(cls.module, "BOUND", None)
        cls.edge = getattr(cls.module, "EDGE", None)

    def offered(self, function):
        f = getattr(self.module, function, None)
        if f is None:
            self.skipTest(f"{self.name} has no {function}")
        return f

    def test_offers_a_kernel(self):
        self.assertTrue(any(hasattr(self.module, k) for k in KERNELS), f"{self.name} offers none of {KERNELS}")
        self.assertTrue(self.module.__doc__, "the module has no docstring")
        if self.bound is not None:
            ulp, cause = self.bound
            self.assertGreater(ulp, 0)
            self.assertTrue(cause)

    # -- results

    def equal(self, got, want, bound=None):
        """Compare all memory of two jobs."""
        for (name, g, computed), (_, w, _) in zip(got.memory, want.memory):
            wrong = g != w
            if computed:
                wrong &= ~(np.isnan(g.view("f8")) & np.isnan(w.view("f8")) & (g != CANARY) & (w != CANARY))
            if bound and computed:
                lo, hi = got.args[3:5]
                wrong[GUARD + lo : GUARD + hi] = False
            if wrong.any():
                k = int(np.argmax(wrong))
                g_is, w_is = (f"{x[k]:#x} ({x.view('f8')[k]})" for x in (g, w))
                self.fail(
                    f"{name}, word {k - GUARD} of [{-GUARD}, {len(g) - GUARD}): got {g_is}, want {w_is};"
                    f" {np.count_nonzero(wrong)} words differ"
                )

    def settle(self, got, want):
        """Copy the counts that a point on the circle leaves open."""
        (out, zs, cs, lo, hi, maxiter), wanted = got.args[:6], want.args[0]
        for k in range(lo, hi):
            if out[k] != wanted[k] and out[k] in counts_at(zs[k], cs[k], maxiter):
                wanted[k] = out[k]

    def within(self, job, ulp):
        """Compare the lines of an ols job with the true ones, within ulp of the magnitude of the terms summed."""
        slope, intercept, y, lo, hi = job.args[:5]
        n = y.shape[1]
        denominator = Fraction(n * (n * n - 1), 6)
        for i in range(lo, hi):
            row = [Fraction(float(v)) for v in y[i]]
            s = sum((2 * j - (n - 1)) * v for j, v in enumerate(row)) / denominator
            c = sum(row) / n - s * Fraction(n - 1, 2)
            scale = sum(abs(2 * j - (n - 1)) * abs(v) for j, v in enumerate(row)) / denominator
            size = sum(abs(v) for v in row) / n + scale * Fraction(n - 1, 2)
            for what, got, want, terms in (("slope", slope[i], s, scale), ("intercept", intercept[i], c, size)):
                self.assertTrue(math.isfinite(got), f"{what}[{i}] is {got}, want {float(want)}")
                off = float(abs(Fraction(float(got)) - want) / Fraction(math.ulp(float(terms))))
                self.assertLessEqual(off, ulp, f"ULP that {what}[{i}] is off: {got}, want {float(want)}")

    def all_equal(self, function, jobs, bound=None):
        f = self.offered(function)
        count = 0
        for what, new in jobs:
            count += 1
            with self.subTest(what):
                got, want = new(), new()
                before = describe(got.args)
                self.assertIsNone(f(*got.args), "returned something, want None")
                self.assertEqual(before, describe(got.args))
                want.native()
                if self.edge and function == "julia":
                    self.settle(got, want)
                self.equal(got, want, bound)
                if bound:
                    self.within(got, bound[0])
        self.assertGreater(count, 2)

    def test_step(self):
        self.all_equal("step", step_jobs())

    def test_run(self):
        self.all_equal("run", run_jobs())

    def test_julia(self):
        self.all_equal("julia", julia_jobs())

    def test_ols(self):
        self.all_equal("ols", ols_jobs(), self.bound)

    def test_ols_of_awkward_numbers(self):
        if self.bound:
            self.skipTest("the order of operations is another")
        self.all_equal("ols", awkward_ols_jobs())

    def test_noop(self):
        self.assertIsNone(self.offered("noop")())

    def test_not(self):
        f = self.offered("not_")
        for x in (0, 1, -1, 42, 2**31, -(2**31), 2**53 + 1, 2**63 - 1, -(2**63), np.int64(7), Whole(3), True):
            with self.subTest(x=x):
                got = f(x)
                self.assertIsInstance(got, int | np.integer)
                self.assertEqual(got, C.not_(int(x)))
        for x in (2**63, 2**64, 2**70, -(2**63) - 1):
            with self.subTest(x=x):
                try:
                    got = f(x)
                except (OverflowError, toll.Error):
                    continue
                self.assertEqual(got, ~x)
        for x in ("x", None, 1.5, object(), Evil()):
            with self.subTest(x=x), self.assertRaises((TypeError, ZeroDivisionError)):
                f(x)

    def test_add(self):
        f = self.offered("add")
        numbers = (*AWKWARD, 0.0, 1.0, 0.1, -0.3, np.float64(0.7), Number(3.5))
        for x, y in itertools.product(numbers, repeat=2):
            with self.subTest(x=x, y=y):
                got, want = f(x, y), C.add(float(x), float(y))
                self.assertIsInstance(got, float)
                if not (math.isnan(got) and math.isnan(want)):
                    self.assertEqual(bits(got), bits(want))
        self.assertEqual(f(2, 0.5), 2.5)
        for x, y in (("x", 1.0), (1.0, "y"), (None, 1.0), (1.0, None), (1.0, object()), (Evil(), 1.0), (1.0, Evil())):
            with self.subTest(x=x, y=y), self.assertRaises((TypeError, ZeroDivisionError)):
                f(x, y)

    def test_sum(self):
        f = self.offered("sum")
        rng = np.random.default_rng(5)
        tests = {
            "empty": [],
            "one": [0.1],
            "minus zero": [-0.0],
            "minus zeros": [-0.0, -0.0],
            "inf": [1.0, math.inf, 2.0],
            "inf - inf": [math.inf, -math.inf],
            "NaN": [1.0, math.nan],
            "lost": [1e16, 1.0, -1e16],
            "overflow": [1e308, 1e308, -1e308],
            "tenths": [0.1] * 10,
            "noise": rng.standard_normal(1001) * 10.0 ** rng.integers(-12, 12, 1001),
        }
        for (what, values), frozen in itertools.product(tests.items(), (False, True)):
            with self.subTest(what, read_only=frozen):
                job = Job("sum")
                job.vector("p", "f8", len(values), np.array(values, float))
                if frozen:
                    job.freeze(0)
                p, before = job.args[0], job.memory[0][1].copy()
                got, want = f(p), C.sum(p.ctypes.data, len(p))
                self.assertIsInstance(got, float)
                if not (math.isnan(got) and math.isnan(want)):
                    self.assertEqual(bits(got), bits(want), f"got {got!r}, want {want!r}")
                self.assertTrue(np.array_equal(before, job.memory[0][1]), "memory was written to")
        eights = np.arange(8.0)
        others = {
            "float32": eights.astype("f4"),
            "object": eights.astype("O"),
            "big-endian": eights.astype(">f8"),
            "int": np.arange(8),
            "complex": eights + 0j,
            "list": eights.tolist(),
            "two dimensions": eights.reshape(2, 4),
            "reversed": eights[::-1],
            "every second": np.repeat(eights, 2)[::2],
            "repeated": np.broadcast_to(3.5, 8),
            "misaligned": off_by_one(eights),
        }
        for what, p in others.items():  # numbers that are not refused must be added
            with self.subTest(what):
                try:
                    got = f(p)
                except (TypeError, toll.Error):
                    continue
                self.assertEqual(got, 28.0)
        for p in (None, 1.0, 5, Evil()):
            with self.subTest(p=p), self.assertRaises((TypeError, toll.Error)):
                f(p)

    def test_calls_refuse_other_counts_of_arguments(self):
        for function, args in (("noop", ()), ("not_", (1,)), ("add", (1.0, 2.0)), ("sum", (np.ones(2),))):
            f = getattr(self.module, function, None)
            if f is None:
                continue
            for wrong in (args[1:], (*args, 1)):
                if len(wrong) != len(args):
                    with self.subTest(function, arguments=len(wrong)), self.assertRaises(TypeError):
                        f(*wrong)

    def test_other_kinds_of_number(self):
        for function in KERNELS:
            f = getattr(self.module, function, None)
            for what, k, x in other_numbers(function) if f else ():
                with self.subTest(function, number=what):
                    got, want = good(function), good(function)
                    got.args[k] = x
                    want.args[k] = float(x) if isinstance(want.args[k], float) else int(x)
                    f(*got.args)
                    want.native()
                    self.equal(got, want, self.bound if function == "ols" else None)

    def test_subclasses_of_array(self):
        """They may be refused, but not mistaken: matrix multiplies in another way."""
        for function in KERNELS:
            f = getattr(self.module, function, None)
            if f is None:
                continue
            for kind in (np.matrix, np.ma.MaskedArray, np.recarray):
                for k in range(3):
                    got, want = good(function), good(function)
                    if not isinstance(got.args[k], np.ndarray) or (kind is np.matrix and got.args[k].ndim == 1):
                        continue
                    with self.subTest(function, kind=kind.__name__, argument=k):
                        before = snapshot(got.args)
                        got.args[k] = got.args[k].view(type=kind)
                        try:
                            f(*got.args)
                        except (TypeError, toll.Error):
                            self.assertEqual(before, snapshot(got.args))
                            continue
                        want.native()
                        self.equal(got, want, self.bound if function == "ols" else None)

    def test_many_threads_at_once(self):
        for function in KERNELS:
            f = getattr(self.module, function, None)
            if f is None:
                continue
            with self.subTest(function):
                new = {
                    "step": lambda p: new_step(33, 31, pad=3, par=p),
                    "run": lambda p: new_run(33, 31, True, steps=5, par=p),
                    "julia": lambda p: new_julia(*book(9), par=p),
                    "ols": lambda p: new_ols(33, 14, pad=3, par=p),
                }[function]
                jobs = [new(PARS[k % len(PARS)]) for k in range(24)]
                errors = []

                def work(some):
                    try:
                        for job in some:
                            f(*job.args)
                    except Exception as error:
                        errors.append(error)

                threads = [threading.Thread(target=work, args=(jobs[k::8],)) for k in range(8)]
                for t in threads:
                    t.start()
                for t in threads:
                    t.join()
                self.assertEqual(errors, [])
                want = new(PARS[0])
                want.native()
                for job in jobs:
                    self.equal(job, want, self.bound if function == "ols" else None)

    # -- what the book's versions do wrong

    def test_book_grid_of_any_size(self):
        """Its CPython extension crashes on a grid that is not 512 x 512."""
        sizes = ((511, 513), (64, 1024), (16, 16))
        jobs = [(f"{rows} x {cols}", lambda rows=rows, cols=cols: new_step(rows, cols)) for rows, cols in sizes]
        self.all_equal("step", jobs)

    def test_book_float32(self):
        """Its CPython extension and its ctypes version take float32 for float64 and write past the end."""
        f = self.offered("step")
        for n in (512, 64, 3):
            for dtypes in (("f4", "f4"), ("f4", "f8"), ("f8", "f4")):
                with self.subTest(n=n, dtypes=dtypes):
                    args = [np.full((n, n), 0.5, dtype) for dtype in dtypes]
                    before = snapshot(args)
                    self.assertRaises(TypeError, f, *args, 0, n, 1.0, 0.1, 1, 0)
                    self.assertEqual(before, snapshot(args))

    def test_book_earlier_views(self):
        """Its f2py version reallocates an array of the other order, and earlier views see freed memory."""
        f = self.offered("step")
        for order in "CF":
            with self.subTest(order=order):
                out, in_ = np.zeros((9, 7), order=order), np.array(grid(9, 7, 0), order=order)
                views, where = (out[:], out.T, out[1:8, 1:6]), describe([out, in_])
                f(out, in_, 0, 9, 0.7, 0.1, 1, 0)
                self.assertEqual(where, describe([out, in_]))
                self.assertTrue(out.any())
                for view, same in zip(views, (out, out.T, out[1:8, 1:6])):
                    self.assertEqual(view.ctypes.data, same.ctypes.data)
                    self.assertTrue(np.array_equal(view, same))

    def test_team(self):
        f = getattr(self.module, "team", None)
        if f is None:
            self.skipTest(f"{self.name} works on the caller's thread")
        for threads in (0, -1, 1025, 2**31, 2**32 + 1, 2**63, -(2**63)):
            self.assertEqual(f(threads), 0)
        self.assertEqual(f(1), 1)
        for threads in (2, 3):
            self.assertIn(f(threads), range(1, threads + 1))
        if len(os.sched_getaffinity(0)) > 1 and "OMP_THREAD_LIMIT" not in os.environ:
            self.assertEqual(f(2), 2)
        for wrong in ("2", None, 1.5):
            self.assertRaises(TypeError, f, wrong)
        code = f"from toll import {self.name} as m; print(m.team(2))"
        got = subprocess.run(
            [sys.executable, "-I", "-c", code],
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.assertEqual(got.stdout, "1\n", got.stderr)

    def test_environment_of_the_first_caller(self):
        """Threads that a module keeps must not keep the rounding mode of the call that made them."""
        libm = ctypes.PyDLL(None)
        upward = {"x86_64": 0x800, "aarch64": 0x400000}.get(platform.machine(), 0)
        makes = {
            "step": lambda: new_step(33, 31, par=(3, 0)),
            "run": lambda: new_run(33, 31, steps=5, par=(3, 0)),
            "julia": lambda: new_julia(*scattered(999), par=(3, 0)),
            "ols": lambda: new_ols(99, 14, par=(3, 0)),
        }
        made, got, want = (
            [make() for function, make in makes.items() if hasattr(self.module, function)] for _ in range(3)
        )
        modes = []

        def compute(jobs):
            for job in jobs:
                getattr(self.module, job.function)(*job.args)

        def both():
            before = libm.fegetround()
            libm.fesetround(upward)
            try:
                compute(made)
            finally:
                modes.append((libm.fegetround(), upward))
                libm.fesetround(before)
            compute(got)

        compute(want)
        thread = threading.Thread(target=both)
        thread.start()
        thread.join()
        self.assertEqual(len(modes), 1)
        self.assertEqual(*modes[0], "the mode after a call")
        for g, w in zip(got, want):
            self.equal(g, w)

    def test_fork(self):
        """After calls, a child of this process can compute, and so can this process."""
        par = (2, 0)
        makes = {
            "step": lambda: new_step(33, 31, par=par),
            "run": lambda: new_run(33, 31, steps=5, par=par),
            "julia": lambda: new_julia(*scattered(999), par=par),
            "ols": lambda: new_ols(99, 14, par=par),
        }
        first, child, after = (
            [make() for function, make in makes.items() if hasattr(self.module, function)] for _ in range(3)
        )

        def compute(jobs):
            for job in jobs:
                getattr(self.module, job.function)(*job.args)

        compute(first)
        pid = os.fork()
        if pid == 0:
            try:
                compiling = compilations()
                compute(child)
                if compiling and compiling.buffer:
                    os._exit(5)
                os._exit(0 if [snapshot(j.args)[1] for j in child] == [snapshot(j.args)[1] for j in first] else 3)
            except BaseException:
                traceback.print_exc()
                os._exit(4)
        self.assertEqual(self.end_of(pid), 0, "the child's exit status: 3 is for other results, 5 for compiling")
        compute(after)
        for job, same in zip(after, first):
            self.equal(job, same)

    def end_of(self, child):
        """A process's exit code, or the negative number of the signal that ended it; a hanging process is ended."""
        for _ in range(3000):
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.1)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise AssertionError("the child hangs")

    # -- the contract's edges

    def test_nothing_to_do(self):
        """A call with nothing to do returns at once, whatever the extents, and touches no element."""
        for function in KERNELS:
            f = getattr(self.module, function, None)
            for what, args in idle(function) if f else ():
                for par in PARS[::4]:
                    with self.subTest(function, what=what, par=par):
                        before = [a.copy() for a in args[:3] if isinstance(a, np.ndarray) and a.nbytes < 1000]
                        faulthandler.dump_traceback_later(60, exit=True)
                        try:
                            f(*args, *par)
                        finally:
                            faulthandler.cancel_dump_traceback_later()
                        after = [a for a in args[:3] if isinstance(a, np.ndarray) and a.nbytes < 1000]
                        self.assertTrue(all(map(np.array_equal, before, after)), "an array was written to")

    def test_one_line_with_any_stride(self):
        """For a matrix of one line the leading dimension means nothing."""
        for function, n in itertools.product(("step", "run", "ols"), (9, 2)):
            f = getattr(self.module, function, None)
            for stride in (8 * n, 2**40, 2**63 - 16) if f else ():
                for col in (False, True) if function != "ols" else (False,):
                    shape, strides = ((n, 1), (8, stride)) if col else ((1, n), (stride, 8))
                    new = {"step": new_step, "run": new_run, "ols": new_ols}[function]
                    got, want = new(*shape, col), new(*shape, col)
                    with self.subTest(function, col=col, stride=stride, n=n):
                        for k, a in enumerate(got.args):
                            if isinstance(a, np.ndarray) and a.ndim == 2:
                                got.args[k] = as_strided(a, shape, strides)
                        f(*got.args)
                        want.native()
                        self.equal(got, want, self.bound if function == "ols" else None)

    def test_julia_of_most_points(self):
        """2**59 - 1 points are the most whose bytes an int64 counts; that many arrays can only overlap."""
        f = self.offered("julia")
        n = 2**59 - 1
        args = [nowhere(8, "i4", (n,)), *(nowhere(1 << 62, "c16", (n,)) for _ in range(2)), 0, 0, 9, 1, 0]
        f(*args)
        args[0] = nowhere(1 << 62, "i4", (n,))
        self.assertRaises(toll.OverlapError, f, *args)

    def test_sum_of_minus_zero(self):
        """Sums start from +0.0."""
        f = self.offered("sum")
        for n in (0, 1, 2, 9):
            with self.subTest(n=n):
                self.assertEqual(bits(f(np.full(n, -0.0))), bits(0.0))

    # -- refusals

    def refuses(self, function):
        f = self.offered(function)
        count = 0
        for what, make, error, found in refusals(function):
            count += 1
            with self.subTest(what):
                args = make()
                before = snapshot(args)
                try:
                    f(*args)
                except error as e:
                    message = str(e)
                except Exception as e:
                    self.fail(f"raised {type(e).__name__}: {e}, want {error}")
                else:
                    changed = "unchanged" if before == snapshot(args) else "changed"
                    self.fail(f"was accepted, memory {changed}, want {error}")
                self.assertEqual(before, snapshot(args), "memory changed")
                self.assertTrue(message, "no message")
                self.assertRegex(message, re.compile(f"{found}|status \\d", re.IGNORECASE))
        self.assertGreater(count, 100)

    def test_step_refuses(self):
        self.refuses("step")

    def test_run_refuses(self):
        self.refuses("run")

    def test_julia_refuses(self):
        self.refuses("julia")

    def test_ols_refuses(self):
        self.refuses("ols")

    # -- leaks

    def counts(self, args):
        # Not float64's dtype: np.empty and np.zeros themselves leak a reference to it (NumPy 2.4).
        shared = [None, *map(np.dtype, ("c16", "i4")), TypeError, *toll._ERRORS.values()]
        exact = [a for a in args if isinstance(a, np.ndarray | float | list) or (isinstance(a, int) and a > 2**30)]
        return [sys.getrefcount(a) for a in exact], [sys.getrefcount(a) for a in shared]

    def keeps_counts(self, f, args, times):
        """Call f often and check that the counts of references do not change."""

        def call():
            for _ in range(times):
                try:
                    f(*args)
                except Exception:
                    pass

        call()
        gc.disable()  # garbage of earlier tests in cycles would be collected meanwhile
        try:
            before = self.counts(args)
            call()
            after = self.counts(args)
        finally:
            gc.enable()
        self.assertEqual(before[0], after[0], "references to the arguments")
        for b, a in zip(before[1], after[1]):
            self.assertLess(abs(a - b), times // 2, "references to None, dtypes and exceptions")

    def test_references(self):
        for function in KERNELS:
            f = getattr(self.module, function, None)
            if f is None:
                continue
            with self.subTest(function):
                self.keeps_counts(f, good(function).args, 100)
            for what, make, _, _ in refusals(function):
                with self.subTest(function, refused=what):
                    self.keeps_counts(f, make(), 100)

    def test_memory(self):
        """10,000 refused calls of each kernel, and 10,000 of each small function, must not leak."""
        for function in (*KERNELS, "noop", "not_", "add", "sum"):
            f = getattr(self.module, function, None)
            if f is None:
                continue
            small = {"noop": (), "not_": (2**40,), "add": (0.1, 0.2), "sum": (np.ones(3),)}
            calls = [small[function]] if function in small else [make() for _, make, _, _ in refusals(function)]

            def call(times):
                for args in itertools.islice(itertools.cycle(calls), times):
                    try:
                        f(*args)
                    except Exception:
                        pass

            with self.subTest(function):
                call(5000)
                gc.collect()
                before = resident()
                call(10_000)
                gc.collect()
                self.assertLess(resident() - before, 1 << 19, "bytes of growth in 10,000 calls")
                tracemalloc.start()
                try:
                    call(1000)
                    gc.collect()
                    start = tracemalloc.get_traced_memory()[0]
                    call(1000)
                    gc.collect()
                    grown = tracemalloc.get_traced_memory()[0] - start
                finally:
                    tracemalloc.stop()
                self.assertLess(grown, 8000, "bytes of growth in 1000 calls, as tracemalloc counts")


def installed():
    return [
        m.name
        for m in pkgutil.iter_modules(toll.__path__)
        if not m.ispkg and not m.name.startswith("_") and m.name not in OTHERS
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--list", action="store_true", help="print the names of the modules there are, and no more")
    parser.add_argument("-v", action="store_true", help="name each test")
    parser.add_argument("-f", action="store_true", help="stop at the first failure")
    parser.add_argument("-k", action="append", default=[], metavar="PATTERN", help="only tests of such names")
    options = parser.parse_args()
    if options.list:
        print(*installed(), sep="\n")
        return
    faulthandler.enable()
    names = [name.removeprefix("toll.") for name in options.modules] or installed()
    if not names:
        sys.exit("the package toll holds no language module: build first")
    for name in names:
        globals()[f"contract_{name}"] = type(name, (Contract, unittest.TestCase), {"name": name, "__module__": "toll"})
    flags = ["-v"] * options.v + ["-f"] * options.f + [x for k in options.k for x in ("-k", k)]
    unittest.main(argv=[sys.argv[0], *flags])


if __name__ == "__main__":
    main()
