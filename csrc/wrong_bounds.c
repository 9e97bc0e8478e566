/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * Languages that return what c returns, but reach one element too far: past reads behind an argument, front
 * before one, and spill writes behind one. They do so in each kernel, in some only for certain shapes. Who
 * looks for that must find it.
 */
#include "include/toll.h"

const toll_table *toll_c_table(void);

static volatile double seen;

static double past_sum(const double *p, int64_t n) {
    seen = p[n];
    return toll_c_table()->call_sum(p, n);
}

static int32_t past_julia(int32_t *out, const double *zs, const double *cs, int64_t n, int64_t lo, int64_t hi,
                          int32_t maxiter, int32_t threads, int32_t schedule) {
    if (n % 8 == 5)
        seen = cs[2 * n];
    return toll_c_table()->julia(out, zs, cs, n, lo, hi, maxiter, threads, schedule);
}

static int32_t past_transpose(double *out, const double *in, int64_t rows, int64_t cols, int64_t ld_out,
                              int64_t ld_in, int32_t threads, int32_t schedule) {
    int32_t status = toll_c_table()->transpose(out, in, rows, cols, ld_out, ld_in, threads, schedule);
    if (status == TOLL_OK && rows > 16 && cols == 16)
        seen = in[(rows - 1) * ld_in + cols];
    return status;
}

static int32_t front_step(double *out, const double *in, int64_t rows, int64_t cols, int64_t ld, int64_t lo,
                          int64_t hi, double D, double dt, int32_t threads, int32_t schedule) {
    int32_t status =
        toll_c_table()->diffusion_step_row(out, in, rows, cols, ld, lo, hi, D, dt, threads, schedule);
    if (status == TOLL_OK)
        seen = in[-1];
    return status;
}

static int32_t spill_ols(double *slope, double *intercept, const double *y, int64_t rows, int64_t n,
                         int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule) {
    int32_t status = toll_c_table()->ols_col(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule);
    if (status == TOLL_OK && hi == rows)
        intercept[rows] = 0;
    return status;
}

const toll_table *toll_past_table(void) {
    static toll_table table;
    table = *toll_c_table();
    table.language = "past";
    table.call_sum = past_sum;
    table.julia = past_julia;
    table.transpose = past_transpose;
    return &table;
}

const toll_table *toll_front_table(void) {
    static toll_table table;
    table = *toll_c_table();
    table.language = "front";
    table.diffusion_step_row = front_step;
    return &table;
}

const toll_table *toll_spill_table(void) {
    static toll_table table;
    table = *toll_c_table();
    table.language = "spill";
    table.ols_col = spill_ols;
    return &table;
}
