# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The kernels of Toll as Python calls them: a module for each language, all with the same functions.

    noop()   not_(x)   add(x, y)   sum(p)
    step(out, in_, lo, hi, D, dt, threads, schedule)     one diffusion step on the rows lo <= i < hi
    run(a, b, steps, D, dt, threads, schedule)           steps steps, from a to b, from b to a, ...
    julia(out, zs, cs, lo, hi, maxiter, threads, schedule)
    ols(slope, intercept, y, lo, hi, threads, schedule)
    team(threads)     the number of threads that would work on a call of this thread that asks for threads; 0 if threads
                      is not 1 to 1024. A module without team works on the caller's thread

csrc/include/toll.h says what they compute and promise (not_ is its not). A matrix is a two-dimensional
array whose strides tell its layout and leading dimension; schedule is 0, 1 or 2. Outputs are written in place and
the functions return None. A module may lack some of them.

Bad arguments raise before anything is written: an Error, whose subclasses are toll.h's statuses, or a TypeError
for what is not an array of the right type. toll.check has the checks.
"""

import hashlib
import os
import sys


class Error(ValueError):
    """Arguments that a kernel refuses; status is toll.h's."""

    status = 0


class ShapeError(Error):
    """An extent < 1, ld < contiguous extent, a range outside, strides of neither order."""

    status = 1


class ShortError(Error):
    """A buffer shorter than its shape."""

    status = 2


class AlignError(Error):
    """A buffer not aligned to its elements."""

    status = 3


class OverlapError(Error):
    """An output that shares memory with another argument."""

    status = 4


class ArgError(Error):
    """A number outside its domain, or an output that is read-only."""

    status = 5


class PanicError(Error):
    """The implementation failed; the output is undefined."""

    status = 6


_ERRORS = {e.status: e for e in (ShapeError, ShortError, AlignError, OverlapError, ArgError, PanicError)}


def refuse(kernel, status):
    """Raise the error that a native kernel's status stands for, if it is not 0."""
    if status:
        error = _ERRORS.get(status, Error)
        raise error(f"{kernel}: the native library returned status {status}: {error.__doc__}")


def library(file):
    """The absolute path of a library of build/lib: in $TOLL_LIB if that is set, else beside the virtual environment."""
    folder = os.environ.get("TOLL_LIB") or os.path.join(os.path.dirname(sys.prefix), "lib")
    return os.path.join(os.path.abspath(folder), file)


def accept(origin, found, size, version=4):
    """Raise ImportError unless found (a table's version, size and header hash) matches this package's copy of toll.h.
    origin names the library in the message."""
    with open(os.path.join(os.path.dirname(__file__), "toll.h"), "rb") as header:
        digest = hashlib.sha256(header.read()).digest()
    want = version, size, int.from_bytes(digest[:8], "big")
    if found != want:
        raise ImportError(f"{origin}: the table's version, size and header hash are {found}, want {want}: build again")
