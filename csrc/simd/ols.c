/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * Fits by vectors whose lanes are rows. Why the bits are those of ../ols.c: each lane adds its row's terms in
 * the order that toll.h gives, from +0, and each operation on a lane rounds as on a number alone. Weights are
 * whole numbers below 2**53, so they are exact however they are made.
 *
 * Software prefetch is absent on purpose: the processors' own keeps up, and where it was tried it cost a
 * tenth.
 */
#include "../check.h"
#include "../openmp.h"
#include "simd.h"
#include "vector.h"

enum {
    SMALL = 16,  /* rows up to so long are fitted without loops, in registers */
    LONG = 2048, /* longer rows are fitted one by one: half of one would not stay in cache */
    GROUPS = LANES < 8 ? 8 / LANES : 1, /* vectors of rows at a time that hide the latency of their sums */
    WIDE = 4,                           /* vectors of rows at a time, by columns: registers for their sums */
    FEW = 8 * LANES,                    /* columns that are gone through together */
    FAR = 1 << 17,                      /* numbers that no second cache holds */
    BLOCK = 256                         /* rows that a thread takes at a time */
};

/* What all rows of a call share: n, what the pairs' sum is divided by, and the mean of x. */
struct line {
    double n, denominator, mean_x;
};

static inline struct line line_of(int64_t n) {
    double x = (double)n;
    return (struct line){x, (x * (x * x - 1)) / 6, (x - 1) / 2};
}

struct sums {
    vec pairs, sum;
};

TOLL_INLINE void finish(double *slope, double *intercept, struct sums s, struct line of) {
    vec v = s.pairs / of.denominator;
    store(slope, v);
    store(intercept, s.sum / of.n - v * of.mean_x);
}

/* One row: the right half adds to both sums, which so hide each other's latency. */
static void fit_row(double *slope, double *intercept, const double *row, int64_t n, struct line of) {
    double pairs = 0, sum = 0, w = 1 + (double)(n % 2);
    for (int64_t j = 0; j < n - n / 2; j++)
        sum += row[j];
    for (int64_t j = n - n / 2; j < n; j++, w += 2) {
        sum += row[j];
        pairs += w * (row[j] - row[n - 1 - j]);
    }
    *slope = pairs / of.denominator;
    *intercept = sum / of.n - *slope * of.mean_x;
}

/* The transposes. Pieces of rows go to their half or quarter of a vector as they are loaded, so that fewer
 * steps are shuffles. Source: Intel 64 and IA-32 Architectures Optimization Reference Manual, handling port 5
 * pressure: a transpose by VINSERTF128. */
#if TOLL_WIDTH == 64
#define AT(r) (p + (r % 4) * ld + (r / 4) * four_rows)
#define INSERT(v, r, k) _mm512_insertf64x2(v, _mm_loadu_pd(AT(r)), k)
#endif
#if TOLL_WIDTH == 32
#define EVERY_OTHER(r)                                                                                       \
    _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(p + (r) * ld)), _mm_loadu_pd(p + (r + 2) * ld), \
                         1)
#endif

/* Two columns of LANES rows, from p. */
TOLL_INLINE void two_columns(const double *p, int64_t ld, vec column[2]) {
#if TOLL_WIDTH == 64
    int64_t four_rows = 4 * ld;
    vec even = _mm512_castpd128_pd512(_mm_loadu_pd(p)), odd = _mm512_castpd128_pd512(_mm_loadu_pd(AT(1)));
    even = INSERT(INSERT(INSERT(even, 2, 1), 4, 2), 6, 3);
    odd = INSERT(INSERT(INSERT(odd, 3, 1), 5, 2), 7, 3);
    column[0] = _mm512_unpacklo_pd(even, odd);
    column[1] = _mm512_unpackhi_pd(even, odd);
#elif TOLL_WIDTH == 32
    vec even = EVERY_OTHER(0), odd = EVERY_OTHER(1);
    column[0] = _mm256_unpacklo_pd(even, odd);
    column[1] = _mm256_unpackhi_pd(even, odd);
#else
    vec even = load(p), odd = load(p + ld);
    column[0] = __builtin_shufflevector(even, odd, 0, 2);
    column[1] = __builtin_shufflevector(even, odd, 1, 3);
#endif
}

