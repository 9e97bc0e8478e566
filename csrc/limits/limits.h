/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * What this machine can do at most, for code compiled as the kernels are: the rate at which each level of
 * memory is read, written and copied, the rate at which any set is read and written as a kernel would, the
 * rate of multiplications and additions that are not fused, and the cost of a plain call. The callers time;
 * nothing here does.
 *
 * The caller guarantees that p and q point at n doubles each, n a multiple of TOLL_LIMITS_BLOCK, aligned to 8
 * bytes (to 64 for full speed), and that no other thread writes them meanwhile, nor reads what is written
 * here. A negative count is as 0. Nothing keeps state: any number of threads may call at once.
 */
#ifndef TOLL_LIMITS_H
#define TOLL_LIMITS_H

#include <stdint.h>

#define TOLL_LIMITS_BLOCK 64

/* Reads all of p, `passes` times, and returns the exclusive or of the bits of all doubles read. */
double toll_limits_read(const double *p, int64_t n, int64_t passes);

/* Stores x in all of p, `passes` times, by ordinary stores: a line that is not in a cache is read first. */
void toll_limits_write(double *p, int64_t n, int64_t passes, double x);

/* Copies p to q, which do not overlap, `passes` times, by ordinary stores. */
void toll_limits_copy(double *q, const double *p, int64_t n, int64_t passes);

/* Ways to go through memory. Which is fastest depends on the machine and on where the set fits. */
enum {
    TOLL_LIMITS_PLAIN,       /* p and q from front to back */
    TOLL_LIMITS_STREAMS,     /* four parts of each side by side, which more prefetchers follow */
    TOLL_LIMITS_NONTEMPORAL, /* plain, but by stores past the caches if q is aligned to 64 bytes and there are
                                such */
    TOLL_LIMITS_COLUMNS /* 14 parts of p and two of q side by side, a little of each in turn, by vectors of
                           half the width: as columns are gone through, which more prefetchers still follow */
};

/* Reads all of p, `reads` doubles, and stores x in all of q, `writes` doubles, `passes` times. Both are gone
 * through together, each as fast as its length asks for. p and q do not overlap, and each may have any
 * length, also none. A form that is none of the above is as TOLL_LIMITS_PLAIN. Returns what toll_limits_read
 * does. */
double toll_limits_move(const double *p, int64_t reads, double *q, int64_t writes, int64_t passes, double x,
                        int64_t form);

/* n rounds, each of so many multiplications by x and as many additions of y, all independent of each other,
 * on one number or on one vector at a time, of the full width or of half of it, if there are such. *_flops is
 * how many operations on single numbers a round holds. The result depends on all of them. All values stay
 * finite and normal if x is 1 or the next number above, 0 <= y <= 1 and n <= 2**50. */
double toll_limits_muladd_scalar(int64_t n, double x, double y);
double toll_limits_muladd_half(int64_t n, double x, double y);
double toll_limits_muladd_vector(int64_t n, double x, double y);
int64_t toll_limits_scalar_flops(void);
int64_t toll_limits_half_flops(void);
int64_t toll_limits_vector_flops(void);

/* The size of the vectors that all of the above use, where they do not say half. */
int64_t toll_limits_vector_bytes(void);

/* n calls of a function that does nothing. */
void toll_limits_call(int64_t n);

#endif
