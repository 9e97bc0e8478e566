/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * Diffusion, tuned. A grid is `lines` lines of `n` adjacent cells: rows if it is row-major, columns if it is
 * column-major. Each cell is computed from the same numbers by the same operations as in ../diffusion.c, in
 * the order that its layout asks for, some of them more than once: so the bits are the same.
 */
#include <stdlib.h>
#include <string.h>

#include "../check.h"
#include "../openmp.h"
#include "simd.h"
#include "vector.h"

enum {
    BLOCK = 6,       /* lines that a pass computes at once: each is loaded once for the three that need it */
    PAIR = 2,        /* and a step of a grid, whose lines may all meet in one set of the first cache */
    FUSED = 24,      /* steps of a pass, at most */
    TILE = 504,      /* cells of a tile among others, at most; 8 more by rounding */
    ALONE = 558,     /* cells of one alone, which has no halo */
    EDGES = 64,      /* lines that are between the first and the last step of a pass, at least */
    WIDEST = 560,    /* cells of a line of the ring, at most */
    NARROWEST = 64,  /* cells of a thread's part, at least */
    SHORT = 36,      /* cells of a line that a step walks along in groups, at least */
    SMALL = 12288,   /* cells of a grid that a run fuses steps on, at least */
    FLAT = 16,       /* lines of such a grid */
    LARGE = 1 << 20, /* cells of a grid that is assumed not to stay in the caches */
    FEW = 8,         /* steps of a run that are fused, at least */
    FEWER = 3,       /* and on such a large grid */
    PAD = 8,         /* numbers before and after a line of the ring */
    RING = (2 * FUSED + BLOCK) * (WIDEST + 2 * PAD), /* numbers: 243 KiB of the stack */
    GROUP = LANES > 2 ? 8 / LANES : 1,               /* vectors of a line that are computed at once */
};

_Static_assert(NARROWEST >= LANES * LANES, "a line of the ring goes into it by squares of vectors");
_Static_assert(EDGES >= 2 * FUSED + BLOCK, "the lines of a pass have their edges");

/* In FUSED steps by |D*dt| < GENTLE, each of which makes numbers less than 2^24 times as large, such as are
 * SMALLER stay less than 2^776: four times one is no overflow. */
#define SMALLER 0x1p200
#define GENTLE 0x1p20

/* The vector that begins with the last lane of a, and goes on with b. */
TOLL_INLINE vec behind(vec a, vec b) {
#if TOLL_WIDTH == 64
    return __builtin_shufflevector(a, b, 7, 8, 9, 10, 11, 12, 13, 14);
#elif TOLL_WIDTH == 32
    return __builtin_shufflevector(a, b, 3, 4, 5, 6);
#else
    return __builtin_shufflevector(a, b, 1, 2);
#endif
}

/* The vector that begins with the second lane of a, and ends with the first of b. */
TOLL_INLINE vec ahead(vec a, vec b) {
#if TOLL_WIDTH == 64
    return __builtin_shufflevector(a, b, 1, 2, 3, 4, 5, 6, 7, 8);
#elif TOLL_WIDTH == 32
    return __builtin_shufflevector(a, b, 1, 2, 3, 4);
#else
    return __builtin_shufflevector(a, b, 1, 2);
#endif
}

/* a + b, by a multiply-add where there is one: a product by 1 is exact, and so the sum is rounded once, as by
 * an addition. Of a step's seven operations five are additions; some processors (Zen) have units of their own
 * for them, which so share the work with those for products. `one` is 1 in a register, unknown to the
 * compiler. */
TOLL_INLINE vec plus(vec a, vec b, vec one) {
#if TOLL_WIDTH == 64
    return _mm512_fmadd_pd(a, one, b);
#elif defined __FMA__ && TOLL_WIDTH == 32
    return _mm256_fmadd_pd(a, one, b);
#else
    (void)one;
    return a + b;
#endif
}

