/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "../diffusion.c"
#include "simd.h"

int32_t TOLL_FN(rung1_diffusion_run_row)(double *a, double *b, int64_t rows, int64_t cols, int64_t ld,
                                         int64_t steps, double D, double dt, int32_t threads,
                                         int32_t schedule) {
    return TOLL_FN(diffusion_run_row)(a, b, rows, cols, ld, steps, D, dt, threads, schedule);
}
