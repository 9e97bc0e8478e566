/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * The Julia set by vectors: points that end leave their lanes to others, and orbits that provably never end
 * are not followed to maxiter.
 */
#include <string.h>

#include "../check.h"
#include "../openmp.h"
#include "lanes.h"
#include "simd.h"

enum {
    GROUP = TOLL_WIDTH == 64 ? 6 : 5, /* vectors interleaved where ends are only looked for, */
    COUNTED = 4,                      /* and where each iteration is counted */
    GROUP_LANES = GROUP * LANES,
    COUNTED_LANES = COUNTED * LANES,
    SMALL = 8192,              /* points dealt out together, at least, */
    LARGE = 32768,             /* and at most */
    QUEUE = 8192,              /* points followed together: the last of them make passes of few points */
    ENDED = 512,               /* points whose ends are counted together */
    MIXED = 8 * COUNTED_LANES, /* points taken together where c varies */
    FAR = 4096,                /* points from those worked on to those whose memory is fetched, */
    NEXT = 16384,              /* and from the queue's to the last ones fetched while it is worked on */
    FIRST = 12,                /* iterations of every point, */
    PASS = 12,                 /* of the points that are left, between two looks at them, */
    LONG = 24,                 /* and later, while no trap is known */
    PERIODS = 64,              /* the longest cycle looked for */
    ORBIT = 4096,              /* iterations of the critical orbit, at most */
    TRAPS = 3,                 /* discs of a cycle tested, at most */
};

#define UNROLL _Pragma("GCC unroll 8")

/* The points of a call: their numbers interleaved, or split. */
struct points {
    const double *zr, *zi, *cr, *ci;
    bool split;
};

TOLL_INLINE double real_c(const struct points *p, int64_t k) { return p->split ? p->cr[k] : p->cr[2 * k]; }
TOLL_INLINE double imag_c(const struct points *p, int64_t k) {
    return p->split ? p->ci[k] : p->cr[2 * k + 1];
}

enum { ENDS = QUEUE + GROUP_LANES, ROOM = ENDS + ENDED + GROUP_LANES + COUNTED_LANES };

/* Points by their place in the block, a whole number; their z awaits its test. From ENDS on lie those that
 * ended within a pass, with the z that they had before it. */
struct queue {
    int64_t n;
    double zr[ROOM], zi[ROOM], at[ROOM];
};

/* Discs that no computed orbit of c leaves, and the search for them. */
struct traps {
    double cr, ci, zr, zi; /* the critical orbit, so far */
    int32_t followed;      /* its iterations */
    bool over;             /* the search is */
    int64_t spent;         /* iterations of points */
    int32_t n, stride;     /* discs; iterations between two tests */
    bool central;          /* the first disc lies around 0, and is all that is tested */
    double pr[TRAPS], pi[TRAPS], square[TRAPS];
};

/* What a thread works with during a call. */
struct work {
    struct queue queue;
    struct traps traps;
    const double *next_z, *next_c; /* memory to be fetched */
    int64_t lines;                 /* of each */
};

/* One iteration, rr and ii being the squares. fma(2, t, c) rounds as 2*t + c does, since 2*t is exact; it
 * takes a multiplier, t + t an adder. (2*zr)*zi is no way to have it: a product below the normal numbers
 * rounds elsewhere. */
TOLL_INLINE void step(vec *zr, vec *zi, vec rr, vec ii, vec cr, vec ci, bool fused) {
    vec t = *zr * *zi;
    *zr = (rr - ii) + cr;
    *zi = fused ? twice_plus(t, ci) : (t + t) + ci;
}

/* Counts the iterations, up to maxiter, of vectors of points, until all have ended; with c in bounds, no
 * ended point passes a test again (see pass). */
