// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#include <complex.h>
#include <stdio.h>

void as_written(const double *x, const double *y, int n, int maxiter, int *out);
void fused(const double *x, const double *y, int n, int maxiter, int *out);

enum { most = 5000 };
static double x[most], y[most];
static int a[most], b[most];

// Returns how many counts of the points x, y differ, and adds up both.
static int compare(int n, int maxiter, long *sum_a, long *sum_b) {
    int different = 0;
    as_written(x, y, n, maxiter, a);
    fused(x, y, n, maxiter, b);
    for (int k = 0; k < n; k++) {
        *sum_a += a[k];
        *sum_b += b[k];
        different += a[k] != b[k];
    }
    return different;
}

int main(void) {
    // The book's grid, whose sum is published.
    const int side = 1000;
    long sum_a = 0, sum_b = 0;
    int columns = 0, different = 0;
    for (double at = -1.8; at < 1.8; at += 3.6 / side)
        x[columns++] = at;
    for (double at = 1.8; at > -1.8; at += -3.6 / side) {
        for (int k = 0; k < columns; k++)
            y[k] = at;
        different += compare(columns, 300, &sum_a, &sum_b);
    }
    printf("sums %ld and %ld on the book's grid, %d of 1000000 counts differ; ", sum_a, sum_b, different);

    // Points of the set's boundary: preimages of preimages, one of two each time.
    unsigned random = 1;
    double complex z = 1;
    for (int k = 0; k < most; k++) {
        random = random * 1664525 + 1013904223;
        z = csqrt(z - (-0.62772 - 0.42193 * I));
        if (random >> 31)
            z = -z;
        x[k] = creal(z);
        y[k] = cimag(z);
    }
    different = compare(most, 1000, &sum_a, &sum_b);
    printf("on the boundary %d of %d\n%s\n", different, most, different ? "holds" : "does not hold");
    return 0;
}
