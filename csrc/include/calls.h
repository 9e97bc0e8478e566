/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * The functions that toll calls studies: each does next to nothing, so that its time is that of the call, and
 * each computes from all it is given, so that a value that came across wrong is seen. They are compiled once,
 * into an archive and a shared library of the same object, so that only the crossing differs. All are
 * exported by themselves, and there is no table: the study asks for addresses by name.
 *
 * Rules, unless a function's comment says otherwise: it borrows its pointers for the call only and keeps
 * none; it may be called from any thread, and from many at once if what they write is disjoint; it does not
 * unwind, exit or print; every argument is valid, save that a pointer must have the elements that the comment
 * says.
 */
#ifndef TOLL_CALLS_H
#define TOLL_CALLS_H

#include <stdbool.h>
#include <stdint.h>

/* The first 8 bytes, big-endian, of the SHA-256 of this file as it was when the library was built. */
uint64_t toll_calls_header_hash(void);

void toll_calls_noop(void);
int64_t toll_calls_not(int64_t x);         /* ~x */
double toll_calls_add(double x, double y); /* x + y */

/* a1 + 2*a2 + 3*a3 + ..., modulo 2**64; in double precision summed from the left, each operation rounded. */
int64_t toll_calls_ints1(int64_t a1);
int64_t toll_calls_ints2(int64_t a1, int64_t a2);
int64_t toll_calls_ints3(int64_t a1, int64_t a2, int64_t a3);
int64_t toll_calls_ints4(int64_t a1, int64_t a2, int64_t a3, int64_t a4);
int64_t toll_calls_ints5(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5);
int64_t toll_calls_ints6(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6);
int64_t toll_calls_ints7(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7);
int64_t toll_calls_ints8(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                         int64_t a8);
int64_t toll_calls_ints9(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                         int64_t a8, int64_t a9);
int64_t toll_calls_ints10(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10);
int64_t toll_calls_ints11(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11);
int64_t toll_calls_ints12(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12);
int64_t toll_calls_ints13(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12, int64_t a13);
int64_t toll_calls_ints14(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12, int64_t a13,
                          int64_t a14);
int64_t toll_calls_ints15(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12, int64_t a13,
                          int64_t a14, int64_t a15);
int64_t toll_calls_ints16(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12, int64_t a13,
                          int64_t a14, int64_t a15, int64_t a16);
int64_t toll_calls_ints20(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12, int64_t a13,
                          int64_t a14, int64_t a15, int64_t a16, int64_t a17, int64_t a18, int64_t a19,
                          int64_t a20);
int64_t toll_calls_ints32(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12, int64_t a13,
                          int64_t a14, int64_t a15, int64_t a16, int64_t a17, int64_t a18, int64_t a19,
                          int64_t a20, int64_t a21, int64_t a22, int64_t a23, int64_t a24, int64_t a25,
                          int64_t a26, int64_t a27, int64_t a28, int64_t a29, int64_t a30, int64_t a31,
                          int64_t a32);
double toll_calls_doubles1(double a1);
double toll_calls_doubles2(double a1, double a2);
double toll_calls_doubles3(double a1, double a2, double a3);
double toll_calls_doubles4(double a1, double a2, double a3, double a4);
double toll_calls_doubles5(double a1, double a2, double a3, double a4, double a5);
double toll_calls_doubles6(double a1, double a2, double a3, double a4, double a5, double a6);
double toll_calls_doubles7(double a1, double a2, double a3, double a4, double a5, double a6, double a7);
double toll_calls_doubles8(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                           double a8);
double toll_calls_doubles9(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                           double a8, double a9);
double toll_calls_doubles10(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10);
double toll_calls_doubles11(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11);
double toll_calls_doubles12(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12);
double toll_calls_doubles13(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12, double a13);
double toll_calls_doubles14(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12, double a13, double a14);
double toll_calls_doubles15(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12, double a13, double a14,
                            double a15);
double toll_calls_doubles16(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12, double a13, double a14,
                            double a15, double a16);
double toll_calls_doubles20(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12, double a13, double a14,
                            double a15, double a16, double a17, double a18, double a19, double a20);
double toll_calls_doubles32(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12, double a13, double a14,
                            double a15, double a16, double a17, double a18, double a19, double a20,
                            double a21, double a22, double a23, double a24, double a25, double a26,
                            double a27, double a28, double a29, double a30, double a31, double a32);

