/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "../include/calls.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t toll_calls_header_hash(void) { return TOLL_CALLS_HASH; }

void toll_calls_noop(void) {}
int64_t toll_calls_not(int64_t x) { return ~x; }
double toll_calls_add(double x, double y) { return x + y; }

int64_t toll_calls_ints1(int64_t a1) { return (int64_t)(1u * (uint64_t)a1); }
int64_t toll_calls_ints2(int64_t a1, int64_t a2) { return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2); }
int64_t toll_calls_ints3(int64_t a1, int64_t a2, int64_t a3) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3);
}
int64_t toll_calls_ints4(int64_t a1, int64_t a2, int64_t a3, int64_t a4) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4);
}
int64_t toll_calls_ints5(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5);
}
int64_t toll_calls_ints6(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5 + 6u * (uint64_t)a6);
}
int64_t toll_calls_ints7(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5 + 6u * (uint64_t)a6 + 7u * (uint64_t)a7);
}
int64_t toll_calls_ints8(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                         int64_t a8) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5 + 6u * (uint64_t)a6 + 7u * (uint64_t)a7 + 8u * (uint64_t)a8);
}
int64_t toll_calls_ints9(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                         int64_t a8, int64_t a9) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5 + 6u * (uint64_t)a6 + 7u * (uint64_t)a7 + 8u * (uint64_t)a8 +
                     9u * (uint64_t)a9);
}
int64_t toll_calls_ints10(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5 + 6u * (uint64_t)a6 + 7u * (uint64_t)a7 + 8u * (uint64_t)a8 +
                     9u * (uint64_t)a9 + 10u * (uint64_t)a10);
}
int64_t toll_calls_ints11(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5 + 6u * (uint64_t)a6 + 7u * (uint64_t)a7 + 8u * (uint64_t)a8 +
                     9u * (uint64_t)a9 + 10u * (uint64_t)a10 + 11u * (uint64_t)a11);
}
int64_t toll_calls_ints12(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5 + 6u * (uint64_t)a6 + 7u * (uint64_t)a7 + 8u * (uint64_t)a8 +
                     9u * (uint64_t)a9 + 10u * (uint64_t)a10 + 11u * (uint64_t)a11 + 12u * (uint64_t)a12);
}
int64_t toll_calls_ints13(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12, int64_t a13) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5 + 6u * (uint64_t)a6 + 7u * (uint64_t)a7 + 8u * (uint64_t)a8 +
                     9u * (uint64_t)a9 + 10u * (uint64_t)a10 + 11u * (uint64_t)a11 + 12u * (uint64_t)a12 +
                     13u * (uint64_t)a13);
}
int64_t toll_calls_ints14(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12, int64_t a13,
                          int64_t a14) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5 + 6u * (uint64_t)a6 + 7u * (uint64_t)a7 + 8u * (uint64_t)a8 +
                     9u * (uint64_t)a9 + 10u * (uint64_t)a10 + 11u * (uint64_t)a11 + 12u * (uint64_t)a12 +
                     13u * (uint64_t)a13 + 14u * (uint64_t)a14);
}
int64_t toll_calls_ints15(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12, int64_t a13,
                          int64_t a14, int64_t a15) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5 + 6u * (uint64_t)a6 + 7u * (uint64_t)a7 + 8u * (uint64_t)a8 +
                     9u * (uint64_t)a9 + 10u * (uint64_t)a10 + 11u * (uint64_t)a11 + 12u * (uint64_t)a12 +
                     13u * (uint64_t)a13 + 14u * (uint64_t)a14 + 15u * (uint64_t)a15);
}
int64_t toll_calls_ints16(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12, int64_t a13,
                          int64_t a14, int64_t a15, int64_t a16) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5 + 6u * (uint64_t)a6 + 7u * (uint64_t)a7 + 8u * (uint64_t)a8 +
                     9u * (uint64_t)a9 + 10u * (uint64_t)a10 + 11u * (uint64_t)a11 + 12u * (uint64_t)a12 +
                     13u * (uint64_t)a13 + 14u * (uint64_t)a14 + 15u * (uint64_t)a15 + 16u * (uint64_t)a16);
}
int64_t toll_calls_ints20(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12, int64_t a13,
                          int64_t a14, int64_t a15, int64_t a16, int64_t a17, int64_t a18, int64_t a19,
                          int64_t a20) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5 + 6u * (uint64_t)a6 + 7u * (uint64_t)a7 + 8u * (uint64_t)a8 +
                     9u * (uint64_t)a9 + 10u * (uint64_t)a10 + 11u * (uint64_t)a11 + 12u * (uint64_t)a12 +
                     13u * (uint64_t)a13 + 14u * (uint64_t)a14 + 15u * (uint64_t)a15 + 16u * (uint64_t)a16 +
                     17u * (uint64_t)a17 + 18u * (uint64_t)a18 + 19u * (uint64_t)a19 + 20u * (uint64_t)a20);
}
int64_t toll_calls_ints32(int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5, int64_t a6, int64_t a7,
                          int64_t a8, int64_t a9, int64_t a10, int64_t a11, int64_t a12, int64_t a13,
                          int64_t a14, int64_t a15, int64_t a16, int64_t a17, int64_t a18, int64_t a19,
                          int64_t a20, int64_t a21, int64_t a22, int64_t a23, int64_t a24, int64_t a25,
                          int64_t a26, int64_t a27, int64_t a28, int64_t a29, int64_t a30, int64_t a31,
                          int64_t a32) {
    return (int64_t)(1u * (uint64_t)a1 + 2u * (uint64_t)a2 + 3u * (uint64_t)a3 + 4u * (uint64_t)a4 +
                     5u * (uint64_t)a5 + 6u * (uint64_t)a6 + 7u * (uint64_t)a7 + 8u * (uint64_t)a8 +
                     9u * (uint64_t)a9 + 10u * (uint64_t)a10 + 11u * (uint64_t)a11 + 12u * (uint64_t)a12 +
                     13u * (uint64_t)a13 + 14u * (uint64_t)a14 + 15u * (uint64_t)a15 + 16u * (uint64_t)a16 +
                     17u * (uint64_t)a17 + 18u * (uint64_t)a18 + 19u * (uint64_t)a19 + 20u * (uint64_t)a20 +
                     21u * (uint64_t)a21 + 22u * (uint64_t)a22 + 23u * (uint64_t)a23 + 24u * (uint64_t)a24 +
                     25u * (uint64_t)a25 + 26u * (uint64_t)a26 + 27u * (uint64_t)a27 + 28u * (uint64_t)a28 +
                     29u * (uint64_t)a29 + 30u * (uint64_t)a30 + 31u * (uint64_t)a31 + 32u * (uint64_t)a32);
}

