/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * The worker in C: a process that answers what goside/via/process asks by a library of kernels and that of
 * calls.h, both opened at its start. protocol.h says how.
 */
#define _GNU_SOURCE
#include "protocol.h"

#include "../include/calls.h"
#include "../include/toll.h"

#include <dlfcn.h>
#include <errno.h>
#include <fenv.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void die(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("worker: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    exit(1);
}

static const toll_table *kernels;
static void *calls;

static void *symbol(void *library, const char *name) {
    void *address = dlsym(library, name);
    if (!address)
        die("%s", dlerror());
    return address;
}

static void *opened(const char *path) {
    if (path[0] != '/')
        die("the library is %s, want an absolute path", path);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        die("%s", dlerror());
    return library;
}

static void open_kernels(const char *path, const char *lang) {
    char name[64];
    if (snprintf(name, sizeof name, "toll_%s_table", lang) >= (int)sizeof name)
        die("a language of %zu bytes, want a name", strlen(lang));
    for (char *p = name; *p; p++)
        if (*p == '-')
            *p = '_';
    const toll_table *(*table)(void) = (const toll_table *(*)(void))symbol(opened(path), name);
    kernels = table();
    if (!kernels)
        die("%s has no table of %s for this processor", path, lang);
    if (kernels->abi_version != TOLL_ABI_VERSION || kernels->struct_size != sizeof(toll_table) ||
        kernels->header_hash != TOLL_HEADER_HASH)
        die("%s has interface version %u, table size %u and header hash %016llx, want %u, %zu and %016llx",
            path, kernels->abi_version, kernels->struct_size, (unsigned long long)kernels->header_hash,
            TOLL_ABI_VERSION, sizeof(toll_table), (unsigned long long)TOLL_HEADER_HASH);
    if (strcmp(kernels->language, lang) != 0)
        die("%s has language %s, want %s", path, kernels->language, lang);
}

/* The functions of calls.h, under their own names. */
#define CALLS(F)                                                                                             \
    F(bool)                                                                                                  \
    F(int8)                                                                                                  \
    F(int16)                                                                                                 \
    F(int32)                                                                                                 \
    F(uint8)                                                                                                 \
    F(uint16)                                                                                                \
    F(uint32)                                                                                                \
    F(float)                                                                                                 \
    F(length)                                                                                                \
    F(first)                                                                                                 \
    F(fill)                                                                                                  \
    F(batch)                                                                                                 \
    F(variadic2)                                                                                             \
    F(pair)                                                                                                  \
    F(pair_at)                                                                                               \
    F(longs)                                                                                                 \
    F(split)                                                                                                 \
    F(triple)                                                                                                \
    F(mixed)                                                                                                 \
    F(mixed_at)                                                                                              \
    F(text_length)                                                                                           \
    F(text_static)                                                                                           \
    F(text_new)                                                                                              \
    F(text_free)                                                                                             \
    F(text_into)                                                                                             \
    F(text_live)                                                                                             \
    F(status)                                                                                                \
    F(errno)                                                                                                 \
    F(handle)                                                                                                \
    F(spin)                                                                                                  \
    F(sleep)
#define DECLARE(name) static __typeof__(&toll_calls_##name) c_##name;
CALLS(DECLARE)

/* Those of 1 to 32 arguments are all called with 32: by the rules of these platforms a function leaves alone
 * what it does not take. */
#define TIMES_32(x)                                                                                          \
    x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x
#define FIRST_32(a)                                                                                          \
    a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14], a[15],    \
        a[16], a[17], a[18], a[19], a[20], a[21], a[22], a[23], a[24], a[25], a[26], a[27], a[28], a[29],    \
        a[30], a[31]
typedef int64_t any_ints(TIMES_32(int64_t));
typedef double any_doubles(TIMES_32(double));
static any_ints *ints[33];
static any_doubles *doubles[33];

