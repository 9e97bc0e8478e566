/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * Functions that do what a harness must notice. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __x86_64__
#include <xmmintrin.h>
#endif

/* Writes extra bytes beyond the memory, or before it if extra is negative. */
int64_t overrun(uint8_t *p, int64_t n, int64_t extra) {
    volatile uint8_t *at = p;
    for (int64_t k = 0; k < n + (extra > 0 ? extra : 0); k++)
        at[k] = 1;
    for (int64_t k = -1; k >= extra; k--)
        at[k] = 1;
    return n;
}

/* Writes memory that it says it only reads. */
int64_t writes_const(const uint8_t *p, int64_t n) {
    ((uint8_t *)(uintptr_t)p)[0]++;
    return n;
}

double grow(double *p, int64_t n) {
    for (int64_t k = 0; k < n; k++)
        p[k] *= 0x1p100;
    return n > 0 ? p[0] : 0;
}

char *greeting(int64_t n) {
    char *text = malloc((size_t)n + 1);
    if (text == NULL)
        return NULL;
    memset(text, 'x', (size_t)n);
    text[n] = 0;
    return text;
}

static int64_t released;
void release_greeting(char *text) {
    released++;
    free(text);
}
int64_t count_released(void) { return released; }

char *wild(int64_t n) { return (char *)(uintptr_t)n; }
const char *tail(const char *p, int64_t n) { return p + n; }

int64_t forks(int64_t x) {
    pid_t pid = fork();
    return pid < 0 ? -1 : x + 1;
}

int64_t forks_and_stays(int64_t x) {
    if (fork() == 0)
        for (;;)
            pause();
    return x + 1;
}

int64_t flushes(int64_t x) {
#ifdef __x86_64__
    _mm_setcsr(_mm_getcsr() | 0x8040);
#elif defined __aarch64__
    __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)1 << 24));
#endif
    return x;
}

static void on_signal(int signal) { (void)signal; }

int64_t handles(int64_t x) {
    signal(SIGUSR2, on_signal);
    signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return x;
}

static void *thread(void *unused) {
    (void)unused;
    for (;;)
        pause();
    return NULL;
}

int64_t changes_much(int64_t x) {
    pthread_t t;
    pthread_create(&t, NULL, thread, NULL);
    if (chdir("/") != 0)
        return -1;
    if (open("/dev/null", O_RDONLY) < 0)
        return -1;
    umask(077);
    setenv("ODD_VARIABLE", "1", 1);
    unsetenv("ODD_TO_GO");
    return x;
}

int64_t exits(int64_t x) { exit((int)x); }
int64_t aborts(int64_t x) {
    (void)x;
    abort();
}
int64_t hangs(int64_t x) {
    for (;;)
        pause();
    return x;
}
int64_t crashes(int64_t x) { return *(volatile int64_t *)(uintptr_t)x; }

int64_t overflows(int64_t x) {
    volatile char much[4096];
    much[x % 4096] = 1;
    return overflows(x + 1) + much[x % 4096];
}

int64_t counts(void) {
    static int64_t n;
    return ++n;
}

int64_t prints(int64_t x) {
    printf("printed\n");
    return x;
}