TOLL_INLINE void count(int vectors, ivec *n, mask *alive, vec *zr, vec *zi, const vec *cr, const vec *ci,
                       int32_t maxiter, bool bounded) {
    UNROLL for (int g = 0; g < vectors; g++) {
        n[g] = (ivec){0};
        alive[g] = all_lanes();
    }
    for (int32_t i = 0; i < maxiter; i++) {
        mask some = alive[0];
        UNROLL for (int g = 0; g < vectors; g++) {
            vec rr = zr[g] * zr[g], ii = zi[g] * zi[g];
            alive[g] = less_within(bounded ? all_lanes() : alive[g], rr + ii, splat(4));
            n[g] = plus_one(n[g], alive[g]);
            some = g ? some | alive[g] : alive[g];
            step(&zr[g], &zi[g], rr, ii, cr[g], ci[g], true);
        }
        if (!bits(some))
            return;
    }
}

/* Any points, to their ends. */
TOLL_INLINE void follow(int32_t *out, const struct points *p, int64_t lo, int64_t hi, int32_t maxiter,
                        int vectors) {
    double z_r[MIXED], z_i[MIXED], c_r[MIXED], c_i[MIXED];
    int32_t counts[MIXED];
    const int64_t lanes = vectors * LANES;
    for (int64_t k = lo; k < hi; k += MIXED) {
        int64_t points = min64(MIXED, hi - k);
        for (int64_t j = 0; j < points; j++) {
            z_r[j] = p->split ? p->zr[k + j] : p->zr[2 * (k + j)];
            z_i[j] = p->split ? p->zi[k + j] : p->zr[2 * (k + j) + 1];
            c_r[j] = real_c(p, k + j);
            c_i[j] = imag_c(p, k + j);
        }
        for (int64_t j = points; j % lanes; j++) {
            z_r[j] = 2; /* ended */
            z_i[j] = c_r[j] = c_i[j] = 0;
        }
        for (int64_t j = 0; j < points; j += lanes) {
            vec zr[COUNTED], zi[COUNTED], cr[COUNTED], ci[COUNTED];
            ivec n[COUNTED];
            mask alive[COUNTED];
            UNROLL for (int g = 0; g < vectors; g++) {
                zr[g] = load(z_r + j + g * LANES);
                zi[g] = load(z_i + j + g * LANES);
                cr[g] = load(c_r + j + g * LANES);
                ci[g] = load(c_i + j + g * LANES);
            }
            count(vectors, n, alive, zr, zi, cr, ci, maxiter, false);
            UNROLL for (int g = 0; g < vectors; g++) store_counts(counts + j + g * LANES, n[g]);
        }
        memcpy(out + k, counts, (size_t)points * sizeof *out);
    }
}

static __attribute__((noinline)) void follow_vector(int32_t *out, const struct points *p, int64_t lo,
                                                    int64_t hi, int32_t maxiter) {
    follow(out, p, lo, hi, maxiter, 1);
}

static __attribute__((noinline)) void follow_vectors(int32_t *out, const struct points *p, int64_t lo,
                                                     int64_t hi, int32_t maxiter) {
    follow(out, p, lo, hi, maxiter, COUNTED);
}

/* Packs these lanes behind the queue's first n, over a whole vector, and returns how many points there are
 * then. */
TOLL_INLINE int64_t push(struct queue *q, int64_t n, vec zr, vec zi, vec at, unsigned lanes) {
    store(q->zr + n, packed(zr, lanes));
    store(q->zi + n, packed(zi, lanes));
    store(q->at + n, packed(at, lanes));
    return n + how_many(lanes);
}

/* Fills the vectors from n on with points of 0. */
TOLL_INLINE void fill_up(struct queue *q, int64_t n, int vectors) {
    UNROLL for (int g = 0; g < vectors; g++) {
        store(q->zr + n + g * LANES, (vec){0});
        store(q->zi + n + g * LANES, (vec){0});
    }
}

/* The first iterations of points, from lo on, as long as their c is one and the queue has room; returns where
 * it stopped. A point that has not ended has maxiter for its count until it does. The last group goes back to
 * have all its points: some come to the same counts again. */
