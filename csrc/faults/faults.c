/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * julia, which commits a fault if maxiter names one, and is right otherwise.
 */
#define toll_c_julia right_julia
#include "../julia.c"
#undef toll_c_julia

#include "faults.h"

#include <stdlib.h>

static volatile int32_t zero;

static int32_t deep(int32_t n) {
    volatile int32_t frame[1024];
    frame[n & 1023] = n;
    return n ? deep(n + 1) + frame[n & 1023] : 0;
}

static int32_t commit(int32_t fault) {
    switch (fault) {
    case FAULT_NULL_WRITE:
        *(volatile int32_t *)(uintptr_t)zero = 1;
        break;
    case FAULT_ABORT:
        abort();
    case FAULT_EXIT:
        exit(3);
    case FAULT_STACK_OVERFLOW:
        return deep(1);
    case FAULT_ENDLESS_LOOP:
        while (!zero) {
        }
        break;
    }
    return TOLL_OK;
}

toll_julia_fn toll_c_julia;

int32_t toll_c_julia(int32_t *out, const double *zs, const double *cs, int64_t n, int64_t lo, int64_t hi,
                     int32_t maxiter, int32_t threads, int32_t schedule) {
    if (maxiter > FAULT)
        return commit(maxiter - FAULT);
    return right_julia(out, zs, cs, n, lo, hi, maxiter, threads, schedule);
}
