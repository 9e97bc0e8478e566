/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * A host that is not Go, with threads, OpenMP regions, a floating-point environment and children of its own:
 *
 *     toll-host LIBRARY LANGUAGE CHECK
 *
 * holds the language to one of toll.h's promises, and exits with 0, or with 1 after it said what was found
 * and what was wanted; with 77 if this processor lacks the language. goside/conform and scripts/sanitize.sh
 * run it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fenv.h>
#include <grp.h>
#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "include/toll.h"

static const toll_table *t;

/* How many forms of a run and of a fit there are: a language may lack the interchanged ones. */
static int forms(void) { return t->ols_row_interchanged ? 4 : 2; }

static toll_diffusion_run_fn *run(int k) {
    return (toll_diffusion_run_fn *[]){t->diffusion_run_row, t->diffusion_run_col,
                                       t->diffusion_run_row_interchanged,
                                       t->diffusion_run_col_interchanged}[k];
}

static toll_ols_fn *fit(int k) {
    return (toll_ols_fn *[]){t->ols_row, t->ols_col, t->ols_row_interchanged, t->ols_col_interchanged}[k];
}

#define FAIL(...) (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), exit(1))

#define WANT(what, found, wanted)                                                                            \
    do {                                                                                                     \
        long long found_ = (found), wanted_ = (wanted);                                                      \
        if (found_ != wanted_)                                                                               \
            FAIL("%s is %lld, want %lld", what, found_, wanted_);                                            \
    } while (0)

#define WANT_BITS(what, found, wanted)                                                                       \
    do {                                                                                                     \
        double found_ = (found), wanted_ = (wanted);                                                         \
        if (memcmp(&found_, &wanted_, sizeof found_))                                                        \
            FAIL("%s is %a, want %a", what, found_, wanted_);                                                \
    } while (0)

/* toll.h's formula rounds to 0x1.95810624dd2f2p-3 here, and to the next number if it rounds upward. */
static void step(int32_t threads, double out[12]) {
    double in[12];
    for (int k = 0; k < 12; k++)
        in[k] = 0.1;
    in[1 * 3 + 1] = 0.2;
    in[2 * 3 + 1] = 0.3;
    memset(out, 0, 12 * sizeof *out);
    WANT("diffusion_step_row's status",
         t->diffusion_step_row(out, in, 4, 3, 3, 0, 4, 0.1, 0.1, threads, TOLL_STATIC), TOLL_OK);
}

static void want_step(int32_t threads) {
    double out[12];
    step(threads, out);
    WANT_BITS("out[1][1]", out[1 * 3 + 1], 0x1.95810624dd2f2p-3);
    WANT_BITS("out[2][1]", out[2 * 3 + 1], 0x1.2c083126e978dp-2);
}

static bool rounds_upward(void) {
    volatile double one = 1, little = 0x1p-60;
    return one + little != one;
}

/* Whoever made the threads rounded upward, and flushed subnormal numbers to zero. */
static void check_environment(void) {
    double out[12];
    fesetround(FE_UPWARD);
#if defined(__x86_64__)
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040);
#endif
    for (int32_t threads = 1; threads <= 3; threads++)
        step(threads, out);
    if (!rounds_upward())
        FAIL("the caller rounds to nearest after the call, want upward, as before");
    bool all = true;
#pragma omp parallel num_threads(3) reduction(&& : all)
    all = rounds_upward();
    if (!all)
        FAIL("a thread of the host's own region rounds to nearest after the call, want upward, as before");
#if defined(__x86_64__)
    _mm_setcsr(before);
#endif
    fesetround(FE_TONEAREST);
    for (int32_t threads = 1; threads <= 3; threads++) {
        want_step(threads);
        double least[2] = {0x1p-1074, 0x1p-1074}, slope, intercept;
        WANT("ols_row's status", t->ols_row(&slope, &intercept, least, 1, 2, 2, 0, 1, threads, TOLL_STATIC),
             TOLL_OK);
        WANT_BITS("the intercept of two least numbers", intercept, 0x1p-1074);
    }
}

