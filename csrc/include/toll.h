/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * The binary interface between the Go driver (or any other host) and a native library of kernels.
 *
 * A library holds one table for each language it carries and exports for it
 *
 *     const toll_table *toll_<lang>_table(void);
 *
 * <lang> is the language's name with '-' written '_' (c_omp for c-omp). The table is constant, lives as
 * long as the library is loaded, and may be asked for from any thread. A host must refuse a table whose
 * abi_version, struct_size or header_hash is not its own. The struct grows at its end only; each growth
 * or change of meaning raises TOLL_ABI_VERSION. A kernel that the language does not offer is NULL.
 *
 * A tuned language (c-simd) is compiled for several instruction sets, its levels: baseline (what every
 * processor of the kind has), avx2 (x86-64-v3) and avx512 (x86-64-v4). Its table is that of the best level
 * of this processor, or of the level that the environment variable TOLL_SIMD names. Each level is a language
 * of its own, too, such as c-simd-avx2. A table function returns NULL if the processor lacks the level, or if
 * TOLL_SIMD names none.
 *
 * Rules for every function here, unless its comment says otherwise:
 *   - It borrows its pointers for the call only. It keeps, frees and hands out nothing.
 *   - It may be called from any thread, and from many at once if their outputs are disjoint.
 *   - It does not unwind, exit, print, or raise a signal. ("Threads" below has one exception.)
 *   - A kernel checks its arguments first and returns a status; unless that is TOLL_OK (or TOLL_EPANIC,
 *     see there), nothing was written.
 *   - Arithmetic is IEEE binary64, round to nearest, each operation rounded by itself, in the order that
 *     the formula is written in: every implementation returns the same bits. A sum starts from +0.0, so that
 *     the sum of one -0.0 is +0.0. (A NaN's sign and payload are left open, as IEEE 754 leaves them.)
 *   - Empty work (a range without rows, a matrix without interior, no steps) ends with the checks, however
 *     large the extents are.
 *
 * The floating-point environment. The caller's thread has, during the call, the one that C starts with: round
 * to nearest, subnormal numbers kept (neither flushed to zero nor taken for zero), no exception trapped. In
 * another one a call is as safe, but what it computes is not specified. Threads that a library keeps do not
 * remember it: a later call in the environment asked for is right, whatever earlier callers had. A call
 * leaves the environments of its caller's thread, and of threads that are not the library's, as they were.
 *
 * Threads. A serial language starts none. rust-par and rust-simd-par keep pools for the process, of 256
 * threads together or as many as their last call asked for, if those are more. The OpenMP languages (...-omp)
 * have what libgomp keeps: a pool for each thread that called, as large as its largest call, until that
 * thread ends.
 *   - If no thread can be made, a ...-par language works on the caller's thread. libgomp prints "Thread
 *     creation failed" and ends the process with status 1, which an OpenMP language cannot prevent.
 *   - After fork, the thread that forked may call every language in the child. An OpenMP language ends the
 *     pool of the thread that forks, in the parent too; the next call makes a new one.
 *   - A host's own OpenMP settings (schedule, number of threads) are after a call as they were before it.
 *   - If OMP_PROC_BIND, OMP_PLACES or GOMP_CPU_AFFINITY is set, libgomp binds each thread that calls it to a
 *     place, and the process's first thread as soon as it is loaded.
 */
#ifndef TOLL_H
#define TOLL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TOLL_ABI_VERSION 4

/* Status of a kernel call. Where several apply, the first in this order is returned. */
enum {
    TOLL_OK = 0,
    TOLL_ESHAPE = 1,   /* an extent < 1, ld < contiguous extent, a range outside, bytes > INT64_MAX */
    TOLL_ESHORT = 2,   /* a null pointer (a host that knows the length refuses a short buffer alike) */
    TOLL_EALIGN = 3,   /* a pointer that is not a multiple of its element's size (8; int32_t: 4) */
    TOLL_EOVERLAP = 4, /* an output shares bytes with another argument */
    TOLL_EARG = 5,     /* a number outside its domain */
    TOLL_EPANIC = 6,   /* the implementation failed (a panic, no memory, no thread): output is undefined */
};

/* How a parallel language deals its items out to threads; the result does not depend on it. */
enum {
    TOLL_STATIC = 0,  /* equal contiguous shares */
    TOLL_DYNAMIC = 1, /* small chunks, taken as threads come free */
    TOLL_GUIDED = 2,  /* large chunks first, then smaller ones */
};

/* Arguments common to all kernels:
 *
 *   rows, cols   extents, >= 1. i counts rows and j columns, whatever the layout.
 *   ld           leading dimension in elements. Element (i, j) of a matrix p is
 *                    p[i*ld + j]   in a ..._row function, ld >= cols   (C order)
 *                    p[i + j*ld]   in a ..._col function, ld >= rows   (Fortran order)
 *                Padding is neither read nor written. A matrix's bytes are those from its first element to
 *                its last, 8*((lines - 1)*ld + length of a line), so a matrix of one line may have any ld. An
 *                array's bytes are those of all its elements, whatever the range. "Overlap" and
 *                "bytes > INT64_MAX" speak of these: matrices that interleave in each other's padding
 *                overlap.
 *   lo, hi       half-open range, 0 <= lo <= hi <= count. Only outputs in it are written.
 *   threads      how many threads to use, 1 to 1024, fixed for this call only; a serial language uses one.
 *   schedule     TOLL_STATIC, TOLL_DYNAMIC or TOLL_GUIDED; checked, then ignored by a serial language.
 */

/* One explicit 5-point diffusion step, for the rows lo <= i < hi that are interior, 1 <= i <= rows-2, and
 * the columns 1 <= j <= cols-2:
 *
 *     lap       = (((in[i+1][j] + in[i-1][j]) + in[i][j+1]) + in[i][j-1]) - 4*in[i][j]
 *     out[i][j] = in[i][j] + (D*dt)*lap
 *
 * in and out have the same shape and ld and do not overlap. The boundary of out is left as it is.
 * TOLL_EARG: D or dt not finite. Source: High Performance Python, the diffusion example.
 */
typedef int32_t toll_diffusion_step_fn(double *out, const double *in, int64_t rows, int64_t cols, int64_t ld,
                                       int64_t lo, int64_t hi, double D, double dt, int32_t threads,
                                       int32_t schedule);

/* steps whole steps, from a to b, from b to a, and so on: the result is in a if steps is even, else in b,
 * and the other holds the state one step before. Set the boundary of both.
 * TOLL_EARG: steps < 0, D or dt not finite.
 *
 * The ..._interchanged functions, of diffusion and of ols, give the same bits with their two loops
 * interchanged: on row-major matrices the outer loop runs over columns and the inner one over rows, and on
 * column-major ones the other way round. Each step of the inner loop so goes ld elements on: the wrong way to
 * walk, to be measured.
 */
typedef int32_t toll_diffusion_run_fn(double *a, double *b, int64_t rows, int64_t cols, int64_t ld,
                                      int64_t steps, double D, double dt, int32_t threads, int32_t schedule);

/* Escape counts of the Julia set, for lo <= k < hi of n points:
 *
 *     z = zs[k]; c = cs[k]; i = 0
 *     while (i < maxiter && zr*zr + zi*zi < 4)
 *         zr, zi = (zr*zr - zi*zi) + cr, 2*(zr*zi) + ci; i++
 *     out[k] = i
 *
 * zs and cs hold n complex numbers each, interleaved (re, im), and may overlap each other.
 * TOLL_EARG: maxiter < 0. Source: High Performance Python, the Julia set example.
 */
typedef int32_t toll_julia_fn(int32_t *out, const double *zs, const double *cs, int64_t n, int64_t lo,
                              int64_t hi, int32_t maxiter, int32_t threads, int32_t schedule);

/* toll_julia_fn of points whose parts lie in arrays of their own: n numbers each. The inputs may overlap each
 * other.
 */
typedef int32_t toll_julia_split_fn(int32_t *out, const double *zr, const double *zi, const double *cr,
                                    const double *ci, int64_t n, int64_t lo, int64_t hi, int32_t maxiter,
                                    int32_t threads, int32_t schedule);

/* Ordinary least squares line through each row i, lo <= i < hi, of a rows x n matrix of observations y
 * made at x = 0 ... n-1, n >= 2 (else TOLL_ESHAPE), in the paired closed form:
 *
 *     n even: hi = n/2+k,   lo = n/2-1-k, w = 2k+1,   k = 0 ... n/2-1
 *     n odd:  hi = n/2+1+k, lo = n/2-1-k, w = 2k+2,   k = 0 ... n/2-1     (n/2 rounded down)
 *     slope     = (sum over k of w*(y[hi] - y[lo])) / ((n*(n*n - 1)) / 6)
 *     intercept = (sum over j of y[j]) / n - slope*((n - 1)/2)
 *
 * with n and w taken as doubles. slope and intercept hold `rows` numbers each.
 * Source: the OLS example of High Performance Python; the paired form, because it takes the observations'
 * common part out before weighing them, loses least to rounding.
 */
typedef int32_t toll_ols_fn(double *slope, double *intercept, const double *y, int64_t rows, int64_t n,
                            int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule);

/* Copies a matrix into the other layout, bit by bit:
 *
 *     out[i + j*ld_out] = in[i*ld_in + j]     0 <= i < rows, 0 <= j < cols; ld_in >= cols, ld_out >= rows
 *
 * so `in` is row-major and `out` column-major. For a column-major `in`, exchange rows and cols. in and out do
 * not overlap. transpose goes block by block, transpose_naive along out's lines, reading ld_in elements on
 * each time. Source: omatcopy of the BLAS extensions.
 */
typedef int32_t toll_transpose_fn(double *out, const double *in, int64_t rows, int64_t cols, int64_t ld_out,
                                  int64_t ld_in, int32_t threads, int32_t schedule);

/* Functions whose cost is only the call. They return no status: every argument is valid, but for
 * toll_call_sum_fn, where p must have n elements. Each is exported by itself, too, as
 * toll_<lang>_call_<name> (those of a tuned language are its levels'), so that the cost of going through the
 * table can be told.
 */
typedef void toll_call_noop_fn(void);
typedef int64_t toll_call_not_fn(int64_t x);                 /* ~x */
typedef double toll_call_add_fn(double x, double y);         /* x + y */
typedef double toll_call_sum_fn(const double *p, int64_t n); /* +0.0 + p[0] + p[1] + ... */

/* How many threads work on a kernel's call that asks for so many, if it is made now, from this thread: 1 in a
 * serial language; in a parallel one what its runtime gives, which may be fewer (OMP_THREAD_LIMIT, a call
 * from within a parallel region, no thread to be had). 0 if threads is not 1 to 1024.
 */
typedef int32_t toll_team_fn(int32_t threads);

typedef struct toll_table {
    uint32_t abi_version; /* TOLL_ABI_VERSION */
    uint32_t struct_size; /* sizeof(toll_table) */
    uint64_t header_hash; /* the first 8 bytes, big-endian, of the SHA-256 of this file */
    const char *language; /* "c-omp"; UTF-8, terminated, as are the next two */
    const char *compiler; /* name and version */
    const char *flags;    /* what the compiler was told */

    toll_call_noop_fn *call_noop;
    toll_call_not_fn *call_not;
    toll_call_add_fn *call_add;
    toll_call_sum_fn *call_sum;
    toll_diffusion_step_fn *diffusion_step_row;
    toll_diffusion_step_fn *diffusion_step_col;
    toll_diffusion_run_fn *diffusion_run_row;
    toll_diffusion_run_fn *diffusion_run_col;
    toll_julia_fn *julia;
    toll_ols_fn *ols_row;
    toll_ols_fn *ols_col;
    toll_diffusion_run_fn *diffusion_run_row_interchanged;
    toll_diffusion_run_fn *diffusion_run_col_interchanged;
    toll_julia_split_fn *julia_split;
    toll_ols_fn *ols_row_interchanged;
    toll_ols_fn *ols_col_interchanged;
    toll_transpose_fn *transpose;
    toll_transpose_fn *transpose_naive;
    toll_team_fn *team;
} toll_table;

#ifdef __cplusplus
}
#endif

#endif
