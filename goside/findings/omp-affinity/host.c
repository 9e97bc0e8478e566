// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <omp.h>
#include <sched.h>
#include <stdio.h>

int main(void) {
    cpu_set_t cores; // what Go asks, too, when it starts
    sched_getaffinity(0, sizeof cores, &cores);
    printf("%d\n", CPU_COUNT(&cores));
    return omp_in_parallel(); // without a call the linker leaves the runtime out
}
