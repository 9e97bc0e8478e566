/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * Faults planted into the language c, to test what is to find them: each is compiled as its library, with
 * this file in the place of julia.c and one of OVERRUN, OVERFLOW, RACE, REGION and UNINITIALISED defined. Its
 * julia returns what it ought to.
 */
#include <stdlib.h>

#define toll_c_julia right
#include "../../../csrc/julia.c"
#undef toll_c_julia

toll_julia_fn toll_c_julia;

int32_t toll_c_julia(int32_t *out, const double *zs, const double *cs, int64_t n, int64_t lo, int64_t hi,
                     int32_t maxiter, int32_t threads, int32_t schedule) {
    int32_t status = right(out, zs, cs, n, lo, hi, maxiter, threads, schedule);
    if (status != TOLL_OK || lo == hi)
        return status;
#ifdef OVERRUN /* One element behind the array. */
    out[n] = 0;
#endif
#ifdef OVERFLOW /* Of a signed number. */
    static volatile int32_t most = INT32_MAX;
    most = most + (lo < hi);
#endif
#ifdef RACE /* Between those that call at once. */
    static int32_t calls;
    calls++;
#endif
#ifdef REGION /* Between the threads of one call. */
    static int32_t regions;
#pragma omp parallel num_threads(threads)
    regions++;
#endif
#ifdef UNINITIALISED /* What decides was never written. */
    volatile int32_t *p = malloc(sizeof *p);
    if (*p == 77)
        out[lo] = 0;
    free((void *)p);
#endif
    return status;
}
