# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The kernels of toll/_loops.py in a separate process, for PyPy or CPython, without NumPy: pypy3 -I _worker.py pipe
Or the ols of a module with the functions that the package toll lists, with NumPy: python -I _worker.py pipe toll.frames.dask

It reads requests and answers each, in order, until the end of the input (exit status 0), as csrc/worker/protocol.h
describes; its first argument is the transport, pipe or socket. All other output goes to standard error. SIGINT is ignored:
the parent decides.

It computes on copies: an output has the size that the request gives it, and only the elements that the kernel writes
according to toll.h have a meaning. The host checks arguments as toll.h says; the worker checks that sizes agree, so a
bad request is an exception. After an exception it continues with the next request. Bytes that are no request (bad
magic) or a truncated request end it, with exit status 1.
"""

import functools
import importlib
import importlib.util
import os
import platform
import select
import signal
import struct
import sys
import threading
import time
import traceback
from array import array

PROTOCOL = 2
FUNCTIONS = (
    "NOOP NOT ADD SUM STEP RUN JULIA OLS RUN_INTERCHANGED OLS_INTERCHANGED JULIA_SPLIT TRANSPOSE TRANSPOSE_NAIVE TEAM "
    "INTS DOUBLES BOOL INT8 INT16 INT32 UINT8 UINT16 UINT32 FLOAT LENGTH FIRST FILL BATCH VARIADIC "
    "PAIR PAIR_AT LONGS SPLIT TRIPLE MIXED MIXED_AT TEXT_LENGTH TEXT_STATIC TEXT_NEW TEXT_INTO TEXT_LIVE "
    "STATUS ERRNO HANDLE SPIN SLEEP"
).split()
IN, OUT = 1, 2
ITEMS = {"d": 8, "D": 16, "i": 4, "b": 1}
CODES = {"d": "d", "D": "d", "i": "i", "b": "B"}  # of array.array
TEXT = "Zoll: 5 €, naïve 数字. ".encode()
MIXED = struct.Struct("@bdihdq")


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
    """Return an array and its direction, or the exception to answer with; its bytes are read in either case."""
    code, direction, size = read(stream, "<IIQ")
    sent = size if direction & IN else 0
    try:
        kind = chr(code) if code < 128 else code
        if kind not in ITEMS or size % ITEMS[kind]:
            raise ValueError(
                "an array of kind %r and %d bytes, want 'd', 'D', 'i' or 'b' and whole elements" % (kind, size)
            )
        a = array(CODES[kind], [0])
        a *= size // a.itemsize
    except (ValueError, MemoryError, OverflowError) as e:
        skip(stream, sent)
        return e, direction
    if sent:
        fill(stream, a)
    return a, direction


def read_request(stream):
    """Return (function, variant, integers, floats, arrays, directions), or None at the end of the input."""
    magic = stream.read(4)
    if not magic:
        return None
    if magic != b"TOLQ":
        raise CutShort("the input has %r, want a request" % magic)
    function, variant, integers, floats, arrays = read(stream, "<5I")
    integers = read(stream, "<%dq" % integers)
    floats = read(stream, "<%dd" % floats)
    arrays = [read_array(stream) for _ in range(arrays)]
    return function, variant, integers, floats, [a for a, _ in arrays], [d for _, d in arrays]


def write_response(stream, integers, floats, arrays):
    stream.write(
        struct.pack(
            "<4s3I%dq%dd" % (len(integers), len(floats)), b"TOLR", 0, len(integers), len(floats), *integers, *floats
        )
    )
    for a in arrays:
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
    rows, cols, ld, col, lo, hi = integers[:6]
    D, dt = floats
    out, grid = (Matrix(a, rows, cols, ld, col) for a in arrays)
    check_range(lo, hi, rows)
    lo, hi = max(lo, 1), min(hi, rows - 1)
    if lo < hi and cols > 2:
        lines = grid.tolists(lo - 1, hi + 1)
        new = [[0.0] * cols for _ in lines]
        loops.step(new, lines, D * dt)
        out.assign(lo, new[1:-1])


def run(loops, integers, floats, arrays):
    rows, cols, ld, col, steps = integers[:5]
    D, dt = floats
    a, b = (Matrix(a, rows, cols, ld, col) for a in arrays)
    if rows > 2 and cols > 2:
        grid, new = a.tolists(0, rows), b.tolists(0, rows)
        loops.run(grid, new, steps, D * dt)
        a.assign(1, grid[1:-1])
        b.assign(1, new[1:-1])


def julia(loops, variant, integers, arrays):
    lo, hi, maxiter = integers[:3]
    out, zs, cs = arrays
    if zs.typecode != "d" or cs.typecode != "d" or len(zs) != len(cs) or len(zs) % 2:
        raise ValueError("zs and cs of %d and %d floats, want as many complex numbers" % (len(zs), len(cs)))
    if out.typecode != "i" or len(out) != len(zs) // 2:
        raise ValueError("out of %d counts, want %d" % (len(out), len(zs) // 2))
    if variant not in (0, 1):
        raise ValueError("variant %d, want 0 or 1" % variant)
    check_range(lo, hi, len(out))
    zs, cs = (list(map(complex, p[2 * lo : 2 * hi : 2], p[2 * lo + 1 : 2 * hi : 2])) for p in (zs, cs))
    out[lo:hi] = array("i", (loops.julia, loops.julia_expanded)[variant](zs, cs, maxiter))


def ols(loops, integers, arrays):
    rows, n, ld, col, lo, hi = integers[:6]
    slope, intercept, a = arrays
    y = Matrix(a, rows, n, ld, col)
    check_range(lo, hi, rows)
    if len(slope) != rows or len(intercept) != rows:
        raise ValueError("slope and intercept of %d and %d rows, want %d" % (len(slope), len(intercept), rows))
    if lo < hi:
        slopes, intercepts = loops.ols(y.tolists(lo, hi))
        slope[lo:hi], intercept[lo:hi] = array("d", slopes), array("d", intercepts)


def view(a, rows, cols, ld, col):
    """Return a matrix in an array as one of NumPy's."""
    import numpy as np

    Matrix(a, rows, cols, ld, col)
    if (cols if col else rows) == 1:
        ld = len(a)  # it has no other line, and 8 * ld may be no number of bytes
    strides = (8, 8 * ld) if col else (8 * ld, 8)
    return np.lib.stride_tricks.as_strided(np.frombuffer(a), (rows, cols), strides, writeable=False)