/* a - 4 * b where 4 * b does not overflow: then the product is exact, and the difference is rounded once. */
TOLL_INLINE vec minus_four(vec a, vec b) {
#if TOLL_WIDTH == 64
    return _mm512_fnmadd_pd(splat(4), b, a);
#elif defined __FMA__ && TOLL_WIDTH == 32
    return _mm256_fnmadd_pd(splat(4), b, a);
#else
    return a - 4 * b;
#endif
}

TOLL_INLINE vec hidden_one(void) {
    vec one = splat(1);
#if defined __FMA__
    __asm__("" : "+x"(one));
#endif
    return one;
}

/* A step from u, its neighbours in the lines after and before, and those next and last in its own line. */
TOLL_INLINE vec cell(vec after, vec before, vec next, vec last, vec u, vec Ddt, vec one, bool small,
                     bool col) {
    vec sum = col ? ((next + last) + after) + before : ((after + before) + next) + last;
    return plus(Ddt * (small ? minus_four(sum, u) : sum - 4 * u), u, one);
}

/* Steps of the cells from <= x < to of n lines: out[k] from in[k], in[k + 1], in[k + 2]. to - from is a
 * multiple of GROUP * LANES. out[k] may be in[k]: whatever is needed of line k is loaded before the vector
 * over it is stored.
 *
 * A group is a cache line where the lines are aligned. Then the vector one cell before its first, which would
 * lie on two lines, comes out of registers, and only the one after its last is loaded from two.
 */
TOLL_INLINE void walk(double *const *out, const double *const *in, int64_t from, int64_t to, vec Ddt, vec one,
                      const int n, bool col) {
    double *target[BLOCK];
    const double *source[BLOCK + 2];
    vec last[BLOCK];
#pragma GCC unroll 16
    for (int k = 0; k < n + 2; k++)
        source[k] = in[k];
#pragma GCC unroll 16
    for (int k = 0; k < n; k++) {
        target[k] = out[k];
        last[k] = splat(source[k + 1][from - 1]);
        if (GROUP * LANES < 8)
            last[k] = behind(last[k], load(source[k + 1] + from));
    }
    for (int64_t x = from; x < to; x += GROUP * LANES) {
        vec before[GROUP], u[GROUP], after[GROUP], stepped[GROUP];
        for (int g = 0; g < GROUP; g++) {
            before[g] = load(source[0] + x + g * LANES);
            u[g] = load(source[1] + x + g * LANES);
        }
#pragma GCC unroll 16
        for (int k = 0; k < n; k++) {
            const double *line = source[k + 1] + x;
            for (int g = 0; g < GROUP; g++) {
                after[g] = load(source[k + 2] + x + g * LANES);
                vec left = g > 0                ? load(line + g * LANES - 1)
                           : GROUP * LANES == 8 ? behind(last[k], u[0])
                                                : last[k];
                vec right = load(line + g * LANES + 1);
                stepped[g] = cell(after[g], before[g], right, left, u[g], Ddt, one, false, col);
            }
            last[k] = GROUP * LANES == 8 ? u[GROUP - 1] : load(line + GROUP * LANES - 1);
            for (int g = 0; g < GROUP; g++) {
                store(target[k] + x + g * LANES, stepped[g]);
                before[g] = u[g];
                u[g] = after[g];
            }
        }
    }
}

/* The cells begin <= x < end of a line of the cells from <= x < to, LANES or more. Others are computed, too,
 * where end - begin is no multiple of LANES. */
TOLL_INLINE void ends(double *out, const double *before, const double *u, const double *after, int64_t begin,
                      int64_t end, int64_t to, vec Ddt, vec one, bool col) {
    for (int64_t x = begin; x < end; x += LANES) {
        int64_t at = min64(x, to - LANES);
        store(out + at, cell(load(after + at), load(before + at), load(u + at + 1), load(u + at - 1),
                             load(u + at), Ddt, one, false, col));
    }
}

typedef double quad_at __attribute__((vector_size(32), aligned(8), may_alias));
typedef double pair_at __attribute__((vector_size(16), aligned(8), may_alias));

