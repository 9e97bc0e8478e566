/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "../include/calls.h"

/* The interior cells of one row, from the rows before, at and after it. */
static void line(double *restrict out, const double *restrict before, const double *restrict at,
                 const double *restrict after, int64_t cols, double Ddt) {
    for (int64_t j = 1; j < cols - 1; j++) {
        double lap = (((after[j] + before[j]) + at[j + 1]) + at[j - 1]) - 4 * at[j];
        out[j] = at[j] + Ddt * lap;
    }
}

void toll_calls_diffusion_rows(double *const *a, double *const *b, int64_t rows, int64_t cols, int64_t steps,
                               double D, double dt) {
    for (int64_t s = 0; s < steps; s++) {
        double *const *in = s % 2 ? b : a, *const *out = s % 2 ? a : b;
        for (int64_t i = 1; i < rows - 1; i++)
            line(out[i], in[i - 1], in[i], in[i + 1], cols, D * dt);
    }
}
