# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# The kernels over lists, for a module that has calculate_z(), evolve() and fit().

include "lists_julia.pxi"


def step(out, in_, lo, hi, D, dt, threads, schedule):
    rows, cols, _, _ = check.step(out, in_, lo, hi, D, dt, threads, schedule)
    lo, hi = max(index(lo), 1), min(index(hi), rows - 1)
    if lo < hi and cols > 2:
        grid = in_[lo - 1 : hi + 1].tolist()
        new = [[0.0] * cols for _ in grid]
        evolve(new, grid, float(D) * float(dt))
        out[lo:hi, 1:-1] = [row[1:-1] for row in new[1:-1]]


def run(a, b, steps, D, dt, threads, schedule):
    rows, cols, _, _ = check.run(a, b, steps, D, dt, threads, schedule)
    if rows < 3 or cols < 3 or steps == 0:
        return
    new, grid = b.tolist(), a.tolist()
    for _ in range(index(steps)):
        evolve(new, grid, float(D) * float(dt))
        new, grid = grid, new
    a[:], b[:] = (new, grid) if steps % 2 else (grid, new)


def ols(slope, intercept, y, lo, hi, threads, schedule):
    check.ols(slope, intercept, y, lo, hi, threads, schedule)
    lo, hi = index(lo), index(hi)
    for i, row in enumerate(y[lo:hi].tolist(), lo):
        slope[i], intercept[i] = fit(row)
