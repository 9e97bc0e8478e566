# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
# cython: language_level=3
"""The kernels in Python without types, compiled by Cython: the gain of compiling alone.

Source: High Performance Python, "Compiling to C", the Julia set before its annotations. Its test is
abs(z) < 2: see EDGE.
"""

from toll import check
from toll._cython_build import BUILD

EDGE = "abs(z) is a hypot, rounded by itself: where zr*zr + zi*zi is within 2 ULP of 4 the two tests may differ"


def calculate_z(maxiter, zs, cs):
    output = [0] * len(zs)
    for i in range(len(zs)):
        n = 0
        z = zs[i]
        c = cs[i]
        try:
            while n < maxiter and abs(z) < 2:
                z = z * z + c
                n += 1
        except OverflowError:  # abs() of finite parts, too large for a float: the point has escaped
            pass
        output[i] = n
    return output


def evolve(new, grid, Ddt):
    for i in range(1, len(grid) - 1):
        for j in range(1, len(grid[0]) - 1):
            lap = (((grid[i + 1][j] + grid[i - 1][j]) + grid[i][j + 1]) + grid[i][j - 1]) - 4 * grid[i][j]
            new[i][j] = grid[i][j] + Ddt * lap


def fit(y):
    n = len(y)
    half, odd = n // 2, n % 2
    pairs = total = 0.0
    for k in range(half):
        pairs += (2 * k + 1 + odd) * (y[half + odd + k] - y[half - 1 - k])
    for value in y:
        total += value
    x = float(n)
    slope = pairs / ((x * (x * x - 1)) / 6)
    return slope, total / x - slope * ((x - 1) / 2)


include "lists.pxi"
