# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The Julia set in pure Python, on lists of coordinates: julia.py FILE WIDTH MAXITER.

Source: High Performance Python, the chapter on profiling.
"""

import sys

from toll.profile import _program


@_program.by_line
def escape_counts(maxiter, zs, cs):
    output = [0] * len(zs)
    for i in range(len(zs)):
        n = 0
        z = zs[i]
        c = cs[i]
        while abs(z) < 2 and n < maxiter:
            z = z * z + c
            n += 1
        output[i] = n
    return output


@_program.by_line
def julia_set(width, maxiter):
    step = 3.6 / width
    x, y = [], []
    at = 1.8
    while at > -1.8:
        y.append(at)
        at -= step
    at = -1.8
    while at < 1.8:
        x.append(at)
        at += step
    zs = []
    cs = []
    for imag in y:
        for real in x:
            zs.append(complex(real, imag))
            cs.append(complex(-0.62772, -0.42193))
    return escape_counts(maxiter, zs, cs)


def main(file, width, maxiter):
    width, maxiter = int(width), int(maxiter)
    output, wall, cpu = _program.timed(julia_set, width, maxiter)
    found = {"wall": wall, "cpu": cpu, "sum": sum(output)}
    _program.write(file, found)


if __name__ == "__main__":
    main(*sys.argv[1:])
