/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * What the loops of knobs.go and zknobs.go call. A directive of cgo's holds for a C function's name in the
 * whole package, so each choice of directives has wrappers of its own. The C compiler puts them inline into
 * what cgo makes for a call: what is called is the function itself.
 */
#ifndef TOLL_KNOBS_H
#define TOLL_KNOBS_H

#include "calls.h"

typedef uint64_t knob_hash_fn(void);
typedef void knob_noop_fn(void);
typedef double knob_first_fn(const double *p, int64_t n);

/* A struct that holds a pointer: into Go's memory, it must be pinned. */
typedef struct knob_slice {
    const double *p;
    int64_t n;
} knob_slice;

#define KNOBS(directives)                                                                                    \
    static inline void knob_noop_##directives(void) { toll_calls_noop(); }                                   \
    static inline void knob_noop_at_##directives(knob_noop_fn *f) { f(); }                                   \
    static inline double knob_first_##directives(const double *p, int64_t n) {                               \
        return toll_calls_first(p, n);                                                                       \
    }                                                                                                        \
    static inline double knob_first_at_##directives(knob_first_fn *f, const double *p, int64_t n) {          \
        return f(p, n);                                                                                      \
    }                                                                                                        \
    static inline double knob_struct_##directives(const knob_slice *s) {                                     \
        return toll_calls_first(s->p, s->n);                                                                 \
    }

KNOBS(none)
KNOBS(noescape)
KNOBS(nocallback)
KNOBS(both)

static inline double knob_void(const void *p, int64_t n) { return toll_calls_first(p, n); }
static inline double knob_structs(const knob_slice *s, int64_t n) {
    return toll_calls_first(s[n - 1].p, s[n - 1].n);
}

static inline uint64_t knob_hash(knob_hash_fn *f) { return f(); }

#endif
