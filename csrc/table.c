/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "lang.h"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "GCC " __VERSION__
#endif

#ifdef _OPENMP
#define LANGUAGE "c-omp"
#elif defined(__wasm_simd128__)
#define LANGUAGE "c-simd128"
#else
#define LANGUAGE "c"
#endif

const toll_table *TOLL_FN(table)(void) {
    static const toll_table table = {
        .abi_version = TOLL_ABI_VERSION,
        .struct_size = sizeof(toll_table),
        .header_hash = TOLL_HEADER_HASH,
        .language = LANGUAGE,
        .compiler = COMPILER,
        .flags = TOLL_FLAGS,
        .call_noop = TOLL_FN(call_noop),
        .call_not = TOLL_FN(call_not),
        .call_add = TOLL_FN(call_add),
        .call_sum = TOLL_FN(call_sum),
        .diffusion_step_row = TOLL_FN(diffusion_step_row),
        .diffusion_step_col = TOLL_FN(diffusion_step_col),
        .diffusion_run_row = TOLL_FN(diffusion_run_row),
        .diffusion_run_col = TOLL_FN(diffusion_run_col),
        .julia = TOLL_FN(julia),
        .ols_row = TOLL_FN(ols_row),
        .ols_col = TOLL_FN(ols_col),
        .diffusion_run_row_interchanged = TOLL_FN(diffusion_run_row_interchanged),
        .diffusion_run_col_interchanged = TOLL_FN(diffusion_run_col_interchanged),
        .julia_split = TOLL_FN(julia_split),
        .ols_row_interchanged = TOLL_FN(ols_row_interchanged),
        .ols_col_interchanged = TOLL_FN(ols_col_interchanged),
        .transpose = TOLL_FN(transpose),
        .transpose_naive = TOLL_FN(transpose_naive),
        .team = TOLL_FN(team),
    };
    return &table;
}
