/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * The vectors are explicit, and the build turns the compiler's own vectorisation off, which would make the
 * scalar loop another one.
 */
#include "limits.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

#if defined __AVX512F__
#define WIDTH 64
#elif defined __AVX__
#define WIDTH 32
#else
#define WIDTH 16
#endif

/* Vectors of half the width, where there are such: of some processors the wider ones are no faster. */
#if WIDTH > 16
#define HALF (WIDTH / 2)
#else
#define HALF WIDTH
#endif

typedef double vec __attribute__((vector_size(WIDTH)));
typedef double half_vec __attribute__((vector_size(HALF)));
/* The same memory as integers. Aligned as a double is, so that any p will do. */
typedef int64_t bits __attribute__((vector_size(WIDTH), aligned(8), may_alias));
typedef int64_t half_bits __attribute__((vector_size(HALF), aligned(8), may_alias));

#define LANES (WIDTH / 8)
/* Vectors in a step of a loop, enough to hide its own instructions; and doubles. */
#define UNROLL 8
#define BLOCK (UNROLL * LANES)
_Static_assert(TOLL_LIMITS_BLOCK % BLOCK == 0, "the loops below have no tail");

/* A double, and its bits. */
union number {
    double d;
    int64_t i;
};

/* Stores that do not read the line first nor keep it in a cache; ordinary ones where there are none. */
#if defined __AVX512F__
#define STORE_PAST_CACHES(to, v) _mm512_stream_si512((void *)(to), (__m512i)(v))
#elif defined __AVX__
#define STORE_PAST_CACHES(to, v) _mm256_stream_si256((void *)(to), (__m256i)(v))
#elif defined __SSE2__
#define STORE_PAST_CACHES(to, v) _mm_stream_si128((void *)(to), (__m128i)(v))
#else
#define STORE_PAST_CACHES(to, v) (*(bits *)(to) = (v))
#endif
#ifdef __SSE2__
#define FENCE() _mm_sfence()
#else
#define FENCE() ((void)0)
#endif

/* Memory may have changed and will be looked at: no pass can be dropped or merged with the next, and no loop
 * taken for memcpy or memset. It is no instruction. */
#define BARRIER() __asm__ volatile("" ::: "memory")

double toll_limits_read(const double *p, int64_t n, int64_t passes) {
    /* One for each vector of a step: none waits for another, and the compiler keeps their order. */
    bits a = {0}, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
    for (int64_t pass = 0; pass < passes; pass++) {
        BARRIER();
        for (int64_t k = 0; k < n; k += BLOCK) {
            const bits *from = (const bits *)(p + k);
            a ^= from[0];
            b ^= from[1];
            c ^= from[2];
            d ^= from[3];
            e ^= from[4];
            f ^= from[5];
            g ^= from[6];
            h ^= from[7];
        }
    }
    a ^= b ^ c ^ d ^ e ^ f ^ g ^ h;
    union number sum = {0};
    for (int lane = 0; lane < LANES; lane++)
        sum.i ^= a[lane];
    return sum.d;
}

void toll_limits_write(double *p, int64_t n, int64_t passes, double x) {
    union number value = {x};
    bits v = value.i - (bits){0};
    for (int64_t pass = 0; pass < passes; pass++)
        for (int64_t k = 0; k < n; k += BLOCK) {
            bits *to = (bits *)(p + k);
            for (int u = 0; u < UNROLL; u++)
                to[u] = v;
            BARRIER();
        }
}

void toll_limits_copy(double *q, const double *p, int64_t n, int64_t passes) {
    for (int64_t pass = 0; pass < passes; pass++)
        for (int64_t k = 0; k < n; k += BLOCK) {
            const bits *from = (const bits *)(p + k);
            bits *to = (bits *)(q + k);
            for (int u = 0; u < UNROLL; u++)
                to[u] = from[u];
            BARRIER();
        }
}