static void open_calls(const char *path) {
    calls = opened(path);
    uint64_t (*hash)(void) = (uint64_t (*)(void))symbol(calls, "toll_calls_header_hash");
    if (hash() != TOLL_CALLS_HASH)
        die("%s has header hash %016llx, want %016llx", path, (unsigned long long)hash(),
            (unsigned long long)TOLL_CALLS_HASH);
#define FIND(name) c_##name = (__typeof__(&toll_calls_##name))symbol(calls, "toll_calls_" #name);
    CALLS(FIND)
    static const int arities[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 32};
    for (size_t k = 0; k < sizeof arities / sizeof *arities; k++) {
        char name[32];
        snprintf(name, sizeof name, "toll_calls_ints%d", arities[k]);
        ints[arities[k]] = (any_ints *)symbol(calls, name);
        snprintf(name, sizeof name, "toll_calls_doubles%d", arities[k]);
        doubles[arities[k]] = (any_doubles *)symbol(calls, name);
    }
}

/* What each function takes: integers, doubles, arrays; -1 stands for any number. */
static const int8_t takes[TOLL_FUNCTIONS][3] = {
    [TOLL_NOOP] = {0, 0, 0},
    [TOLL_NOT] = {1, 0, 0},
    [TOLL_ADD] = {0, 2, 0},
    [TOLL_SUM] = {0, 0, 1},
    [TOLL_STEP] = {8, 2, 2},
    [TOLL_RUN] = {7, 2, 2},
    [TOLL_JULIA] = {5, 0, 3},
    [TOLL_OLS] = {8, 0, 3},
    [TOLL_RUN_INTERCHANGED] = {7, 2, 2},
    [TOLL_OLS_INTERCHANGED] = {8, 0, 3},
    [TOLL_JULIA_SPLIT] = {5, 0, 5},
    [TOLL_TRANSPOSE] = {6, 0, 2},
    [TOLL_TRANSPOSE_NAIVE] = {6, 0, 2},
    [TOLL_TEAM] = {1, 0, 0},
    [TOLL_INTS] = {-1, 0, 0},
    [TOLL_DOUBLES] = {0, -1, 0},
    [TOLL_BOOL] = {2, 0, 0},
    [TOLL_INT8] = {2, 0, 0},
    [TOLL_INT16] = {2, 0, 0},
    [TOLL_INT32] = {2, 0, 0},
    [TOLL_UINT8] = {2, 0, 0},
    [TOLL_UINT16] = {2, 0, 0},
    [TOLL_UINT32] = {2, 0, 0},
    [TOLL_FLOAT] = {0, 2, 0},
    [TOLL_LENGTH] = {0, 0, 1},
    [TOLL_FIRST] = {0, 0, 1},
    [TOLL_FILL] = {0, 1, 1},
    [TOLL_BATCH] = {0, 0, 3},
    [TOLL_VARIADIC] = {2, 2, 0},
    [TOLL_PAIR] = {0, 2, 0},
    [TOLL_PAIR_AT] = {0, 0, 1},
    [TOLL_LONGS] = {2, 0, 0},
    [TOLL_SPLIT] = {1, 1, 0},
    [TOLL_TRIPLE] = {0, 3, 0},
    [TOLL_MIXED] = {4, 2, 0},
    [TOLL_MIXED_AT] = {0, 0, 1},
    [TOLL_TEXT_LENGTH] = {0, 0, 1},
    [TOLL_TEXT_STATIC] = {0, 0, 1},
    [TOLL_TEXT_NEW] = {1, 0, 1},
    [TOLL_TEXT_INTO] = {1, 0, 1},
    [TOLL_TEXT_LIVE] = {0, 0, 0},
    [TOLL_STATUS] = {1, 0, 0},
    [TOLL_ERRNO] = {1, 0, 0},
    [TOLL_HANDLE] = {1, 0, 0},
    [TOLL_SPIN] = {1, 0, 0},
    [TOLL_SLEEP] = {1, 0, 0},
};

