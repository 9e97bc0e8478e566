/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * libtoll_py: CPython inside another program, behind an interface that needs neither Python's headers nor its
 * memory and thread rules. The library exports one symbol,
 *
 *     const toll_py_table *toll_py_get_table(void);
 *
 * constant, and to be asked for from any thread. A host must refuse a table whose abi_version, struct_size or
 * header_hash is not its own. Open the library with RTLD_GLOBAL: extension modules look for CPython's
 * symbols among the global ones.
 *
 * Rules:
 *   - One interpreter a process, started and stopped once (NumPy cannot be loaded twice).
 *   - Functions may be called from any thread, and from many at once, but stop, see there. Each thread gets a
 * Python thread state at its first call, which is kept until the thread ends. A call takes the GIL, works,
 * and releases it; the caller never holds it. A thread on which Python is at work may call again (from a
 * callback): it keeps the GIL then.
 *   - No Python exception, SystemExit and KeyboardInterrupt included, does anything but make a function
 *     return TOLL_PY_ERAISED. What ends a process from inside (os._exit, a crash in an extension module)
 * does.
 *   - Signals are left to the program: Python installs no handler, and Python code cannot, since the
 *     interpreter's main thread is one of its own, on which no Python code of the caller's runs.
 *   - Text is UTF-8. What is returned as text is freed by free_text.
 */
#ifndef TOLL_PY_H
#define TOLL_PY_H

#include <stdint.h>

#define TOLL_PY_ABI_VERSION 2

/* Status. The first three are those of toll.h with the same meaning, about an array that was passed. */
enum {
    TOLL_PY_OK = 0,
    TOLL_PY_ESHAPE = 1,   /* a negative extent or stride, or more bytes than an int64_t counts */
    TOLL_PY_ESHORT = 2,   /* elements outside the memory */
    TOLL_PY_EARG = 5,     /* an unknown kind or element type, a number of dimensions that is not 1 or 2 */
    TOLL_PY_ERAISED = 16, /* Python raised an exception: see the error */
    TOLL_PY_EHELD = 17,   /* Python still refers to an array after the call, or its result does */
    TOLL_PY_ESTATE = 18,  /* not started, stopped, or started already */
    TOLL_PY_ETIME = 19,   /* Python did not end in time: see the error */
};

/* What is passed and returned. */
enum {
    TOLL_PY_NONE = 0,
    TOLL_PY_INT = 1,   /* i; a bool returns as 0 or 1, an int beyond int64_t raises OverflowError */
    TOLL_PY_FLOAT = 2, /* d; NumPy's numbers return as INT and FLOAT, too */
    TOLL_PY_TEXT = 3,  /* i bytes at p; returned text ends with a NUL besides and is freed by free_text */
    TOLL_PY_ARRAY = 4, /* passed only: a NumPy array in the caller's memory, see toll_py_value */
    TOLL_PY_OBJECT = 5 /* p: a reference from import or a call; returned ones are released by release */
};

enum {
    TOLL_PY_WRITABLE = 1, /* the array may be written to */
    TOLL_PY_COPY = 2,     /* Python gets a copy, which it may keep and write to */
};

/* An array is passed without a copy (unless TOLL_PY_COPY says so), in any order that strides can say. The
 * caller guarantees that its memory stays until the call returns and, after TOLL_PY_EHELD, until the array is
 * let go of (toll_py_keep). Python code that keeps an array past the call is found out when the call returns:
 * the array itself is emptied then (its extents become 0, so that an element's access raises IndexError) and
 * views of it, which cannot be, see the caller's memory until they are gone. Addresses that were taken as
 * numbers (a.ctypes.data) cannot be found out.
 */
typedef struct toll_py_value {
    int32_t kind;
    int32_t dtype; /* ARRAY: NumPy's character code: d float64, f float32, D complex128, i int32, l int64, B
                      uint8 */
    int32_t ndim;  /* ARRAY: 1 or 2 */
    int32_t flags; /* ARRAY: TOLL_PY_WRITABLE, TOLL_PY_COPY */
    int64_t i;     /* INT; TEXT and ARRAY: bytes at p */
    double d;
    void *p;
    int64_t shape[2];   /* ARRAY: extents */
    int64_t strides[2]; /* ARRAY: bytes from an element to the next in each dimension, not negative */
} toll_py_value;

