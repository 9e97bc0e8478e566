// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void cblas_domatcopy(int order, int trans, int rows, int cols, double alpha, const double *a, int lda,
                     double *b, int ldb);
void cblas_dcopy(int n, const double *x, int incx, double *y, int incy);

int main(void) {
    const uint64_t signalling = 0x7ff4000000000000;
    double in[4], out[4] = {0}, copy[4] = {0};
    uint64_t transposed, copied;
    for (int k = 0; k < 4; k++)
        memcpy(&in[k], &signalling, sizeof in[k]);
    cblas_domatcopy(101, 112, 2, 2, 1, in, 2, out, 2); /* row-major, transposed, times 1 */
    cblas_dcopy(4, in, 1, copy, 1);
    memcpy(&transposed, out, sizeof transposed);
    memcpy(&copied, copy, sizeof copied);
    printf("a signalling NaN 0x%llx: 0x%llx by domatcopy, 0x%llx by dcopy\n", (unsigned long long)signalling,
           (unsigned long long)transposed, (unsigned long long)copied);
    puts(transposed != signalling ? "holds" : "does not hold");
    return 0;
}
