/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * The vectors of the level that a file is compiled for. Arithmetic on them is written with C's operators, and
 * each lane rounds as a number alone does; what needs an instruction of its own has a portable form.
 */
#ifndef TOLL_VECTOR_H
#define TOLL_VECTOR_H

#include <stdint.h>

#if defined __AVX512F__
#define TOLL_WIDTH 64
#elif defined __AVX2__
#define TOLL_WIDTH 32
#else
#define TOLL_WIDTH 16
#endif

#if defined __SSE2__
#include <immintrin.h>
#endif

typedef double vec __attribute__((vector_size(TOLL_WIDTH)));
/* A vector in memory, where it lies as a double does. */
typedef double vec_at __attribute__((vector_size(TOLL_WIDTH), aligned(8), may_alias));
/* As many integers; what a comparison gives, all bits set or none. */
typedef int64_t ivec __attribute__((vector_size(TOLL_WIDTH)));

enum { LANES = TOLL_WIDTH / 8 };

#define TOLL_INLINE static inline __attribute__((always_inline))

TOLL_INLINE vec load(const double *p) { return *(const vec_at *)p; }
TOLL_INLINE void store(double *p, vec v) { *(vec_at *)p = v; }
TOLL_INLINE vec splat(double x) { return x - (vec){0}; }

#endif