/* The same for a short line: no cell twice, since the next step would wait for stores that overlap. */
TOLL_INLINE void walk_short(double *out, const double *before, const double *u, const double *after,
                            int64_t from, int64_t to, double Ddt, bool col) {
    int64_t x = from;
#define WALK(numbers)                                                                                        \
    for (; x + (int64_t)(sizeof(numbers) / 8) <= to; x += sizeof(numbers) / 8) {                             \
        numbers up = *(const numbers *)(before + x), down = *(const numbers *)(after + x);                   \
        numbers last = *(const numbers *)(u + x - 1), next = *(const numbers *)(u + x + 1);                  \
        numbers here = *(const numbers *)(u + x);                                                            \
        numbers sum = col ? ((next + last) + down) + up : ((down + up) + next) + last;                       \
        *(numbers *)(out + x) = here + Ddt * (sum - 4 * here);                                               \
    }
    WALK(quad_at)
    WALK(pair_at)
    WALK(double)
#undef WALK
}

/* The same as walk of lines of a grid, whatever their alignment and number of cells. No cell is read but
 * these and their neighbours. */
TOLL_INLINE void walk_exactly(double *const *out, const double *const *in, int64_t from, int64_t to, vec Ddt,
                              vec one, const int n, bool col) {
    int64_t begin = from + (int64_t)(-((uintptr_t)(in[1] + from) / 8) % 8);
    int64_t end = begin + (to - begin) / (GROUP * LANES) * (GROUP * LANES);
    walk(out, in, begin, end, Ddt, one, n, col);
    for (int k = 0; k < n; k++) {
        ends(out[k], in[k], in[k + 1], in[k + 2], from, begin, to, Ddt, one, col);
        ends(out[k], in[k], in[k + 1], in[k + 2], end, to, to, Ddt, one, col);
    }
}

/* One step of the cells from <= x < to of lines lo <= y < hi. */
TOLL_INLINE void step(double *out, const double *in, int64_t ld, int64_t lo, int64_t hi, int64_t from,
                      int64_t to, double Ddt, bool col) {
    if (to - from < SHORT) {
#pragma omp for schedule(runtime)
        for (int64_t y = lo; y < hi; y++)
            walk_short(out + y * ld, in + (y - 1) * ld, in + y * ld, in + (y + 1) * ld, from, to, Ddt, col);
        return;
    }
    vec each = splat(Ddt), one = hidden_one();
#pragma omp for schedule(runtime)
    for (int64_t block = lo; block < hi; block += PAIR) {
        double *to_lines[PAIR];
        const double *lines[PAIR + 2];
        for (int k = 0; k < PAIR + 2; k++)
            lines[k] = in + (block + k - 1) * ld;
        for (int k = 0; k < PAIR; k++)
            to_lines[k] = out + (block + k) * ld;
        if (block + PAIR <= hi) {
            walk_exactly(to_lines, lines, from, to, each, one, PAIR, col);
            continue;
        }
        for (int k = 0; block + k < hi; k++)
            walk_exactly(to_lines + k, lines + k, from, to, each, one, 1, col);
    }
}

/* A run of many steps: time skewing along the lines, in place, see Augustin et al., "Optimized Stencil
 * Computation Using In-Place Calculation on Modern Multicore Systems" (2009).
 *
 * Level s is the state after s steps; its boundary is that of grid[s % 2]. A pass makes `fused` steps or
 * fewer while it goes through the grid once, from level `first` in a's interior to a later one in the same
 * place. It does so tile by tile, a tile being some cells of all lines, and in each from the first line to
 * the last: some lines of the level before are read into a ring, then all levels go on by as many lines, each
 * one line behind the level before it, and the last one's lines are written. They come after all lines that
 * they need, so that a can be written where it was read. The last pass writes the last two levels to where
 * toll.h wants them.
 *
 * Each level of a tile lacks a cell more on the sides where other tiles are: there a tile has a halo of as
 * many cells as the pass makes steps. The tile before has then overwritten the left one: it left a copy in a
 * strip.
 *
 * In the ring a line is cut into as many stretches as a vector has lanes, one for each: see Henretty et al.,
 * "Data Layout Transformation for Stencil Computations on Short-Vector SIMD Architectures" (2011). A vector's
 * neighbours are the vectors before and after it, those of the first and the last are kept beside them.
 */
