# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# What one item of each kernel costs, for a loop that deals items out. A matrix is given as its lines: rows in C
# order, columns in Fortran order. Its elements lie side by side in a line, and the lines any distance apart:
# double[:, ::1] would refuse padding, double[:, :] would hide from the compiler that elements are neighbours.

from cython.view cimport contiguous, strided


cdef inline void row_line(double[::strided, ::contiguous] out, const double[::strided, ::contiguous] u, Py_ssize_t i,
                          double Ddt) noexcept nogil:
    cdef Py_ssize_t j
    cdef double lap
    for j in range(1, u.shape[1] - 1):
        lap = (((u[i + 1, j] + u[i - 1, j]) + u[i, j + 1]) + u[i, j - 1]) - 4 * u[i, j]
        out[i, j] = u[i, j] + Ddt * lap


cdef inline void col_line(double[::strided, ::contiguous] out, const double[::strided, ::contiguous] u, Py_ssize_t j,
                          Py_ssize_t lo, Py_ssize_t hi, double Ddt) noexcept nogil:
    cdef Py_ssize_t i
    cdef double lap
    for i in range(lo, hi):
        lap = (((u[j, i + 1] + u[j, i - 1]) + u[j + 1, i]) + u[j - 1, i]) - 4 * u[j, i]
        out[j, i] = u[j, i] + Ddt * lap


cdef inline int escape(double complex z, double complex c, int maxiter) noexcept nogil:
    cdef int n = 0
    while n < maxiter and z.real * z.real + z.imag * z.imag < 4:
        z = z * z + c
        n += 1
    return n


cdef inline void fit(double[:] slope, double[:] intercept, const double[:, :] y, Py_ssize_t i) noexcept nogil:
    cdef Py_ssize_t k, n = y.shape[1], half = n // 2, odd = n % 2
    cdef double pairs = 0, total = 0, x = n
    for k in range(half):
        pairs += <double>(2 * k + 1 + odd) * (y[i, half + odd + k] - y[i, half - 1 - k])
    for k in range(n):
        total += y[i, k]
    slope[i] = pairs / ((x * (x * x - 1)) / 6)
    intercept[i] = total / x - slope[i] * ((x - 1) / 2)
