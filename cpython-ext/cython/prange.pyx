# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The kernels over typed memoryviews in Cython, on threads: prange, OpenMP, @SCHEDULE@.

The schedule is fixed in the code; a call's own is checked and ignored. OpenMP keeps a team of threads for each
calling thread, and ends the process if the system gives it no thread.

Source: High Performance Python, "Compiling to C", the Julia set with OpenMP (0.03 s there, guided).
"""

import os
from operator import index

from cython.parallel import parallel, prange
from libc.stdint cimport uint64_t

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

# Of c-omp: each thread of a region calls them first and last, since it inherits the floating-point environment of its
# maker.
cdef extern from * nogil:
    """
    #include <stdint.h>
    uint64_t toll_c_omp_enter_region(void);
    void toll_c_omp_leave_region(uint64_t before);
    """
    uint64_t toll_c_omp_enter_region()
    void toll_c_omp_leave_region(uint64_t)


def _before_fork():
    omp_pause_resource_all(omp_pause_hard)


# A child has none of its parent's threads, and OpenMP would wait for them for ever. Without a team, child and parent
# make one when they need it.
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
    cdef uint64_t before
    with parallel(num_threads=threads):
        before = toll_c_omp_enter_region()
        if col:
            for k in prange(1, u.shape[0] - 1, @LINES@):
                col_line(out, u, k, lo, hi, Ddt)
        else:
            for k in prange(lo, hi, @LINES@):
                row_line(out, u, k, Ddt)
        toll_c_omp_leave_region(before)


cdef void escapes(int[:] out, const double complex[:] zs, const double complex[:] cs, Py_ssize_t lo, Py_ssize_t hi,
                  int maxiter, int threads) noexcept nogil:
    cdef Py_ssize_t k
    cdef uint64_t before
    with parallel(num_threads=threads):
        before = toll_c_omp_enter_region()
        for k in prange(lo, hi, @POINTS@):
            out[k] = escape(zs[k], cs[k], maxiter)
        toll_c_omp_leave_region(before)


cdef void fits(double[:] slope, double[:] intercept, const double[:, :] y, Py_ssize_t lo, Py_ssize_t hi,
               int threads) noexcept nogil:
    cdef Py_ssize_t i
    cdef uint64_t before
    with parallel(num_threads=threads):
        before = toll_c_omp_enter_region()
        for i in prange(lo, hi, @ROWS@):
            fit(slope, intercept, y, i)
        toll_c_omp_leave_region(before)


include "memoryviews.pxi"