static void check_schedule(void) {
    enum { SIDE = 8 };
    static double a[SIDE * SIDE], b[SIDE * SIDE];
    static int32_t counts[SIDE];
    omp_set_schedule(omp_sched_guided, 7);
    omp_set_num_threads(3);
    for (int32_t schedule = TOLL_STATIC; schedule <= TOLL_GUIDED; schedule++) {
        for (int k = 0; k < forms(); k++) {
            run(k)(a, b, SIDE, SIDE, SIDE, 2, 1, 0.1, 2, schedule);
            fit(k)(a, a + SIDE, b, SIDE, SIDE, SIDE, 0, SIDE, 2, schedule);
        }
        t->diffusion_step_row(a, b, SIDE, SIDE, SIDE, 0, SIDE, 1, 0.1, 2, schedule);
        t->diffusion_step_col(a, b, SIDE, SIDE, SIDE, 0, SIDE, 1, 0.1, 2, schedule);
        t->julia(counts, a, b, SIDE, 0, SIDE, 10, 2, schedule);
        t->julia_split(counts, a, a, b, b, SIDE, 0, SIDE, 10, 2, schedule);
        if (t->transpose) {
            t->transpose(a, b, SIDE, SIDE, SIDE, SIDE, 2, schedule);
            t->transpose_naive(a, b, SIDE, SIDE, SIDE, SIDE, 2, schedule);
        }
        t->team(2);
        omp_sched_t kind;
        int chunk;
        omp_get_schedule(&kind, &chunk);
        WANT("the host's schedule after the calls", kind & 0xff, omp_sched_guided);
        WANT("the host's chunk after the calls", chunk, 7);
        WANT("the host's number of threads after the calls", omp_get_max_threads(), 3);
    }
}

/* Addresses that nothing may touch, with room for 2^60 bytes after each. */
static double *untouched(int k) { return (double *)(uintptr_t)(((uint64_t)k << 60) + 4096); }

/* There is nothing to do, but 2^32 columns, rows or observations, or 2^62 steps, to do it on. */
static void check_empty(void) {
    const int64_t many = INT64_C(1) << 32;
    double *p = untouched(0), *q = untouched(4), *r = untouched(8);
    for (int32_t threads = 1; threads <= 2; threads++) {
        WANT("step_row", t->diffusion_step_row(p, q, 3, many, many, 1, 1, 1, 0.1, threads, 0), TOLL_OK);
        WANT("step_col", t->diffusion_step_col(p, q, 3, many, 3, 1, 1, 1, 0.1, threads, 0), TOLL_OK);
        WANT("step_row", t->diffusion_step_row(p, q, many, 2, 2, 0, many, 1, 0.1, threads, 0), TOLL_OK);
        WANT("step_col", t->diffusion_step_col(p, q, 2, many, 2, 0, 2, 1, 0.1, threads, 0), TOLL_OK);
        for (int k = 0; k < forms(); k++) {
            int64_t line = k % 2 ? many : 2;
            WANT("many steps", run(k)(p, q, 2, 2, 2, many << 30, 1, 0.1, threads, 0), TOLL_OK);
            WANT("many rows", run(k)(p, q, many, 2, line, many, 1, 0.1, threads, 0), TOLL_OK);
            WANT("many columns", run(k)(p, q, 2, many, many + 2 - line, many, 1, 0.1, threads, 0), TOLL_OK);
            WANT("fit", fit(k)(p, r, q, 3, many, k % 2 ? 3 : many, 2, 2, threads, 0), TOLL_OK);
        }
    }
}

/* An argument may have INT64_MAX bytes. */
static void check_bounds(void) {
    const int64_t most = INT64_MAX / 8;
    double *p = untouched(0);
    int32_t *out = (int32_t *)untouched(8);
    WANT("julia, most points", t->julia(out, p, p, most / 2, 0, 0, 1, 1, 0), TOLL_OK);
    WANT("julia, one more", t->julia(out, p, p, most / 2 + 1, 0, 0, 1, 1, 0), TOLL_ESHAPE);
    WANT("julia_split, most points", t->julia_split(out, p, p, p, p, most, 0, 0, 1, 1, 0), TOLL_OK);
    WANT("julia_split, one more", t->julia_split(out, p, p, p, p, most + 1, 0, 0, 1, 1, 0), TOLL_ESHAPE);
    for (int k = 0; k < 2; k++) {
        toll_ols_fn *ols = fit(k);
        double *slope = untouched(8), *intercept = untouched(9);
        int64_t rows = k ? 3 : 2, n = k ? 2 : 3, ld = most - 3;
        WANT("ols, longest ld", ols(slope, intercept, p, rows, n, ld, 0, 0, 1, 0), TOLL_OK);
        WANT("ols, one more", ols(slope, intercept, p, rows, n, ld + 1, 0, 0, 1, 0), TOLL_ESHAPE);
    }
}

