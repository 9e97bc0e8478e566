// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
void counts(const double *x, const double *y, int n, int maxiter, int *out) {
    for (int k = 0; k < n; k++) {
        double zr = x[k], zi = y[k];
        int count = 0;
        while (count < maxiter && zr * zr + zi * zi < 4) {
            double r = zr * zr - zi * zi + -0.62772;
            zi = 2 * zr * zi + -0.42193;
            zr = r;
            count++;
        }
        out[k] = count;
    }
}