/* A macro, since compilers keep variables in registers, but may keep an array or a struct in memory. */
#define READ_BLOCK(p)                                                                                        \
    for (int u = 0; u < TOLL_LIMITS_BLOCK; u += BLOCK) {                                                     \
        const bits *from = (const bits *)((p) + u);                                                          \
        a ^= from[0];                                                                                        \
        b ^= from[1];                                                                                        \
        c ^= from[2];                                                                                        \
        d ^= from[3];                                                                                        \
        e ^= from[4];                                                                                        \
        f ^= from[5];                                                                                        \
        g ^= from[6];                                                                                        \
        h ^= from[7];                                                                                        \
    }

static inline __attribute__((always_inline)) void write_block(double *q, bits v, int past_caches) {
    for (int k = 0; k < TOLL_LIMITS_BLOCK; k += LANES)
        if (past_caches)
            STORE_PAST_CACHES(q + k, v);
        else
            *(bits *)(q + k) = v;
    BARRIER();
}

static inline __attribute__((always_inline)) double move(const double *p, int64_t reads, double *q,
                                                         int64_t writes, int64_t passes, double x,
                                                         int streams, int past_caches) {
    union number value = {x}, sum = {0};
    bits v = value.i - (bits){0};
    /* One for each vector of a step, as in toll_limits_read. */
    bits a = {0}, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
    /* Blocks of each stream; what they leave is done at the end of a pass. */
    const int64_t in = reads > 0 ? reads / TOLL_LIMITS_BLOCK / streams : 0;
    const int64_t out = writes > 0 ? writes / TOLL_LIMITS_BLOCK / streams : 0;
    const int64_t steps = in > out ? in : out;
    for (int64_t pass = 0; pass < passes; pass++) {
        BARRIER();
        /* Over all steps each comes as often as it has blocks, evenly: the longer one in each step. */
        int64_t due_in = 0, due_out = 0, i = 0, o = 0;
        for (int64_t step = 0; step < steps; step++) {
            due_in += in;
            due_out += out;
            if (due_in >= steps) {
                due_in -= steps;
                for (int stream = 0; stream < streams; stream++)
                    READ_BLOCK(p + (stream * in + i) * TOLL_LIMITS_BLOCK)
                i++;
            }
            if (due_out >= steps) {
                due_out -= steps;
                for (int stream = 0; stream < streams; stream++)
                    write_block(q + (stream * out + o) * TOLL_LIMITS_BLOCK, v, past_caches);
                o++;
            }
        }
        int64_t k = in * streams * TOLL_LIMITS_BLOCK;
        for (; k + LANES <= reads; k += LANES)
            a ^= *(const bits *)(p + k);
        for (; k < reads; k++)
            sum.i ^= ((const union number *)p)[k].i;
        for (k = out * streams * TOLL_LIMITS_BLOCK; k + LANES <= writes; k += LANES)
            *(bits *)(q + k) = v;
        for (; k < writes; k++)
            q[k] = x;
    }
    if (past_caches)
        FENCE();
    a ^= b ^ c ^ d ^ e ^ f ^ g ^ h;
    for (int lane = 0; lane < LANES; lane++)
        sum.i ^= a[lane];
    return sum.d;
}

/* Columns to read and to write, and how much of each in turn. */
enum { COLUMNS = 14, COLUMNS_OUT = 2, PIECE = 16 };