struct run {
    double *grid[2];             /* a, b */
    int64_t lines, m, ld, steps; /* m: the cells of a line but its first and last */
    double Ddt;
    int64_t parts, tiles; /* of the m cells, one a thread; of each part */
    int64_t fused;
    double *strips; /* of each part: two of `fused` cells a line, on the left and right of its first cell */
};

struct pass {
    int64_t first, steps;
    bool last;
};

/* The cells c0 <= c < c1 of those m, after `before` others, before `after` others: width in all. The others
 * are halos, or the boundary's cell. */
struct tile {
    int64_t c0, c1, before, after, width;
    int64_t vectors, stride, final; /* of a line of the ring; final: where the vector of its last cell lies */
    double *left, *right,
        *save; /* strips: where the halos come from, if not from a; where the next tile's goes to */
    double *ring;
    double edges[EDGES][2][2]; /* of line y % EDGES, in a and b: the first and the last cell */
    bool small;                /* no number so far is so large that four times a cell may overflow */
};

static int64_t part_begin(const struct run *run, int64_t k, int64_t of) {
    return k == of ? run->m : (run->m / of * k + run->m % of * k / of) / 8 * 8;
}

/* Line y of level t lies in the ring's line y - t, modulo this number: in place of line y - 1 of level t - 1,
 * for which line y of level t was the last to need it. */
static inline int64_t ring_lines(const struct pass *pass) { return 2 * pass->steps + BLOCK; }

/* Eight lines that are used together must not meet in a set of the first cache, nor may a load seem to need a
 * store that is still under way: both go by an address modulo 512 numbers. */
static int64_t ring_stride(int64_t vectors) { return (vectors * LANES + 2 * PAD + 63) / 128 * 128 + 64; }

static void copy(double *to, const double *from, int64_t n) { memcpy(to, from, (size_t)n * sizeof *to); }

static inline double *cells(const struct run *run, int64_t level, int64_t y) {
    return run->grid[level % 2] + y * run->ld + 1;
}

/* Lane j of vector i becomes lane i of vector j. */
TOLL_INLINE void transpose(vec *square) {
#define EXCHANGE(step, first, second)                                                                        \
    for (int i = 0; i < LANES; i++)                                                                          \
        if (!(i & (step))) {                                                                                 \
            vec a = square[i], b = square[i + (step)];                                                       \
            square[i] = __builtin_shufflevector(a, b, first);                                                \
            square[i + (step)] = __builtin_shufflevector(a, b, second);                                      \
        }
#define ORDER(...) __VA_ARGS__
#if TOLL_WIDTH == 64
    EXCHANGE(1, ORDER(0, 8, 2, 10, 4, 12, 6, 14), ORDER(1, 9, 3, 11, 5, 13, 7, 15))
    EXCHANGE(2, ORDER(0, 1, 8, 9, 4, 5, 12, 13), ORDER(2, 3, 10, 11, 6, 7, 14, 15))
    EXCHANGE(4, ORDER(0, 1, 2, 3, 8, 9, 10, 11), ORDER(4, 5, 6, 7, 12, 13, 14, 15))
#elif TOLL_WIDTH == 32
    EXCHANGE(1, ORDER(0, 4, 2, 6), ORDER(1, 5, 3, 7))
    EXCHANGE(2, ORDER(0, 1, 4, 5), ORDER(2, 3, 6, 7))
#else
    EXCHANGE(1, ORDER(0, 2), ORDER(1, 3))
#endif
#undef ORDER
#undef EXCHANGE
}

