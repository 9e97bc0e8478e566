/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * What calls.c takes of <pthread.h>, which wasi-libc lacks: a module has no threads, so none can be made.
 */
#ifndef TOLL_WASM_PTHREAD_H
#define TOLL_WASM_PTHREAD_H

#include <errno.h>

typedef int pthread_t;
typedef int pthread_attr_t;

static inline int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *),
                                 void *arg) {
    (void)attr, (void)start, (void)arg;
    *thread = 0;
    return EAGAIN;
}

static inline int pthread_join(pthread_t thread, void **result) {
    (void)thread, (void)result;
    return ESRCH;
}

#endif