/* A matrix of one line has no second one, which its ld would be the distance to. */
static void check_one_line(void) {
    enum { N = 9 };
    const int64_t lds[] = {N, INT64_MAX / 8 + 1, INT64_MAX};
    for (int32_t threads = 1; threads <= 3; threads++)
        for (int k = 0; k < 3; k++) {
            int64_t ld = lds[k];
            double in[N], out[N], slope[N], intercept[N];
            for (int j = 0; j < N; j++) {
                in[j] = j;
                out[j] = -1;
            }
            WANT("step_row", t->diffusion_step_row(out, in, 1, N, ld, 0, 1, 1, 0.1, threads, 0), TOLL_OK);
            WANT("step_col", t->diffusion_step_col(out, in, N, 1, ld, 0, N, 1, 0.1, threads, 0), TOLL_OK);
            for (int f = 0; f < forms(); f++)
                WANT("run", run(f)(out, in, f % 2 ? N : 1, f % 2 ? 1 : N, ld, 2, 1, 0.1, threads, 0),
                     TOLL_OK);
            WANT_BITS("out[1] without interior", out[1], -1.0);
            for (int f = 0; f < forms(); f += 2) {
                WANT("ols", fit(f)(slope, intercept, in, 1, N, ld, 0, 1, threads, 0), TOLL_OK);
                WANT_BITS("the slope", slope[0], 1.0);
                WANT_BITS("the intercept", intercept[0], 0.0);
            }
            WANT("ols_col", t->ols_col(slope, intercept, in, N, 1, ld, 0, N, threads, 0), TOLL_ESHAPE);
            toll_transpose_fn *transposes[] = {t->transpose, t->transpose_naive};
            for (int f = 0; f < 2 && transposes[f]; f++) {
                WANT("transpose", transposes[f](out, in, 1, N, 1, ld, threads, 0), TOLL_OK);
                WANT_BITS("out[8]", out[8], 8.0);
                WANT("transpose", transposes[f](slope, out, N, 1, ld, 1, threads, 0), TOLL_OK);
                WANT_BITS("its transpose's", slope[8], 8.0);
            }
        }
}

static void check_sum(void) {
    const double zeros[] = {-0.0, -0.0};
    for (int n = -1; n <= 2; n++)
        WANT_BITS("a sum of -0.0", t->call_sum(zeros, n), 0.0);
}

static void check_fork(void) {
    want_step(2);
    for (int k = 0; k < 2; k++) {
        pid_t child = fork();
        if (child < 0)
            FAIL("fork: %s", strerror(errno));
        if (child == 0) {
            alarm(20); /* ends a child that waits for threads it does not have */
            want_step(2);
            want_step(3);
            exit(0);
        }
        int status;
        waitpid(child, &status, 0);
        WANT("the status of a child that called", status, 0);
        want_step(2);
    }
}

static int process_threads(void) {
    char line[256];
    int threads = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "Threads: %d", &threads) == 1)
            break;
    if (f)
        fclose(f);
    return threads;
}

/* No pool is kept for each count that was ever asked for. */
static void check_pools(void) {
    enum { CALLS = 100, KEPT = 256 };
    for (int round = 0; round < 2; round++)
        for (int32_t threads = 1; threads <= CALLS; threads++)
            want_step(threads);
    for (int k = 0; process_threads() > KEPT + 1; k++) {
        if (k == 100)
            FAIL("%d threads after calls of 1 to %d, want at most %d", process_threads(), CALLS, KEPT + 1);
        usleep(100000); /* those that end need a moment for it */
    }
}

