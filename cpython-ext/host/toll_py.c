/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#define NPY_NO_DEPRECATED_API NPY_2_0_API_VERSION
#include <numpy/arrayobject.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "toll_py.h"

#ifdef Py_GIL_DISABLED
#error "libtoll_py wants a CPython with a GIL: thread states are attached one at a time"
#endif

enum { NEVER_STARTED, STARTING, RUNNING, STOPPED };

static atomic_int state = NEVER_STARTED;
static PyObject *format_exception; /* traceback.format_exception */
static PyObject *waits_for;        /* of look_source */

/* Thread states. */

/* In the C library's reserve for thread-local data of libraries that are loaded late, where no call finds it.
 */
static _Thread_local __attribute__((tls_model("initial-exec"))) PyThreadState *kept;
static pthread_key_t at_exit;                                  /* its destructor deletes a thread's state */
static pthread_rwlock_t deleting = PTHREAD_RWLOCK_INITIALIZER; /* stop waits for destructors at work */

static void delete_kept(void *thread_state) {
    pthread_rwlock_rdlock(&deleting);
    if (atomic_load(&state) == RUNNING) {
        PyEval_RestoreThread(thread_state);
        PyThreadState_Clear(thread_state);
        PyThreadState_DeleteCurrent();
    }
    kept = NULL;
    pthread_rwlock_unlock(&deleting);
}

static PyThreadState *current(void) {
#if PY_VERSION_HEX >= 0x030d0000
    return PyThreadState_GetUnchecked();
#else
    return _PyThreadState_UncheckedGet();
#endif
}

/* attach returns with the GIL held: 1 if this took it, 0 if the thread held it already, -1 if the interpreter
 * does not run or there is no memory for a thread state. */
static int attach(void) {
    if (atomic_load_explicit(&state, memory_order_acquire) != RUNNING)
        return -1;
    if (!kept) {
        /* Python may have made a state for this thread, say if it is one of Python's own. */
        PyThreadState *own = PyGILState_GetThisThreadState();
        if (own && own == current())
            return 0;
        PyThreadState *made = PyThreadState_New(PyInterpreterState_Main());
        if (!made)
            return -1;
        if (pthread_setspecific(at_exit, made) != 0) {
            PyEval_RestoreThread(made);
            PyThreadState_Clear(made);
            PyThreadState_DeleteCurrent();
            return -1;
        }
        kept = made;
    } else if (current() == kept) {
        return 0;
    }
    PyEval_RestoreThread(kept);
    return 1;
}

static void detach(int attached) {
    if (attached == 1)
        PyEval_SaveThread();
}

/* Exceptions. */

static char *text_of(PyObject *string) {
    Py_ssize_t n;
    const char *utf8 = string ? PyUnicode_AsUTF8AndSize(string, &n) : NULL;
    if (!utf8) {
        PyErr_Clear();
        return NULL;
    }
    char *copy = malloc((size_t)n + 1);
    if (copy)
        memcpy(copy, utf8, (size_t)n + 1);
    return copy;
}

static char *type_of(PyTypeObject *type) {
    char *text = NULL;
    PyObject *module = PyObject_GetAttrString((PyObject *)type, "__module__");
    PyObject *name = PyObject_GetAttrString((PyObject *)type, "__qualname__");
    if (module && name && PyUnicode_Check(module)) {
        if (PyUnicode_CompareWithASCIIString(module, "builtins") == 0) {
            text = text_of(name);
        } else {
            PyObject *full = PyUnicode_FromFormat("%U.%U", module, name);
            text = text_of(full);
            Py_XDECREF(full);
        }
    }
    PyErr_Clear();
    Py_XDECREF(module);
    Py_XDECREF(name);
    return text ? text : strdup(type->tp_name);
}

/* Text with characters that UTF-8 has not (lone surrogates) comes with these escaped. */
static char *escaped(PyObject *string) {
    char *text = string ? text_of(string) : NULL;
    if (!text && string) {
        PyObject *bytes = PyUnicode_AsEncodedString(string, "utf-8", "backslashreplace");
        if (bytes)
            text = strdup(PyBytes_AS_STRING(bytes));
        Py_XDECREF(bytes);
        PyErr_Clear();
    }
    return text;
}

