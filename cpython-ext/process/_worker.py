# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The kernels of toll/_loops.py in a separate process, for PyPy or CPython, without NumPy: pypy3 -I _worker.py

It reads requests from standard input and answers each on standard output, in order, until QUIT or end of file
(exit status 0). All other output goes to standard error. SIGINT is ignored: the parent decides.
All numbers are little endian and unpadded; u4 is uint32, u8 uint64, i8 int64, f8 float64.

    hello     "TOLH"  u4 version of the protocol (1)  text          once, at the start
    request   "TOLQ"  u4 function  u4 variant  values
    response  "TOLR"  u4 0  values                                  or, for an exception,
              "TOLR"  u4 1  text: "Type: message", a newline, the traceback

    text      u4 bytes  that many bytes of UTF-8                    hello: "PyPy 7.3.11, Python 3.9.16"
    values    u4 integers  u4 floats  u4 arrays  i8...  f8...  array...
    array     u4 kind: ord of 'd' float64, 'D' complex128, 'i' int32  u8 bytes  that many bytes

    function   integers                              floats   arrays     response
    0 NOOP                                                               nothing
    1 NOT      x                                                         1 integer
    2 ADD                                            x, y                1 float
    3 SUM                                                     p          1 float
    4 STEP     rows, cols, ld, col, lo, hi           D, dt    in         array out
    5 RUN      rows, cols, ld, col, steps            D, dt    a, b       arrays a, b
    6 JULIA    lo, hi, maxiter                                zs, cs     array out
    7 OLS      rows, n, ld, col, lo, hi                       y          arrays slope, intercept
    8 QUIT                                                               nothing, and the worker ends