/* Puts a line into the ring: lane l of vector v is cell l * vectors + v. */
TOLL_INLINE void spread(struct tile *tile, double *at, double *line) {
    ivec large = {0};
    for (int64_t x = tile->width; x < tile->vectors * LANES; x++)
        line[x] = 0;
    for (int64_t x = 0; x < tile->vectors; x += LANES) {
        int64_t v = min64(x, tile->vectors - LANES);
        vec square[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            square[lane] = load(line + lane * tile->vectors + v);
            large |= (square[lane] >= splat(SMALLER)) | (square[lane] <= splat(-SMALLER));
        }
        transpose(square);
        for (int k = 0; k < LANES; k++)
            store(at + (v + k) * LANES, square[k]);
    }
    for (int lane = 0; lane < LANES; lane++)
        tile->small = tile->small && !large[lane];
}

TOLL_INLINE void collect(const struct tile *tile, double *line, const double *at) {
    for (int64_t x = 0; x < tile->vectors; x += LANES) {
        int64_t v = min64(x, tile->vectors - LANES);
        vec square[LANES];
        for (int k = 0; k < LANES; k++)
            square[k] = load(at + (v + k) * LANES);
        transpose(square);
        for (int lane = 0; lane < LANES; lane++)
            store(line + lane * tile->vectors + v, square[lane]);
    }
}

/* Puts the boundary of a level into line y of the ring, and the neighbours of its first and last vector
 * beside them. */
TOLL_INLINE void bound(const struct run *run, struct tile *tile, int64_t level, int64_t y, double *at) {
    if (y == 0 || y == run->lines - 1) {
        double whole[WIDEST];
        copy(whole, cells(run, level, y) + tile->c0 - tile->before, tile->width);
        spread(tile, at, whole);
    }
    double *end = at + tile->vectors * LANES;
    vec first = load(at), last = load(end - LANES), final = load(at + tile->final);
    store(at - LANES, behind(last, last));
    store(end, ahead(first, first));
    if (!tile->left) {
        first[0] = tile->edges[y % EDGES][level % 2][0];
        store(at, first);
    }
    if (tile->c1 == run->m) {
        final[LANES - 1] = tile->edges[y % EDGES][level % 2][1];
        store(at + tile->final, final);
    }
}

TOLL_INLINE void read_line(const struct run *run, const struct pass *pass, struct tile *tile, int64_t y,
                           double *at) {
    const double *line = cells(run, 0, y);
    if (y > 0 && y < run->lines - 1) {
        double whole[WIDEST];
        int64_t fused = run->fused;
        copy(whole + tile->before - 1, line + tile->c0 - 1, tile->c1 - tile->c0 + 2);
        if (tile->left)
            copy(whole, tile->left + (y + 1) * fused - tile->before, tile->before);
        if (tile->save)
            copy(tile->save + (y + 1) * fused - pass->steps, line + tile->c1 - pass->steps, pass->steps);
        if (tile->c1 < run->m)
            copy(whole + tile->width - tile->after, tile->right ? tile->right + y * fused : line + tile->c1,
                 tile->after);
        spread(tile, at, whole);
    }
    for (int level = 0; level < 2; level++)
        for (int side = 0; side < 2; side++) {
            double edge = cells(run, level, y)[side ? run->m : -1];
            tile->edges[y % EDGES][level][side] = edge;
            tile->small = tile->small && edge < SMALLER && edge > -SMALLER;
        }
    bound(run, tile, pass->first, y, at);
}

TOLL_INLINE void write_line(const struct run *run, const struct tile *tile, int64_t level, int64_t y,
                            const double *at) {
    double whole[WIDEST];
    collect(tile, whole, at);
    copy(cells(run, level, y) + tile->c0, whole + tile->before, tile->c1 - tile->c0);
}

/* Asks for a part of some lines, before they are read or written: a part in each level, since a core has few
 * misses in flight, and since a prefetcher of the hardware knows nothing of the next line. */
