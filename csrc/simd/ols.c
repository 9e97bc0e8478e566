/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "../ols.c"
#include "simd.h"

int32_t TOLL_FN(rung1_ols_row)(double *slope, double *intercept, const double *y, int64_t rows, int64_t n,
                               int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule) {
    return TOLL_FN(ols_row)(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule);
}
int32_t TOLL_FN(rung1_ols_col)(double *slope, double *intercept, const double *y, int64_t rows, int64_t n,
                               int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule) {
    return TOLL_FN(ols_col)(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule);
}