double toll_calls_doubles1(double a1) { return a1; }
double toll_calls_doubles2(double a1, double a2) { return a1 + 2 * a2; }
double toll_calls_doubles3(double a1, double a2, double a3) { return a1 + 2 * a2 + 3 * a3; }
double toll_calls_doubles4(double a1, double a2, double a3, double a4) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4;
}
double toll_calls_doubles5(double a1, double a2, double a3, double a4, double a5) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5;
}
double toll_calls_doubles6(double a1, double a2, double a3, double a4, double a5, double a6) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5 + 6 * a6;
}
double toll_calls_doubles7(double a1, double a2, double a3, double a4, double a5, double a6, double a7) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5 + 6 * a6 + 7 * a7;
}
double toll_calls_doubles8(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                           double a8) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5 + 6 * a6 + 7 * a7 + 8 * a8;
}
double toll_calls_doubles9(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                           double a8, double a9) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5 + 6 * a6 + 7 * a7 + 8 * a8 + 9 * a9;
}
double toll_calls_doubles10(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5 + 6 * a6 + 7 * a7 + 8 * a8 + 9 * a9 + 10 * a10;
}
double toll_calls_doubles11(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5 + 6 * a6 + 7 * a7 + 8 * a8 + 9 * a9 + 10 * a10 + 11 * a11;
}
double toll_calls_doubles12(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5 + 6 * a6 + 7 * a7 + 8 * a8 + 9 * a9 + 10 * a10 + 11 * a11 +
           12 * a12;
}
double toll_calls_doubles13(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12, double a13) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5 + 6 * a6 + 7 * a7 + 8 * a8 + 9 * a9 + 10 * a10 + 11 * a11 +
           12 * a12 + 13 * a13;
}
double toll_calls_doubles14(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12, double a13,
                            double a14) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5 + 6 * a6 + 7 * a7 + 8 * a8 + 9 * a9 + 10 * a10 + 11 * a11 +
           12 * a12 + 13 * a13 + 14 * a14;
}
double toll_calls_doubles15(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12, double a13, double a14,
                            double a15) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5 + 6 * a6 + 7 * a7 + 8 * a8 + 9 * a9 + 10 * a10 + 11 * a11 +
           12 * a12 + 13 * a13 + 14 * a14 + 15 * a15;
}
double toll_calls_doubles16(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12, double a13, double a14,
                            double a15, double a16) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5 + 6 * a6 + 7 * a7 + 8 * a8 + 9 * a9 + 10 * a10 + 11 * a11 +
           12 * a12 + 13 * a13 + 14 * a14 + 15 * a15 + 16 * a16;
}
double toll_calls_doubles20(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12, double a13, double a14,
                            double a15, double a16, double a17, double a18, double a19, double a20) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5 + 6 * a6 + 7 * a7 + 8 * a8 + 9 * a9 + 10 * a10 + 11 * a11 +
           12 * a12 + 13 * a13 + 14 * a14 + 15 * a15 + 16 * a16 + 17 * a17 + 18 * a18 + 19 * a19 + 20 * a20;
}
double toll_calls_doubles32(double a1, double a2, double a3, double a4, double a5, double a6, double a7,
                            double a8, double a9, double a10, double a11, double a12, double a13, double a14,
                            double a15, double a16, double a17, double a18, double a19, double a20,
                            double a21, double a22, double a23, double a24, double a25, double a26,
                            double a27, double a28, double a29, double a30, double a31, double a32) {
    return a1 + 2 * a2 + 3 * a3 + 4 * a4 + 5 * a5 + 6 * a6 + 7 * a7 + 8 * a8 + 9 * a9 + 10 * a10 + 11 * a11 +
           12 * a12 + 13 * a13 + 14 * a14 + 15 * a15 + 16 * a16 + 17 * a17 + 18 * a18 + 19 * a19 + 20 * a20 +
           21 * a21 + 22 * a22 + 23 * a23 + 24 * a24 + 25 * a25 + 26 * a26 + 27 * a27 + 28 * a28 + 29 * a29 +
           30 * a30 + 31 * a31 + 32 * a32;
}