/* Four columns of LANES rows, from p. */
TOLL_INLINE void four_columns(const double *p, int64_t ld, vec column[4]) {
#if TOLL_WIDTH == 64
/* A masked load merges row r + 4 into the upper half: it touches nothing but what it loads. */
#define FOUR_APART(r)                                                                                        \
    _mm512_mask_loadu_pd(_mm512_castpd256_pd512(_mm256_loadu_pd(p + (r) * ld)), 0xf0,                        \
                         p + four_rows + (r) * ld - 4)
    int64_t four_rows = 4 * ld;
    const __m512i left = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
    const __m512i right = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    vec a = FOUR_APART(0), b = FOUR_APART(1), c = FOUR_APART(2), d = FOUR_APART(3);
    vec ab = _mm512_unpacklo_pd(a, b), cd = _mm512_unpacklo_pd(c, d);
    column[0] = _mm512_permutex2var_pd(ab, left, cd);
    column[2] = _mm512_permutex2var_pd(ab, right, cd);
    ab = _mm512_unpackhi_pd(a, b), cd = _mm512_unpackhi_pd(c, d);
    column[1] = _mm512_permutex2var_pd(ab, left, cd);
    column[3] = _mm512_permutex2var_pd(ab, right, cd);
#else
    two_columns(p, ld, column);
    two_columns(p + 2, ld, column + 2);
#endif
}

enum side { LEFT, RIGHT, ANY };

/* Adds column j, which lies in that half of the rows, to the sums; ANY if that is not known. Columns j and
 * n-1-j are a pair: the left one waits for the right one. A column between the halves has none. weight is
 * NULL if n is constant. */
TOLL_INLINE void add_column(struct sums *s, vec v, enum side side, int64_t j, int64_t n, const double *weight,
                            vec *left) {
    int64_t half = n / 2, other = n - half;
    s->sum += v;
    if (side == LEFT || (side == ANY && j < half))
        left[j] = v;
    else if (side == RIGHT || j >= other)
        s->pairs += splat(weight ? weight[j - other] : (double)(2 * j - n + 1)) * (v - left[n - 1 - j]);
}

/* The sums of groups * LANES rows from p, whose columns are each transposed once, from left to right: pairs
 * go outwards from the middle, so their right columns come in order too. left has room for `kept` columns a
 * group. */
TOLL_INLINE void sum_rows(struct sums *s, int groups, const double *p, int64_t ld, int64_t n,
                          const double *weight, vec *left, int64_t kept) {
    vec v[4];
    int64_t j = 0;
#define EACH for (int g = 0; g < groups; g++)
#define ADD(count, side)                                                                                     \
    EACH {                                                                                                   \
        if (count == 4)                                                                                      \
            four_columns(p + j + g * LANES * ld, ld, v);                                                     \
        else                                                                                                 \
            two_columns(p + j + g * LANES * ld, ld, v);                                                      \
        for (int k = 0; k < count; k++)                                                                      \
            add_column(s + g, v[k], side, j + k, n, weight, left + g * kept);                                \
    }                                                                                                        \
    j += count;
    EACH s[g] = (struct sums){{0}, {0}};
    while (j + 4 <= n / 2) {
        ADD(4, LEFT)
    }
    while (j < n - n / 2 && j + 4 <= n) {
        ADD(4, ANY)
    }
    while (j + 4 <= n) {
        ADD(4, RIGHT)
    }
    if (j + 2 <= n) {
        ADD(2, ANY)
    }
    if (j < n)
        EACH {
            two_columns(p + (n - 2) + g * LANES * ld, ld, v);
            add_column(s + g, v[1], ANY, j, n, weight, left + g * kept);
        }
}

/* Fits groups * LANES rows at a time from lo on, and returns the first row that is left. What ends a fit,
 * whose divisions take long and wait for the last column, comes behind the sums of the next rows: before them
 * it would fill the processor's queues while those could start. */
TOLL_INLINE int64_t fit_groups(double *slope, double *intercept, const double *y, int64_t n, int64_t ld,
                               int64_t lo, int64_t hi, struct line of, int groups, const double *weight,
                               vec *left, int64_t kept) {
    const int64_t step = groups * LANES;
    struct sums s[GROUPS], last[GROUPS] = {{{0}, {0}}};
    int64_t i = lo;
    for (; i + step <= hi; i += step) {
        const double *p = y + i * ld;
        sum_rows(s, groups, p, ld, n, weight, left, kept);
        EACH {
            if (i > lo)
                finish(slope + i - step + g * LANES, intercept + i - step + g * LANES, last[g], of);
            last[g] = s[g];
        }
    }
    if (i > lo)
        EACH finish(slope + i - step + g * LANES, intercept + i - step + g * LANES, last[g], of);
    return i;
}

