/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * The faults that julia commits if its maxiter is FAULT + one of these. goside/via/faulty has them, too.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdint.h>

#define FAULT 0x7fa00000

enum {
    FAULT_NULL_WRITE = 1,
    FAULT_ABORT,
    FAULT_EXIT,
    FAULT_STACK_OVERFLOW,
    FAULT_ENDLESS_LOOP,
};

#endif
