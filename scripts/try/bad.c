/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * Functions that scripts/try.sh gives to toll try: each does what a function that is called through a border
 * should not do, or has a prototype that no crossing passes. */
#define _GNU_SOURCE
#include <fenv.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

double good(double x, double y) { return x + y; }

/* Writes one element behind p. */
void overrun(double *p, int64_t n) {
    for (int64_t k = 0; k <= n; k++)
        p[k] = 1;
}

/* Reads one element before p. */
double underrun(const double *p, int64_t n) {
    double sum = 0;
    for (int64_t k = -1; k < n; k++)
        sum += p[k];
    return sum;
}

/* Writes what it is only to read. */
void scribble(const double *p, int64_t n) {
    for (int64_t k = 0; k < n; k++)
        ((double *)(uintptr_t)p)[k] = 1;
}

int64_t never(int64_t x) {
    for (;;)
        pause();
    return x;
}

int64_t forks(int64_t x) {
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return x;
}

/* The child returns as well, as from a library that forgot to end it. */
int64_t forks_twice(int64_t x) {
    (void)!fork();
    return x;
}

int64_t rounds_up(int64_t x) {
    fesetround(FE_UPWARD);
    return x;
}

int64_t flushes(int64_t x) {
#ifdef __x86_64__
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#endif
    return x;
}

static void handler(int signal) { (void)signal; }

int64_t handles(int64_t x) {
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGUSR2, &action, NULL);
    return x;
}

int64_t exits(int64_t x) {
    fprintf(stderr, "bad: there is no file of that name\n");
    exit((int)x);
}

int64_t aborts(int64_t x) {
    if (x >= 0)
        abort();
    return x;
}

int64_t crashes(const int64_t *p) { return *(volatile const int64_t *)p; }

/* NULL for every n: dereferenced. */
int64_t null_inside(int64_t n) {
    volatile int64_t *p = NULL;
    return n + *p;
}

int64_t divides(int64_t x, int64_t y) { return x / y; }

/* Without end. */
int64_t recurses(int64_t x) {
    volatile char large[4096];
    large[0] = (char)x;
    return recurses(x + 1) + large[0];
}

static int64_t calls;

/* Keeps state: two calls differ. */
int64_t counts(int64_t x) { return x + ++calls; }

int64_t prints(int64_t x) {
    printf("bad: %lld\n", (long long)x);
    fflush(stdout);
    return x;
}

/* Closes what the harness may use. */
int64_t closes(int64_t x) {
    for (int fd = 3; fd < 64; fd++)
        close(fd);
    return x;
}

int64_t moves(int64_t x) {
    if (chdir("/") != 0)
        return -1;
    return x;
}

int32_t small(int8_t x, uint16_t y) { return x + y; }

double sum_of(int n, ...) {
    va_list list;
    va_start(list, n);
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += va_arg(list, double);
    va_end(list);
    return sum;
}

long double wide(long double x) { return x; }

double _Complex turned(double _Complex z) { return -z; }

typedef union {
    int64_t whole;
    double real;
} either;

int64_t of_union(either e) { return e.whole; }
