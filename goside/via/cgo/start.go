// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo && linux

package cgo

/*
#define _GNU_SOURCE
#include <fenv.h>
#include <sched.h>
#include <stdint.h>

// The program's preinit functions run first, then the constructors of libraries that are linked or preloaded, then the
// program's own, then main, which starts Go's runtime. A library's constructor may change the first thread, and all
// other threads inherit the change. libgomp's binds the thread to one CPU if OMP_PROC_BIND is set, and the runtime then
// counts one CPU. The constructor of a library linked with -ffast-math flushes subnormals to zero.

static struct { cpu_set_t bits[64]; } cpus; // 65,536 CPUs, as many as Go's runtime counts
static int cpus_known;
static uint64_t control;

static void remember(void) {
    cpus_known = sched_getaffinity(0, sizeof cpus, cpus.bits) == 0;
}

// The linker takes functions that run this early from this section. A shared library cannot have one.
__attribute__((section(".preinit_array"), used)) static void (*const at_preinit)(void) = remember;

__attribute__((constructor)) static void put_back(void) {
    if (cpus_known)
        sched_setaffinity(0, sizeof cpus, cpus.bits);
#if defined(__x86_64__)
    uint16_t x87;
    __asm__ volatile("fnstcw %0" : "=m"(x87));
    control = __builtin_ia32_stmxcsr() | (uint64_t)x87 << 32;
#elif defined(__aarch64__)
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
#else
    return;
#endif
    fesetenv(FE_DFL_ENV);
}

static uint64_t control_at_start(void) { return control; }
*/
import "C"

import "toll/goside/via/thread"

func init() { thread.Started(uint64(C.control_at_start())) }