static inline void fetch(const struct run *run, const struct pass *pass, const struct tile *tile,
                         int64_t level, int64_t y, int64_t t) {
    int64_t n = tile->c1 - tile->c0, from = n * (t - 1) / pass->steps / 8 * 8,
            to = n * t / pass->steps / 8 * 8;
    for (int64_t k = max64(y, 0); k < min64(y + BLOCK, run->lines); k++)
        for (int64_t x = from; x < to; x += 8)
            __builtin_prefetch(cells(run, level, k) + tile->c0 + x);
}

/* Steps of n lines of the ring: at[k] from at[k], at[k + 1], at[k + 2], and in the place of at[k]. Whatever
 * is needed of line k is loaded before the vector over it is stored. */
TOLL_INLINE void advance(double *const *at, int64_t vectors, vec Ddt, vec one, const int n, bool small,
                         bool col) {
    double *line[BLOCK + 2];
    vec last[BLOCK];
#pragma GCC unroll 16
    for (int k = 0; k < n + 2; k++)
        line[k] = at[k];
#pragma GCC unroll 16
    for (int k = 0; k < n; k++)
        last[k] = load(line[k + 1] - LANES);
    for (int64_t x = 0; x < vectors * LANES; x += LANES) {
        vec before = load(line[0] + x), u = load(line[1] + x);
#pragma GCC unroll 16
        for (int k = 0; k < n; k++) {
            vec after = load(line[k + 2] + x), next = load(line[k + 1] + x + LANES);
            store(line[k] + x, cell(after, before, next, last[k], u, Ddt, one, small, col));
            last[k] = u;
            before = u;
            u = after;
        }
    }
}

/* A pass over one tile. At y, lines y to y + BLOCK - 1 of the first level are read, and lines y - t and on of
 * the t-th level after it are computed. */
TOLL_INLINE void pass_tile(const struct run *run, const struct pass *pass, struct tile *tile, bool col) {
    int64_t lines = run->lines, steps = pass->steps, slots = ring_lines(pass);
    vec Ddt = splat(run->Ddt), one = hidden_one();
    int64_t top = 0; /* the slot of line y of level 0 */
    for (int64_t y = 0; y - steps < lines - 1; y += BLOCK, top = (top + BLOCK) % slots) {
        for (int64_t k = y; k < min64(y + BLOCK, lines); k++)
            read_line(run, pass, tile, k, tile->ring + (top + k - y) % slots * tile->stride + PAD);
        for (int64_t t = 1; t <= steps; t++) {
            int64_t lo = y - t, begin = max64(lo, 1), end = min64(lo + BLOCK, lines - 1);
            if (lo + BLOCK <= 0)
                break;
            if (lo >= lines)
                continue;
            double *at[BLOCK + 2];
            for (int k = 0; k < BLOCK + 2; k++) {
                int64_t slot = top - 2 * t + k;
                slot += slot < 0 ? slots : slot >= slots ? -slots : 0;
                at[k] = tile->ring + slot * tile->stride + PAD;
            }
            if (end - begin == BLOCK && tile->small)
                advance(at, tile->vectors, Ddt, one, BLOCK, true, col);
            else
                for (int64_t k = begin; k < end; k++)
                    advance(at + k - lo, tile->vectors, Ddt, one, 1, false, col);
            for (int64_t k = max64(lo, 0); k < min64(lo + BLOCK, lines); k++)
                bound(run, tile, pass->first + t, k, at[k - lo]);
            fetch(run, pass, tile, 0, y + BLOCK, t);
            fetch(run, pass, tile, 0, y + BLOCK - steps, t);
            if (pass->last)
                fetch(run, pass, tile, 1, y + BLOCK - steps, t);
            if (t == steps || (pass->last && t == steps - 1)) {
                for (int64_t k = begin; k < end; k++)
                    write_line(run, tile, pass->last ? pass->first + t : 0, k, at[k - lo]);
            }
        }
    }
}

static void pass_tile_row(const struct run *run, const struct pass *pass, struct tile *tile) {
    pass_tile(run, pass, tile, false);
}