/* raised moves the current exception into error and lets go of it, and of the frames that it holds. */
static int32_t raised(toll_py_error *error) {
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback)
        PyException_SetTraceback(value, traceback);

    error->type = type_of(Py_TYPE(value));
    PyObject *message = PyObject_Str(value);
    PyErr_Clear();
    error->message = escaped(message);
    Py_XDECREF(message);

    PyObject *lines = format_exception ? PyObject_CallOneArg(format_exception, value) : NULL;
    PyObject *empty = lines ? PyUnicode_FromString("") : NULL;
    PyObject *joined = empty ? PyUnicode_Join(empty, lines) : NULL;
    PyErr_Clear();
    error->traceback = escaped(joined);
    Py_XDECREF(joined);
    Py_XDECREF(empty);
    Py_XDECREF(lines);

    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    PyErr_Clear();
    return TOLL_PY_ERAISED;
}

/* Values. */

/* to_result takes the reference over. Only the fields that the kind has, and i and d, are set. */
static int32_t to_result(PyObject *object, toll_py_value *result, toll_py_error *error) {
    result->i = 0;
    result->d = 0;
    if (object == Py_None) {
        result->kind = TOLL_PY_NONE;
        Py_DECREF(object);
        return TOLL_PY_OK;
    }
    if (PyFloat_CheckExact(object)) {
        result->kind = TOLL_PY_FLOAT;
        result->d = PyFloat_AS_DOUBLE(object);
        Py_DECREF(object);
        return TOLL_PY_OK;
    }
    if (PyUnicode_Check(object)) {
        Py_ssize_t n;
        const char *utf8 = PyUnicode_AsUTF8AndSize(object, &n);
        result->kind = TOLL_PY_TEXT;
        result->p = utf8 ? malloc((size_t)n + 1) : NULL;
        if (utf8 && !result->p)
            PyErr_NoMemory();
        if (result->p)
            memcpy(result->p, utf8, (size_t)n + 1);
        result->i = n;
        Py_DECREF(object);
        return result->p ? TOLL_PY_OK : raised(error);
    }
    int is_float = PyFloat_Check(object) || PyArray_IsScalar(object, Floating);
    int is_int = PyLong_Check(object) || PyArray_IsScalar(object, Integer) || PyArray_IsScalar(object, Bool);
    if (!is_float && !is_int) {
        result->kind = TOLL_PY_OBJECT;
        result->p = object;
        return TOLL_PY_OK;
    }
    /* NumPy's numbers are no ints of Python's, nor, but for float64, floats. */
    PyObject *number = is_float ? PyNumber_Float(object) : PyNumber_Long(object);
    Py_DECREF(object);
    if (!number)
        return raised(error);
    if (is_float) {
        result->kind = TOLL_PY_FLOAT;
        result->d = PyFloat_AsDouble(number);
    } else {
        result->kind = TOLL_PY_INT;
        result->i = PyLong_AsLongLong(number);
    }
    Py_DECREF(number);
    return PyErr_Occurred() ? raised(error) : TOLL_PY_OK;
}

/* reaches returns OK if every element of the array lies in its memory. */
static int32_t reaches(const toll_py_value *v, int64_t size) {
    int64_t last = 0; /* byte at which the last element starts */
    int empty = 0;
    for (int k = 0; k < v->ndim; k++) {
        int64_t step;
        if (v->shape[k] < 0 || v->strides[k] < 0)
            return TOLL_PY_ESHAPE;
        if (v->shape[k] == 0) {
            empty = 1;
            continue;
        }
        if (__builtin_mul_overflow(v->shape[k] - 1, v->strides[k], &step) ||
            __builtin_add_overflow(last, step, &last))
            return TOLL_PY_ESHAPE;
    }
    int64_t end;
    if (__builtin_add_overflow(last, size, &end))
        return TOLL_PY_ESHAPE;
    return empty || (v->p && end <= v->i) ? TOLL_PY_OK : TOLL_PY_ESHORT;
}