def answer_by(module, function, variant, integers, floats, arrays):
    """As answer, by a module's ols."""
    import numpy as np

    check_arrays(arrays)
    if function == FUNCTIONS.index("TEAM"):
        return small(None, "TEAM", integers, floats, arrays)
    if function != FUNCTIONS.index("OLS"):
        raise ValueError("function %d, want that of OLS or TEAM, %s has no other" % (function, module.__name__))
    rows, n, ld, col, lo, hi, threads, schedule = integers
    slope, intercept, y = arrays
    module.ols(np.frombuffer(slope), np.frombuffer(intercept), view(y, rows, n, ld, col), lo, hi, threads, schedule)
    return (0,), ()


def single(x):
    """Return x rounded to single precision."""
    try:
        return struct.unpack("f", struct.pack("f", x))[0]
    except OverflowError:
        return x * float("inf")


def wrap(x, bits=64):
    """Return x modulo 2**bits, as a signed integer."""
    return ((x + (1 << (bits - 1))) & ((1 << bits) - 1)) - (1 << (bits - 1))


def weigh(a):
    """Return a1 + 2*a2 + 3*a3 + ..., from the left."""
    total = a[0]
    for k in range(1, len(a)):
        total += (k + 1) * a[k]
    return total


def negate(a, b, c, d, e, f):
    """Return the fields of a mixed struct, negated."""
    return wrap(-a, 8), -b, wrap(-c, 32), wrap(-d, 16), -e, wrap(-f)


def into(room, text):
    """Copy a text into an array and return its length."""
    room[: len(text)] = array("B", text)
    return len(text)