static void pass_tile_col(const struct run *run, const struct pass *pass, struct tile *tile) {
    pass_tile(run, pass, tile, true);
}

static double *strip(const struct run *run, int64_t part, int side) {
    return run->strips + (2 * part + side) * run->lines * run->fused;
}

/* Keeps what the tiles on both sides of a part's first cell need of each other. */
static void save_strips(const struct run *run, const struct pass *pass, int64_t part) {
    int64_t begin = part_begin(run, part, run->parts), fused = run->fused, steps = pass->steps;
    double *left = strip(run, part, 0), *right = strip(run, part, 1);
    for (int64_t y = 1; y < run->lines - 1; y++) {
        const double *at = cells(run, 0, y) + begin;
        copy(left + (y + 1) * fused - steps, at - steps, steps);
        copy(right + y * fused, at, steps);
    }
}

static void pass_part(const struct run *run, const struct pass *pass, int64_t part, bool col) {
    _Alignas(64) double ring[RING];
    for (int64_t k = 0; k < run->tiles; k++) {
        int64_t all = run->parts * run->tiles, me = part * run->tiles + k;
        struct tile tile = {.c0 = part_begin(run, me, all), .c1 = part_begin(run, me + 1, all), .ring = ring};
        tile.before = me > 0 ? pass->steps : 1;
        tile.after = me < all - 1 ? pass->steps : 1;
        tile.width = tile.before + (tile.c1 - tile.c0) + tile.after;
        tile.vectors = (tile.width + LANES - 1) / LANES;
        tile.stride = ring_stride(tile.vectors);
        tile.final = (tile.width - 1) % tile.vectors * LANES;
        tile.small = run->Ddt < GENTLE && run->Ddt > -GENTLE;
        if (me > 0)
            tile.left = strip(run, part, 0);
        if (k < run->tiles - 1)
            tile.save = strip(run, part, 0);
        else if (me < all - 1)
            tile.right = strip(run, part + 1, 1);
        (col ? pass_tile_col : pass_tile_row)(run, pass, &tile);
    }
}

static void simple_run(const struct run *run, bool col) {
    for (int64_t s = 0; s < run->steps; s++) {
        double *in = run->grid[s % 2], *out = run->grid[(s + 1) % 2];
        if (col)
            step(out, in, run->ld, 1, run->lines - 1, 1, run->m + 1, run->Ddt, true);
        else
            step(out, in, run->ld, 1, run->lines - 1, 1, run->m + 1, run->Ddt, false);
    }
}

static void fused_run(const struct run *run, bool col) {
    int64_t passes = (run->steps - 1) / run->fused + 1;
    struct pass pass = {0};
    for (int64_t p = 0; p < passes; p++) {
        pass.first += pass.steps;
        pass.steps = run->steps / passes + (p < run->steps % passes);
        pass.last = p == passes - 1;
#pragma omp for schedule(static, 1)
        for (int64_t part = 1; part < run->parts; part++)
            save_strips(run, &pass, part);
#pragma omp for schedule(static, 1)
        for (int64_t part = 0; part < run->parts; part++)
            pass_part(run, &pass, part, col);
    }
}

static void run(double *a, double *b, int64_t lines, int64_t n, int64_t ld, int64_t steps, double Ddt,
                int32_t threads, int32_t schedule, bool simple, bool col) {
    struct run run = {.grid = {a, b}, .lines = lines, .m = n - 2, .ld = ld, .steps = steps, .Ddt = Ddt};
    run.parts = max64(1, min64(threads, run.m / NARROWEST));
    /* Halos take an eighth of a narrow part's cells on each side, or less. No pass of several makes one step
     * only. */
    run.fused = min64(run.parts > 1 ? min64(FUSED, run.m / run.parts / 8) : FUSED, steps);
    run.tiles = run.parts == 1 && run.m <= ALONE ? 1 : (run.m / run.parts + TILE - 1) / TILE;
    simple = simple || lines < FLAT || n < NARROWEST || lines * n < SMALL ||
             steps < (lines * n < LARGE ? FEW : FEWER);
    if (!simple && run.parts * run.tiles > 1) {
        run.strips = malloc((size_t)(run.parts * 2 * lines * run.fused) * sizeof *run.strips);
        simple = !run.strips;
    }
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
    if (!simple)
        threads = run.parts;
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
        if (simple)
            simple_run(&run, col);
        else
            fused_run(&run, col);
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    free(run.strips);
}

