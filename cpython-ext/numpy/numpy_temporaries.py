# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Diffusion as a first version in NumPy: the formula; each of its operations makes an array.

The book's version takes neighbours by np.roll, which carries them around the edges; toll.h's boundary stays.
Source: High Performance Python, the diffusion example in NumPy.
"""

import numpy as np

from . import check
from .numpy import BUILD


def _advance(out, grid, d):
    centre = grid[1:-1, 1:-1]
    lap = grid[2:, 1:-1] + grid[:-2, 1:-1] + grid[1:-1, 2:] + grid[1:-1, :-2] - 4 * centre
    out[1:-1, 1:-1] = centre + d * lap


@np.errstate(all="ignore")
def step(out, in_, lo, hi, D, dt, threads, schedule):
    rows, _, _, _ = check.step(out, in_, lo, hi, D, dt, threads, schedule)
    lo, hi = max(lo, 1), min(hi, rows - 1)
    if lo < hi:
        _advance(out[lo - 1 : hi + 1], in_[lo - 1 : hi + 1], float(D) * float(dt))


@np.errstate(all="ignore")
def run(a, b, steps, D, dt, threads, schedule):
    rows, cols, _, _ = check.run(a, b, steps, D, dt, threads, schedule)
    if rows < 3 or cols < 3:
        return
    d = float(D) * float(dt)
    for _ in range(steps):
        _advance(b, a, d)
        a, b = b, a