/* No thread can be made: not for root, whom no limit on processes holds, so as nobody. */
static void check_no_threads(void) {
    if (geteuid() == 0 && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
        FAIL("setuid: %s", strerror(errno));
    if (setrlimit(RLIMIT_NPROC, &(struct rlimit){0, 0}))
        FAIL("setrlimit: %s", strerror(errno));
    double out[12], in[12] = {0};
    want_step(1);
    printf("team %d, ", t->team(2));
    printf("status %d\n", t->diffusion_step_row(out, in, 4, 3, 3, 0, 4, 1, 0.1, 2, TOLL_STATIC));
    want_step(1);
}

static void check_team(void) {
    WANT("team of 0", t->team(0), 0);
    WANT("team of 1025", t->team(1025), 0);
    WANT("team of 1", t->team(1), 1);
    printf("%d\n", t->team(3));
}

/* A block of so many elements and not a byte more, so that what watches memory (valgrind, a sanitizer) sees
 * who goes beyond it. What nobody writes is not initialised. */
static void *block(int64_t count, size_t size) {
    void *p = malloc((size_t)count * size);
    if (!p)
        FAIL("no memory for %lld elements", (long long)count);
    return p;
}

static double *numbers(int64_t count) { return block(count, sizeof(double)); }

/* Numbers that round when one adds them. */
static double number(int64_t k) {
    return (double)((uint64_t)(k + 1) * UINT64_C(0x9e3779b97f4a7c15) >> 11) * 0x1p-53 - 0.3;
}

/* A matrix: element (i, j) is p[i*down + j*right]. */
typedef struct {
    double *p;
    int64_t rows, cols, ld, down, right;
} matrix;

static double *at(const matrix *m, int64_t i, int64_t j) { return &m->p[i * m->down + j * m->right]; }

/* Its padding stays uninitialised, and so do its elements, unless they are to be numbers. */
static matrix make(int64_t rows, int64_t cols, int64_t padding, bool by_columns, bool filled) {
    matrix m = {
        .rows = rows, .cols = cols, .ld = (by_columns ? rows : cols) + padding, .down = 1, .right = 1};
    *(by_columns ? &m.right : &m.down) = m.ld;
    m.p = numbers((rows - 1) * m.down + (cols - 1) * m.right + 1);
    for (int64_t i = 0; filled && i < rows; i++)
        for (int64_t j = 0; j < cols; j++)
            *at(&m, i, j) = number(i * cols + j);
    return m;
}

/* What one call is to be made with. */
typedef struct {
    int64_t rows, cols, padding;
    int32_t threads, schedule;
} form;

static double stepped(const matrix *in, int64_t i, int64_t j, double Ddt) {
    double lap = (((*at(in, i + 1, j) + *at(in, i - 1, j)) + *at(in, i, j + 1)) + *at(in, i, j - 1)) -
                 4 * *at(in, i, j);
    return *at(in, i, j) + Ddt * lap;
}

static void want_diffusion(form f, bool by_columns) {
    toll_diffusion_step_fn *step = by_columns ? t->diffusion_step_col : t->diffusion_step_row;
    if (step) {
        matrix in = make(f.rows, f.cols, f.padding, by_columns, true);
        matrix out = make(f.rows, f.cols, f.padding, by_columns, false);
        int64_t lo = f.rows / 3, hi = f.rows - f.rows / 5;
        WANT("a step's status",
             step(out.p, in.p, f.rows, f.cols, in.ld, lo, hi, 1.5, 0.1, f.threads, f.schedule), TOLL_OK);
        for (int64_t i = lo ? lo : 1; i < hi && i < f.rows - 1; i++)
            for (int64_t j = 1; j < f.cols - 1; j++)
                WANT_BITS("a cell after a step", *at(&out, i, j), stepped(&in, i, j, 1.5 * 0.1));
        free(in.p);
        free(out.p);
    }
    for (int k = by_columns; k < 4; k += 2) {
        if (!run(k))
            continue;
        enum { STEPS = 3 };
        matrix a = make(f.rows, f.cols, f.padding, by_columns, true);
        matrix b = make(f.rows, f.cols, f.padding, by_columns, true);
        matrix states[2] = {make(f.rows, f.cols, 0, false, true), make(f.rows, f.cols, 0, false, true)};
        WANT("a run's status", run(k)(a.p, b.p, f.rows, f.cols, a.ld, STEPS, 1, 0.1, f.threads, f.schedule),
             TOLL_OK);
        for (int s = 0; s < STEPS; s++)
            for (int64_t i = 1; i < f.rows - 1; i++)
                for (int64_t j = 1; j < f.cols - 1; j++)
                    *at(&states[(s + 1) % 2], i, j) = stepped(&states[s % 2], i, j, 1 * 0.1);
        for (int64_t i = 0; i < f.rows; i++)
            for (int64_t j = 0; j < f.cols; j++) {
                WANT_BITS("a cell of a after a run", *at(&a, i, j), *at(&states[0], i, j));
                WANT_BITS("a cell of b after a run", *at(&b, i, j), *at(&states[1], i, j));
            }
        free(a.p);
        free(b.p);
        free(states[0].p);
        free(states[1].p);
    }
}

static void want_ols(form f, bool by_columns) {
    for (int k = by_columns; f.cols > 1 && k < 4; k += 2) {
        if (!fit(k))
            continue;
        matrix y = make(f.rows, f.cols, f.padding, by_columns, true);
        double *slope = numbers(f.rows), *intercept = numbers(f.rows), n = (double)f.cols;
        int64_t lo = f.rows / 4, hi = f.rows - f.rows / 4;
        WANT("a fit's status",
             fit(k)(slope, intercept, y.p, f.rows, f.cols, y.ld, lo, hi, f.threads, f.schedule), TOLL_OK);
        for (int64_t i = lo; i < hi; i++) {
            double weighed = 0, sum = 0;
            for (int64_t l = f.cols / 2 - 1, h = (f.cols + 1) / 2; l >= 0; l--, h++)
                weighed += (double)(h - l) * (*at(&y, i, h) - *at(&y, i, l));
            for (int64_t j = 0; j < f.cols; j++)
                sum += *at(&y, i, j);
            double want = weighed / ((n * (n * n - 1)) / 6);
            WANT_BITS("a slope", slope[i], want);
            WANT_BITS("an intercept", intercept[i], sum / n - want * ((n - 1) / 2));
        }
        free(y.p);
        free(slope);
        free(intercept);
    }
}

static int32_t escape(double zr, double zi, double cr, double ci, int32_t most) {
    int32_t i = 0;
    for (; i < most && zr * zr + zi * zi < 4; i++) {
        double re = (zr * zr - zi * zi) + cr;
        zi = 2 * (zr * zi) + ci;
        zr = re;
    }
    return i;
}

static void want_julia(form f) {
    int64_t n = f.rows * f.cols, lo = n / 7, hi = n - n / 5;
    double *z = numbers(2 * n), *c = numbers(2 * n), *parts[4];
    for (int k = 0; k < 4; k++)
        parts[k] = numbers(n);
    for (int64_t k = 0; k < n; k++) {
        z[2 * k] = parts[0][k] = 3 * number(k);
        z[2 * k + 1] = parts[1][k] = 2 * number(k + n);
        c[2 * k] = parts[2][k] = -0.62772;
        c[2 * k + 1] = parts[3][k] = k % 3 ? -0.42193 : number(k);
    }
    for (int split = 0; split < 2; split++) {
        if (split ? !t->julia_split : !t->julia)
            continue;
        const int32_t most = 60;
        int32_t *out = block(n, sizeof *out);
        WANT("julia's status",
             split ? t->julia_split(out, parts[0], parts[1], parts[2], parts[3], n, lo, hi, most, f.threads,
                                    f.schedule)
                   : t->julia(out, z, c, n, lo, hi, most, f.threads, f.schedule),
             TOLL_OK);
        for (int64_t k = lo; k < hi; k++)
            WANT("a count", out[k], escape(z[2 * k], z[2 * k + 1], c[2 * k], c[2 * k + 1], most));
        free(out);
    }
    free(z);
    free(c);
    for (int k = 0; k < 4; k++)
        free(parts[k]);
}

static void want_transpose(form f) {
    toll_transpose_fn *transposes[] = {t->transpose, t->transpose_naive};
    for (int k = 0; k < 2 && transposes[k]; k++) {
        matrix in = make(f.rows, f.cols, f.padding, false, true), out = make(f.rows, f.cols, 2, true, false);
        WANT("transpose's status",
             transposes[k](out.p, in.p, f.rows, f.cols, out.ld, in.ld, f.threads, f.schedule), TOLL_OK);
        for (int64_t i = 0; i < f.rows; i++)
            for (int64_t j = 0; j < f.cols; j++)
                WANT_BITS("an element of the transpose", *at(&out, i, j), *at(&in, i, j));
        free(in.p);
        free(out.p);
    }
}

/* Every function of the table gives what toll.h's formula does, whatever its threads and schedule. */
static void check_kernels(void) {
    static const int64_t shapes[][2] = {{1, 1}, {1, 9}, {2, 5}, {3, 3}, {9, 4}, {5, 17}, {33, 20}, {18, 67}};
    WANT("~7", t->call_not(7), ~7);
    WANT_BITS("0.1 + 0.2", t->call_add(0.1, 0.2), 0.1 + 0.2);
    t->call_noop();
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int k = 0; k < 18; k++) {
            form f = {shapes[s][0], shapes[s][1], k % 2 * 3, 1 + k / 2 % 3, k / 6};
            for (int by_columns = 0; by_columns < 2; by_columns++) {
                want_diffusion(f, by_columns);
                want_ols(f, by_columns);
            }
            want_julia(f);
            want_transpose(f);
        }
}