static void refuse(toll_message *m, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(m->text, sizeof m->text, format, args);
    va_end(args);
    m->status = 1;
    m->text_length = n < (int)sizeof m->text ? (uint32_t)n : (uint32_t)sizeof m->text - 1;
}

static void give_integer(toll_message *m, int64_t x) {
    m->integers = 1;
    m->integer[0] = x;
}

static void give_double(toll_message *m, double x) {
    m->doubles = 1;
    m->number[0] = x;
}

/* Copies text into the room of an array, as much as fits, and answers its length. */
static void give_text(toll_message *m, const char *text, char *room) {
    size_t n = strlen(text);
    memcpy(room, text, n < m->array[0].bytes ? n : m->array[0].bytes);
    give_integer(m, (int64_t)n);
}

/* Gives the thread the floating-point environment that toll.h asks for. A library that left another one,
 * against toll.h or as it was loaded, would make all later answers wrong. */
static void settle(void) {
#if defined(__x86_64__)
    if ((__builtin_ia32_stmxcsr() & 0xffc0) != 0x1f80) /* all but the flags */
        fesetenv(FE_DFL_ENV);
#elif defined(__aarch64__)
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    if (control)
        __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0));
#endif
}

/* Turns a request into its response; p are its arrays. */
static void answer(toll_message *m, void *const *p) {
    const int64_t *i = m->integer;
    const double *f = m->number;
    const uint32_t function = m->function, n = m->integers, k = m->doubles;
    if (function >= TOLL_FUNCTIONS) {
        refuse(m, "ValueError: function %u, want 0 to %d", function, TOLL_FUNCTIONS - 1);
        return;
    }
    const int8_t *want = takes[function];
    if ((want[0] >= 0 && n != (uint32_t)want[0]) || (want[1] >= 0 && k != (uint32_t)want[1]) ||
        m->arrays != (uint32_t)want[2]) {
        refuse(m, "ValueError: function %u of %u integers, %u doubles and %u arrays, want %d, %d and %d",
               function, n, k, m->arrays, want[0], want[1], want[2]);
        return;
    }
    settle();
    m->status = 0;
    m->integers = m->doubles = 0;
    const int64_t count = m->arrays ? (int64_t)(m->array[0].bytes / 8) : 0;
    switch (function) {
    case TOLL_NOOP:
        kernels->call_noop();
        return;
    case TOLL_NOT:
        give_integer(m, kernels->call_not(i[0]));
        return;
    case TOLL_ADD:
        give_double(m, kernels->call_add(f[0], f[1]));
        return;
    case TOLL_SUM:
        give_double(m, kernels->call_sum(p[0], count));
        return;
    case TOLL_STEP:
        give_integer(m,
                     (i[3] ? kernels->diffusion_step_col : kernels->diffusion_step_row)(
                         p[0], p[1], i[0], i[1], i[2], i[4], i[5], f[0], f[1], (int32_t)i[6], (int32_t)i[7]));
        return;
    case TOLL_RUN:
        give_integer(m, (i[3] ? kernels->diffusion_run_col : kernels->diffusion_run_row)(
                            p[0], p[1], i[0], i[1], i[2], i[4], f[0], f[1], (int32_t)i[5], (int32_t)i[6]));
        return;
    case TOLL_RUN_INTERCHANGED:
        give_integer(
            m, (i[3] ? kernels->diffusion_run_col_interchanged : kernels->diffusion_run_row_interchanged)(
                   p[0], p[1], i[0], i[1], i[2], i[4], f[0], f[1], (int32_t)i[5], (int32_t)i[6]));
        return;
    case TOLL_JULIA:
        give_integer(m, kernels->julia(p[0], p[1], p[2], (int64_t)(m->array[1].bytes / 16), i[0], i[1],
                                       (int32_t)i[2], (int32_t)i[3], (int32_t)i[4]));
        return;
    case TOLL_JULIA_SPLIT:
        give_integer(m, kernels->julia_split(p[0], p[1], p[2], p[3], p[4], (int64_t)(m->array[1].bytes / 8),
                                             i[0], i[1], (int32_t)i[2], (int32_t)i[3], (int32_t)i[4]));
        return;
    case TOLL_OLS:
        give_integer(m, (i[3] ? kernels->ols_col : kernels->ols_row)(p[0], p[1], p[2], i[0], i[1], i[2], i[4],
                                                                     i[5], (int32_t)i[6], (int32_t)i[7]));
        return;
    case TOLL_OLS_INTERCHANGED:
        give_integer(m, (i[3] ? kernels->ols_col_interchanged : kernels->ols_row_interchanged)(
                            p[0], p[1], p[2], i[0], i[1], i[2], i[4], i[5], (int32_t)i[6], (int32_t)i[7]));
        return;
    case TOLL_TRANSPOSE:
    case TOLL_TRANSPOSE_NAIVE:
        give_integer(m, (function == TOLL_TRANSPOSE ? kernels->transpose : kernels->transpose_naive)(
                            p[0], p[1], i[0], i[1], i[2], i[3], (int32_t)i[4], (int32_t)i[5]));
        return;
    case TOLL_TEAM:
        give_integer(m, kernels->team((int32_t)i[0]));
        return;
    case TOLL_INTS:
        if (n > 32 || !ints[n])
            refuse(m, "ValueError: ints of %u arguments, want 1 to 16, 20 or 32", n);
        else
            give_integer(m, ints[n](FIRST_32(i)));
        return;
    case TOLL_DOUBLES:
        if (k > 32 || !doubles[k])
            refuse(m, "ValueError: doubles of %u arguments, want 1 to 16, 20 or 32", k);
        else
            give_double(m, doubles[k](FIRST_32(f)));
        return;
    case TOLL_BOOL:
        give_integer(m, c_bool(i[0], i[1]));
        return;
    case TOLL_INT8:
        give_integer(m, c_int8((int8_t)i[0], (int8_t)i[1]));
        return;
    case TOLL_INT16:
        give_integer(m, c_int16((int16_t)i[0], (int16_t)i[1]));
        return;
    case TOLL_INT32:
        give_integer(m, c_int32((int32_t)i[0], (int32_t)i[1]));
        return;
    case TOLL_UINT8:
        give_integer(m, c_uint8((uint8_t)i[0], (uint8_t)i[1]));
        return;
    case TOLL_UINT16:
        give_integer(m, c_uint16((uint16_t)i[0], (uint16_t)i[1]));
        return;
    case TOLL_UINT32:
        give_integer(m, c_uint32((uint32_t)i[0], (uint32_t)i[1]));
        return;
    case TOLL_FLOAT:
        give_double(m, c_float((float)f[0], (float)f[1]));
        return;
    case TOLL_LENGTH:
        give_integer(m, c_length(p[0], count));
        return;
    case TOLL_FIRST:
        give_double(m, c_first(p[0], count));
        return;
    case TOLL_FILL:
        c_fill(p[0], count, f[0]);
        return;
    case TOLL_BATCH:
        c_batch(p[0], p[1], p[2], count);
        return;
    case TOLL_VARIADIC:
        give_double(m, c_variadic2(i[0], f[0], i[1], f[1]));
        return;
    case TOLL_PAIR: {
        const toll_pair r = c_pair((toll_pair){f[0], f[1]});
        m->doubles = 2;
        m->number[0] = r.x;
        m->number[1] = r.y;
        return;
    }
    case TOLL_PAIR_AT:
        c_pair_at(p[0]);
        return;
    case TOLL_LONGS: {
        const toll_longs r = c_longs((toll_longs){i[0], i[1]});
        m->integers = 2;
        m->integer[0] = r.x;
        m->integer[1] = r.y;
        return;
    }
    case TOLL_SPLIT: {
        const toll_split r = c_split((toll_split){i[0], f[0]});
        give_integer(m, r.x);
        give_double(m, r.y);
        return;
    }
    case TOLL_TRIPLE: {
        const toll_triple r = c_triple((toll_triple){(float)f[0], (float)f[1], (float)f[2]});
        m->doubles = 3;
        m->number[0] = r.x;
        m->number[1] = r.y;
        m->number[2] = r.z;
        return;
    }
    case TOLL_MIXED: {
        const toll_mixed r =
            c_mixed((toll_mixed){(int8_t)i[0], f[0], (int32_t)i[1], (int16_t)i[2], f[1], i[3]});
        m->integers = 4;
        m->doubles = 2;
        m->integer[0] = r.a;
        m->integer[1] = r.c;
        m->integer[2] = r.d;
        m->integer[3] = r.f;
        m->number[0] = r.b;
        m->number[1] = r.e;
        return;
    }
    case TOLL_MIXED_AT:
        c_mixed_at(p[0]);
        return;
    case TOLL_TEXT_LENGTH:
        give_integer(m, c_text_length(p[0]));
        return;
    case TOLL_TEXT_STATIC:
        give_text(m, c_text_static(), p[0]);
        return;
    case TOLL_TEXT_NEW: {
        char *text = c_text_new(i[0]);
        give_text(m, text ? text : "", p[0]);
        c_text_free(text);
        return;
    }
    case TOLL_TEXT_INTO:
        if (m->array[0].bytes <= (uint64_t)(i[0] < 0 ? 0 : i[0]))
            refuse(m, "ValueError: a text of %lld bytes into %llu", (long long)i[0],
                   (unsigned long long)m->array[0].bytes);
        else
            give_integer(m, c_text_into(p[0], i[0]));
        return;
    case TOLL_TEXT_LIVE:
        give_integer(m, c_text_live());
        return;
    case TOLL_STATUS:
        give_integer(m, c_status((int32_t)i[0]));
        return;
    case TOLL_ERRNO: {
        const int64_t r = c_errno((int32_t)i[0]);
        m->integer[1] = r ? errno : 0;
        m->integer[0] = r;
        m->integers = 2;
        return;
    }
    case TOLL_HANDLE:
        give_integer(m, (int64_t)c_handle((uintptr_t)i[0]));
        return;
    case TOLL_SPIN:
        c_spin(i[0]);
        return;
    case TOLL_SLEEP:
        c_sleep(i[0]);
        return;
    }
}

