/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * The faults that julia commits if its maxiter is FAULT plus one of these. goside/via/faulty has them, too.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdint.h>

#define FAULT 0x7fa00000

enum {
    FAULT_NULL_WRITE = 1,
    FAULT_WILD_WRITE,
    FAULT_PAST_THE_END,
    FAULT_KEPT_POINTER,
    FAULT_DOUBLE_FREE,
    FAULT_STACK_OVERFLOW,
    FAULT_ABORT,
    FAULT_EXIT,
    FAULT_ENDLESS_LOOP,
    FAULT_LONG_LOOP, /* a fifth of a second; no fault */
    FAULT_INTEGER_DIVISION,
    FAULT_TRAPPED_DIVISION,
    FAULT_ROUNDING,
    FAULT_FLUSHING,
    FAULT_TRAPPING,
    FAULT_NO_MEMORY,
    FAULT_NO_MEMORY_UNCHECKED,
    FAULT_LEAK,
    FAULT_HANDLER,
    FAULT_SIGNAL_TO_THREAD,
    FAULT_THREAD_EXIT,
    FAULT_LONGJMP,
    FAULT_FORTRAN_BOUNDS,
    FAULT_FORTRAN_ERROR_STOP,
    FAULT_FORTRAN_ALLOCATE,
    FAULT_RUST_PANIC,
    FAULT_RUST_PANIC_CAUGHT,
    FAULT_CXX_EXCEPTION,
};

#endif