/* to_array sets *object to a new array, or leaves NULL there with an exception. */
static int32_t to_array(const toll_py_value *v, PyObject **object) {
    int type;
    switch (v->dtype) {
    case 'd':
        type = NPY_DOUBLE;
        break;
    case 'f':
        type = NPY_FLOAT;
        break;
    case 'D':
        type = NPY_CDOUBLE;
        break;
    case 'i':
        type = NPY_INT;
        break;
    case 'l':
        type = NPY_LONG;
        break;
    case 'B':
        type = NPY_UBYTE;
        break;
    default:
        return TOLL_PY_EARG;
    }
    if (v->ndim != 1 && v->ndim != 2)
        return TOLL_PY_EARG;
    PyArray_Descr *descr = PyArray_DescrFromType(type);
    int32_t status = reaches(v, PyDataType_ELSIZE(descr));
    if (status != TOLL_PY_OK) {
        Py_DECREF(descr);
        return status;
    }
    npy_intp shape[2] = {v->shape[0], v->shape[1]}, strides[2] = {v->strides[0], v->strides[1]};
    static char nothing[16] __attribute__((aligned(16))); /* NumPy allocates if the data is NULL */
    int flags = v->flags & TOLL_PY_WRITABLE ? NPY_ARRAY_WRITEABLE : 0;
    /* NumPy sets the flags of order and alignment itself. */
    *object = PyArray_NewFromDescr(&PyArray_Type, descr, v->ndim, shape, strides, v->p ? v->p : nothing,
                                   flags, NULL);
    if (*object && v->flags & TOLL_PY_COPY) {
        PyObject *copy = PyArray_NewCopy((PyArrayObject *)*object, NPY_KEEPORDER);
        Py_DECREF(*object);
        *object = copy;
    }
    return TOLL_PY_OK;
}

/* from_value sets *object to a new reference, or to NULL with an exception. */
static int32_t from_value(const toll_py_value *v, PyObject **object) {
    *object = NULL;
    switch (v->kind) {
    case TOLL_PY_NONE:
        *object = Py_NewRef(Py_None);
        return TOLL_PY_OK;
    case TOLL_PY_INT:
        *object = PyLong_FromLongLong(v->i);
        return TOLL_PY_OK;
    case TOLL_PY_FLOAT:
        *object = PyFloat_FromDouble(v->d);
        return TOLL_PY_OK;
    case TOLL_PY_TEXT:
        *object = PyUnicode_FromStringAndSize(v->i ? v->p : "", v->i);
        return TOLL_PY_OK;
    case TOLL_PY_ARRAY:
        return to_array(v, object);
    case TOLL_PY_OBJECT:
        if (!v->p)
            return TOLL_PY_EARG;
        *object = Py_NewRef((PyObject *)v->p);
        return TOLL_PY_OK;
    }
    return TOLL_PY_EARG;
}

/* Arrays that outlive their call. */

static int lent(const toll_py_value *v) { return v->kind == TOLL_PY_ARRAY && !(v->flags & TOLL_PY_COPY); }

static int refers(PyObject *const *objects, const toll_py_value *values, int64_t n) {
    for (int64_t k = 0; k < n; k++)
        if (lent(&values[k]) && Py_REFCNT(objects[k]) > 1)
            return (int)k;
    return -1;
}

/* The memory of one call's arrays is kept together: one counter for those that are still referred to. */
typedef struct {
    toll_py_keep keep;
    int arrays; /* changed with the GIL held */
} keeper;

static void let_go(PyObject *capsule) {
    keeper *k = PyCapsule_GetPointer(capsule, NULL);
    if (--k->arrays == 0)
        __atomic_store_n(&k->keep.gone, 1, __ATOMIC_RELEASE);
}

/* hold empties the arrays that are still referred to, and has their last reference's end noticed. Without
 * memory for that, the keep never becomes gone, and the caller's memory is kept for good. */
