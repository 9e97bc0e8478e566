# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The loops that Pythran compiles. A matrix is the span of its elements and the distance ld between its lines, rows
or columns: Pythran takes matrices only without padding, or as a slice of a larger NumPy array."""

# pythran export lines(float64[], float64[], int, int, int, int, int, int, float)
# pythran export escapes(int32[], complex128[], complex128[], int, int, int)
# pythran export fits(float64[], float64[], float64[], int, int, int, int, int)


def lines(out, u, first, last, lo, hi, row, col, Ddt):
    """One step on the elements lo <= k < hi of the lines first <= j < last; neighbours in the next row lie row away,
    in the next column col away, and one of the two is 1. Slices, since Pythran's code for
    them takes a third of the time of its loop over elements."""
    ld = max(row, col)
    for j in range(first, last):
        s, e = j * ld + lo, j * ld + hi
        here, down, up = u[s:e], u[s + row : e + row], u[s - row : e - row]
        right, left = u[s + col : e + col], u[s - col : e - col]
        out[s:e] = here + Ddt * ((((down + up) + right) + left) - 4 * here)


def escapes(out, zs, cs, lo, hi, maxiter):
    for k in range(lo, hi):
        z, c, n = zs[k], cs[k], 0
        while n < maxiter and z.real * z.real + z.imag * z.imag < 4:
            z = z * z + c
            n += 1
        out[k] = n


def fits(slope, intercept, y, n, row, col, lo, hi):
    """Element (i, j) of the observations is y[i * row + j * col]."""
    half, odd = n // 2, n % 2
    x = float(n)
    for i in range(lo, hi):
        pairs = total = 0.0
        for k in range(half):
            pairs += (2 * k + 1 + odd) * (y[i * row + (half + odd + k) * col] - y[i * row + (half - 1 - k) * col])
        for j in range(n):
            total += y[i * row + j * col]
        slope[i] = pairs / ((x * (x * x - 1)) / 6)
        intercept[i] = total / x - slope[i] * ((x - 1) / 2)
