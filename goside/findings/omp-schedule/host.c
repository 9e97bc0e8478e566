// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#include <omp.h>
#include <stdio.h>

void in_chunks(double *p, int n);

int main(void) {
    omp_sched_t before, after;
    int chunk_before, chunk_after;
    double p[100] = {0};
    omp_set_schedule(omp_sched_static, 3);
    omp_get_schedule(&before, &chunk_before);
    in_chunks(p, 100);
    omp_get_schedule(&after, &chunk_after);
    printf("the host's schedule: %d, %d before the library's call; %d, %d after\n", before, chunk_before,
           after, chunk_after);
    puts(before == after && chunk_before == chunk_after ? "does not hold" : "holds");
    return 0;
}