static toll_py_keep *hold(PyObject *const *objects, const toll_py_value *values, int64_t n) {
    static toll_py_keep never;
    keeper *k = calloc(1, sizeof *k);
    if (k)
        k->arrays = 1;
    for (int64_t j = 0; j < n; j++) {
        if (!lent(&values[j]) || Py_REFCNT(objects[j]) == 1)
            continue;
        PyArrayObject *a = (PyArrayObject *)objects[j];
        if (k) {
            k->arrays++;
            /* Views refer to the array, the array to the capsule, so that this is deleted after all of them.
             */
            PyObject *capsule = PyCapsule_New(k, NULL, let_go);
            if (!capsule || PyArray_SetBaseObject(a, capsule) != 0)
                PyErr_Clear();
        }
        for (int d = 0; d < PyArray_NDIM(a); d++)
            PyArray_DIMS(a)[d] = 0;
        PyArray_CLEARFLAGS(a, NPY_ARRAY_WRITEABLE);
    }
    if (!k)
        return &never;
    if (--k->arrays == 0)
        __atomic_store_n(&k->keep.gone, 1, __ATOMIC_RELEASE);
    return &k->keep;
}

/* What a collection of garbage meets: in a cycle that nobody refers to. */
typedef struct {
    int gone, forgotten; /* changed with the GIL held */
} witness;

static void met(PyObject *capsule) {
    witness *w = PyCapsule_GetPointer(capsule, NULL);
    if (w->forgotten)
        free(w);
    else
        w->gone = 1;
}

/* collect returns 1 once it has collected all garbage, and 0 if another thread's collection is under way:
 * while that one's finalizers have released the GIL, PyGC_Collect does nothing. Without memory to tell, it
 * returns 1. */
static int collect(void) {
    witness *w = calloc(1, sizeof *w);
    PyObject *capsule = w ? PyCapsule_New(w, NULL, met) : NULL;
    PyObject *cycle = capsule ? PyList_New(0) : NULL;
    int known = cycle && PyList_Append(cycle, capsule) == 0 && PyList_Append(cycle, cycle) == 0;
    if (!known)
        PyErr_Clear();
    Py_XDECREF(capsule);
    Py_XDECREF(cycle);
    int enabled = PyGC_Enable();
    PyGC_Collect();
    if (!enabled)
        PyGC_Disable();
    int done = !known || w->gone;
    if (done)
        free(w);
    else
        w->forgotten = 1;
    return done;
}

/* collect_all waits for other threads' collections, up to ten seconds. */
static void collect_all(void) {
    const struct timespec moment = {.tv_nsec = 1000000};
    for (int k = 0; !collect() && k < 10000; k++) {
        Py_BEGIN_ALLOW_THREADS;
        (void)nanosleep(&moment, NULL);
        Py_END_ALLOW_THREADS;
    }
}

/* The table's functions. */

enum { IN_PLACE = 16 }; /* arguments that need no memory of their own */