A matrix is sent as the memory from its first to its last element; col is 1 for column-major order, else 0. An output
has the shape and ld of the input, or one element for each row or point (julia's is of kind 'i'). Only the elements
that the kernel writes according to toll.h have a meaning: the host must copy no others, and no padding.
variant chooses julia's test: 0 abs(z) < 2, 1 expanded. The host checks arguments as toll.h says; the worker checks
that sizes agree, so a bad request is an exception. After an exception it continues with the next request. Bytes that
are no request (bad magic) or a truncated request end it, with exit status 1.
"""

import importlib.util
import os
import platform
import signal
import struct
import sys
import traceback
from array import array

PROTOCOL = 1
NOOP, NOT, ADD, SUM, STEP, RUN, JULIA, OLS, QUIT = range(9)
ITEMS = {"d": 8, "D": 16, "i": 4}


class CutShort(Exception):
    """The input ended within a request."""


def load_loops():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_loops.py")
    spec = importlib.util.spec_from_file_location("_loops", path)
    loops = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loops)
    return loops


def fill(stream, buffer):
    """Read as many bytes as buffer has."""
    view = memoryview(buffer).cast("B")
    if stream.readinto(view) != len(view):
        raise CutShort("the input ended within a request")


def read(stream, format):
    buffer = bytearray(struct.calcsize(format))
    fill(stream, buffer)
    return struct.unpack(format, buffer)


def skip(stream, size):
    while size:
        n = len(stream.read(min(size, 1 << 16)))
        if not n:
            raise CutShort("the input ended within a request")
        size -= n


def read_array(stream):
    """Return an array, or the exception to answer with; its bytes are read in either case."""
    code, size = read(stream, "<IQ")
    try:
        kind = chr(code) if code < 128 else code
        if kind not in ITEMS or size % ITEMS[kind]:
            raise ValueError("an array of kind %r and %d bytes, want 'd', 'D' or 'i' and whole elements" % (kind, size))
        kind = "d" if kind == "D" else kind
        a = array(kind, [0]) * (size // ITEMS[kind])
    except (ValueError, MemoryError, OverflowError) as e:
        skip(stream, size)
        return e
    if size:
        fill(stream, a)
    return a


def read_request(stream):
    """Return (function, variant, integers, floats, arrays), or None at the end of the input."""
    magic = stream.read(4)
    if not magic:
        return None
    if magic != b"TOLQ":
        raise CutShort("the input has %r, want a request" % magic)
    function, variant, integers, floats, arrays = read(stream, "<5I")
    integers = read(stream, "<%dq" % integers)
    floats = read(stream, "<%dd" % floats)
    return function, variant, integers, floats, [read_array(stream) for _ in range(arrays)]


def write_response(stream, integers=(), floats=(), arrays=()):
    stream.write(
        struct.pack(
            "<4s4I%dq%dd" % (len(integers), len(floats)),
            b"TOLR",
            0,
            len(integers),
            len(floats),
            len(arrays),
            *integers,
            *floats,
        )
    )
    for a in arrays:
        stream.write(struct.pack("<IQ", ord(a.typecode), len(a) * a.itemsize))
        stream.write(memoryview(a).cast("B") if a else b"")
    stream.flush()


def write_text(stream, magic, number, text):
    text = text.encode("utf-8", "replace")
    stream.write(struct.pack("<4sII", magic, number, len(text)) + text)
    stream.flush()


class Matrix:
    """A matrix in an array: rows and columns as lists."""

    def __init__(self, a, rows, cols, ld, col):
        lines, length = (cols, rows) if col else (rows, cols)
        want = (lines - 1) * ld + length
        if rows < 1 or cols < 1 or ld < length or col not in (0, 1) or a.typecode != "d" or len(a) != want:
            raise ValueError(
                "a matrix of %d x %d, ld %d, col %d, in %d elements of kind %r, want %d of kind 'd'"
                % (rows, cols, ld, col, len(a), a.typecode, want)
            )
        self.a, self.rows, self.cols, self.ld, self.col = a, rows, cols, ld, col

    def tolists(self, lo, hi):
        """Return the rows lo to hi."""
        a, ld = self.a, self.ld
        if not self.col:
            return [a[i * ld : i * ld + self.cols].tolist() for i in range(lo, hi)]
        columns = [a[j * ld + lo : j * ld + hi].tolist() for j in range(self.cols)]
        return [[column[i] for column in columns] for i in range(hi - lo)]

    def assign(self, lo, rows):
        """Set the interior elements of the rows from lo on."""
        a, ld, last = self.a, self.ld, self.cols - 1
        if not self.col:
            for i, row in enumerate(rows, lo):
                a[i * ld + 1 : i * ld + last] = array("d", row[1:last])
            return
        for j in range(1, last):
            a[j * ld + lo : j * ld + lo + len(rows)] = array("d", [row[j] for row in rows])


def check_range(lo, hi, count):
    if not 0 <= lo <= hi <= count:
        raise ValueError("range [%d, %d), want one within [0, %d)" % (lo, hi, count))


def step(loops, integers, floats, arrays):
    rows, cols, ld, col, lo, hi = integers
    D, dt = floats
    (a,) = arrays
    grid = Matrix(a, rows, cols, ld, col)
    check_range(lo, hi, rows)
    new = Matrix(array("d", [0]) * len(a), rows, cols, ld, col)
    lo, hi = max(lo, 1), min(hi, rows - 1)
    if lo < hi and cols > 2:
        lines = grid.tolists(lo - 1, hi + 1)
        out = [[0.0] * cols for _ in lines]
        loops.step(out, lines, D * dt)
        new.assign(lo, out[1:-1])
    return new.a


def run(loops, integers, floats, arrays):
    rows, cols, ld, col, steps = integers
    D, dt = floats
    a, b = (Matrix(a, rows, cols, ld, col) for a in arrays)
    if rows > 2 and cols > 2:
        grid, new = a.tolists(0, rows), b.tolists(0, rows)
        loops.run(grid, new, steps, D * dt)
        a.assign(1, grid[1:-1])
        b.assign(1, new[1:-1])
    return a.a, b.a


def julia(loops, variant, integers, arrays):
    lo, hi, maxiter = integers
    zs, cs = arrays
    if zs.typecode != "d" or cs.typecode != "d" or len(zs) != len(cs) or len(zs) % 2:
        raise ValueError("zs and cs of %d and %d floats, want as many complex numbers" % (len(zs), len(cs)))
    check_range(lo, hi, len(zs) // 2)
    zs, cs = (list(map(complex, p[2 * lo : 2 * hi : 2], p[2 * lo + 1 : 2 * hi : 2])) for p in (zs, cs))
    out = array("i", [0]) * (len(arrays[0]) // 2)
    out[lo:hi] = array("i", (loops.julia, loops.julia_expanded)[variant](zs, cs, maxiter))
    return out


def ols(loops, integers, arrays):
    rows, n, ld, col, lo, hi = integers
    (a,) = arrays
    y = Matrix(a, rows, n, ld, col)
    check_range(lo, hi, rows)
    slope, intercept = array("d", [0]) * rows, array("d", [0]) * rows
    if lo < hi:
        slopes, intercepts = loops.ols(y.tolists(lo, hi))
        slope[lo:hi], intercept[lo:hi] = array("d", slopes), array("d", intercepts)
    return slope, intercept


def answer(loops, function, variant, integers, floats, arrays):
    """Return the values of the response: integers, floats, arrays."""
    for a in arrays:
        if isinstance(a, Exception):
            raise a
    if variant not in (0, 1):
        raise ValueError("variant %d, want 0 or 1" % variant)
    if function in (NOOP, QUIT):
        loops.noop()
        return (), (), ()
    if function == NOT:
        (x,) = integers
        return (loops.not_(x),), (), ()
    if function == ADD:
        x, y = floats
        return (), (loops.add(x, y),), ()
    if function == SUM:
        (p,) = arrays
        return (), (loops.sum(p.tolist()),), ()
    if function == STEP:
        return (), (), (step(loops, integers, floats, arrays),)
    if function == RUN:
        return (), (), run(loops, integers, floats, arrays)
    if function == JULIA:
        return (), (), (julia(loops, variant, integers, arrays),)
    if function == OLS:
        return (), (), ols(loops, integers, arrays)
    raise ValueError("function %d, want 0 to %d" % (function, QUIT))


def serve(stdin, stdout):
    loops = load_loops()
    name, python = platform.python_implementation(), platform.python_version()
    if name == "PyPy":
        name = "PyPy %d.%d.%d, Python" % sys.pypy_version_info[:3]
    write_text(stdout, b"TOLH", PROTOCOL, name + " " + python)
    while True:
        request = read_request(stdin)
        if request is None:
            return
        try:
            values = answer(loops, *request)
        except Exception as e:
            write_text(stdout, b"TOLR", 1, "%s: %s\n%s" % (type(e).__name__, e, traceback.format_exc()))
            continue
        write_response(stdout, *values)
        if request[0] == QUIT:
            return


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stdout = os.fdopen(os.dup(1), "wb", 1 << 16)
    os.dup2(2, 1)
    try:
        serve(os.fdopen(0, "rb", 1 << 16), stdout)
    except CutShort as e:
        sys.exit("worker: %s" % e)
    except BrokenPipeError:
        os._exit(0)  # the parent is gone; the interpreter's end would try to write again


if __name__ == "__main__":
    main()
