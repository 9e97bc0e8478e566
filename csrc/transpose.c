/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "check.h"
#include "openmp.h"

/* The lines first <= j < last of out, of n elements each. */
static inline void lines(double *restrict out, const double *restrict in, int64_t first, int64_t last,
                         int64_t n, int64_t ld_out, int64_t ld_in) {
    for (int64_t j = first; j < last; j++)
        for (int64_t i = 0; i < n; i++)
            out[i + j * ld_out] = in[i * ld_in + j];
}

/* The side of a square of both matrices. Smaller ones suit lines a power of two apart, of which a cache of
 * eight ways holds eight; larger ones use up what comes from memory. 16 is least bad.
 */
enum { BLOCK = 16 };

int32_t TOLL_FN(transpose)(double *out, const double *in, int64_t rows, int64_t cols, int64_t ld_out,
                           int64_t ld_in, int32_t threads, int32_t schedule) {
    int32_t status = check_transpose(out, in, rows, cols, ld_out, ld_in, threads, schedule);
    if (status != TOLL_OK)
        return status;
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
#pragma omp for schedule(runtime) nowait
        for (int64_t j = 0; j < cols; j += BLOCK)
            for (int64_t i = 0; i < rows; i += BLOCK)
                lines(out + i, in + i * ld_in, j, min64(j + BLOCK, cols), min64(BLOCK, rows - i), ld_out,
                      ld_in);
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

int32_t TOLL_FN(transpose_naive)(double *out, const double *in, int64_t rows, int64_t cols, int64_t ld_out,
                                 int64_t ld_in, int32_t threads, int32_t schedule) {
    int32_t status = check_transpose(out, in, rows, cols, ld_out, ld_in, threads, schedule);
    if (status != TOLL_OK)
        return status;
    int64_t before = TOLL_FN(set_schedule)(schedule, 16);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
#pragma omp for schedule(runtime) nowait
        for (int64_t j = 0; j < cols; j++)
            lines(out, in, j, j + 1, rows, ld_out, ld_in);
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}