static int32_t call(toll_py_call *c, const toll_py_value *arguments, int64_t n) {
    int attached = attach();
    if (attached < 0)
        return TOLL_PY_ESTATE;

    int32_t status = TOLL_PY_OK;
    /* Vectorcall may use the element before the arguments. */
    PyObject *in_place[IN_PLACE + 1], **objects = in_place, *result = NULL;
    int64_t made = 0;
    if (n > IN_PLACE && !(objects = PyMem_Calloc((size_t)n + 1, sizeof *objects))) {
        PyErr_NoMemory();
        status = raised(&c->error);
        detach(attached);
        return status;
    }
    objects++;
    for (; made < n; made++) {
        status = from_value(&arguments[made], &objects[made]);
        if (status != TOLL_PY_OK) {
            c->bad = (int32_t)made;
            break;
        }
        if (!objects[made]) {
            status = raised(&c->error);
            break;
        }
    }
    if (status == TOLL_PY_OK) {
        if (c->by_tuple) {
            PyObject *tuple = PyTuple_New((Py_ssize_t)n);
            for (int64_t k = 0; tuple && k < n; k++)
                PyTuple_SET_ITEM(tuple, k, Py_NewRef(objects[k]));
            result = tuple ? PyObject_Call(c->function, tuple, NULL) : NULL;
            Py_XDECREF(tuple);
        } else {
            result =
                PyObject_Vectorcall(c->function, objects, (size_t)n | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
        }
        status = result ? to_result(result, &c->result, &c->error) : raised(&c->error);
    }

    int bad = refers(objects, arguments, made);
    if (bad >= 0) {
        collect_all(); /* a cycle, such as that of an exception and its frame, is no holder */
        bad = refers(objects, arguments, made);
    }
    if (bad >= 0) {
        c->bad = bad;
        if (status == TOLL_PY_OK && c->result.kind == TOLL_PY_OBJECT)
            Py_DECREF((PyObject *)c->result.p);
        if (status == TOLL_PY_OK && c->result.kind == TOLL_PY_TEXT)
            free(c->result.p);
        if (status == TOLL_PY_ERAISED) {
            free(c->error.type);
            free(c->error.message);
            free(c->error.traceback);
        }
        memset(&c->error, 0, sizeof c->error);
        c->keep = refers(objects, arguments, made) >= 0 ? hold(objects, arguments, made) : NULL;
        status = TOLL_PY_EHELD;
    }
    for (int64_t k = 0; k < made; k++)
        Py_DECREF(objects[k]);
    if (objects != in_place + 1)
        PyMem_Free(objects - 1);
    detach(attached);
    return status;
}

static int32_t import(const char *module, const char *attribute, toll_py_value *result,
                      toll_py_error *error) {
    int attached = attach();
    if (attached < 0)
        return TOLL_PY_ESTATE;
    PyObject *object = PyImport_ImportModule(module);
    if (object && attribute) {
        PyObject *found = PyObject_GetAttrString(object, attribute);
        Py_DECREF(object);
        object = found;
    }
    int32_t status = object ? to_result(object, result, error) : raised(error);
    detach(attached);
    return status;
}

static void release(void *object) {
    int attached = object ? attach() : -1;
    if (attached < 0)
        return;
    Py_DECREF((PyObject *)object);
    detach(attached);
}

static void free_text(char *text) { free(text); }

static void free_keep(toll_py_keep *keep) { free(keep); } /* the first member of a keeper */

static int32_t probe(int32_t what) {
    if (atomic_load_explicit(&state, memory_order_acquire) != RUNNING)
        return TOLL_PY_ESTATE;
    switch (what) {
    case TOLL_PY_PROBE_NOTHING:
        return TOLL_PY_OK;
    case TOLL_PY_PROBE_KEPT: {
        int attached = attach();
        if (attached < 0)
            return TOLL_PY_ESTATE;
        detach(attached);
        return TOLL_PY_OK;
    }
    case TOLL_PY_PROBE_MADE: {
        /* The thread's kept state stays what PyGILState knows of this thread. */
        PyThreadState *made = PyThreadState_New(PyInterpreterState_Main());
        if (!made)
            return TOLL_PY_ESTATE;
        PyEval_RestoreThread(made);
        PyThreadState_Clear(made);
        PyThreadState_DeleteCurrent();
        return TOLL_PY_OK;
    }
    case TOLL_PY_PROBE_ENSURE: {
        int attached = kept ? 0 : attach(); /* makes the state, the first time */
        if (attached < 0)
            return TOLL_PY_ESTATE;
        detach(attached);
        PyGILState_Release(PyGILState_Ensure());
        return TOLL_PY_OK;
    }
    }
    return TOLL_PY_EARG;
}

/* Start and stop. The interpreter is initialised and finalised by a thread of its own, which CPython takes
 * for its main thread: it waits all the time between. */

enum { ALIVE, ENDING_THREADS, ENDING_HANDLERS, FINALIZING };

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* by the monotonic clock */
    const char *executable;
    toll_py_error *error;
    int started, stopping; /* started: 1 once start's outcome is known */
    int32_t outcome;
    int phase, ended;
    int left; /* stop has given up: Python is not taken down any further */
    int looked;
    toll_py_error found; /* by the thread that looks, once it has looked */
} interpreter = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* What a thread that stop makes asks when Python does not end. */
static const char look_source[] =
    "import sys, threading, traceback\n"
    "def waits_for(what):\n"
    "    main = threading.main_thread()\n"
    "    frame = sys._current_frames().get(main.ident)\n"
    "    names = [t.name for t in threading.enumerate() if t is not main and not t.daemon]\n"
    "    for f, _ in traceback.walk_stack(frame) if frame else ():\n"
    "        if f.f_code is threading.Thread.join.__code__:\n"
    "            names.append(f.f_locals['self'].name)\n"
    "    if names and what == 'threads':\n"
    "        what += ': ' + ', '.join(names)\n"
    "    elif frame:\n"
    "        code = frame.f_code\n"
    "        what += f', in {code.co_name} of {code.co_filename}, line {frame.f_lineno}'\n"
    "    return what, ''.join(traceback.format_stack(frame)) if frame else ''\n";

