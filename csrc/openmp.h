/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * What keeps toll.h's promises to a host of an OpenMP language, in C and in Fortran: openmp.c is compiled
 * into each of them. In other languages these functions are nothing.
 */
#ifndef TOLL_OPENMP_H
#define TOLL_OPENMP_H

#include "lang.h"

#ifdef _OPENMP

/* Sets the schedule that schedule(runtime) takes in the next region of this thread, and returns the host's.
 */
int64_t TOLL_FN(set_schedule)(int32_t schedule, int32_t chunk);
void TOLL_FN(restore_schedule)(int64_t before);

/* Each thread of a region calls them first and last: libgomp's threads have the floating-point environment of
 * whoever made them, which may be a host with another one than toll.h asks for. */
uint64_t TOLL_FN(enter_region)(void);
void TOLL_FN(leave_region)(uint64_t before);

#else

static inline int64_t TOLL_FN(set_schedule)(int32_t schedule, int32_t chunk) {
    (void)schedule;
    (void)chunk;
    return 0;
}

static inline void TOLL_FN(restore_schedule)(int64_t before) { (void)before; }
static inline uint64_t TOLL_FN(enter_region)(void) { return 0; }
static inline void TOLL_FN(leave_region)(uint64_t before) { (void)before; }

#endif

#endif
