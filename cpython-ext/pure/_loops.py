# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The kernels as loops over lists, without NumPy: CPython runs them for toll.python, and PyPy in toll/_worker.py.

The caller has checked the arguments. The bits are those of toll.h: Python rounds each operation, and z*z is
(zr*zr - zi*zi) + (zr*zi + zi*zr)i; its imaginary part always equals 2*(zr*zi).
Sources: High Performance Python, the pure Python versions of the diffusion, Julia set and OLS examples.
"""


def noop():
    pass


def not_(x):
    return ~x


def add(x, y):
    return x + y


def sum(p):
    # Not the built-in sum, which compensates for rounding errors since Python 3.12.
    total = 0.0
    for x in p:
        total += x
    return total


def step(out, grid, d):
    """One diffusion step on all interior elements of grid, a list of rows; d is D*dt."""
    inner = range(1, len(grid[0]) - 1)
    for i in range(1, len(grid) - 1):
        above, row, below, new = grid[i - 1], grid[i], grid[i + 1], out[i]
        for j in inner:
            lap = below[j] + above[j] + row[j + 1] + row[j - 1] - 4 * row[j]
            new[j] = row[j] + d * lap


def run(a, b, steps, d):
    for _ in range(steps):
        step(b, a, d)
        a, b = b, a


def julia(zs, cs, maxiter):
    """The escape counts with the test abs(z) < 2, which rounding can make differ from that of toll.h."""
    output = [0] * len(zs)
    for i in range(len(zs)):
        n = 0
        z = zs[i]
        c = cs[i]
        try:
            while n < maxiter and abs(z) < 2:
                z = z * z + c
                n += 1
        except OverflowError:  # from abs: z is finite, its modulus is not, so it has escaped
            pass
        output[i] = n
    return output


def julia_expanded(zs, cs, maxiter):
    """The escape counts with the test written out."""
    output = [0] * len(zs)
    for i in range(len(zs)):
        n = 0
        z = zs[i]
        c = cs[i]
        while n < maxiter and z.real * z.real + z.imag * z.imag < 4:
            z = z * z + c
            n += 1
        output[i] = n
    return output


def ols(y):
    """The slopes and the intercepts of a list of rows."""
    n = len(y[0])
    half, odd = n // 2, n % 2
    x = float(n)
    denominator, mean_x = x * (x * x - 1) / 6, (x - 1) / 2
    slopes, intercepts = [0.0] * len(y), [0.0] * len(y)
    for i, row in enumerate(y):
        pairs = 0.0
        w = 1.0 + odd
        for k in range(half):
            pairs += w * (row[half + odd + k] - row[half - 1 - k])
            w += 2
        slope = pairs / denominator
        slopes[i] = slope
        intercepts[i] = sum(row) / x - slope * mean_x
    return slopes, intercepts