/* What several threads share: inputs, and outputs of which each writes its own range. */
enum { CALLERS = 4, POINTS = 400, SIDE = 40 };
static struct {
    double z[2 * POINTS], in[SIDE * SIDE], out[SIDE * SIDE], slope[SIDE], intercept[SIDE];
    int32_t counts[POINTS];
    pthread_barrier_t start;
} shared;

static void *caller(void *arg) {
    int k = *(int *)arg, lo = SIDE * k / CALLERS, hi = SIDE * (k + 1) / CALLERS;
    int32_t threads = 1 + k % 3;
    pthread_barrier_wait(&shared.start);
    check_kernels();
    if (t->diffusion_step_row)
        WANT("a step's status",
             t->diffusion_step_row(shared.out, shared.in, SIDE, SIDE, SIDE, lo, hi, 1, 0.1, threads, k % 3),
             TOLL_OK);
    if (t->ols_row)
        WANT("a fit's status",
             t->ols_row(shared.slope, shared.intercept, shared.in, SIDE, SIDE, SIDE, lo, hi, threads, k % 3),
             TOLL_OK);
    lo = POINTS * k / CALLERS, hi = POINTS * (k + 1) / CALLERS;
    if (t->julia)
        WANT("julia's status",
             t->julia(shared.counts, shared.z, shared.z, POINTS, lo, hi, 50, threads, k % 3), TOLL_OK);
    return NULL;
}