static char *joined(const char *a, const char *b) {
    size_t n = strlen(a) + strlen(b) + 3;
    char *text = malloc(n);
    if (text)
        snprintf(text, n, "%s%s%s", a, *a ? ": " : "", b);
    return text;
}

static int32_t failed(PyStatus status, toll_py_error *error) {
    error->type = strdup("PyStatus");
    error->message =
        joined(status.func ? status.func : "", status.err_msg ? status.err_msg : "CPython did not start");
    return TOLL_PY_ERAISED;
}

static int32_t initialize(const char *executable, toll_py_error *error) {
    /* Even an isolated Python takes what these name for its executable, in whose place it looks for all else.
     */
    static const char *const heeded[] = {"PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__"};
    for (int k = 0; k < 2; k++)
        if (getenv(heeded[k]))
            unsetenv(heeded[k]);
    PyPreConfig before;
    PyPreConfig_InitIsolatedConfig(&before);
    before.utf8_mode = 1; /* the program's locale is not set, and C's would make file names ASCII */
    PyStatus status = Py_PreInitialize(&before);
    if (PyStatus_Exception(status))
        return failed(status, error);

    PyConfig config;
    PyConfig_InitIsolatedConfig(&config); /* no signal handlers, no environment, no user's site folder */
    config.parse_argv = 0;
    /* Python finds the virtual environment by the executable's path. */
    status = PyConfig_SetBytesString(&config, &config.program_name, executable);
    if (!PyStatus_Exception(status))
        status = PyConfig_SetBytesString(&config, &config.executable, executable);
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status))
        return failed(status, error);

    /* Whichever thread imports threading first is the main thread to it, which it waits for at the end. */
    PyObject *globals = PyDict_New();
    PyObject *ran = globals ? PyRun_String(look_source, Py_file_input, globals, globals) : NULL;
    waits_for = ran ? Py_XNewRef(PyDict_GetItemString(globals, "waits_for")) : NULL;
    Py_XDECREF(ran);
    Py_XDECREF(globals);
    if (!waits_for)
        return raised(error);

    PyObject *traceback = PyImport_ImportModule("traceback");
    format_exception = traceback ? PyObject_GetAttrString(traceback, "format_exception") : NULL;
    Py_XDECREF(traceback);
    if (!format_exception || PyArray_ImportNumPyAPI() < 0)
        return raised(error);
    return TOLL_PY_OK;
}

/* enter says how far Python's end has come, unless stop has given up. */
static int enter(int phase) {
    pthread_mutex_lock(&interpreter.lock);
    int entered = !interpreter.left;
    if (entered)
        interpreter.phase = phase;
    pthread_mutex_unlock(&interpreter.lock);
    return entered;
}

/* Calls a function of a module that CPython itself calls at the end, and that does nothing the second time.
 * Of one that this CPython lacks, the call by Py_FinalizeEx is enough. */
