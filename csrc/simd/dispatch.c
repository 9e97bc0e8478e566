/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * Chooses a tuned language's level. It is compiled once for each language, TOLL_LANG (c_simd), for any
 * processor.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "simd.h"

#define LEVEL_(lang, level) toll_##lang##_##level##_level
#define LEVEL(lang, level) LEVEL_(lang, level)

typedef const toll_table *level_fn(int32_t family, int32_t named);

enum { BASELINE, AVX2, AVX512, LEVELS };
static const char *const names[LEVELS] = {"baseline", "avx2", "avx512"};

level_fn LEVEL(TOLL_LANG, baseline);

#if defined __x86_64__
#include <cpuid.h>

level_fn LEVEL(TOLL_LANG, avx2), LEVEL(TOLL_LANG, avx512);
static level_fn *const levels[LEVELS] = {LEVEL(TOLL_LANG, baseline), LEVEL(TOLL_LANG, avx2),
                                         LEVEL(TOLL_LANG, avx512)};

/* What x86-64-v3 has besides, of which clang's __builtin_cpu_supports knows nothing. */
static bool has_rest(void) {
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C) && (c & bit_MOVBE) &&
           __get_cpuid(0x80000001, &a, &b, &c, &d) && (c & bit_LZCNT);
}

/* The instruction sets of x86-64-v3 and -v4; the operating system keeps their registers, too, or these are
 * 0. */
static bool has(int level) {
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && has_rest();
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
    return level == BASELINE || (avx2 && (level == AVX2 || avx512));
}
#else
static level_fn *const levels[LEVELS] = {LEVEL(TOLL_LANG, baseline)};
static bool has(int level) { return level == BASELINE; }
#endif

static const toll_table *of_level(int32_t family, int level) {
    return has(level) ? levels[level](family, 1) : NULL;
}

static const toll_table *of_best(int32_t family) {
    const char *set = getenv("TOLL_SIMD");
    for (int level = LEVELS - 1; level >= 0; level--)
        if (set && *set ? !strcmp(set, names[level]) : has(level))
            return has(level) ? levels[level](family, 0) : NULL;
    return NULL;
}

#define TABLES(name, family)                                                                                 \
    const toll_table *TOLL_FN(name##table)(void) { return of_best(family); }                                 \
    const toll_table *TOLL_FN(name##baseline_table)(void) { return of_level(family, BASELINE); }             \
    const toll_table *TOLL_FN(name##avx2_table)(void) { return of_level(family, AVX2); }                     \
    const toll_table *TOLL_FN(name##avx512_table)(void) { return of_level(family, AVX512); }

TABLES(, TOLL_SIMD)
#ifdef TOLL_HAS_BRUTE
TABLES(brute_, TOLL_BRUTE)
#endif
#ifdef TOLL_HAS_RUNGS
TABLES(rung1_, TOLL_RUNG1)
TABLES(rung2_, TOLL_RUNG2)
#endif
