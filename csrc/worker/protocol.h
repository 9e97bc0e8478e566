/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * How Toll (goside/via/process) asks a worker, a process beside it. This file is the protocol's one
 * description; goside/via/process/protocol.go and cpython-ext/process/_worker.py mirror it. A change of
 * either meaning or form raises TOLL_PROTOCOL.
 *
 *     toll-worker-c <transport> <library of kernels> <its language> <library of calls.h>
 *     toll-worker-go <transport>
 *     _worker.py <transport>
 *
 * <transport> is pipe (requests on descriptor 0, responses on 1), socket (both on descriptor 0) or shm.
 * A worker answers one request at a time, in order. It ends, with status 0, when descriptor 0 is closed at
 * the other end, and with another one and a reason on standard error at a request that is none. Numbers
 * are in the machine's order, here little endian, and unpadded; u4 is uint32, u8 uint64, i8 int64, f8 double.
 *
 *     hello     "TOLH"  u4 TOLL_PROTOCOL  text                once, at the start, on all transports
 *     text      u4 bytes  that many bytes of UTF-8            hello: the compiler, a newline, its flags
 *
 * By pipe and socket:
 *
 *     request   "TOLQ"  u4 function  u4 variant  u4 integers  u4 doubles  u4 arrays
 *               i8...  f8...  array...
 *     array     u4 kind  u4 direction  u8 bytes               and, if direction has TOLL_IN, those bytes
 *     response  "TOLR"  u4 0  u4 integers  u4 doubles  i8...  f8...
 *               then the bytes of each array whose direction has TOLL_OUT, in order
 *               "TOLR"  u4 1  text                            an exception: "Type: message", newline, more
 *
 * By shm the host first sends over the socket at descriptor 0
 *
 *     memory    "TOLM"  u4 whether to spin  u8 bytes          and a memfd of that size, by SCM_RIGHTS
 *
 * The worker maps it whole, then says hello on the socket. A toll_slot lies at its start. The host writes
 * the request into slot.message, arrays by their offset in the memory, adds 1 to slot.request and wakes who
 * waits there; the worker writes the response into the same message and the same arrays, sets slot.response
 * to the number of slot.request, and wakes who waits there. Who waits sets its ..._sleeps before it goes to
 * sleep (FUTEX_WAIT) and need only be woken if that is set. If told to spin, a worker that waits looks for a
 * millisecond before it sleeps, so that it takes no core from others when it has nothing to do.
 *
 * kind is the code of 'd' (double), 'D' (complex, of two doubles), 'i' (int32_t) or 'b' (bytes). A matrix is
 * the memory from its first to its last element; col is 1 for column-major order, else 0. The elements of an
 * output that its function does not write have no meaning (or are those sent): the host copies no others,
 * and no padding. The host checks arguments as toll.h says.
 *
 *     function            integers                          doubles   arrays (> out, = in place)   response
 *     NOOP
 *     NOT                 x                                                              1 integer
 *     ADD                                                   x, y                         1 double
 *     SUM                                                             p                  1 double
 *     STEP                rows, cols, ld, col, lo, hi, par  D, dt     >out, in           status
 *     RUN(_INTERCHANGED)  rows, cols, ld, col, steps, par   D, dt     =a, =b             status
 *     JULIA               lo, hi, maxiter, par                        >out, zs, cs       status
 *     JULIA_SPLIT         lo, hi, maxiter, par                        >out, zr, zi, cr, ci
 *     OLS(_INTERCHANGED)  rows, n, ld, col, lo, hi, par               >slope, >intercept, y
 *     TRANSPOSE(_NAIVE)   rows, cols, ld of out, of in, par           >out, in           status
 *     TEAM                threads                                                        1 integer
 *
 * par is threads, schedule; status is one integer, of toll.h. variant chooses Python's test in the Julia set:
 * 0 abs(z) < 2, 1 expanded. The others are those of calls.h, their arguments and results in its order, by
 * kind; structs by value are their fields. Their arrays:
 *
 *     LENGTH, FIRST  p        FILL  >p       BATCH  >out, x, y       PAIR_AT, MIXED_AT  =p
 *     TEXT_LENGTH    s with its NUL          TEXT_STATIC, TEXT_NEW, TEXT_INTO  >room, whose length is the
 * result ERRNO answers the result and errno; VARIADIC is toll_calls_variadic2.
 */
#ifndef TOLL_PROTOCOL_H
#define TOLL_PROTOCOL_H

#include <stdint.h>

#define TOLL_PROTOCOL 2

enum { TOLL_IN = 1, TOLL_OUT = 2 };

enum { TOLL_NUMBERS = 40, TOLL_ARRAYS = 8, TOLL_TEXT = 1024 };

typedef struct toll_place {
    uint32_t kind, direction;
    uint64_t bytes, offset;
} toll_place;

typedef struct toll_message {
    uint32_t function, variant, integers, doubles, arrays;
    uint32_t status;      /* of the response: 0, or 1 for an exception */
    uint32_t text_length; /* the exception's */
    uint32_t unused;
    int64_t integer[TOLL_NUMBERS];
    double number[TOLL_NUMBERS];
    toll_place array[TOLL_ARRAYS];
    char text[TOLL_TEXT];
} toll_message;

/* The words that the two write lie in a cache line each. */
typedef struct toll_slot {
    _Alignas(64) _Atomic uint32_t request;
    _Alignas(64) _Atomic uint32_t response;
    _Alignas(64) _Atomic uint32_t worker_sleeps;
    _Alignas(64) _Atomic uint32_t host_sleeps;
    _Alignas(64) toll_message message;
} toll_slot;

/* A change of either must come with one of its mirror. */
_Static_assert(sizeof(toll_message) == 1888, "the size that protocol.go has");
_Static_assert(__builtin_offsetof(toll_slot, message) == 256, "the offset that protocol.go has");

enum {
    TOLL_NOOP,
    TOLL_NOT,
    TOLL_ADD,
    TOLL_SUM,
    TOLL_STEP,
    TOLL_RUN,
    TOLL_JULIA,
    TOLL_OLS,
    TOLL_RUN_INTERCHANGED,
    TOLL_OLS_INTERCHANGED,
    TOLL_JULIA_SPLIT,
    TOLL_TRANSPOSE,
    TOLL_TRANSPOSE_NAIVE,
    TOLL_TEAM,
    TOLL_INTS,
    TOLL_DOUBLES,
    TOLL_BOOL,
    TOLL_INT8,
    TOLL_INT16,
    TOLL_INT32,
    TOLL_UINT8,
    TOLL_UINT16,
    TOLL_UINT32,
    TOLL_FLOAT,
    TOLL_LENGTH,
    TOLL_FIRST,
    TOLL_FILL,
    TOLL_BATCH,
    TOLL_VARIADIC,
    TOLL_PAIR,
    TOLL_PAIR_AT,
    TOLL_LONGS,
    TOLL_SPLIT,
    TOLL_TRIPLE,
    TOLL_MIXED,
    TOLL_MIXED_AT,
    TOLL_TEXT_LENGTH,
    TOLL_TEXT_STATIC,
    TOLL_TEXT_NEW,
    TOLL_TEXT_INTO,
    TOLL_TEXT_LIVE,
    TOLL_STATUS,
    TOLL_ERRNO,
    TOLL_HANDLE,
    TOLL_SPIN,
    TOLL_SLEEP,
    TOLL_FUNCTIONS /* how many there are */
};

#endif
