/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * Vectors whose lanes end at different times: comparisons as a bit a lane, lanes counted and packed.
 */
#ifndef TOLL_LANES_H
#define TOLL_LANES_H

#include <stdbool.h>

#include "vector.h"

typedef int32_t counts __attribute__((vector_size(TOLL_WIDTH / 2), aligned(4), may_alias));

enum { ALL = (1 << LANES) - 1 };

#if defined __AVX512F__

typedef __mmask8 mask;

TOLL_INLINE mask all_lanes(void) { return ALL; }
TOLL_INLINE mask less_within(mask within, vec a, vec b) {
    return _mm512_mask_cmp_pd_mask(within, a, b, _CMP_LT_OQ);
}
TOLL_INLINE ivec plus_one(ivec n, mask m) {
    return (ivec)_mm512_mask_add_epi64((__m512i)n, m, (__m512i)n, _mm512_set1_epi64(1));
}
TOLL_INLINE unsigned bits(mask m) { return m; }
TOLL_INLINE bool any(ivec v) { return _mm512_test_epi64_mask((__m512i)v, (__m512i)v); }
TOLL_INLINE vec larger(vec a, vec b) { return _mm512_max_pd(a, b); }
TOLL_INLINE vec smaller(vec a, vec b) { return _mm512_min_pd(a, b); }
TOLL_INLINE vec twice_plus(vec t, vec c) { return _mm512_fmadd_pd(splat(2), t, c); }
TOLL_INLINE vec packed(vec v, unsigned lanes) { return _mm512_maskz_compress_pd((__mmask8)lanes, v); }

#else

typedef ivec mask;

TOLL_INLINE mask all_lanes(void) { return ~(ivec){0}; }
TOLL_INLINE mask less_within(mask within, vec a, vec b) { return within & (a < b); }
TOLL_INLINE ivec plus_one(ivec n, mask m) { return n - m; }

#if defined __AVX2__

TOLL_INLINE unsigned bits(mask m) { return (unsigned)_mm256_movemask_pd((__m256d)m); }
TOLL_INLINE bool any(ivec v) { return !_mm256_testz_si256((__m256i)v, (__m256i)v); }
TOLL_INLINE vec larger(vec a, vec b) { return _mm256_max_pd(a, b); }
TOLL_INLINE vec smaller(vec a, vec b) { return _mm256_min_pd(a, b); }
TOLL_INLINE vec twice_plus(vec t, vec c) { return _mm256_fmadd_pd(splat(2), t, c); }
TOLL_INLINE vec packed(vec v, unsigned lanes) {
#define LANE(k) 2 * (k), 2 * (k) + 1
#define ORDER(a, b, c, d) { LANE(a), LANE(b), LANE(c), LANE(d) }
    static const int32_t order[16][8] __attribute__((aligned(32))) = {
        ORDER(0, 0, 0, 0), ORDER(0, 0, 0, 0), ORDER(1, 0, 0, 0), ORDER(0, 1, 0, 0),
        ORDER(2, 0, 0, 0), ORDER(0, 2, 0, 0), ORDER(1, 2, 0, 0), ORDER(0, 1, 2, 0),
        ORDER(3, 0, 0, 0), ORDER(0, 3, 0, 0), ORDER(1, 3, 0, 0), ORDER(0, 1, 3, 0),
        ORDER(2, 3, 0, 0), ORDER(0, 2, 3, 0), ORDER(1, 2, 3, 0), ORDER(0, 1, 2, 3)};
#undef ORDER
#undef LANE
    return (vec)_mm256_permutevar8x32_ps((__m256)v, _mm256_load_si256((const __m256i *)order[lanes]));
}

#elif defined __SSE2__

TOLL_INLINE unsigned bits(mask m) { return (unsigned)_mm_movemask_pd((__m128d)m); }
TOLL_INLINE bool any(ivec v) {
    return _mm_movemask_epi8(_mm_cmpeq_epi8((__m128i)v, _mm_setzero_si128())) != 0xffff;
}
TOLL_INLINE vec larger(vec a, vec b) { return _mm_max_pd(a, b); }
TOLL_INLINE vec smaller(vec a, vec b) { return _mm_min_pd(a, b); }
TOLL_INLINE vec twice_plus(vec t, vec c) { return (t + t) + c; }
TOLL_INLINE vec packed(vec v, unsigned lanes) { return lanes == 2 ? (vec)_mm_unpackhi_pd(v, v) : v; }

#else

TOLL_INLINE unsigned bits(mask m) { return (unsigned)((m[0] & 1) | (m[1] & 2)); }
TOLL_INLINE bool any(ivec v) { return (v[0] | v[1]) != 0; }
TOLL_INLINE vec larger(vec a, vec b) {
    ivec m = a > b;
    return (vec)(((ivec)a & m) | ((ivec)b & ~m));
}
TOLL_INLINE vec smaller(vec a, vec b) {
    ivec m = a < b;
    return (vec)(((ivec)a & m) | ((ivec)b & ~m));
}
TOLL_INLINE vec twice_plus(vec t, vec c) { return (t + t) + c; }
TOLL_INLINE vec packed(vec v, unsigned lanes) { return lanes == 2 ? (vec){v[1], v[1]} : v; }

#endif
#endif

TOLL_INLINE int how_many(unsigned lanes) {
    return LANES == 2 ? (int)((lanes & 1) + (lanes >> 1)) : __builtin_popcount(lanes);
}

/* Loads LANES pairs, and parts them. */
TOLL_INLINE void load_pairs(const double *p, vec *first, vec *second) {
    vec a = load(p), b = load(p + LANES);
#if TOLL_WIDTH == 64
    *first = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
    *second = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
#elif TOLL_WIDTH == 32
    *first = __builtin_shufflevector(a, b, 0, 2, 4, 6);
    *second = __builtin_shufflevector(a, b, 1, 3, 5, 7);
#else
    *first = __builtin_shufflevector(a, b, 0, 2);
    *second = __builtin_shufflevector(a, b, 1, 3);
#endif
}

/* first[0], second[0], first[1], ... */
TOLL_INLINE vec pairs(vec first, vec second) {
#if TOLL_WIDTH == 64
    return __builtin_shufflevector(first, second, 0, 8, 1, 9, 2, 10, 3, 11);
#elif TOLL_WIDTH == 32
    return __builtin_shufflevector(first, second, 0, 4, 1, 5);
#else
    return __builtin_shufflevector(first, second, 0, 2);
#endif
}

TOLL_INLINE void store_counts(int32_t *p, ivec n) { *(counts *)p = __builtin_convertvector(n, counts); }

#endif
