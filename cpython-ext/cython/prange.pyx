# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The kernels over typed memoryviews in Cython, on threads: prange, OpenMP, @SCHEDULE@.

The schedule is written into the code, so a call's own is checked and ignored. OpenMP keeps a team of threads for
each thread that calls, and ends the process if the system gives it none.

Source: High Performance Python, "Compiling to C", the Julia set with OpenMP (0.03 s there, guided).
"""

import os
from operator import index

from cython.parallel import parallel, prange

from toll import check
from toll._cython_build import BUILD as _BUILD

BUILD = _BUILD + " -fopenmp"

include "loops.pxi"

cdef extern from "omp.h" nogil:
    ctypedef enum omp_pause_resource_t:
        omp_pause_hard
    int omp_pause_resource_all(omp_pause_resource_t)
    int omp_get_num_threads()
    int omp_get_thread_num()


def _before_fork():
    omp_pause_resource_all(omp_pause_hard)


# A child has none of its parent's threads, and OpenMP would wait for them for ever. Without a team it makes one when
# it needs it, and so does the parent.
os.register_at_fork(before=_before_fork)


def team(threads):
    cdef int n = threads if 1 <= index(threads) <= 1024 else 0
    cdef int had = 0
    cdef int *to = &had
    if n > 0:
        with nogil, parallel(num_threads=n):
            if omp_get_thread_num() == 0:
                to[0] = omp_get_num_threads()
    return had


cdef void lines(double[::strided, ::contiguous] out, const double[::strided, ::contiguous] u, bint col, Py_ssize_t lo,
                Py_ssize_t hi, double Ddt, int threads) noexcept nogil:
    cdef Py_ssize_t k
    if col:
        for k in prange(1, u.shape[0] - 1, @LINES@, num_threads=threads):
            col_line(out, u, k, lo, hi, Ddt)
    else:
        for k in prange(lo, hi, @LINES@, num_threads=threads):
            row_line(out, u, k, Ddt)


cdef void escapes(int[:] out, const double complex[:] zs, const double complex[:] cs, Py_ssize_t lo, Py_ssize_t hi,
                  int maxiter, int threads) noexcept nogil:
    cdef Py_ssize_t k
    for k in prange(lo, hi, @POINTS@, num_threads=threads):
        out[k] = escape(zs[k], cs[k], maxiter)


cdef void fits(double[:] slope, double[:] intercept, const double[:, :] y, Py_ssize_t lo, Py_ssize_t hi,
               int threads) noexcept nogil:
    cdef Py_ssize_t i
    for i in prange(lo, hi, @ROWS@, num_threads=threads):
        fit(slope, intercept, y, i)


include "memoryviews.pxi"