/* Descriptors for requests and responses, and a buffer for each. */
static int in, out;
static char input[1 << 16], output[1 << 16];
static size_t at, end, filled;

/* Reads n bytes; returns 0 if the input ends before the first. */
static int take(void *to, size_t n) {
    char *p = to;
    for (size_t had = 0; had < n;) {
        if (at < end) {
            const size_t k = end - at < n - had ? end - at : n - had;
            memcpy(p + had, input + at, k);
            at += k;
            had += k;
            continue;
        }
        const int whole = n - had >= sizeof input;
        const ssize_t r = read(in, whole ? p + had : input, whole ? n - had : sizeof input);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            die("reading: %s", strerror(errno));
        if (r == 0 && had == 0)
            return 0;
        if (r == 0)
            die("the input ended within a request");
        if (whole) {
            had += (size_t)r;
        } else {
            at = 0;
            end = (size_t)r;
        }
    }
    return 1;
}

static void take_all(void *to, size_t n) {
    if (n && !take(to, n))
        die("the input ended within a request");
}

static void put_out(const char *p, size_t n) {
    while (n) {
        const ssize_t r = write(out, p, n);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            _exit(0); /* the host is gone */
        p += r;
        n -= (size_t)r;
    }
}

static void flush(void) {
    put_out(output, filled);
    filled = 0;
}

