/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "openmp.h"

#ifdef _OPENMP
#include <omp.h>
#endif

int32_t TOLL_FN(team)(int32_t threads) {
    if (threads < 1 || threads > 1024)
        return 0;
    int32_t team = 1;
#ifdef _OPENMP
    TOLL_FN(restore_schedule)(TOLL_FN(set_schedule)(TOLL_STATIC, 0));
#pragma omp parallel num_threads(threads)
#pragma omp single
    team = omp_get_num_threads();
#endif
    return team;
}
