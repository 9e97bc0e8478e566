/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "check.h"
#include "openmp.h"

/* One line of n cells, `along` apart, the first of them out[0]. u points at the cell of `in` under it; its
 * neighbours in the next and previous row lie `row` away, in the next and previous column `col` away. One of
 * the two is 1, and one is `along`.
 */
static inline void line(double *restrict out, const double *restrict u, int64_t n, int64_t along, int64_t row,
                        int64_t col, double Ddt) {
    for (int64_t k = 0; k < n * along; k += along) {
        double lap = (((u[k + row] + u[k - row]) + u[k + col]) + u[k - col]) - 4 * u[k];
        out[k] = u[k] + Ddt * lap;
    }
}

static void step_row(double *out, const double *in, int64_t cols, int64_t ld, int64_t lo, int64_t hi,
                     double Ddt) {
#pragma omp for schedule(runtime)
    for (int64_t i = lo; i < hi; i++)
        line(out + i * ld + 1, in + i * ld + 1, cols - 2, 1, ld, 1, Ddt);
#ifdef TOLL_SLOW /* A tenth of the rows once more: the same bits, a tenth later. */
    for (int64_t i = lo; i < lo + (hi - lo) / 10; i++)
        line(out + i * ld + 1, in + i * ld + 1, cols - 2, 1, ld, 1, Ddt);
#endif
}

static void step_col(double *out, const double *in, int64_t cols, int64_t ld, int64_t lo, int64_t hi,
                     double Ddt) {
#pragma omp for schedule(runtime)
    for (int64_t j = 1; j < cols - 1; j++)
        line(out + j * ld + lo, in + j * ld + lo, hi - lo, 1, 1, ld, Ddt);
}

static void step_row_interchanged(double *out, const double *in, int64_t rows, int64_t cols, int64_t ld,
                                  double Ddt) {
#pragma omp for schedule(runtime)
    for (int64_t j = 1; j < cols - 1; j++)
        line(out + ld + j, in + ld + j, rows - 2, ld, ld, 1, Ddt);
}

static void step_col_interchanged(double *out, const double *in, int64_t rows, int64_t cols, int64_t ld,
                                  double Ddt) {
#pragma omp for schedule(runtime)
    for (int64_t i = 1; i < rows - 1; i++)
        line(out + ld + i, in + ld + i, cols - 2, ld, 1, ld, Ddt);
}

int32_t TOLL_FN(diffusion_step_row)(double *out, const double *in, int64_t rows, int64_t cols, int64_t ld,
                                    int64_t lo, int64_t hi, double D, double dt, int32_t threads,
                                    int32_t schedule) {
    int32_t status = check_diffusion(out, in, rows, cols, ld, lo, hi, rows, 1, D, dt, threads, schedule);
    if (status != TOLL_OK)
        return status;
    lo = max64(lo, 1);
    hi = min64(hi, rows - 1);
    if (lo >= hi || cols < 3)
        return TOLL_OK;
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
        step_row(out, in, cols, ld, lo, hi, D * dt);
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

int32_t TOLL_FN(diffusion_step_col)(double *out, const double *in, int64_t rows, int64_t cols, int64_t ld,
                                    int64_t lo, int64_t hi, double D, double dt, int32_t threads,
                                    int32_t schedule) {
    int32_t status = check_diffusion(out, in, cols, rows, ld, lo, hi, rows, 1, D, dt, threads, schedule);
    if (status != TOLL_OK)
        return status;
    lo = max64(lo, 1);
    hi = min64(hi, rows - 1);
    if (lo >= hi || cols < 3)
        return TOLL_OK;
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
        step_col(out, in, cols, ld, lo, hi, D * dt);
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

int32_t TOLL_FN(diffusion_run_row)(double *a, double *b, int64_t rows, int64_t cols, int64_t ld,
                                   int64_t steps, double D, double dt, int32_t threads, int32_t schedule) {
    int32_t status = check_diffusion(a, b, rows, cols, ld, 0, rows, rows, steps, D, dt, threads, schedule);
    if (status != TOLL_OK)
        return status;
    if (rows < 3 || cols < 3 || steps == 0)
        return TOLL_OK;
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
        for (int64_t s = 0; s < steps; s++)
            step_row(s % 2 ? a : b, s % 2 ? b : a, cols, ld, 1, rows - 1, D * dt);
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

int32_t TOLL_FN(diffusion_run_col)(double *a, double *b, int64_t rows, int64_t cols, int64_t ld,
                                   int64_t steps, double D, double dt, int32_t threads, int32_t schedule) {
    int32_t status = check_diffusion(a, b, cols, rows, ld, 0, rows, rows, steps, D, dt, threads, schedule);
    if (status != TOLL_OK)
        return status;
    if (rows < 3 || cols < 3 || steps == 0)
        return TOLL_OK;
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
        for (int64_t s = 0; s < steps; s++)
            step_col(s % 2 ? a : b, s % 2 ? b : a, cols, ld, 1, rows - 1, D * dt);
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

int32_t TOLL_FN(diffusion_run_row_interchanged)(double *a, double *b, int64_t rows, int64_t cols, int64_t ld,
                                                int64_t steps, double D, double dt, int32_t threads,
                                                int32_t schedule) {
    int32_t status = check_diffusion(a, b, rows, cols, ld, 0, rows, rows, steps, D, dt, threads, schedule);
    if (status != TOLL_OK)
        return status;
    if (rows < 3 || cols < 3 || steps == 0)
        return TOLL_OK;
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
        for (int64_t s = 0; s < steps; s++)
            step_row_interchanged(s % 2 ? a : b, s % 2 ? b : a, rows, cols, ld, D * dt);
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

int32_t TOLL_FN(diffusion_run_col_interchanged)(double *a, double *b, int64_t rows, int64_t cols, int64_t ld,
                                                int64_t steps, double D, double dt, int32_t threads,
                                                int32_t schedule) {
    int32_t status = check_diffusion(a, b, cols, rows, ld, 0, rows, rows, steps, D, dt, threads, schedule);
    if (status != TOLL_OK)
        return status;
    if (rows < 3 || cols < 3 || steps == 0)
        return TOLL_OK;
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
        for (int64_t s = 0; s < steps; s++)
            step_col_interchanged(s % 2 ? a : b, s % 2 ? b : a, rows, cols, ld, D * dt);
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}
