/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "check.h"
#include "openmp.h"

int32_t TOLL_FN(ols_row)(double *slope, double *intercept, const double *y, int64_t rows, int64_t n,
                         int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule) {
    int32_t status = check_ols(slope, intercept, y, rows, n, ld, lo, hi, rows, n, threads, schedule);
    if (status != TOLL_OK)
        return status;
    double x = (double)n, denominator = (x * (x * x - 1)) / 6, mean_x = (x - 1) / 2;
    int64_t half = n / 2, odd = n % 2;
    int64_t before = TOLL_FN(set_schedule)(schedule, 256);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
#pragma omp for schedule(runtime) nowait
        for (int64_t i = lo; i < hi; i++) {
            const double *row = y + i * ld;
            double pairs = 0, sum = 0;
            for (int64_t k = 0; k < half; k++)
                pairs += (double)(2 * k + 1 + odd) * (row[half + odd + k] - row[half - 1 - k]);
            for (int64_t j = 0; j < n; j++)
                sum += row[j];
            slope[i] = pairs / denominator;
            intercept[i] = sum / x - slope[i] * mean_x;
        }
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

/* Walks down the columns, a block of rows at a time so that its sums stay in cache; slope and intercept
 * hold the sums until the end.
 */
int32_t TOLL_FN(ols_col)(double *slope, double *intercept, const double *y, int64_t rows, int64_t n,
                         int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule) {
    enum { BLOCK = 256 };
    int32_t status = check_ols(slope, intercept, y, n, rows, ld, lo, hi, rows, n, threads, schedule);
    if (status != TOLL_OK)
        return status;
    double x = (double)n, denominator = (x * (x * x - 1)) / 6, mean_x = (x - 1) / 2;
    int64_t half = n / 2, odd = n % 2;
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
#pragma omp for schedule(runtime) nowait
        for (int64_t first = lo; first < hi; first += BLOCK) {
            int64_t count = min64(BLOCK, hi - first);
            double *restrict pairs = slope + first, *restrict sum = intercept + first;
            for (int64_t i = 0; i < count; i++)
                pairs[i] = sum[i] = 0;
            for (int64_t k = 0; k < half; k++) {
                double w = (double)(2 * k + 1 + odd);
                const double *up = y + (half + odd + k) * ld + first, *down = y + (half - 1 - k) * ld + first;
                for (int64_t i = 0; i < count; i++)
                    pairs[i] += w * (up[i] - down[i]);
            }
            for (int64_t j = 0; j < n; j++)
                for (int64_t i = 0; i < count; i++)
                    sum[i] += y[j * ld + first + i];
            for (int64_t i = 0; i < count; i++) {
                pairs[i] = pairs[i] / denominator;
                sum[i] = sum[i] / x - pairs[i] * mean_x;
            }
        }
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

/* The sums of all of a thread's rows pass by once for each observation, and so do the rows' lines. */
int32_t TOLL_FN(ols_row_interchanged)(double *slope, double *intercept, const double *y, int64_t rows,
                                      int64_t n, int64_t ld, int64_t lo, int64_t hi, int32_t threads,
                                      int32_t schedule) {
    int32_t status = check_ols(slope, intercept, y, rows, n, ld, lo, hi, rows, n, threads, schedule);
    if (status != TOLL_OK)
        return status;
    if (lo == hi)
        return TOLL_OK;
    double x = (double)n, denominator = (x * (x * x - 1)) / 6, mean_x = (x - 1) / 2;
    int64_t half = n / 2, odd = n % 2, share = (hi - lo + threads - 1) / threads;
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
#pragma omp for schedule(static) nowait
        for (int32_t t = 0; t < threads; t++) {
            int64_t first = min64(lo + t * share, hi), count = min64(share, hi - first);
            if (count == 0)
                continue;
            double *restrict pairs = slope + first, *restrict sum = intercept + first;
            const double *matrix = y + first * ld;
            for (int64_t i = 0; i < count; i++)
                pairs[i] = sum[i] = 0;
            for (int64_t k = 0; k < half; k++) {
                double w = (double)(2 * k + 1 + odd);
                const double *up = matrix + half + odd + k, *down = matrix + half - 1 - k;
                for (int64_t i = 0; i < count; i++)
                    pairs[i] += w * (up[i * ld] - down[i * ld]);
            }
            for (int64_t j = 0; j < n; j++)
                for (int64_t i = 0; i < count; i++)
                    sum[i] += matrix[i * ld + j];
            for (int64_t i = 0; i < count; i++) {
                pairs[i] = pairs[i] / denominator;
                sum[i] = sum[i] / x - pairs[i] * mean_x;
            }
        }
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

int32_t TOLL_FN(ols_col_interchanged)(double *slope, double *intercept, const double *y, int64_t rows,
                                      int64_t n, int64_t ld, int64_t lo, int64_t hi, int32_t threads,
                                      int32_t schedule) {
    int32_t status = check_ols(slope, intercept, y, n, rows, ld, lo, hi, rows, n, threads, schedule);
    if (status != TOLL_OK)
        return status;
    double x = (double)n, denominator = (x * (x * x - 1)) / 6, mean_x = (x - 1) / 2;
    int64_t half = n / 2, odd = n % 2;
    int64_t before = TOLL_FN(set_schedule)(schedule, 256);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
#pragma omp for schedule(runtime) nowait
        for (int64_t i = lo; i < hi; i++) {
            const double *row = y + i;
            double pairs = 0, sum = 0;
            for (int64_t k = 0; k < half; k++)
                pairs += (double)(2 * k + 1 + odd) * (row[(half + odd + k) * ld] - row[(half - 1 - k) * ld]);
            for (int64_t j = 0; j < n; j++)
                sum += row[j * ld];
            slope[i] = pairs / denominator;
            intercept[i] = sum / x - slope[i] * mean_x;
        }
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}
