// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

#include <stdint.h>

// The Euclidean norm of n numbers.
double norm(const double *p, int64_t n);

// Multiplies n numbers.
void scale(double *p, int64_t n, double by);
