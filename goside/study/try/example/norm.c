// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

#include "norm.h"

#include <math.h>

double norm(const double *p, int64_t n) {
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
        sum += p[k] * p[k];
    }
    return sqrt(sum);
}

// One element too many: what does toll try say of it?
void scale(double *p, int64_t n, double by) {
    for (int64_t k = 0; k <= n; k++) {
        p[k] *= by;
    }
}
