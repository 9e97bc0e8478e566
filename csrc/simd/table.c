/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * The tables of one level: TOLL_LANGUAGE ("c-simd") and TOLL_LEVEL ("avx2") come from the build.
 */
#include "simd.h"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "GCC " __VERSION__
#endif

#ifdef TOLL_COMPILER /* of a language that only has its tables from here */
#undef COMPILER
#define COMPILER TOLL_COMPILER
#endif

#define HEAD(name)                                                                                           \
    .abi_version = TOLL_ABI_VERSION, .struct_size = sizeof(toll_table), .header_hash = TOLL_HEADER_HASH,     \
    .language = name, .compiler = COMPILER, .flags = TOLL_FLAGS, .call_noop = TOLL_FN(call_noop),            \
    .call_not = TOLL_FN(call_not), .call_add = TOLL_FN(call_add), .call_sum = TOLL_FN(call_sum),             \
    .team = TOLL_FN(team)

#define SIMD(name)                                                                                           \
    {HEAD(name),                                                                                             \
     .diffusion_step_row = TOLL_FN(diffusion_step_row),                                                      \
     .diffusion_step_col = TOLL_FN(diffusion_step_col),                                                      \
     .diffusion_run_row = TOLL_FN(diffusion_run_row),                                                        \
     .diffusion_run_col = TOLL_FN(diffusion_run_col),                                                        \
     .julia = TOLL_FN(julia),                                                                                \
     .julia_split = TOLL_FN(julia_split),                                                                    \
     .ols_row = TOLL_FN(ols_row),                                                                            \
     .ols_col = TOLL_FN(ols_col)}

#define BRUTE(name) {HEAD(name), .julia = TOLL_FN(brute_julia), .julia_split = TOLL_FN(brute_julia_split)}

#define RUNG1(name)                                                                                          \
    {HEAD(name),                                                                                             \
     .diffusion_run_row = TOLL_FN(rung1_diffusion_run_row),                                                  \
     .diffusion_run_col = TOLL_FN(rung1_diffusion_run_col),                                                  \
     .julia = TOLL_FN(rung1_julia),                                                                          \
     .ols_row = TOLL_FN(rung1_ols_row),                                                                      \
     .ols_col = TOLL_FN(rung1_ols_col)}

#define RUNG2(name) {HEAD(name), .julia = TOLL_FN(rung2_julia)}

#define BOTH(form, name) {form(name), form(name "-" TOLL_LEVEL)}

const toll_table *TOLL_FN(level)(int32_t family, int32_t named) {
    static const toll_table tables[][2] = {
        [TOLL_SIMD] = BOTH(SIMD, TOLL_LANGUAGE),
#ifdef TOLL_HAS_BRUTE
        [TOLL_BRUTE] = BOTH(BRUTE, TOLL_LANGUAGE "-brute"),
#endif
#ifdef TOLL_HAS_RUNGS
        [TOLL_RUNG1] = BOTH(RUNG1, TOLL_LANGUAGE "-rung1"),
        [TOLL_RUNG2] = BOTH(RUNG2, TOLL_LANGUAGE "-rung2"),
#endif
    };
    return &tables[family][named];
}
