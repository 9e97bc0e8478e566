/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * The checks that toll.h promises, in the order of its statuses.
 */
#ifndef TOLL_CHECK_H
#define TOLL_CHECK_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "include/toll.h"

/* A matrix of `outer` lines of `inner` adjacent elements, each line ld after the last. */
static inline bool bad_shape(int64_t outer, int64_t inner, int64_t ld) {
    int64_t before_last;
    return outer < 1 || inner < 1 || ld < inner || __builtin_mul_overflow(outer - 1, ld, &before_last) ||
           before_last > INT64_MAX / 8 - inner;
}

/* The bytes from such a matrix's first element to its last. */
static inline int64_t span(int64_t outer, int64_t inner, int64_t ld) {
    return 8 * ((outer - 1) * ld + inner);
}

static inline bool bad_range(int64_t lo, int64_t hi, int64_t count) {
    return lo < 0 || hi < lo || hi > count;
}

static inline bool misaligned(const void *p, uintptr_t size) { return (uintptr_t)p % size != 0; }

static inline bool overlap(const void *p, int64_t p_bytes, const void *q, int64_t q_bytes) {
    uintptr_t a = (uintptr_t)p, b = (uintptr_t)q;
    return a < b ? b - a < (uintptr_t)p_bytes : a - b < (uintptr_t)q_bytes;
}

static inline bool bad_team(int32_t threads, int32_t schedule) {
    return threads < 1 || threads > 1024 || schedule < TOLL_STATIC || schedule > TOLL_GUIDED;
}

static inline int32_t check_diffusion(const double *out, const double *in, int64_t outer, int64_t inner,
                                      int64_t ld, int64_t lo, int64_t hi, int64_t rows, int64_t steps,
                                      double D, double dt, int32_t threads, int32_t schedule) {
    if (bad_shape(outer, inner, ld) || bad_range(lo, hi, rows))
        return TOLL_ESHAPE;
    if (!out || !in)
        return TOLL_ESHORT;
    if (misaligned(out, sizeof *out) || misaligned(in, sizeof *in))
        return TOLL_EALIGN;
    int64_t bytes = span(outer, inner, ld);
    if (overlap(out, bytes, in, bytes))
        return TOLL_EOVERLAP;
    if (steps < 0 || !isfinite(D) || !isfinite(dt) || bad_team(threads, schedule))
        return TOLL_EARG;
    return TOLL_OK;
}

static inline int32_t check_julia(const int32_t *out, const double *zs, const double *cs, int64_t n,
                                  int64_t lo, int64_t hi, int32_t maxiter, int32_t threads,
                                  int32_t schedule) {
    if (n < 1 || n > INT64_MAX / 16 || bad_range(lo, hi, n))
        return TOLL_ESHAPE;
    if (!out || !zs || !cs)
        return TOLL_ESHORT;
    if (misaligned(out, sizeof *out) || misaligned(zs, sizeof *zs) || misaligned(cs, sizeof *cs))
        return TOLL_EALIGN;
    if (overlap(out, 4 * n, zs, 16 * n) || overlap(out, 4 * n, cs, 16 * n))
        return TOLL_EOVERLAP;
    if (maxiter < 0 || bad_team(threads, schedule))
        return TOLL_EARG;
    return TOLL_OK;
}

static inline int32_t check_julia_split(const int32_t *out, const double *zr, const double *zi,
                                        const double *cr, const double *ci, int64_t n, int64_t lo, int64_t hi,
                                        int32_t maxiter, int32_t threads, int32_t schedule) {
    if (n < 1 || n > INT64_MAX / 8 || bad_range(lo, hi, n))
        return TOLL_ESHAPE;
    if (!out || !zr || !zi || !cr || !ci)
        return TOLL_ESHORT;
    if (misaligned(out, sizeof *out) || misaligned(zr, sizeof *zr) || misaligned(zi, sizeof *zi) ||
        misaligned(cr, sizeof *cr) || misaligned(ci, sizeof *ci))
        return TOLL_EALIGN;
    if (overlap(out, 4 * n, zr, 8 * n) || overlap(out, 4 * n, zi, 8 * n) || overlap(out, 4 * n, cr, 8 * n) ||
        overlap(out, 4 * n, ci, 8 * n))
        return TOLL_EOVERLAP;
    if (maxiter < 0 || bad_team(threads, schedule))
        return TOLL_EARG;
    return TOLL_OK;
}

static inline int32_t check_ols(const double *slope, const double *intercept, const double *y, int64_t outer,
                                int64_t inner, int64_t ld, int64_t lo, int64_t hi, int64_t rows, int64_t n,
                                int32_t threads, int32_t schedule) {
    if (bad_shape(outer, inner, ld) || n < 2 || bad_range(lo, hi, rows))
        return TOLL_ESHAPE;
    if (!slope || !intercept || !y)
        return TOLL_ESHORT;
    if (misaligned(slope, sizeof *slope) || misaligned(intercept, sizeof *intercept) ||
        misaligned(y, sizeof *y))
        return TOLL_EALIGN;
    int64_t line = 8 * rows, bytes = span(outer, inner, ld);
    if (overlap(slope, line, intercept, line) || overlap(slope, line, y, bytes) ||
        overlap(intercept, line, y, bytes))
        return TOLL_EOVERLAP;
    if (bad_team(threads, schedule))
        return TOLL_EARG;
    return TOLL_OK;
}

static inline int32_t check_transpose(const double *out, const double *in, int64_t rows, int64_t cols,
                                      int64_t ld_out, int64_t ld_in, int32_t threads, int32_t schedule) {
    if (bad_shape(rows, cols, ld_in) || bad_shape(cols, rows, ld_out))
        return TOLL_ESHAPE;
    if (!out || !in)
        return TOLL_ESHORT;
    if (misaligned(out, sizeof *out) || misaligned(in, sizeof *in))
        return TOLL_EALIGN;
    if (overlap(out, span(cols, rows, ld_out), in, span(rows, cols, ld_in)))
        return TOLL_EOVERLAP;
    if (bad_team(threads, schedule))
        return TOLL_EARG;
    return TOLL_OK;
}

#endif
