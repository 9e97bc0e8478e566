# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
# cython: language_level=3
"""The kernels over lists in Cython, with C types for the numbers.

Source: High Performance Python, "Compiling to C", the Julia set with its first annotations (0.43 s there). Its test
is abs(z) < 2: see EDGE.
"""

from toll import check
from toll._cython_build import BUILD

EDGE = "abs(z) is C's cabs, rounded by itself: where zr*zr + zi*zi is within 2 ULP of 4 the two tests may differ"


def calculate_z(int maxiter, zs, cs):
    cdef Py_ssize_t i
    cdef int n
    cdef double complex z, c
    output = [0] * len(zs)
    for i in range(len(zs)):
        n = 0
        z = zs[i]
        c = cs[i]
        while n < maxiter and abs(z) < 2:
            z = z * z + c
            n += 1
        output[i] = n
    return output


def evolve(list new, list grid, double Ddt):
    cdef Py_ssize_t i, j
    cdef double up, down, left, right, here
    cdef list above, row, below, line
    for i in range(1, len(grid) - 1):
        above, row, below, line = grid[i - 1], grid[i], grid[i + 1], new[i]
        for j in range(1, len(row) - 1):
            up, down, left, right, here = above[j], below[j], row[j - 1], row[j + 1], row[j]
            line[j] = here + Ddt * ((((down + up) + right) + left) - 4 * here)


def fit(list y):
    cdef Py_ssize_t k, n = len(y), half = n // 2, odd = n % 2
    cdef double upper, lower, value, pairs = 0, total = 0, x = n, slope
    for k in range(half):
        upper, lower = y[half + odd + k], y[half - 1 - k]
        pairs += <double>(2 * k + 1 + odd) * (upper - lower)
    for value in y:
        total += value
    slope = pairs / ((x * (x * x - 1)) / 6)
    return slope, total / x - slope * ((x - 1) / 2)


include "lists.pxi"
