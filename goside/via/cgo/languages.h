/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * The languages that are linked in.
 */
#include <stddef.h>

#include "toll.h"

/* Calls LANGUAGE with each language's name, and as it is written in symbols. LEVELS is a tuned language. */
#define LANGUAGES                                                                                            \
    LANGUAGE("c", c)                                                                                         \
    LANGUAGE("c-omp", c_omp)                                                                                 \
    LANGUAGE("fortran", fortran)                                                                             \
    LANGUAGE("fortran-omp", fortran_omp)                                                                     \
    LANGUAGE("rust", rust)                                                                                   \
    LANGUAGE("rust-par", rust_par)                                                                           \
    LEVELS("c-simd", c_simd)                                                                                 \
    LEVELS("c-simd-brute", c_simd_brute)                                                                     \
    LEVELS("c-simd-rung1", c_simd_rung1)                                                                     \
    LEVELS("c-simd-rung2", c_simd_rung2)                                                                     \
    LEVELS("c-simd-omp", c_simd_omp)                                                                         \
    LEVELS("fortran-simd", fortran_simd)                                                                     \
    LEVELS("fortran-simd-brute", fortran_simd_brute)                                                         \
    LEVELS("rust-simd", rust_simd)                                                                           \
    LEVELS("rust-simd-brute", rust_simd_brute)                                                               \
    LEVELS("rust-simd-par", rust_simd_par)

#define LEVELS(name, lang)                                                                                   \
    LANGUAGE(name, lang)                                                                                     \
    LANGUAGE(name "-baseline", lang##_baseline)                                                              \
    LANGUAGE(name "-avx2", lang##_avx2)                                                                      \
    LANGUAGE(name "-avx512", lang##_avx512)

typedef const toll_table *table_fn(void);

/* The table function of a language; NULL if there is no such language. */
table_fn *find_table(const char *lang);
