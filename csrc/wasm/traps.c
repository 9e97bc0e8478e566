/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * A language whose kernels do what WebAssembly forbids. A crossing must make errors of that.
 */
#include "../lang.h"

static volatile int32_t one = 1;

void TOLL_FN(call_noop)(void) { __builtin_trap(); }
int64_t TOLL_FN(call_not)(int64_t x) { return ~x; }
double TOLL_FN(call_add)(double x, double y) { return x + y; }

/* Out of linear memory. */
double TOLL_FN(call_sum)(const double *p, int64_t n) {
    (void)p, (void)n;
    return *(volatile double *)0xfffffff0u;
}

/* More frames than the stack has room for. */
static int32_t deep(int32_t n) {
    volatile int32_t frame[1024];
    frame[n & 1023] = n;
    return n ? deep(n + 1) + frame[n & 1023] : 0;
}

#define PARAMETERS_OF_STEP                                                                                   \
    double *out, const double *in, int64_t rows, int64_t cols, int64_t ld, int64_t lo, int64_t hi, double D, \
        double dt, int32_t threads, int32_t schedule
#define UNUSED_OF_STEP                                                                                       \
    (void)in, (void)rows, (void)cols, (void)ld, (void)lo, (void)hi, (void)D, (void)dt, (void)threads,        \
        (void)schedule

/* Half of the output is written before. */
int32_t TOLL_FN(diffusion_step_row)(PARAMETERS_OF_STEP) {
    UNUSED_OF_STEP;
    out[0] = 1;
    return deep(one);
}
int32_t TOLL_FN(diffusion_step_col)(PARAMETERS_OF_STEP) {
    UNUSED_OF_STEP;
    (void)out;
    return 7 / (one - 1);
}

#define RUN(name)                                                                                            \
    int32_t TOLL_FN(name)(double *a, double *b, int64_t rows, int64_t cols, int64_t ld, int64_t steps,       \
                          double D, double dt, int32_t threads, int32_t schedule) {                          \
        (void)a, (void)b, (void)rows, (void)cols, (void)ld, (void)steps, (void)D, (void)dt, (void)threads,   \
            (void)schedule;                                                                                  \
        __builtin_trap();                                                                                    \
    }
RUN(diffusion_run_row)
RUN(diffusion_run_col)
RUN(diffusion_run_row_interchanged)
RUN(diffusion_run_col_interchanged)

int32_t TOLL_FN(julia)(int32_t *out, const double *zs, const double *cs, int64_t n, int64_t lo, int64_t hi,
                       int32_t maxiter, int32_t threads, int32_t schedule) {
    (void)out, (void)zs, (void)cs, (void)n, (void)lo, (void)hi, (void)maxiter, (void)threads, (void)schedule;
    return ((toll_team_fn *)(uintptr_t)0x7fffffff)(one); /* no such function */
}

int32_t TOLL_FN(julia_split)(int32_t *out, const double *zr, const double *zi, const double *cr,
                             const double *ci, int64_t n, int64_t lo, int64_t hi, int32_t maxiter,
                             int32_t threads, int32_t schedule) {
    (void)out, (void)zr, (void)zi, (void)cr, (void)ci, (void)n, (void)lo, (void)hi, (void)maxiter,
        (void)threads;
    (void)schedule;
    return TOLL_EPANIC;
}

#define OLS(name)                                                                                            \
    int32_t TOLL_FN(name)(double *slope, double *intercept, const double *y, int64_t rows, int64_t n,        \
                          int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule) {           \
        (void)slope, (void)intercept, (void)y, (void)rows, (void)n, (void)ld, (void)lo, (void)hi;            \
        (void)threads, (void)schedule;                                                                       \
        __builtin_trap();                                                                                    \
    }
OLS(ols_row)
OLS(ols_col)
OLS(ols_row_interchanged)
OLS(ols_col_interchanged)

#define TRANSPOSE(name)                                                                                      \
    int32_t TOLL_FN(name)(double *out, const double *in, int64_t rows, int64_t cols, int64_t ld_out,         \
                          int64_t ld_in, int32_t threads, int32_t schedule) {                                \
        (void)out, (void)in, (void)rows, (void)cols, (void)ld_out, (void)ld_in, (void)threads;               \
        (void)schedule;                                                                                      \
        __builtin_trap();                                                                                    \
    }
TRANSPOSE(transpose)
TRANSPOSE(transpose_naive)