static void run_last(const char *module, const char *function) {
    PyObject *m = PyImport_ImportModule(module), *f = m ? PyObject_GetAttrString(m, function) : NULL;
    if (!f)
        PyErr_Clear();
    PyObject *result = f ? PyObject_CallNoArgs(f) : NULL;
    if (f && !result)
        PyErr_WriteUnraisable(f);
    Py_XDECREF(result);
    Py_XDECREF(f);
    Py_XDECREF(m);
}

/* end takes Python down: first, as Py_FinalizeEx does, what may take any time, while other threads can still
 * look. */
static void end(PyThreadState *own) {
    if (!enter(ENDING_THREADS))
        return;
    PyEval_RestoreThread(own);
    run_last("threading", "_shutdown");
    own = PyEval_SaveThread();
    if (!enter(ENDING_HANDLERS))
        return;
    PyEval_RestoreThread(own);
    run_last("atexit", "_run_exitfuncs");
    own = PyEval_SaveThread();
    if (!enter(FINALIZING))
        return;
    PyEval_RestoreThread(own);
    int32_t outcome = Py_FinalizeEx() == 0 ? TOLL_PY_OK : TOLL_PY_ERAISED;

    pthread_mutex_lock(&interpreter.lock);
    interpreter.outcome = outcome;
    interpreter.ended = 1;
    pthread_cond_broadcast(&interpreter.changed);
    pthread_mutex_unlock(&interpreter.lock);
}

static void *live(void *unused) {
    (void)unused;
    int32_t outcome = initialize(interpreter.executable, interpreter.error);
    PyThreadState *own = outcome == TOLL_PY_OK ? PyEval_SaveThread() : NULL;

    pthread_mutex_lock(&interpreter.lock);
    interpreter.outcome = outcome;
    interpreter.started = 1;
    atomic_store(&state, outcome == TOLL_PY_OK ? RUNNING : STOPPED);
    pthread_cond_broadcast(&interpreter.changed);
    while (outcome == TOLL_PY_OK && !interpreter.stopping)
        pthread_cond_wait(&interpreter.changed, &interpreter.lock);
    pthread_mutex_unlock(&interpreter.lock);

    if (own)
        end(own);
    return NULL;
}

