// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#include <fenv.h>
#include <omp.h>
#include <stdio.h>

static volatile double one = 1, three = 3;

static double third_on_worker(void) {
    double third = 0;
#pragma omp parallel num_threads(2) shared(third)
    if (omp_get_thread_num() == 1)
        third = one / three;
    return third;
}

int main(void) {
    fesetround(FE_UPWARD);
    double up = third_on_worker();
    fesetround(FE_TONEAREST);
    double nearest = third_on_worker();
    printf("1/3 on a worker: %a rounding upward, then %a to nearest\n", up, nearest);
    puts(nearest == one / three ? "does not hold" : "holds");
    return 0;
}