bool toll_calls_bool(bool x, bool y) { return x && !y; }
int64_t toll_calls_int8(int8_t x, int8_t y) { return (int64_t)x - 2 * (int64_t)y; }
int64_t toll_calls_int16(int16_t x, int16_t y) { return (int64_t)x - 2 * (int64_t)y; }
int64_t toll_calls_int32(int32_t x, int32_t y) { return (int64_t)x - 2 * (int64_t)y; }
int64_t toll_calls_uint8(uint8_t x, uint8_t y) { return (int64_t)x - 2 * (int64_t)y; }
int64_t toll_calls_uint16(uint16_t x, uint16_t y) { return (int64_t)x - 2 * (int64_t)y; }
int64_t toll_calls_uint32(uint32_t x, uint32_t y) { return (int64_t)x - 2 * (int64_t)y; }
float toll_calls_float(float x, float y) { return x - y; }

int64_t toll_calls_length(const double *p, int64_t n) {
    (void)p;
    return n < 1 ? 0 : n;
}

double toll_calls_first(const double *p, int64_t n) { return n < 1 ? 0 : p[0]; }

double toll_calls_sum(const double *p, int64_t n) {
    double sum = 0;
    for (int64_t k = 0; k < n; k++)
        sum += p[k];
    return sum;
}

void toll_calls_fill(double *p, int64_t n, double x) {
    for (int64_t k = 0; k < n; k++)
        p[k] = x;
}

