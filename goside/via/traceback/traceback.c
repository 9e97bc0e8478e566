// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// clang-format off
//go:build linux && (amd64 || arm64)
// clang-format on

#define _GNU_SOURCE
#include <stdint.h>
#include <ucontext.h>

// As runtime.SetCgoTraceback documents it.
struct argument {
    uintptr_t context;
    uintptr_t signal_context;
    uintptr_t *buffer;
    uintptr_t max;
};

// Runs in the handler of SIGPROF, on any thread: it reads one register and calls nothing.
void toll_traceback(void *argument) {
    struct argument *a = argument;
    uintptr_t n = 0;
    if (a->max == 0)
        return;
    if (a->signal_context && a->max > 1) {
        const ucontext_t *interrupted = (const ucontext_t *)a->signal_context;
#if defined(__x86_64__)
        a->buffer[n++] = (uintptr_t)interrupted->uc_mcontext.gregs[REG_RIP];
#else
        a->buffer[n++] = (uintptr_t)interrupted->uc_mcontext.pc;
#endif
    }
    a->buffer[n] = 0;
}