int32_t TOLL_FN(diffusion_step_row)(double *out, const double *in, int64_t rows, int64_t cols, int64_t ld,
                                    int64_t lo, int64_t hi, double D, double dt, int32_t threads,
                                    int32_t schedule) {
    int32_t status = check_diffusion(out, in, rows, cols, ld, lo, hi, rows, 1, D, dt, threads, schedule);
    if (status != TOLL_OK)
        return status;
    lo = max64(lo, 1);
    hi = min64(hi, rows - 1);
    if (lo >= hi || cols < 3)
        return TOLL_OK;
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
        step(out, in, ld, lo, hi, 1, cols - 1, D * dt, false);
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

int32_t TOLL_FN(diffusion_step_col)(double *out, const double *in, int64_t rows, int64_t cols, int64_t ld,
                                    int64_t lo, int64_t hi, double D, double dt, int32_t threads,
                                    int32_t schedule) {
    int32_t status = check_diffusion(out, in, cols, rows, ld, lo, hi, rows, 1, D, dt, threads, schedule);
    if (status != TOLL_OK)
        return status;
    lo = max64(lo, 1);
    hi = min64(hi, rows - 1);
    if (lo >= hi || cols < 3)
        return TOLL_OK;
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
        step(out, in, ld, 1, cols - 1, lo, hi, D * dt, true);
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
    return TOLL_OK;
}

int32_t TOLL_FN(diffusion_run_row)(double *a, double *b, int64_t rows, int64_t cols, int64_t ld,
                                   int64_t steps, double D, double dt, int32_t threads, int32_t schedule) {
    int32_t status = check_diffusion(a, b, rows, cols, ld, 0, rows, rows, steps, D, dt, threads, schedule);
    if (status == TOLL_OK && rows > 2 && cols > 2 && steps > 0)
        run(a, b, rows, cols, ld, steps, D * dt, threads, schedule, false, false);
    return status;
}

int32_t TOLL_FN(diffusion_run_col)(double *a, double *b, int64_t rows, int64_t cols, int64_t ld,
                                   int64_t steps, double D, double dt, int32_t threads, int32_t schedule) {
    int32_t status = check_diffusion(a, b, cols, rows, ld, 0, rows, rows, steps, D, dt, threads, schedule);
    if (status == TOLL_OK && rows > 2 && cols > 2 && steps > 0)
        run(a, b, cols, rows, ld, steps, D * dt, threads, schedule, false, true);
    return status;
}

int32_t TOLL_FN(rung1_diffusion_run_row)(double *a, double *b, int64_t rows, int64_t cols, int64_t ld,
                                         int64_t steps, double D, double dt, int32_t threads,
                                         int32_t schedule) {
    int32_t status = check_diffusion(a, b, rows, cols, ld, 0, rows, rows, steps, D, dt, threads, schedule);
    if (status == TOLL_OK && rows > 2 && cols > 2 && steps > 0)
        run(a, b, rows, cols, ld, steps, D * dt, threads, schedule, true, false);
    return status;
}

int32_t TOLL_FN(rung1_diffusion_run_col)(double *a, double *b, int64_t rows, int64_t cols, int64_t ld,
                                         int64_t steps, double D, double dt, int32_t threads,
                                         int32_t schedule) {
    int32_t status = check_diffusion(a, b, cols, rows, ld, 0, rows, rows, steps, D, dt, threads, schedule);
    if (status == TOLL_OK && rows > 2 && cols > 2 && steps > 0)
        run(a, b, cols, rows, ld, steps, D * dt, threads, schedule, true, true);
    return status;
}
