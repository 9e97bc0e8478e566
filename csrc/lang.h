/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * What the C files share. They are compiled twice: as the language c, and with -fopenmp as c-omp.
 * TOLL_LANG (c, c_omp) comes from the build and goes into every symbol.
 */
#ifndef TOLL_LANG_H
#define TOLL_LANG_H

#include "include/toll.h"

#define TOLL_PASTE_(lang, name) toll_##lang##_##name
#define TOLL_PASTE(lang, name) TOLL_PASTE_(lang, name)
#define TOLL_FN(name) TOLL_PASTE(TOLL_LANG, name)

toll_call_noop_fn TOLL_FN(call_noop);
toll_call_not_fn TOLL_FN(call_not);
toll_call_add_fn TOLL_FN(call_add);
toll_call_sum_fn TOLL_FN(call_sum);
toll_diffusion_step_fn TOLL_FN(diffusion_step_row);
toll_diffusion_step_fn TOLL_FN(diffusion_step_col);
toll_diffusion_run_fn TOLL_FN(diffusion_run_row);
toll_diffusion_run_fn TOLL_FN(diffusion_run_col);
toll_julia_fn TOLL_FN(julia);
toll_ols_fn TOLL_FN(ols_row);
toll_ols_fn TOLL_FN(ols_col);
toll_diffusion_run_fn TOLL_FN(diffusion_run_row_interchanged);
toll_diffusion_run_fn TOLL_FN(diffusion_run_col_interchanged);
toll_julia_split_fn TOLL_FN(julia_split);
toll_ols_fn TOLL_FN(ols_row_interchanged);
toll_ols_fn TOLL_FN(ols_col_interchanged);
toll_transpose_fn TOLL_FN(transpose);
toll_transpose_fn TOLL_FN(transpose_naive);
toll_team_fn TOLL_FN(team);
const toll_table *TOLL_FN(table)(void);

static inline int64_t max64(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t min64(int64_t a, int64_t b) { return a < b ? a : b; }

#endif
