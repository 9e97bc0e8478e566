// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#include <omp.h>

void in_chunks(double *p, int n) {
    omp_set_schedule(omp_sched_dynamic, 7);
#pragma omp parallel for schedule(runtime)
    for (int k = 0; k < n; k++)
        p[k] *= 2;
}
