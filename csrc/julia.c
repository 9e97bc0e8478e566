/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "check.h"
#include "openmp.h"

static inline int32_t escape(double zr, double zi, double cr, double ci, int32_t maxiter) {
    int32_t i = 0;
    while (i < maxiter && zr * zr + zi * zi < 4) {
        double re = (zr * zr - zi * zi) + cr;
        zi = 2 * (zr * zi) + ci;
        zr = re;
        i++;
    }
    return i;
}

int32_t TOLL_FN(julia)(int32_t *out, const double *zs, const double *cs, int64_t n, int64_t lo, int64_t hi,
                       int32_t maxiter, int32_t threads, int32_t schedule) {
    int32_t status = check_julia(out, zs, cs, n, lo, hi, maxiter, threads, schedule);
    if (status != TOLL_OK)
        return status;
    int64_t before = TOLL_FN(set_schedule)(schedule, 64);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
#pragma omp for schedule(runtime) nowait
        for (int64_t k = lo; k < hi; k++)
            out[k] = escape(zs[2 * k], zs[2 * k + 1], cs[2 * k], cs[2 * k + 1], maxiter);
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

int32_t TOLL_FN(julia_split)(int32_t *out, const double *zr, const double *zi, const double *cr,
                             const double *ci, int64_t n, int64_t lo, int64_t hi, int32_t maxiter,
                             int32_t threads, int32_t schedule) {
    int32_t status = check_julia_split(out, zr, zi, cr, ci, n, lo, hi, maxiter, threads, schedule);
    if (status != TOLL_OK)
        return status;
    int64_t before = TOLL_FN(set_schedule)(schedule, 64);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
#pragma omp for schedule(runtime) nowait
        for (int64_t k = lo; k < hi; k++)
            out[k] = escape(zr[k], zi[k], cr[k], ci[k], maxiter);
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}
