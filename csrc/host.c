/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * A host that is not Go, with threads, OpenMP regions, a floating-point environment and children of its own:
 *
 *     toll-host LIBRARY LANGUAGE CHECK
 *
 * holds the language to one of toll.h's promises, and exits with 0, or with 1 after it said what was found
 * and what was wanted. goside/conform runs it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fenv.h>
#include <grp.h>
#include <math.h>
#include <omp.h>
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
    WANT("abi_version", t->abi_version, TOLL_ABI_VERSION);
    for (size_t k = 0; k < sizeof checks / sizeof *checks; k++)
        if (!strcmp(argv[3], checks[k].name)) {
            checks[k].check();
            return 0;
        }
    FAIL("no check '%s'", argv[3]);
}