static void put(const void *p, size_t n) {
    if (filled + n > sizeof output)
        flush();
    if (n > sizeof output / 2) {
        flush();
        put_out(p, n);
        return;
    }
    if (n)
        memcpy(output + filled, p, n);
    filled += n;
}

static void put_text(const char *magic, uint32_t number, const char *text, uint32_t n) {
    put(magic, 4);
    put(&number, 4);
    put(&n, 4);
    put(text, n);
    flush();
}

static void hello(void) {
    char text[1 << 12];
    const int n = snprintf(text, sizeof text, "%s\n%s", kernels->compiler, kernels->flags);
    put_text("TOLH", TOLL_PROTOCOL, text, n < (int)sizeof text ? (uint32_t)n : (uint32_t)sizeof text - 1);
}

/* Answers by pipe or socket until the input ends. */
static void serve_stream(void) {
    static toll_message m;
    void *arrays[TOLL_ARRAYS] = {0};
    uint64_t room[TOLL_ARRAYS] = {0};
    for (char magic[4]; take(magic, 4);) {
        uint32_t head[5];
        if (memcmp(magic, "TOLQ", 4) != 0)
            die("the input has '%.4s', want a request", magic);
        take_all(head, sizeof head);
        m.function = head[0];
        m.variant = head[1];
        m.integers = head[2];
        m.doubles = head[3];
        m.arrays = head[4];
        if (m.integers > TOLL_NUMBERS || m.doubles > TOLL_NUMBERS || m.arrays > TOLL_ARRAYS)
            die("a request of %u integers, %u doubles and %u arrays, want at most %d, %d and %d", m.integers,
                m.doubles, m.arrays, TOLL_NUMBERS, TOLL_NUMBERS, TOLL_ARRAYS);
        take_all(m.integer, m.integers * sizeof *m.integer);
        take_all(m.number, m.doubles * sizeof *m.number);
        for (uint32_t k = 0; k < m.arrays; k++) {
            toll_place *a = &m.array[k];
            take_all(&a->kind, 4);
            take_all(&a->direction, 4);
            take_all(&a->bytes, 8);
            if (!arrays[k] || a->bytes > room[k]) {
                free(arrays[k]);
                room[k] = a->bytes;
                arrays[k] = a->bytes < SIZE_MAX - 64 ? calloc(1, a->bytes + 64) : NULL;
                if (!arrays[k])
                    die("no memory for an array of %llu bytes", (unsigned long long)a->bytes);
            }
            if (a->direction & TOLL_IN)
                take_all(arrays[k], a->bytes);
        }
        answer(&m, arrays);
        if (m.status) {
            put_text("TOLR", 1, m.text, m.text_length);
            continue;
        }
        const uint32_t reply[3] = {0, m.integers, m.doubles};
        put("TOLR", 4);
        put(reply, sizeof reply);
        put(m.integer, m.integers * sizeof *m.integer);
        put(m.number, m.doubles * sizeof *m.number);
        for (uint32_t k = 0; k < m.arrays; k++)
            if (m.array[k].direction & TOLL_OUT)
                put(arrays[k], m.array[k].bytes);
        flush();
    }
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* The memory and whether to spin, from the socket. */
static char *receive_memory(uint64_t *size, uint32_t *spin) {
    char message[16], control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
    struct iovec data = {message, sizeof message};
    struct msghdr head = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    const ssize_t n = recvmsg(in, &head, MSG_CMSG_CLOEXEC | MSG_WAITALL);
    const struct cmsghdr *passed = CMSG_FIRSTHDR(&head);
    if (n != sizeof message || memcmp(message, "TOLM", 4) != 0 || !passed || passed->cmsg_type != SCM_RIGHTS)
        die("%zd bytes from the socket without memory, want %zu with it", n, sizeof message);
    int memory;
    memcpy(&memory, CMSG_DATA(passed), sizeof memory);
    memcpy(spin, message + 4, sizeof *spin);
    memcpy(size, message + 8, sizeof *size);
    char *base = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, memory, 0);
    if (base == MAP_FAILED)
        die("mapping %llu bytes: %s", (unsigned long long)*size, strerror(errno));
    close(memory);
    return base;
}

