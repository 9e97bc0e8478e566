# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Timed by toll calls in Python itself: functions that do nothing, and loops that call a function many times from
Python, so that the crossing from Go is paid once."""

from itertools import repeat

import numpy as np


def noop():
    pass


def not_(x):
    return ~x


def add(x, y):
    return x + y


def grid(a):
    pass


def step(out, in_, lo, hi, D, dt, threads, schedule):
    pass


def loop(f, n):
    """The loop alone."""
    for _ in repeat(None, n):
        pass


def loop_noop(f, n):
    for _ in repeat(None, n):
        f()


def loop_not(f, n):
    for _ in repeat(None, n):
        f(1)


def loop_add(f, n):
    for _ in repeat(None, n):
        f(1.0, 2.0)


def loop_grid(f, n):
    a = _GRID
    for _ in repeat(None, n):
        f(a)


def loop_step(f, n):
    """Steps of a grid with one interior cell: the binding and its checks, and as good as no kernel. On no rows, some
    bindings return before they reach compiled code."""
    out, in_ = _STEPPED, _ONES
    for _ in repeat(None, n):
        f(out, in_, 1, 2, 1.0, 0.1, 1, 0)


def take_cell():
    """Return the cell that loop_step computed, 1.0, and set it to 0.0."""
    cell = _STEPPED[1, 1]
    _STEPPED[1, 1] = 0.0
    return float(cell)


_GRID = np.zeros((512, 512))
_STEPPED, _ONES = np.zeros((3, 3)), np.ones((3, 3))

_spinning = False


def spin():
    """Compute, with the GIL held as long as CPython lets one thread, until stop() is called."""
    global _spinning
    _spinning = True
    while _spinning:
        pass


def spinning():
    return _spinning


def stop():
    global _spinning
    _spinning = False