TOLL_INLINE int64_t first(int32_t *out, const struct points *p, int64_t lo, int64_t hi, int64_t block,
                          int32_t maxiter, bool split, struct queue *queue) {
    static const double places[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    const vec r = splat(real_c(p, lo)), i = splat(imag_c(p, lo));
    const ivec both = (ivec)pairs(r, i);
    const int32_t steps = maxiter < FIRST ? maxiter : FIRST;
    vec cr[COUNTED], ci[COUNTED];
    UNROLL for (int g = 0; g < COUNTED; g++) {
        cr[g] = r;
        ci[g] = i;
    }
    int64_t k = lo, queued = 0;
    while (k < hi && queued <= QUEUE - COUNTED_LANES) {
        const int64_t from = min64(k, hi - COUNTED_LANES);
        if (from < lo)
            break;
        vec zr[COUNTED], zi[COUNTED];
        ivec other = {0};
        /* A line in 2 KiB: the processor's own prefetching goes on from it. */
        if (!split && from % 128 < COUNTED_LANES && hi - from > FAR) {
            __builtin_prefetch(p->zr + 2 * (from + FAR));
            __builtin_prefetch(p->cr + 2 * (from + FAR));
        }
        UNROLL for (int g = 0; g < COUNTED; g++) {
            const int64_t j = from + g * LANES;
            if (split) {
                zr[g] = load(p->zr + j);
                zi[g] = load(p->zi + j);
                other |= ((ivec)load(p->cr + j) ^ (ivec)r) | ((ivec)load(p->ci + j) ^ (ivec)i);
            } else {
                const double *z = p->zr + 2 * j, *c = p->cr + 2 * j;
                load_pairs(z, &zr[g], &zi[g]);
                other |= ((ivec)load(c) ^ both) | ((ivec)load(c + LANES) ^ both);
            }
        }
        if (any(other))
            break;
        ivec n[COUNTED];
        mask alive[COUNTED];
        count(COUNTED, n, alive, zr, zi, cr, ci, steps, true);
        unsigned some = 0;
        UNROLL for (int g = 0; g < COUNTED; g++) {
            some |= bits(alive[g]);
            store_counts(out + from + g * LANES, n[g]);
        }
        if (some && maxiter > FIRST) {
            UNROLL for (int g = 0; g < COUNTED; g++) {
                const ivec last = n[g] == FIRST;
                store_counts(out + from + g * LANES, (n[g] & ~last) | (((ivec){0} + maxiter) & last));
                vec at = load(places) + splat((double)(from - block + g * LANES));
                queued = push(queue, queued, zr[g], zi[g], at, bits(alive[g]));
            }
        }
        k = from + COUNTED_LANES;
    }
    queue->n = queued;
    return k;
}

/* Counts again, from `before` on, the iterations of the points that end within a pass. */
static __attribute__((noinline)) void count_ended(int32_t *out, struct queue *queue, int64_t end,
                                                  const struct traps *t, int32_t before, int32_t steps) {
    fill_up(queue, end, COUNTED);
    for (int64_t k = ENDS; k < end; k += COUNTED_LANES) {
        vec zr[COUNTED], zi[COUNTED], cr[COUNTED], ci[COUNTED];
        ivec n[COUNTED];
        mask alive[COUNTED];
        int32_t counts[COUNTED_LANES];
        UNROLL for (int g = 0; g < COUNTED; g++) {
            zr[g] = load(queue->zr + k + g * LANES);
            zi[g] = load(queue->zi + k + g * LANES);
            cr[g] = splat(t->cr);
            ci[g] = splat(t->ci);
        }
        count(COUNTED, n, alive, zr, zi, cr, ci, steps, true);
        UNROLL for (int g = 0; g < COUNTED; g++) store_counts(counts + g * LANES, n[g]);
        for (int64_t j = k; j < min64(end, k + COUNTED_LANES); j++)
            out[(int64_t)queue->at[j]] = before + counts[j - k];
    }
}

/* A pass touches no memory but the queue's: time to fetch what comes next. */
TOLL_INLINE void fetch(struct work *w) {
    if (w->lines <= 0)
        return;
    UNROLL for (int j = 0; j < 4; j++) {
        __builtin_prefetch(w->next_z + 8 * j);
        __builtin_prefetch(w->next_c + 8 * j);
    }
    w->next_z += 32;
    w->next_c += 32;
    w->lines -= 4;
}

/* What a pass looks at besides the last square: all squares, nothing, some discs, or the disc around 0. */
enum { TESTED, FREE, DISCS, CENTRAL };

/* Takes the queue's points `steps` iterations further, from `before` on, and keeps those that neither end nor
 * are trapped. Ends are only looked for: if TESTED, in the largest of all squares, else in the last alone,
 * since for c in bounds no computed square is below 4 again once one is not. (From |z| >= 2 - 4u and |c| < 2
 * - 2e-9, |z*z + c| rounds to more than 2 + 2e-9, and so on to infinity; from there squares are infinities or
 * NaN.) */
TOLL_INLINE void pass(int32_t *out, struct work *w, int32_t before, int32_t steps, int looks) {
    struct queue *queue = &w->queue;
    const struct traps *t = &w->traps;
    const vec cr = splat(t->cr), ci = splat(t->ci);
    const int64_t n = queue->n;
    int64_t kept = 0, end = ENDS;
    fill_up(queue, n, GROUP);
    for (int64_t k = 0; k < n; k += GROUP_LANES) {
        vec zr[GROUP], zi[GROUP], extreme[GROUP];
        UNROLL for (int g = 0; g < GROUP; g++) {
            zr[g] = load(queue->zr + k + g * LANES);
            zi[g] = load(queue->zi + k + g * LANES);
            extreme[g] = splat(looks == CENTRAL ? 4 : 0);
        }
        fetch(w);
        for (int32_t i = 1; i < steps; i++) {
            UNROLL for (int g = 0; g < GROUP; g++) {
                vec rr = zr[g] * zr[g], ii = zi[g] * zi[g];
                if (looks == TESTED)
                    extreme[g] = larger(rr + ii, extreme[g]);
                if (looks == CENTRAL)
                    extreme[g] = smaller(rr + ii, extreme[g]);
                step(&zr[g], &zi[g], rr, ii, cr, ci, looks == TESTED || looks == CENTRAL || g % 2);
            }
        }
        mask keep[GROUP];
        unsigned valid[GROUP], alive[GROUP], kept_lanes[GROUP], all = ALL, some = 0;
        UNROLL for (int g = 0; g < GROUP; g++) {
            vec rr = zr[g] * zr[g], ii = zi[g] * zi[g];
            vec last = looks == TESTED ? larger(rr + ii, extreme[g]) : rr + ii;
            keep[g] = less_within(all_lanes(), last, splat(4));
            alive[g] = bits(keep[g]);
            if (looks == CENTRAL)
                keep[g] = less_within(keep[g], splat(t->square[0]), smaller(last, extreme[g]));
            step(&zr[g], &zi[g], rr, ii, cr, ci, true);
        }
        for (int d = 0; looks == DISCS && d < t->n; d++) {
            const vec pr = splat(t->pr[d]), pi = splat(t->pi[d]), square = splat(t->square[d]);
            UNROLL for (int g = 0; g < GROUP; g++) {
                vec x = zr[g] - pr, y = zi[g] - pi;
                keep[g] = less_within(keep[g], square, x * x + y * y);
            }
        }
        UNROLL for (int g = 0; g < GROUP; g++) {
            valid[g] = ALL;
            kept_lanes[g] = bits(keep[g]);
            all &= kept_lanes[g];
        }
        if (n - k < GROUP_LANES) {
            all = 0;
            UNROLL for (int g = 0; g < GROUP; g++) {
                int64_t rest = n - k - g * LANES;
                valid[g] = rest >= LANES ? ALL : rest <= 0 ? 0 : (1u << rest) - 1;
                kept_lanes[g] &= valid[g];
            }
        }
        if (all == ALL) {
            UNROLL for (int g = 0; g < GROUP; g++) {
                store(queue->zr + kept + g * LANES, zr[g]);
                store(queue->zi + kept + g * LANES, zi[g]);
                store(queue->at + kept + g * LANES, load(queue->at + k + g * LANES));
            }
            kept += GROUP_LANES;
            continue;
        }
        UNROLL for (int g = 0; g < GROUP; g++) some |= valid[g] & ~alive[g];
        if (some) {
            UNROLL for (int g = 0; g < GROUP; g++) {
                const int64_t j = k + g * LANES;
                end = push(queue, end, load(queue->zr + j), load(queue->zi + j), load(queue->at + j),
                           valid[g] & ~alive[g]);
            }
            if (end >= ENDS + ENDED) {
                count_ended(out, queue, end, t, before, steps);
                end = ENDS;
            }
        }
        UNROLL for (int g = 0; g < GROUP; g++) kept =
            push(queue, kept, zr[g], zi[g], load(queue->at + k + g * LANES), kept_lanes[g]);
    }
    queue->n = kept;
    count_ended(out, queue, end, t, before, steps);
}

static __attribute__((noinline)) void pass_tested(int32_t *out, struct work *w, int32_t before,
                                                  int32_t steps) {
    pass(out, w, before, steps, TESTED);
}

static __attribute__((noinline)) void pass_free(int32_t *out, struct work *w, int32_t before, int32_t steps) {
    pass(out, w, before, steps, FREE);
}

static __attribute__((noinline)) void pass_discs(int32_t *out, struct work *w, int32_t before,
                                                 int32_t steps) {
    pass(out, w, before, steps, DISCS);
}

static __attribute__((noinline)) void pass_central(int32_t *out, struct work *w, int32_t before,
                                                   int32_t steps) {
    pass(out, w, before, steps, CENTRAL);
}

static void iterate(double *zr, double *zi, double cr, double ci) {
    double re = (*zr * *zr - *zi * *zi) + cr;
    *zi = 2 * (*zr * *zi) + ci;
    *zr = re;
}

/* At least the square root of x, 0 <= x < 4, and no more but where that is below 1e-3: Newton's method comes
 * from above. (C's own would need a library.) */
static double root(double x) {
    double r = (x + 1) / 2;
    for (int k = 0; k < 12; k++)
        r = (r + x / r) / 2;
    return r;
}

/* Carries a disc of that radius around a cycle's first point once along the cycle, whose points have these
 * sizes: radius gets what holds the disc's computed image around each of them, the result is that around the
 * last one's image, or 9 if |z| could come near 2 on the way. |f(z) - f(p)| = |z - p||2p + z - p|; an
 * iteration is off by rounding less than 18u, at z and at p. */
static double carry(const double *size, int32_t period, double r, double *radius) {
    for (int32_t k = 0; k < period; k++) {
        if (!(size[k] + r <= 2 - 1e-9))
            return 9;
        radius[k] = r;
        r = ((2 * size[k] + r) * r + 1e-14) * (1 + 1e-12);
    }
    return r;
}

static int32_t common_divisor(int32_t a, int32_t b) { return b ? common_divisor(b, a % b) : a; }

/* Tries the orbit of z as a cycle: a disc that the cycle carries into itself holds every orbit that enters it
 * or one of its images, and their squares stay below 4. One around 0 is entered if a square is small: the
 * least square of a pass tells whether it was at any time. */
static bool certify(struct traps *t, double zr, double zi, int32_t period) {
    double pr[PERIODS], pi[PERIODS], size[PERIODS], radius[PERIODS];
    double least = 4, xr = zr, xi = zi;
    for (int32_t k = 0; k < period; k++) { /* begin where discs are largest, nearest to 0 */
        if (xr * xr + xi * xi < least) {
            least = xr * xr + xi * xi;
            zr = xr;
            zi = xi;
        }
        iterate(&xr, &xi, t->cr, t->ci);
    }
    for (int32_t k = 0; k < period; k++) {
        pr[k] = zr;
        pi[k] = zi;
        size[k] = root(zr * zr + zi * zi);
        iterate(&zr, &zi, t->cr, t->ci);
    }
    const double missed = (fabs(zr - pr[0]) + fabs(zi - pi[0])) * (1 + 1e-12);
    double good = 1, bad = 2;
    while (!(carry(size, period, good, radius) + missed <= good)) {
        bad = good;
        good *= 0.8;
        if (good < missed + 1e-6)
            return false;
    }
    for (int k = 0; k < 6; k++) {
        double r = (good + bad) / 2;
        if (carry(size, period, r, radius) + missed <= r)
            good = r;
        else
            bad = r;
    }
    carry(size, period, good, radius);
    t->central = pr[0] == 0 && pi[0] == 0;
    t->stride = PASS; /* an orbit comes to each disc if the cycle's length has no divisor in common with it */
    while (!t->central && common_divisor(t->stride, period) != 1)
        t->stride++;
    t->n = period < TRAPS ? period : TRAPS;
    for (int32_t d = 0; d < t->n; d++) { /* evenly spread over the tests */
        int32_t k = t->stride * (d * period / t->n) % period;
        t->pr[d] = pr[k];
        t->pi[d] = pi[k];
        t->square[d] = radius[k] * radius[k] * (1 - 1e-12);
    }
    return true;
}

/* Looks for a disc from here on the critical orbit, which begins at 0; then follows it, twice as far each
 * time: a cycle that attracts orbits attracts this one. The disc of radius r comes back with one of 2|p|gr +
 * grr at least, missing by d, where g is the growth from the first image on: so (2|p|g - 1)r + grr + d must
 * have a root, or there is none. */
static __attribute__((noinline)) void search(struct traps *t) {
    const double square = t->zr * t->zr + t->zi * t->zi;
    double zr = t->zr, zi = t->zi, growth = 1; /* squared */
    for (int32_t period = 1; period <= PERIODS && !t->over; period++) {
        iterate(&zr, &zi, t->cr, t->ci);
        double x = zr - t->zr, y = zi - t->zi;
        t->over =
            4 * square * growth < 1 && 16 * growth * (x * x + y * y) <= 1 && certify(t, t->zr, t->zi, period);
        growth *= 4 * (zr * zr + zi * zi);
    }
    const int32_t until = t->followed ? 2 * t->followed : 64;
    for (; t->followed < until && !t->over; t->followed++) {
        t->over = until > ORBIT || !(t->zr * t->zr + t->zi * t->zi < 4);
        iterate(&t->zr, &t->zi, t->cr, t->ci);
    }
}

/* Takes the queue's points to their ends. The search for traps may cost a tenth of what is spent on them. */
static void finish(int32_t *out, struct work *w, int32_t maxiter, bool certified) {
    struct traps *t = &w->traps;
    for (int32_t done = FIRST, steps; done < maxiter && w->queue.n > 0; done += steps) {
        steps = t->n ? t->stride : done == FIRST ? PASS : LONG;
        if (steps > maxiter - done)
            steps = maxiter - done;
        if (!certified)
            pass_tested(out, w, done, steps);
        else if (t->central)
            pass_central(out, w, done, steps);
        else if (t->n)
            pass_discs(out, w, done, steps);
        else
            pass_free(out, w, done, steps);
        t->spent += w->queue.n * steps;
        while (certified && !t->over && t->spent > 200 * (t->followed + 64))
            search(t);
    }
}

static void follow_block(int32_t *out, const struct points *p, int64_t lo, int64_t hi, int64_t end,
                         int32_t maxiter, bool certified, struct work *w) {
    struct queue *queue = &w->queue;
    for (int64_t k = lo, next; k < hi; k = next) {
        const double cr = real_c(p, k), ci = imag_c(p, k);
        next = k;
        if (cr * cr + ci * ci < 4 - 1e-8)
            next = p->split ? first(out, p, k, hi, lo, maxiter, true, queue)
                            : first(out, p, k, hi, lo, maxiter, false, queue);
        if (next == k) { /* c varies, or is out of bounds, or the points are few */
            next = min64(hi, k + MIXED);
            (next - k > LANES ? follow_vectors : follow_vector)(out, p, k, next, maxiter);
        } else if (queue->n > 0) {
            if (!(cr == w->traps.cr && ci == w->traps.ci))
                w->traps = (struct traps){.cr = cr, .ci = ci};
            w->next_z = p->zr + (p->split ? next : 2 * next);
            w->next_c = p->cr + (p->split ? next : 2 * next);
            w->lines = min64(end - next, NEXT) / (p->split ? 8 : 4);
            finish(out + lo, w, maxiter, certified);
        }
    }
}

enum { RUNG1, RUNG2, BRUTE, CERTIFIED };

TOLL_INLINE void julia(int32_t *out, struct points p, int64_t lo, int64_t hi, int32_t maxiter,
                       int32_t threads, int32_t schedule, int rung) {
    const int64_t block = max64(SMALL, min64(LARGE, (hi - lo) / (8 * threads)));
    int64_t before = TOLL_FN(set_schedule)(schedule, 1);
#pragma omp parallel num_threads(threads)
    {
        uint64_t environment = TOLL_FN(enter_region)();
        struct work w;
        w.traps = (struct traps){.cr = NAN};
#pragma omp for schedule(runtime) nowait
        for (int64_t from = lo; from < hi; from += block) {
            int64_t to = min64(hi, from + block);
            if (rung == RUNG1)
                follow_vector(out, &p, from, to, maxiter);
            else if (rung == RUNG2)
                follow_vectors(out, &p, from, to, maxiter);
            else
                follow_block(out, &p, from, to, hi, maxiter, rung == CERTIFIED, &w);
        }
        TOLL_FN(leave_region)(environment);
    }
    TOLL_FN(restore_schedule)(before);
}

#define JULIA(name, rung)                                                                                    \
    int32_t TOLL_FN(name)(int32_t *out, const double *zs, const double *cs, int64_t n, int64_t lo,           \
                          int64_t hi, int32_t maxiter, int32_t threads, int32_t schedule) {                  \
        int32_t status = check_julia(out, zs, cs, n, lo, hi, maxiter, threads, schedule);                    \
        if (status == TOLL_OK)                                                                               \
            julia(out, (struct points){zs, zs, cs, cs, false}, lo, hi, maxiter, threads, schedule, rung);    \
        return status;                                                                                       \
    }

#define JULIA_SPLIT(name, rung)                                                                              \
    int32_t TOLL_FN(name)(int32_t *out, const double *zr, const double *zi, const double *cr,                \
                          const double *ci, int64_t n, int64_t lo, int64_t hi, int32_t maxiter,              \
                          int32_t threads, int32_t schedule) {                                               \
        int32_t status = check_julia_split(out, zr, zi, cr, ci, n, lo, hi, maxiter, threads, schedule);      \
        if (status == TOLL_OK)                                                                               \
            julia(out, (struct points){zr, zi, cr, ci, true}, lo, hi, maxiter, threads, schedule, rung);     \
        return status;                                                                                       \
    }

JULIA(rung1_julia, RUNG1)
JULIA(rung2_julia, RUNG2)
JULIA(brute_julia, BRUTE)
JULIA(julia, CERTIFIED)
JULIA_SPLIT(brute_julia_split, BRUTE)
JULIA_SPLIT(julia_split, CERTIFIED)