/* Answers by shared memory, without end: watch ends the process. */
static _Noreturn void serve_memory(char *base, uint64_t size, uint32_t spin) {
    toll_slot *slot = (toll_slot *)base;
    toll_message *m = &slot->message;
    for (uint32_t last = 0;;) {
        for (int64_t start = spin ? now() : 0; spin && now() - start < 1000000;) {
            int k = 0;
            while (k < 1000 && atomic_load(&slot->request) == last) {
                relax();
                k++;
            }
            if (k < 1000)
                break;
        }
        while (atomic_load(&slot->request) == last) {
            atomic_store(&slot->worker_sleeps, 1);
            syscall(SYS_futex, &slot->request, FUTEX_WAIT, last, NULL, NULL, 0);
            atomic_store(&slot->worker_sleeps, 0);
        }
        last = atomic_load(&slot->request);
        void *arrays[TOLL_ARRAYS];
        if (m->integers > TOLL_NUMBERS || m->doubles > TOLL_NUMBERS || m->arrays > TOLL_ARRAYS)
            die("a request of %u integers, %u doubles and %u arrays, want at most %d, %d and %d", m->integers,
                m->doubles, m->arrays, TOLL_NUMBERS, TOLL_NUMBERS, TOLL_ARRAYS);
        for (uint32_t k = 0; k < m->arrays; k++) {
            const toll_place *a = &m->array[k];
            if (a->offset > size || a->bytes > size - a->offset)
                die("an array of %llu bytes at %llu, want one within %llu bytes",
                    (unsigned long long)a->bytes, (unsigned long long)a->offset, (unsigned long long)size);
            arrays[k] = base + a->offset;
        }
        answer(m, arrays);
        atomic_store(&slot->response, last);
        if (atomic_load(&slot->host_sleeps))
            syscall(SYS_futex, &slot->response, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
}

/* Ends the process once the host has, or has closed descriptor 0, whatever the worker does or waits for. */
static void *watch(void *unused) {
    struct pollfd host = {.fd = STDIN_FILENO};
    while (poll(&host, 1, -1) < 1) {
    }
    _exit(0);
    return unused;
}

/* Ends the process with the thread that answers: a library that ended it would have the host wait. */
static void thread_ended(void *unused) {
    (void)unused;
    fputs("worker: a function ended the thread that called it\n", stderr);
    _exit(1);
}

int main(int argc, char **argv) {
    if (argc != 5)
        die("%d arguments, want <transport> <library> <language> <library of calls.h>", argc - 1);
    const char *transport = argv[1];
    signal(SIGINT, SIG_IGN); /* the host decides */
    signal(SIGPIPE, SIG_IGN);
    open_kernels(argv[2], argv[3]);
    open_calls(argv[4]);
    pthread_t watcher;
    if (pthread_create(&watcher, NULL, watch, NULL) != 0)
        die("no thread to watch the host");
    pthread_key_t answering;
    if (pthread_key_create(&answering, thread_ended) != 0 || pthread_setspecific(answering, &answering) != 0)
        die("no key for the thread that answers");
    in = out = STDIN_FILENO;
    if (strcmp(transport, "pipe") == 0) {
        out = dup(STDOUT_FILENO);
        dup2(STDERR_FILENO, STDOUT_FILENO); /* where all other output goes */
    }
    if (strcmp(transport, "shm") == 0) {
        uint64_t size;
        uint32_t spin;
        char *base = receive_memory(&size, &spin);
        hello();
        serve_memory(base, size, spin);
    }
    hello();
    serve_stream();
    return 0;
}