static double move_columns(const double *p, int64_t reads, double *q, int64_t writes, int64_t passes,
                           double x) {
    union number value = {x}, sum = {0};
    half_bits v = value.i - (half_bits){0}, a = {0}, b = a, c = a, d = a;
    const int64_t in = reads > 0 ? reads / PIECE / COLUMNS : 0;
    const int64_t out = writes > 0 ? writes / PIECE / COLUMNS_OUT : 0;
    const int64_t steps = in > out ? in : out;
    for (int64_t pass = 0; pass < passes; pass++) {
        BARRIER();
        /* Evenly, as in move. */
        int64_t due_in = 0, due_out = 0, i = 0, o = 0;
        for (int64_t step = 0; step < steps; step++) {
            due_in += in;
            due_out += out;
            if (due_in >= steps) {
                due_in -= steps;
                for (int column = 0; column < COLUMNS; column++)
                    for (int u = 0; u < PIECE; u += 4 * HALF / 8) {
                        const half_bits *from = (const half_bits *)(p + (column * in + i) * PIECE + u);
                        a ^= from[0];
                        b ^= from[1];
                        c ^= from[2];
                        d ^= from[3];
                    }
                i++;
            }
            if (due_out >= steps) {
                due_out -= steps;
                for (int column = 0; column < COLUMNS_OUT; column++)
                    for (int u = 0; u < PIECE; u += HALF / 8)
                        *(half_bits *)(q + (column * out + o) * PIECE + u) = v;
                o++;
                BARRIER();
            }
        }
        for (int64_t k = in * COLUMNS * PIECE; k < reads; k++)
            sum.i ^= ((const union number *)p)[k].i;
        for (int64_t k = out * COLUMNS_OUT * PIECE; k < writes; k++)
            q[k] = x;
    }
    a ^= b ^ c ^ d;
    for (int lane = 0; lane < HALF / 8; lane++)
        sum.i ^= a[lane];
    return sum.d;
}

double toll_limits_move(const double *p, int64_t reads, double *q, int64_t writes, int64_t passes, double x,
                        int64_t form) {
    if (form == TOLL_LIMITS_STREAMS)
        return move(p, reads, q, writes, passes, x, 4, 0);
    if (form == TOLL_LIMITS_COLUMNS)
        return move_columns(p, reads, q, writes, passes, x);
    if (form == TOLL_LIMITS_NONTEMPORAL && (uintptr_t)q % 64 == 0)
        return move(p, reads, q, writes, passes, x, 1, 1);
    return move(p, reads, q, writes, passes, x, 1, 0);
}

/* Chains of multiplications, and as many of additions. A processor that does two of each in a cycle needs six
 * where they take three cycles, and eight where they take four. With two operands, 16 registers hold seven,
 * but an odd number leaves cycles unused where six would do, by a twentieth on Zen 4. */
#if defined __AVX512F__ || defined __aarch64__
#define CHAINS 8
#else
#define CHAINS 6
#endif

/* The starts differ, lest the compiler find the chains equal. */
#define MULADD(type)                                                                                         \
    type a[CHAINS], b[CHAINS], sum = {0};                                                                    \
    for (int c = 0; c < CHAINS; c++) {                                                                       \
        a[c] = x + (type){0} + (c + 1);                                                                      \
        b[c] = y + (type){0} + (c + 1);                                                                      \
    }                                                                                                        \
    for (int64_t k = 0; k < n; k++)                                                                          \
        for (int c = 0; c < CHAINS; c++) {                                                                   \
            a[c] *= x;                                                                                       \
            b[c] += y;                                                                                       \
        }                                                                                                    \
    for (int c = 0; c < CHAINS; c++)                                                                         \
        sum += a[c] + b[c];

double toll_limits_muladd_scalar(int64_t n, double x, double y) {
    MULADD(double)
    return sum;
}

#define MULADD_VECTOR(name, type)                                                                            \
    double name(int64_t n, double x, double y) {                                                             \
        MULADD(type)                                                                                         \
        double all = 0;                                                                                      \
        for (unsigned lane = 0; lane < sizeof sum / sizeof all; lane++)                                      \
            all += sum[lane];                                                                                \
        return all;                                                                                          \
    }

MULADD_VECTOR(toll_limits_muladd_half, half_vec)
MULADD_VECTOR(toll_limits_muladd_vector, vec)

int64_t toll_limits_scalar_flops(void) { return 2 * CHAINS; }

int64_t toll_limits_half_flops(void) { return 2 * CHAINS * (HALF / 8); }

int64_t toll_limits_vector_flops(void) { return 2 * CHAINS * LANES; }

int64_t toll_limits_vector_bytes(void) { return WIDTH; }

static __attribute__((noinline)) void nothing(void) { __asm__ volatile(""); }

void toll_limits_call(int64_t n) {
    for (int64_t k = 0; k < n; k++)
        nothing();
}