/* One array that Python still refers to. gone becomes 1 when the last reference is gone; then the caller
 * gives it back to free_keep. */
typedef struct toll_py_keep {
    int32_t gone; /* written by another thread: read it as an atomic */
} toll_py_keep;

/* A Python exception, or, with ETIME, what Python did not end for. Absent text is NULL. */
typedef struct toll_py_error {
    char *type;      /* "ValueError", "toll.ShapeError" */
    char *message;   /* str() of it */
    char *traceback; /* as Python prints it, all lines */
} toll_py_error;

typedef struct toll_py_call {
    void *function;   /* in: a reference */
    int32_t by_tuple; /* in: 1 calls through a tuple of arguments (PyObject_Call), 0 without (vectorcall) */
    int32_t bad;      /* out: which argument ESHAPE, ESHORT, EARG and EHELD are about */
    toll_py_value result; /* out, with OK */
    toll_py_error error;  /* out, with ERAISED */
    toll_py_keep *keep;   /* out, with EHELD: NULL if nothing refers to the arrays any more */
} toll_py_call;

/* What probe measures: parts of a call by themselves. */
enum {
    TOLL_PY_PROBE_NOTHING = 0, /* the call of probe */
    TOLL_PY_PROBE_KEPT = 1,    /* the GIL taken and released with the thread's kept state, as call does */
    TOLL_PY_PROBE_MADE = 2,    /* the same with a thread state that is made and deleted each time */
    TOLL_PY_PROBE_ENSURE = 3,  /* PyGILState_Ensure and _Release on a thread that keeps a state */
};

typedef struct toll_py_table {
    uint32_t abi_version; /* TOLL_PY_ABI_VERSION */
    uint32_t struct_size; /* sizeof(toll_py_table) */
    uint64_t header_hash; /* the first 8 bytes, big-endian, of the SHA-256 of this file */
    const char *compiled; /* the version of CPython that the library was compiled for, and the compiler */

    /* Starts the interpreter of the virtual environment, or installation, that the executable belongs to,
     * isolated: no environment variables (PYTHONEXECUTABLE and __PYVENV_LAUNCHER__, which it would heed all
     * the same, are unset), no user's site folder, no current folder. It is threading.main_thread() that
     * lives in a thread of the library's own, whichever thread imports threading. Returns OK, ESTATE or
     * ERAISED (then type is "PyStatus" if there is no interpreter that could raise). */
    int32_t (*start)(const char *executable, toll_py_error *error);

    /* Ends it. The caller guarantees that no other function is at work or called meanwhile; afterwards all
     * return ESTATE. Returns OK, ESTATE, or ERAISED if Python could not write what was buffered.
     *
     * Python ends once its threads that are no daemons have ended, its atexit handlers have returned and what
     * is left has been destroyed. If that takes longer than milliseconds, stop returns ETIME, at most a
     * second later, with what it waited for in message and where Python's main thread is in traceback, absent
     * if Python does not let it look. Python is then left as it is, for good: what still runs in it may run
     * on, and the process may go on, and end, as it likes. */
    int32_t (*stop)(int64_t milliseconds, toll_py_error *error);

    /* Imports a module and returns in result an attribute of it, or the module if attribute is NULL. What the
     * attribute is decides its kind, as for a call's result; functions and modules are OBJECTs. */
    int32_t (*import_)(const char *module, const char *attribute, toll_py_value *result,
                       toll_py_error *error);

    /* Calls a function with n arguments. The fastest path there is: one function of C's, one visit to the
     * GIL. */
    int32_t (*call)(toll_py_call *call, const toll_py_value *arguments, int64_t n);

    /* Releases a reference. After stop it does nothing. */
    void (*release)(void *object);

    /* Frees text and errors' text. NULL is allowed. */
    void (*free_text)(char *text);
    void (*free_keep)(toll_py_keep *keep);

    /* See TOLL_PY_PROBE_*. */
    int32_t (*probe)(int32_t what);
} toll_py_table;

#endif