void toll_calls_batch(double *out, const double *x, const double *y, int64_t n) {
    /* Through a pointer that the compiler must read anew: each is a call of the function, not a vector's
     * lane. */
    double (*volatile add)(double, double) = toll_calls_add;
    for (int64_t k = 0; k < n; k++)
        out[k] = add(x[k], y[k]);
}

static double products(int64_t n, va_list args) {
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
        const double a = (double)va_arg(args, int64_t);
        sum += a * va_arg(args, double);
    }
    return sum;
}

double toll_calls_variadic(int64_t n, ...) {
    va_list args;
    va_start(args, n);
    const double sum = products(n, args);
    va_end(args);
    return sum;
}

double toll_calls_variadic2(int64_t a, double x, int64_t b, double y) {
    return toll_calls_variadic(2, a, x, b, y);
}

toll_longs toll_calls_longs(toll_longs p) { return (toll_longs){p.y, p.x}; }
toll_split toll_calls_split(toll_split p) { return (toll_split){(int64_t)(0u - (uint64_t)p.x), -p.y}; }
toll_triple toll_calls_triple(toll_triple p) { return (toll_triple){p.z, p.x, p.y}; }

toll_pair toll_calls_pair(toll_pair p) { return (toll_pair){p.y, p.x}; }
void toll_calls_pair_at(toll_pair *p) { *p = toll_calls_pair(*p); }

toll_mixed toll_calls_mixed(toll_mixed m) {
    return (toll_mixed){
        .a = (int8_t)(0u - (uint8_t)m.a),
        .b = -m.b,
        .c = (int32_t)(0u - (uint32_t)m.c),
        .d = (int16_t)(0u - (uint16_t)m.d),
        .e = -m.e,
        .f = (int64_t)(0u - (uint64_t)m.f),
    };
}
void toll_calls_mixed_at(toll_mixed *m) { *m = toll_calls_mixed(*m); }

static const char text[] = "Zoll: 5 \xe2\x82\xac, na\xc3\xafve \xe6\x95\xb0\xe5\xad\x97. ";
static atomic_int_fast64_t live;

int64_t toll_calls_text_length(const char *s) { return (int64_t)strlen(s); }
const char *toll_calls_text_static(void) { return text; }

int64_t toll_calls_text_into(char *s, int64_t n) {
    if (n < 0)
        n = 0;
    const int64_t period = sizeof text - 1;
    for (int64_t k = 0; k < n; k += period)
        memcpy(s + k, text, (size_t)(n - k < period ? n - k : period));
    s[n] = 0;
    return n;
}

char *toll_calls_text_new(int64_t n) {
    if (n < 0)
        n = 0;
    if ((uint64_t)n >= SIZE_MAX)
        return NULL;
    char *s = malloc((size_t)n + 1);
    if (s) {
        toll_calls_text_into(s, n);
        atomic_fetch_add(&live, 1);
    }
    return s;
}

void toll_calls_text_free(char *s) {
    if (s)
        atomic_fetch_sub(&live, 1);
    free(s);
}

int64_t toll_calls_text_live(void) { return atomic_load(&live); }

int32_t toll_calls_status(int32_t x) { return x; }

int64_t toll_calls_errno(int32_t e) {
    if (e == 0)
        return 0;
    errno = e;
    return -1;
}

uintptr_t toll_calls_handle(uintptr_t h) { return h; }

int64_t toll_calls_callback(toll_callback *f, uintptr_t context, int64_t x, int64_t k) {
    for (; k > 0; k--)
        x = f(context, x);
    return x;
}

typedef struct {
    toll_callback *f;
    uintptr_t context;
    int64_t x, k;
} work;

static void *run(void *arg) {
    work *w = arg;
    w->x = toll_calls_callback(w->f, w->context, w->x, w->k);
    return NULL;
}

int64_t toll_calls_callback_thread(toll_callback *f, uintptr_t context, int64_t x, int64_t k) {
    work w = {f, context, x, k};
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, &w) != 0)
        return -1;
    pthread_join(thread, NULL);
    return w.x;
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void toll_calls_spin(int64_t ns) {
    for (int64_t start = now(); now() - start < ns;) {
    }
}

void toll_calls_sleep(int64_t ns) {
    if (ns < 1)
        return;
    struct timespec left = {ns / 1000000000, ns % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
    }
}