def text(n):
    n = max(n, 0)
    return (TEXT * (n // len(TEXT) + 1))[:n]


def spin(ns):
    start = time.perf_counter()
    while time.perf_counter() - start < ns / 1e9:
        pass


def small(loops, name, integers, floats, arrays):
    """Return the integers and floats that one of the functions of calls.h answers."""
    i, f = integers, floats
    if name == "NOOP":
        loops.noop()
        return (), ()
    if name == "NOT":
        return (loops.not_(i[0]),), ()
    if name == "TEAM":
        return (int(1 <= i[0] <= 1024),), ()
    if name in ("STATUS", "HANDLE"):
        return (i[0],), ()
    if name == "ADD":
        x, y = f
        return (), (loops.add(x, y),)
    if name == "SUM":
        (p,) = arrays
        return (), (loops.sum(p.tolist()),)
    if name == "INTS":
        return (wrap(weigh(i)),), ()
    if name == "DOUBLES":
        return (), (weigh(f),)
    if name == "BOOL":
        return (int(bool(i[0]) and not i[1]),), ()
    if name in ("INT8", "INT16", "INT32", "UINT8", "UINT16", "UINT32"):
        return (i[0] - 2 * i[1],), ()
    if name == "FLOAT":
        return (), (single(f[0] - f[1]),)
    if name == "LENGTH":
        return (len(arrays[0]),), ()
    if name == "FIRST":
        return (), (arrays[0][0] if arrays[0] else 0.0,)
    if name == "FILL":
        arrays[0][:] = array("d", f) * len(arrays[0])
        return (), ()
    if name == "BATCH":
        out, x, y = arrays
        out[:] = array("d", map(loops.add, x, y))
        return (), ()
    if name == "VARIADIC":
        return (), (0.0 + float(i[0]) * f[0] + float(i[1]) * f[1],)
    if name == "PAIR":
        return (), (f[1], f[0])
    if name == "PAIR_AT":
        arrays[0][:] = arrays[0][8:] + arrays[0][:8]
        return (), ()
    if name == "LONGS":
        return (i[1], i[0]), ()
    if name == "SPLIT":
        return (wrap(-i[0]),), (-f[0],)
    if name == "TRIPLE":
        return (), (f[2], f[0], f[1])
    if name == "MIXED":
        a, b, c, d, e, g = negate(i[0], f[0], i[1], i[2], f[1], i[3])
        return (a, c, d, g), (b, e)
    if name == "MIXED_AT":
        MIXED.pack_into(arrays[0], 0, *negate(*MIXED.unpack_from(arrays[0])))
        return (), ()
    if name == "TEXT_LENGTH":
        return (arrays[0].tobytes().index(b"\0"),), ()
    if name == "TEXT_STATIC":
        return (into(arrays[0], TEXT),), ()
    if name in ("TEXT_NEW", "TEXT_INTO"):
        return (into(arrays[0], text(i[0])),), ()
    if name == "TEXT_LIVE":
        return (0,), ()
    if name == "SPIN":
        spin(i[0])
        return (), ()
    if name == "SLEEP":
        time.sleep(max(i[0], 0) / 1e9)
        return (), ()
    raise ValueError("no function %s here" % name)


def check_arrays(arrays):
    """Raise the exception that stands for an array, if there is one."""
    for a in arrays:
        if isinstance(a, Exception):
            raise a


def answer(loops, function, variant, integers, floats, arrays):
    """Return the integers and floats of the response. Outputs are then in the arrays."""
    check_arrays(arrays)
    if function >= len(FUNCTIONS):
        raise ValueError("function %d, want 0 to %d" % (function, len(FUNCTIONS) - 1))
    name = FUNCTIONS[function]
    sizes = [len(a) for a in arrays]
    if name == "STEP":
        values = step(loops, integers, floats, arrays)
    elif name == "RUN":
        values = run(loops, integers, floats, arrays)
    elif name == "JULIA":
        values = julia(loops, variant, integers, arrays)
    elif name == "OLS":
        values = ols(loops, integers, arrays)
    else:
        values = small(loops, name, integers, floats, arrays)
    if sizes != [len(a) for a in arrays]:
        raise ValueError("%s made arrays of %s elements into others" % (name, sizes))
    return values or ((0,), ())  # a kernel's status


at_work = threading.Event()  # an answer is being computed


def watch():
    """End the process once the host has gone while an answer is computed. At any other time serve ends it."""
    hung_up = select.poll()
    hung_up.register(0, 0)
    hung_up.poll()
    at_work.wait()
    os._exit(0)


def greeting():
    name, python = platform.python_implementation(), platform.python_version()
    if name == "PyPy":
        name = "PyPy %d.%d.%d, Python" % sys.pypy_version_info[:3]
    return name + " " + python


def serve(stdin, stdout, module):
    if module:
        module = importlib.import_module(module)
        compute, hello = functools.partial(answer_by, module), module.BUILD
    else:
        compute, hello = functools.partial(answer, load_loops()), greeting()
    write_text(stdout, b"TOLH", PROTOCOL, hello)
    while True:
        request = read_request(stdin)
        if request is None:
            return
        arrays, directions = request[-2:]
        try:
            at_work.set()
            integers, floats = compute(*request[:-1])
        except Exception as e:
            write_text(stdout, b"TOLR", 1, "%s: %s\n%s" % (type(e).__name__, e, traceback.format_exc()))
            continue
        finally:
            at_work.clear()
        write_response(stdout, integers, floats, [a for a, d in zip(arrays, directions) if d & OUT])


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in ("pipe", "socket"):
        sys.exit("worker: arguments %s, want pipe or socket, and perhaps a module" % sys.argv[1:])
    transport, module = sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else None
    if transport == "pipe":
        stdout = os.fdopen(os.dup(1), "wb", 1 << 16)
        os.dup2(2, 1)
    else:
        stdout = os.fdopen(os.dup(0), "wb", 1 << 16)
    threading.Thread(target=watch, daemon=True).start()
    try:
        serve(os.fdopen(0, "rb", 1 << 16), stdout, module)
    except CutShort as e:
        sys.exit("worker: %s" % e)
    except (BrokenPipeError, ConnectionResetError):
        os._exit(0)  # the parent is gone; the interpreter's end would try to write again


if __name__ == "__main__":
    main()