static int32_t start(const char *executable, toll_py_error *error) {
    int expected = NEVER_STARTED;
    memset(error, 0, sizeof *error);
    if (!atomic_compare_exchange_strong(&state, &expected, STARTING))
        return TOLL_PY_ESTATE;
    interpreter.executable = executable;
    interpreter.error = error;

    /* Signals to the process are for the program's threads. Those that Python code makes inherit this mask,
     * from the main thread only if they are made at start. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_condattr_t monotonic;
    int failure = pthread_condattr_init(&monotonic);
    if (!failure)
        failure = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    if (!failure)
        failure = pthread_cond_init(&interpreter.changed, &monotonic);
    if (!failure)
        failure = pthread_key_create(&at_exit, delete_kept);
    if (!failure)
        failure = pthread_create(&interpreter.thread, NULL, live, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure) {
        atomic_store(&state, STOPPED);
        error->type = strdup("OSError");
        error->message = strdup(strerror(failure));
        return TOLL_PY_ERAISED;
    }
    pthread_mutex_lock(&interpreter.lock);
    while (!interpreter.started)
        pthread_cond_wait(&interpreter.changed, &interpreter.lock);
    int32_t outcome = interpreter.outcome;
    pthread_mutex_unlock(&interpreter.lock);
    return outcome;
}

static struct timespec after(int64_t milliseconds) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += milliseconds / 1000;
    t.tv_nsec += milliseconds % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* await returns whether *flag, which changes under the lock that the caller has, was set in time. */
static int await(const int *flag, struct timespec deadline) {
    while (!*flag && pthread_cond_timedwait(&interpreter.changed, &interpreter.lock, &deadline) != ETIMEDOUT)
        ;
    return *flag;
}

static void *look(void *what) {
    toll_py_error found = {0};
    PyThreadState *made = PyThreadState_New(PyInterpreterState_Main());
    if (made) {
        PyEval_RestoreThread(made);
        PyObject *answer = PyObject_CallFunction(waits_for, "s", (const char *)what);
        PyObject *message = answer ? PyTuple_GetItem(answer, 0) : NULL;
        PyObject *traceback = answer ? PyTuple_GetItem(answer, 1) : NULL;
        PyErr_Clear();
        found.message = escaped(message);
        found.traceback = escaped(traceback);
        Py_XDECREF(answer);
        PyThreadState_Clear(made);
        PyThreadState_DeleteCurrent();
    }
    pthread_mutex_lock(&interpreter.lock);
    interpreter.found = found;
    interpreter.looked = 1;
    pthread_cond_broadcast(&interpreter.changed);
    pthread_mutex_unlock(&interpreter.lock);
    return NULL;
}

/* in_vain gives up, and says what stop waited for. The caller has the lock. */
static void in_vain(toll_py_error *error) {
    interpreter.left = 1;
    const char *what = interpreter.phase == FINALIZING        ? "what is left: __del__, output to be written"
                       : interpreter.phase == ENDING_HANDLERS ? "an atexit handler"
                                                              : "threads";
    /* Which takes the GIL: that may never come. Once it is at its last, Python must not be looked at. */
    pthread_t thread;
    if (interpreter.phase < FINALIZING && pthread_create(&thread, NULL, look, (void *)what) == 0) {
        pthread_detach(thread);
        if (await(&interpreter.looked, after(1000)))
            *error = interpreter.found;
        else
            error->message = joined(what, "the GIL was not to be had to look at them");
    }
    if (!error->message)
        error->message = strdup(what);
    error->type = strdup("TimeoutError");
}

/* deleted returns whether all threads that were deleting their thread states are done with it in time. */
static int deleted(struct timespec deadline) {
    static const struct timespec pause = {.tv_nsec = 1000000};
    while (pthread_rwlock_trywrlock(&deleting) != 0) {
        struct timespec now = after(0);
        if (now.tv_sec > deadline.tv_sec ||
            (now.tv_sec == deadline.tv_sec && now.tv_nsec >= deadline.tv_nsec))
            return 0;
        nanosleep(&pause, NULL);
    }
    pthread_rwlock_unlock(&deleting);
    return 1;
}

static int32_t stop(int64_t milliseconds, toll_py_error *error) {
    int expected = RUNNING;
    struct timespec deadline = after(milliseconds);
    memset(error, 0, sizeof *error);
    if (!atomic_compare_exchange_strong(&state, &expected, STOPPED))
        return TOLL_PY_ESTATE;

    sigset_t all, before; /* as in start */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int32_t outcome = TOLL_PY_ETIME;
    if (!deleted(deadline)) {
        error->type = strdup("TimeoutError");
        error->message = strdup("a thread of the program's own that ends, and waits for the GIL to do so");
    } else {
        pthread_mutex_lock(&interpreter.lock);
        interpreter.stopping = 1;
        pthread_cond_broadcast(&interpreter.changed);
        int ended = await(&interpreter.ended, deadline);
        if (ended)
            outcome = interpreter.outcome;
        else
            in_vain(error);
        pthread_mutex_unlock(&interpreter.lock);
        if (ended)
            pthread_join(interpreter.thread, NULL);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return outcome;
}

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

__attribute__((visibility("default"))) const toll_py_table *toll_py_get_table(void) {
    static const toll_py_table table = {
        .abi_version = TOLL_PY_ABI_VERSION,
        .struct_size = sizeof(toll_py_table),
        .header_hash = TOLL_PY_HEADER_HASH,
        .compiled = "CPython " PY_VERSION
                    ", GCC " TEXT(__GNUC__) "." TEXT(__GNUC_MINOR__) "." TEXT(__GNUC_PATCHLEVEL__),
        .start = start,
        .stop = stop,
        .import_ = import,
        .call = call,
        .release = release,
        .free_text = free_text,
        .free_keep = free_keep,
        .probe = probe,
    };
    return &table;
}