/* Narrow types, all converted to the widest by the callee: x - 2*y. */
bool toll_calls_bool(bool x, bool y); /* x and not y */
int64_t toll_calls_int8(int8_t x, int8_t y);
int64_t toll_calls_int16(int16_t x, int16_t y);
int64_t toll_calls_int32(int32_t x, int32_t y);
int64_t toll_calls_uint8(uint8_t x, uint8_t y);
int64_t toll_calls_uint16(uint16_t x, uint16_t y);
int64_t toll_calls_uint32(uint32_t x, uint32_t y);
float toll_calls_float(float x, float y); /* x - y, in single precision */

/* p has n elements; n < 1 is as 0. */
int64_t toll_calls_length(const double *p, int64_t n); /* n: p is not touched */
double toll_calls_first(const double *p, int64_t n);   /* p[0], or 0 */
double toll_calls_sum(const double *p, int64_t n);     /* p[0] + p[1] + ... from the left, from +0 */
void toll_calls_fill(double *p, int64_t n, double x);  /* p[k] = x */

/* Calls toll_calls_add n times: out[k] = x[k] + y[k]. The three have n elements each, and out overlaps
 * neither. */
void toll_calls_batch(double *out, const double *x, const double *y, int64_t n);

/* (double)a * x + (double)b * y + ... from the left, from +0, of n pairs of an int64_t and a double. The
 * second is the first with two pairs and a fixed signature, for crossings that cannot pass variable
 * arguments. */
double toll_calls_variadic(int64_t n, ...);
double toll_calls_variadic2(int64_t a, double x, int64_t b, double y);

/* toll_diffusion_run_fn of toll.h, one thread, on matrices whose rows lie each in memory of its own: a and b
 * are tables of `rows` pointers to `cols` doubles each, none of which overlap; nothing happens if steps < 1.
 */
void toll_calls_diffusion_rows(double *const *a, double *const *b, int64_t rows, int64_t cols, int64_t steps,
                               double D, double dt);

typedef struct toll_pair { /* 16 bytes: two registers */
    double x, y;
} toll_pair;

typedef struct toll_mixed { /* 40 bytes, 9 of them padding: in memory */
    int8_t a;
    double b;
    int32_t c;
    int16_t d;
    double e;
    int64_t f;
} toll_mixed;

typedef struct toll_longs { /* 16 bytes: two integer registers */
    int64_t x, y;
} toll_longs;

typedef struct toll_split { /* 16 bytes: an integer and a vector register */
    int64_t x;
    double y;
} toll_split;

typedef struct toll_triple { /* 12 bytes: on x86-64 two vector registers, two floats in the first; on arm64
                                three */
    float x, y, z;
} toll_triple;

toll_longs toll_calls_longs(toll_longs p);    /* {y, x} */
toll_split toll_calls_split(toll_split p);    /* {-x modulo 2**64, -y} */
toll_triple toll_calls_triple(toll_triple p); /* {z, x, y} */
toll_pair toll_calls_pair(toll_pair p);       /* {y, x} */
void toll_calls_pair_at(toll_pair *p);        /* the same in place */
toll_mixed toll_calls_mixed(toll_mixed m);    /* every field negated, integers modulo their size */
void toll_calls_mixed_at(toll_mixed *m);      /* the same in place */

/* Strings end with a NUL and are in UTF-8. The text of length n is toll_calls_text_static()'s, repeated and
 * cut off after n bytes, be it within a character; n < 1 is as 0. */
int64_t toll_calls_text_length(const char *s);    /* bytes before the NUL */
const char *toll_calls_text_static(void);         /* the library's, valid for as long as it is loaded */
char *toll_calls_text_new(int64_t n);             /* the caller's, to be freed by the next; NULL: no memory */
void toll_calls_text_free(char *s);               /* NULL is allowed */
int64_t toll_calls_text_live(void);               /* how many are not freed yet */
int64_t toll_calls_text_into(char *s, int64_t n); /* into n+1 bytes at s; returns the length */

int32_t toll_calls_status(int32_t x);     /* x */
int64_t toll_calls_errno(int32_t e);      /* 0 if e is 0; else sets errno to e and returns -1 */
uintptr_t toll_calls_handle(uintptr_t h); /* h: an opaque number that stands for an object of the caller's */

/* Calls back k times, x = f(context, x), and returns the last x. f must return normally. */
typedef int64_t toll_callback(uintptr_t context, int64_t x);
int64_t toll_calls_callback(toll_callback *f, uintptr_t context, int64_t x, int64_t k);

/* The same from a thread of its own, made for it and ended before it returns; -1 if there is none to be had.
 */
int64_t toll_calls_callback_thread(toll_callback *f, uintptr_t context, int64_t x, int64_t k);

/* Stays away for so many nanoseconds: busy on its core, or asleep in the kernel. ns < 1 is as 0. */
void toll_calls_spin(int64_t ns);
void toll_calls_sleep(int64_t ns);

#endif
