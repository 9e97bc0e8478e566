/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "lang.h"

void TOLL_FN(call_noop)(void) {}

int64_t TOLL_FN(call_not)(int64_t x) { return ~x; }

double TOLL_FN(call_add)(double x, double y) { return x + y; }

double TOLL_FN(call_sum)(const double *p, int64_t n) {
    double sum = 0;
    for (int64_t k = 0; k < n; k++)
        sum += p[k];
    return sum;
}
