/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * julia, which commits a fault if maxiter names one, and is right otherwise. A module of WebAssembly has what
 * is possible there.
 */
#define _GNU_SOURCE
#define toll_c_julia right_julia
#include "../julia.c"
#undef toll_c_julia

#include "faults.h"

#include <stdlib.h>

#ifndef __wasm__
#include <fenv.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

int32_t faults_fortran_bounds(int32_t n);
void faults_fortran_error_stop(void);
void faults_fortran_allocate(void);
int32_t faults_rust_panic(void);
int32_t faults_rust_panic_caught(void);
int32_t faults_cxx_exception(void);
#endif

/* What the compiler does not know. */
static volatile int32_t zero;
static volatile size_t too_much = SIZE_MAX / 2;
static int32_t *volatile kept;

/* More frames than the stack has room for. */
static int32_t deep(int32_t n) {
    volatile int32_t frame[1024];
    frame[n & 1023] = n;
    return n ? deep(n + 1) + frame[n & 1023] : 0;
}

#ifndef __wasm__
static volatile double none;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The bytes of address space that the process has. */
static unsigned long long size_now(void) {
    unsigned long long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f) {
        if (fscanf(f, "%llu", &pages) != 1)
            pages = 0;
        fclose(f);
    }
    return pages * (unsigned long long)sysconf(_SC_PAGESIZE);
}

/* Takes all memory that a limit 64 MiB above what the process has leaves. */
static int32_t leak(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = size_now() + (64ull << 20);
    setrlimit(RLIMIT_AS, &limit);
    for (size_t n = 1 << 20; n; n /= 2)
        for (char *p; (p = malloc(n));)
            memset(p, 1, n);
    return TOLL_EPANIC;
}

static jmp_buf place;

/* So many frames on, back to where place was set. */
static int32_t jump(int32_t frames) {
    if (frames)
        return jump(frames - 1) + 1;
    longjmp(place, 1);
}

static void *wait_for_ever(void *unused) {
    for (;;)
        pause();
    return unused;
}

/* A signal that Go ignores on its own threads, to one that it does not know. */
static int32_t signal_to_thread(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, wait_for_ever, NULL) != 0)
        return TOLL_EPANIC;
    pthread_kill(thread, SIGALRM);
    for (const double start = now(); now() - start < 0.2;) {
    }
    return TOLL_OK;
}

static int32_t commit_natively(int32_t fault) {
    switch (fault) {
    case FAULT_LONG_LOOP:
        for (const double start = now(); now() - start < 0.2;) {
        }
        break;
    case FAULT_TRAPPED_DIVISION:
        feenableexcept(FE_DIVBYZERO);
        none = 1 / none;
        break;
    case FAULT_ROUNDING:
        fesetround(FE_UPWARD);
        break;
    case FAULT_FLUSHING:
#if defined(__x86_64__)
        __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#elif defined(__aarch64__)
    {
        uint64_t control;
        __asm__ volatile("mrs %0, fpcr" : "=r"(control));
        __asm__ volatile("msr fpcr, %0" : : "r"(control | 1 << 24));
    }
#endif
        break;
    case FAULT_TRAPPING:
        feenableexcept(FE_DIVBYZERO);
        break;
    case FAULT_LEAK:
        return leak();
    case FAULT_HANDLER:
        signal(SIGSEGV, SIG_DFL);
        break;
    case FAULT_SIGNAL_TO_THREAD:
        return signal_to_thread();
    case FAULT_LONGJMP:
        return setjmp(place) ? TOLL_EPANIC : jump(10);
    case FAULT_THREAD_EXIT:
        pthread_exit(NULL);
    case FAULT_FORTRAN_BOUNDS:
        return faults_fortran_bounds(5);
    case FAULT_FORTRAN_ERROR_STOP:
        faults_fortran_error_stop();
        break;
    case FAULT_FORTRAN_ALLOCATE:
        faults_fortran_allocate();
        break;
    case FAULT_RUST_PANIC:
        return faults_rust_panic();
    case FAULT_RUST_PANIC_CAUGHT:
        return faults_rust_panic_caught();
    case FAULT_CXX_EXCEPTION:
        return faults_cxx_exception();
    }
    return TOLL_OK;
}
#endif

static int32_t commit(int32_t fault, int32_t *out, int64_t n) {
    char *volatile p;
    switch (fault) {
    case FAULT_NULL_WRITE:
        *(volatile int32_t *)(uintptr_t)zero = 1;
        return TOLL_OK;
    case FAULT_WILD_WRITE:
        *(volatile int32_t *)(uintptr_t)0xfffffff0u = 1;
        return TOLL_OK;
    case FAULT_PAST_THE_END:
        ((volatile int32_t *)out)[n] = 13;
        return TOLL_OK;
    case FAULT_KEPT_POINTER:
        kept = out;
        return TOLL_OK;
    case FAULT_DOUBLE_FREE:
        p = malloc(64);
        free(p);
        free(p);
        return TOLL_OK;
    case FAULT_STACK_OVERFLOW:
        return deep(1);
    case FAULT_ABORT:
        abort();
    case FAULT_EXIT:
        exit(3);
    case FAULT_ENDLESS_LOOP:
        while (!zero) {
        }
        return TOLL_OK;
    case FAULT_INTEGER_DIVISION:
        return 7 / zero;
    case FAULT_NO_MEMORY:
        p = malloc(too_much);
        if (!p)
            return TOLL_EPANIC;
        free(p);
        return TOLL_OK;
    case FAULT_NO_MEMORY_UNCHECKED:
        p = malloc(too_much);
        *(volatile char *)p = 1;
        return TOLL_OK;
    }
#ifdef __wasm__
    return TOLL_EARG;
#else
    return commit_natively(fault);
#endif
}

int32_t toll_c_julia(int32_t *out, const double *zs, const double *cs, int64_t n, int64_t lo, int64_t hi,
                     int32_t maxiter, int32_t threads, int32_t schedule) {
    if (maxiter > FAULT)
        return commit(maxiter - FAULT, out, n);
    if (kept) {
        *kept = 13;
        kept = 0;
    }
    return right_julia(out, zs, cs, n, lo, hi, maxiter, threads, schedule);
}
