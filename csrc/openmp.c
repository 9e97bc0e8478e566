/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "openmp.h"

#include <omp.h>
#include <pthread.h>
#include <stdbool.h>

#if defined(__x86_64__)
/* The control bits of MXCSR, and their values at the start of a C program; the other bits are sticky flags.
 */
enum { CONTROL = 0xffc0, INITIAL = 0x1f80 };
static inline uint64_t get_environment(void) { return __builtin_ia32_stmxcsr(); }
static inline void set_environment(uint64_t e) { __builtin_ia32_ldmxcsr((unsigned)e); }
#elif defined(__aarch64__)
/* FPCR's AHP, DN, FZ, RMode, FZ16 and trap bits. */
enum { CONTROL = 0x07c89f00, INITIAL = 0 };
static inline uint64_t get_environment(void) {
    uint64_t e;
    __asm__ volatile("mrs %0, fpcr" : "=r"(e));
    return e;
}
static inline void set_environment(uint64_t e) { __asm__ volatile("msr fpcr, %0" : : "r"(e) : "memory"); }
#else
#include <fenv.h>
/* The rounding mode is all that can be told of any processor. */
enum { CONTROL = -1, INITIAL = FE_TONEAREST };
static inline uint64_t get_environment(void) { return (uint64_t)fegetround(); }
static inline void set_environment(uint64_t e) { (void)fesetround((int)e); }
#endif

/* Not inlined, so that no arithmetic moves across them. */
uint64_t TOLL_FN(enter_region)(void) {
    uint64_t before = get_environment();
    if ((before & CONTROL) != INITIAL)
        set_environment(INITIAL);
    return before;
}

void TOLL_FN(leave_region)(uint64_t before) {
    if ((before & CONTROL) != INITIAL)
        set_environment(before);
}

/* Whether this thread has opened regions. */
static _Thread_local bool opened;

int64_t TOLL_FN(set_schedule)(int32_t schedule, int32_t chunk) {
    static const omp_sched_t kinds[] = {[TOLL_STATIC] = omp_sched_static,
                                        [TOLL_DYNAMIC] = omp_sched_dynamic,
                                        [TOLL_GUIDED] = omp_sched_guided};
    omp_sched_t kind;
    int size;
    opened = true;
    omp_get_schedule(&kind, &size);
    omp_set_schedule(kinds[schedule], schedule == TOLL_STATIC ? 0 : chunk);
    return (int64_t)kind << 32 | (uint32_t)size;
}

void TOLL_FN(restore_schedule)(int64_t before) {
    omp_set_schedule((omp_sched_t)(before >> 32), (int)(uint32_t)before);
}

/* A child has none of its parent's threads, and libgomp would wait for them for ever. Without a pool the
 * child makes one when it needs it. */
static void before_fork(void) {
    if (opened)
        (void)omp_pause_resource_all(omp_pause_hard);
}

__attribute__((constructor)) static void watch_forks(void) { (void)pthread_atfork(before_fork, NULL, NULL); }
