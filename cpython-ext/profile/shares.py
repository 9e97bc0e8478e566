# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""A program that spends a share of its CPU time in a kernel, and knows how much: shares.py FILE BINDING KERNEL SHARE SECONDS.

It alternates calls of the binding and work of its own, by the clock, each of about a millisecond. Comments mark the lines
of either, for profilers that tell lines.
"""

import importlib
import random
import sys
import time

import numpy as np

from toll.profile import _program


def call_native(call):
    return call()  # call


def own_work(steps):
    x = 1
    for _ in range(steps):  # own
        x = (x * 5 + 1) % 1048573  # own
    return x


@_program.by_line
def loop(call, share, seconds):
    clock, wall = time.thread_time_ns, time.monotonic_ns
    # How far the share may be ahead or behind is drawn anew in each turn: else turns would meet a profiler's samples in step.
    draw = random.Random(wall()).random
    calling, slack = True, 0.0
    start, began = wall(), clock()
    native = native_wall = total = calls = 0
    now, now_wall = began, start
    while now_wall - start < seconds * 1e9:
        ahead = native - share * total
        if (ahead > slack) if calling else (ahead < -slack):
            calling, slack = not calling, 3e6 * draw()
        if calling:
            call_native(call)  # call
            calls += 1
        else:
            own_work(10_000)  # own
        then, now, then_wall, now_wall = now, clock(), now_wall, wall()
        if calling:
            native += now - then
            native_wall += now_wall - then_wall
        total = now - began
    return {
        "native": native,
        "total": total,
        "native_wall": native_wall,
        "wall": now_wall - start,
        "start": start,
        "end": now_wall,
        "calls": calls,
    }


def job(name, kernel):
    """What calls the kernel once by the binding of that name, and what compares its result with that of Python's own."""
    binding, reference = importlib.import_module("toll." + name), importlib.import_module("toll.python_expanded")
    if kernel == "julia":
        width, maxiter = 100, 300
        axis = -1.8 + 3.6 / width * np.arange(width)
        zs = (axis[np.newaxis, :] + 1j * -axis[:, np.newaxis]).ravel()
        cs = np.full(zs.shape, -0.62772 - 0.42193j)
        outs = [np.zeros(zs.shape, np.int32) for _ in range(2)]
        reference.julia(outs[1], zs, cs, 0, len(zs), maxiter, 1, 0)

        def call():
            binding.julia(outs[0], zs, cs, 0, len(zs), maxiter, 1, 0)  # call

        return call, lambda: np.array_equal(*outs)
    rows, days = 20_000, 14
    y = np.random.default_rng(0).poisson(60, (rows, days)) / 60
    fits = [[np.zeros(rows) for _ in range(2)] for _ in range(2)]
    importlib.import_module("toll.python").ols(*fits[1], y, 0, rows, 1, 0)

    def call():
        binding.ols(*fits[0], y, 0, rows, 1, 0)  # call

    return call, lambda: np.array_equal(fits[0], fits[1])


def main(file, name, kernel, share, seconds):
    share, seconds = float(share), float(seconds)
    call, right = job(name, kernel)
    call()  # what the first one costs is not the loop's
    found = loop(call, share, seconds)
    found["right"] = bool(right())
    _program.write(file, found)


if __name__ == "__main__":
    main(*sys.argv[1:])