/* The same from several threads at once, which also write disjoint parts of one output. */
static void check_at_once(void) {
    for (int k = 0; k < 2 * POINTS; k++)
        shared.z[k] = number(k);
    for (int k = 0; k < SIDE * SIDE; k++)
        shared.in[k] = number(k);
    pthread_barrier_init(&shared.start, NULL, CALLERS);
    pthread_t threads[CALLERS];
    int which[CALLERS];
    for (int k = 0; k < CALLERS; k++) {
        which[k] = k;
        if (pthread_create(&threads[k], NULL, caller, &which[k]))
            FAIL("pthread_create fails");
    }
    for (int k = 0; k < CALLERS; k++)
        pthread_join(threads[k], NULL);
    const matrix in = {shared.in, SIDE, SIDE, SIDE, SIDE, 1};
    for (int i = 1; t->diffusion_step_row && i < SIDE - 1; i++)
        for (int j = 1; j < SIDE - 1; j++)
            WANT_BITS("a cell of a shared output", shared.out[i * SIDE + j], stepped(&in, i, j, 1 * 0.1));
    for (int k = 0; t->julia && k < POINTS; k++)
        WANT("a count of a shared output", shared.counts[k],
             escape(shared.z[2 * k], shared.z[2 * k + 1], shared.z[2 * k], shared.z[2 * k + 1], 50));
    double slope[SIDE], intercept[SIDE];
    if (!t->ols_row)
        return;
    t->ols_row(slope, intercept, shared.in, SIDE, SIDE, SIDE, 0, SIDE, 1, TOLL_STATIC);
    for (int i = 0; i < SIDE; i++) {
        WANT_BITS("a slope of a shared output", shared.slope[i], slope[i]);
        WANT_BITS("an intercept of a shared output", shared.intercept[i], intercept[i]);
    }
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*check)(void);
    } checks[] = {
        {"environment", check_environment},
        {"schedule", check_schedule},
        {"empty", check_empty},
        {"bounds", check_bounds},
        {"one-line", check_one_line},
        {"sum", check_sum},
        {"fork", check_fork},
        {"pools", check_pools},
        {"no-threads", check_no_threads},
        {"team", check_team},
        {"kernels", check_kernels},
        {"at-once", check_at_once},
    };
    if (argc != 4)
        FAIL("usage: toll-host LIBRARY LANGUAGE CHECK");
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library)
        FAIL("%s", dlerror());
    char symbol[64];
    snprintf(symbol, sizeof symbol, "toll_%s_table", argv[2]);
    const toll_table *(*table)(void);
    *(void **)&table = dlsym(library, symbol);
    if (!table)
        FAIL("%s has no %s", argv[1], symbol);
    t = table();
    if (!t) {
        fprintf(stderr, "this processor lacks %s\n", argv[2]);
        return 77;
    }
    WANT("abi_version", t->abi_version, TOLL_ABI_VERSION);
    for (size_t k = 0; k < sizeof checks / sizeof *checks; k++)
        if (!strcmp(argv[3], checks[k].name)) {
            checks[k].check();
            return 0;
        }
    FAIL("no check '%s'", argv[3]);
}
