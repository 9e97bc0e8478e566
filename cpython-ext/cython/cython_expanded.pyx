# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
# cython: language_level=3
"""The Julia set over lists in Cython, typed, with the modulus written out: no square root, toll.h's bits.

Source: High Performance Python, "Compiling to C", the Julia set with the expanded test (0.23 s there).
"""

from toll import check
from toll._cython_build import BUILD


def calculate_z(int maxiter, zs, cs):
    cdef Py_ssize_t i
    cdef int n
    cdef double complex z, c
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


include "lists_julia.pxi"