/* A function of its own, as is the next one, so that single rows do not pay for its registers and stack. */
static __attribute__((noinline)) int64_t fit_small(double *slope, double *intercept, const double *y,
                                                   int64_t n, int64_t ld, int64_t lo, int64_t hi,
                                                   struct line of) {
    vec left[SMALL / 2];
#define CASE(n)                                                                                              \
    case n:                                                                                                  \
        return fit_groups(slope, intercept, y, n, ld, lo, hi, of, 1, NULL, left, 0)
    switch (n) {
        CASE(2);
        CASE(3);
        CASE(4);
        CASE(5);
        CASE(6);
        CASE(7);
        CASE(8);
        CASE(9);
        CASE(10);
        CASE(11);
        CASE(12);
        CASE(13);
        CASE(14);
        CASE(15);
        CASE(16);
    }
    return lo;
}

static __attribute__((noinline)) int64_t fit_large(double *slope, double *intercept, const double *y,
                                                   int64_t n, int64_t ld, int64_t lo, int64_t hi,
                                                   struct line of, int groups) {
    vec left[GROUPS * LONG / 2];
    double weight[LONG / 2];
    for (int64_t k = 0; k < n / 2; k++)
        weight[k] = (double)(2 * k + 1 + n % 2);
    if (groups > 1)
        lo = fit_groups(slope, intercept, y, n, ld, lo, hi, of, groups, weight, left, LONG / 2);
    return fit_groups(slope, intercept, y, n, ld, lo, hi, of, 1, weight, left, LONG / 2);
}

TOLL_INLINE int32_t rows_of(double *slope, double *intercept, const double *y, int64_t rows, int64_t n,
                            int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule,
                            int tricks) {
    int32_t status = check_ols(slope, intercept, y, rows, n, ld, lo, hi, rows, n, threads, schedule);
    if (status != TOLL_OK)
        return status;
    struct line of = line_of(n);
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
#pragma omp for schedule(runtime) nowait
        for (int64_t first = lo; first < hi; first += BLOCK) {
            int64_t i = first, end = min64(first + BLOCK, hi);
            if (tricks && n <= SMALL && i + LANES <= end)
                i = fit_small(slope, intercept, y, n, ld, i, end, of);
            else if (n <= LONG && i + LANES <= end)
                i = fit_large(slope, intercept, y, n, ld, i, end, of, tricks ? GROUPS : 1);
            for (; i < end; i++)
                fit_row(slope + i, intercept + i, y + i * ld, n, of);
        }
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

int32_t TOLL_FN(ols_row)(double *slope, double *intercept, const double *y, int64_t rows, int64_t n,
                         int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule) {
    return rows_of(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule, 1);
}

int32_t TOLL_FN(rung1_ols_row)(double *slope, double *intercept, const double *y, int64_t rows, int64_t n,
                               int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule) {
    return rows_of(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule, 0);
}

/* count < LANES numbers, and zeros. */
TOLL_INLINE vec load_some(const double *p, int64_t count) {
#if TOLL_WIDTH == 64
    return _mm512_maskz_loadu_pd((__mmask8)((1u << count) - 1), p);
#else
    vec v = {0};
    for (int lane = 0; lane < LANES; lane++)
        if (lane < count)
            v[lane] = p[lane];
    return v;
#endif
}

/* LANES numbers by loads of at most 32 bytes. Zen 4 streams them from beyond its second cache faster than by
 * loads of 64 bytes, by up to a tenth where these straddle lines; from the first cache it is slower. */
TOLL_INLINE vec load_halves(const double *p) {
#if TOLL_WIDTH == 64
    return _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(p)), _mm256_loadu_pd(p + 4), 1);
#else
    return load(p);
#endif
}

/* Fits width * LANES rows, or, if count is not LANES, the first count of them. far says that the numbers come
 * from beyond the second cache: each for the first time, since a left half's is near when its pair needs it.
 */
TOLL_INLINE void fit_columns(double *slope, double *intercept, const double *p, int64_t ld, int64_t n,
                             struct line of, int width, int64_t count, int far) {
#define COLUMN(at) (count == LANES ? load((at) + u * LANES) : load_some(at, count))
#define NEW_COLUMN(at) (far ? load_halves((at) + u * LANES) : COLUMN(at))
    struct sums s[WIDE];
    vec w = splat((double)(1 + n % 2));
    const double *up = p, *down = p + (n / 2 - 1) * ld;
    int64_t j = 0;
    for (int u = 0; u < width; u++)
        s[u] = (struct sums){{0}, {0}};
    for (; j < n - n / 2; j++, up += ld)
        for (int u = 0; u < width; u++)
            s[u].sum += NEW_COLUMN(up);
    for (; j < n; j++, up += ld, down -= ld, w += 2)
        for (int u = 0; u < width; u++) {
            vec v = NEW_COLUMN(up);
            s[u].sum += v;
            s[u].pairs += w * (v - COLUMN(down));
        }
    for (int u = 0; u < width; u++)
        if (count == LANES)
            finish(slope + u * LANES, intercept + u * LANES, s[u], of);
        else {
            double some[2][LANES];
            finish(some[0], some[1], s[u], of);
            for (int lane = 0; lane < count; lane++) {
                slope[lane] = some[0][lane];
                intercept[lane] = some[1][lane];
            }
        }
}

