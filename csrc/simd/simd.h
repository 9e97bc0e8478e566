/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * What the files of a tuned language share. They are compiled once for each level, as a language of its own:
 * TOLL_LANG is c_simd_avx2.
 */
#ifndef TOLL_SIMD_H
#define TOLL_SIMD_H

#include "../lang.h"

/* The tables of a level: the language itself; every iteration of every point (of Julia only); and the rungs
 * of the ladder from the plain loop to the tuned one. */
enum { TOLL_SIMD, TOLL_BRUTE, TOLL_RUNG1, TOLL_RUNG2 };

/* The table of that family, by the language's name (named 0) or by its level's, too (1). */
const toll_table *TOLL_FN(level)(int32_t family, int32_t named);

toll_julia_fn TOLL_FN(brute_julia);
toll_julia_split_fn TOLL_FN(brute_julia_split);
toll_julia_fn TOLL_FN(rung1_julia);
toll_julia_fn TOLL_FN(rung2_julia);
toll_diffusion_run_fn TOLL_FN(rung1_diffusion_run_row);
toll_diffusion_run_fn TOLL_FN(rung1_diffusion_run_col);
toll_ols_fn TOLL_FN(rung1_ols_row);
toll_ols_fn TOLL_FN(rung1_ols_col);

#endif
