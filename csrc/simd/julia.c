/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "../julia.c"
#include "simd.h"

int32_t TOLL_FN(brute_julia)(int32_t *out, const double *zs, const double *cs, int64_t n, int64_t lo,
                             int64_t hi, int32_t maxiter, int32_t threads, int32_t schedule) {
    return TOLL_FN(julia)(out, zs, cs, n, lo, hi, maxiter, threads, schedule);
}
int32_t TOLL_FN(rung1_julia)(int32_t *out, const double *zs, const double *cs, int64_t n, int64_t lo,
                             int64_t hi, int32_t maxiter, int32_t threads, int32_t schedule) {
    return TOLL_FN(julia)(out, zs, cs, n, lo, hi, maxiter, threads, schedule);
}
int32_t TOLL_FN(rung2_julia)(int32_t *out, const double *zs, const double *cs, int64_t n, int64_t lo,
                             int64_t hi, int32_t maxiter, int32_t threads, int32_t schedule) {
    return TOLL_FN(julia)(out, zs, cs, n, lo, hi, maxiter, threads, schedule);
}
int32_t TOLL_FN(brute_julia_split)(int32_t *out, const double *zr, const double *zi, const double *cr,
                                   const double *ci, int64_t n, int64_t lo, int64_t hi, int32_t maxiter,
                                   int32_t threads, int32_t schedule) {
    return TOLL_FN(julia_split)(out, zr, zi, cr, ci, n, lo, hi, maxiter, threads, schedule);
}