/* Fits count rows, a multiple of LANES, of many columns. The sums stay in cache; each visit of them adds
 * several columns, in order. The left halves of the columns are read again for the pairs, from the second
 * cache. */
TOLL_INLINE void fit_block(double *slope, double *intercept, const double *p, int64_t ld, int64_t n,
                           struct line of, int64_t count) {
    struct sums s[BLOCK / LANES];
    int64_t j = 0, other = n - n / 2;
    for (int64_t i = 0; i < count / LANES; i++)
        s[i] = (struct sums){{0}, {0}};
    for (; j + 4 <= other; j += 4)
        for (int64_t i = 0; i < count / LANES; i++) {
            const double *at = p + j * ld + i * LANES;
            s[i].sum = (s[i].sum + load_halves(at)) + load_halves(at + ld);
            s[i].sum = (s[i].sum + load_halves(at + 2 * ld)) + load_halves(at + 3 * ld);
        }
    for (; j < other; j++)
        for (int64_t i = 0; i < count / LANES; i++)
            s[i].sum += load(p + j * ld + i * LANES);
    double w = (double)(1 + n % 2);
    for (; j + 2 <= n; j += 2, w += 4)
        for (int64_t i = 0; i < count / LANES; i++) {
            const double *at = p + j * ld + i * LANES, *down = p + (n - 1 - j) * ld + i * LANES;
            vec a = load_halves(at), b = load_halves(at + ld);
            s[i].sum = (s[i].sum + a) + b;
            s[i].pairs += splat(w) * (a - load(down));
            s[i].pairs += splat(w + 2) * (b - load(down - ld));
        }
    if (j < n)
        for (int64_t i = 0; i < count / LANES; i++) {
            vec a = load(p + j * ld + i * LANES);
            s[i].sum += a;
            s[i].pairs += splat(w) * (a - load(p + (n - 1 - j) * ld + i * LANES));
        }
    for (int64_t i = 0; i < count / LANES; i++)
        finish(slope + i * LANES, intercept + i * LANES, s[i], of);
}

TOLL_INLINE int32_t columns_of(double *slope, double *intercept, const double *y, int64_t rows, int64_t n,
                               int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule,
                               int tricks) {
    int32_t status = check_ols(slope, intercept, y, n, rows, ld, lo, hi, rows, n, threads, schedule);
    if (status != TOLL_OK)
        return status;
    struct line of = line_of(n);
    int far = TOLL_WIDTH == 64 && n > FAR / (hi - lo + 1);
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
#pragma omp for schedule(runtime) nowait
        for (int64_t first = lo; first < hi; first += BLOCK) {
            int64_t i = first, end = min64(first + BLOCK, hi);
            if (tricks && n > FEW) {
                fit_block(slope + i, intercept + i, y + i, ld, n, of, (end - i) / LANES * LANES);
                i = end - (end - i) % LANES;
            }
            for (; tricks && i + WIDE * LANES <= end; i += WIDE * LANES)
                if (far)
                    fit_columns(slope + i, intercept + i, y + i, ld, n, of, WIDE, LANES, 1);
                else
                    fit_columns(slope + i, intercept + i, y + i, ld, n, of, WIDE, LANES, 0);
            for (; i + LANES <= end; i += LANES)
                fit_columns(slope + i, intercept + i, y + i, ld, n, of, 1, LANES, 0);
            if (i < end)
                fit_columns(slope + i, intercept + i, y + i, ld, n, of, 1, end - i, 0);
        }
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

int32_t TOLL_FN(ols_col)(double *slope, double *intercept, const double *y, int64_t rows, int64_t n,
                         int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule) {
    return columns_of(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule, 1);
}

int32_t TOLL_FN(rung1_ols_col)(double *slope, double *intercept, const double *y, int64_t rows, int64_t n,
                               int64_t ld, int64_t lo, int64_t hi, int32_t threads, int32_t schedule) {
    return columns_of(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule, 0);
}
