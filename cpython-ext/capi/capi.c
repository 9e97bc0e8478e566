/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>
#include <string.h>

#include "toll.h"

#if PY_BIG_ENDIAN
#define NATIVE_ORDER '>'
#else
#define NATIVE_ORDER '<'
#endif

PyDoc_STRVAR(
    doc, "The C kernels through an extension module in C, linked with libtoll_c.a.\n"
         "\n"
         "Arguments come as a vector (METH_FASTCALL), arrays by the buffer protocol, which tells format,\n"
         "shape and strides and keeps the memory in place until the buffer is released; whatever exports\n"
         "such a buffer will do, NumPy or not. The GIL is released around kernels, not around noop, not_,\n"
         "add, sum and grid.\n"
         "\n"
         "Source: High Performance Python, the section on CPython modules. The book's example takes every\n"
         "grid for 512 x 512 doubles and crashes on another.");

const toll_table *toll_c_table(void);

typedef struct {
    const toll_table *c;
    PyObject *shape_error, *short_error, *arg_error; /* of the package toll */
    PyObject *refuse;                                /* toll.refuse, which raises what a status stands for */
} module_state;

/* What a function hands to those below: the module's state, and the kernel's name for messages. */
typedef struct {
    const module_state *state;
    const char *kernel;
} context;

static module_state *state_of(PyObject *module) { return PyModule_GetState(module); }

/* A matrix as toll.h takes it. */
typedef struct {
    int64_t rows, cols, ld;
    bool col;
} matrix;

/* Numbers. They are converted before any buffer is taken, since __index__ and __float__ may run anything. */

/* An integer that does not fit becomes -1, which every kernel refuses. */
static bool to_int64(PyObject *o, int64_t *x) {
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(o, &overflow);
    *x = value;
    return value != -1 || overflow || !PyErr_Occurred();
}

static bool to_int32(PyObject *o, int32_t *x) {
    int64_t value;
    if (!to_int64(o, &value))
        return false;
    *x = value < INT32_MIN || value > INT32_MAX ? -1 : (int32_t)value;
    return true;
}

static bool to_double(PyObject *o, double *x) {
    *x = PyFloat_AsDouble(o);
    return *x != -1 || !PyErr_Occurred();
}

/* Buffers. PyBuffer_Release does nothing with one that is zero, so it may be called for those never taken. */

static bool has_format(const Py_buffer *view, const char *format, Py_ssize_t size) {
    const char *have = view->format ? view->format : "B";
    if (*have == '@' || *have == '=' || *have == NATIVE_ORDER)
        have++;
    return !strcmp(have, format) && view->itemsize == size;
}

static bool take(context k, const char *name, PyObject *o, Py_buffer *view, const char *format,
                 Py_ssize_t size, const char *type, int ndim) {
    if (PyObject_GetBuffer(o, view, PyBUF_RECORDS_RO)) {
        if (PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_ValueError) ||
            PyErr_ExceptionMatches(PyExc_BufferError))
            PyErr_Format(PyExc_TypeError,
                         "%s: %s is a %.100s that exports no buffer with a format, want an array of %s",
                         k.kernel, name, Py_TYPE(o)->tp_name, type);
        return false;
    }
    if (view->ndim == 0) {
        PyErr_Format(PyExc_TypeError, "%s: %s is a %.100s, which has no dimensions, want an array of %s",
                     k.kernel, name, Py_TYPE(o)->tp_name, type);
        return false;
    }
    if (!has_format(view, format, size)) {
        PyErr_Format(PyExc_TypeError,
                     "%s: %s has elements of format '%.100s', want '%s' in native byte order: %s", k.kernel,
                     name, view->format ? view->format : "B", format, type);
        return false;
    }
    if (view->ndim != ndim) {
        PyErr_Format(k.state->shape_error, "%s: %s has %d dimensions, want %d", k.kernel, name, view->ndim,
                     ndim);
        return false;
    }
    return true;
}

static bool take_vector(context k, const char *name, PyObject *o, Py_buffer *view, const char *format,
                        Py_ssize_t size, const char *type) {
    if (!take(k, name, o, view, format, size, type, 1))
        return false;
    if (view->strides[0] != size && view->shape[0] > 1) {
        PyErr_Format(k.state->shape_error, "%s: %s has a stride of %zd bytes, want %zd: consecutive elements",
                     k.kernel, name, view->strides[0], size);
        return false;
    }
    return true;
}

static bool take_doubles(context k, const char *name, PyObject *o, Py_buffer *view) {
    return take_vector(k, name, o, view, "d", sizeof(double), "float64");
}

static bool take_complexes(context k, const char *name, PyObject *o, Py_buffer *view) {
    return take_vector(k, name, o, view, "Zd", 2 * sizeof(double), "complex128");
}

static bool take_ints(context k, const char *name, PyObject *o, Py_buffer *view) {
    return take_vector(k, name, o, view, "i", sizeof(int32_t), "int32");
}

/* Lines of consecutive doubles that do not overlap; ld is the distance from one to the next. */
static bool lines(Py_ssize_t outer, Py_ssize_t inner, Py_ssize_t outer_stride, Py_ssize_t inner_stride,
                  int64_t *ld) {
    Py_ssize_t stride = outer == 1 ? 8 * inner : outer_stride; /* of one line the stride means nothing */
    *ld = stride / 8;
    return (inner == 1 || inner_stride == 8) && stride % 8 == 0 && *ld >= inner;
}

static bool take_matrix(context k, const char *name, PyObject *o, Py_buffer *view, matrix *m) {
    if (!take(k, name, o, view, "d", sizeof(double), "float64", 2))
        return false;
    Py_ssize_t rows = view->shape[0], cols = view->shape[1];
    m->rows = rows;
    m->cols = cols;
    if (rows < 1 || cols < 1) {
        PyErr_Format(k.state->shape_error, "%s: %s is %zd x %zd, want at least 1 x 1", k.kernel, name, rows,
                     cols);
        return false;
    }
    m->col = false;
    if (lines(rows, cols, view->strides[0], view->strides[1], &m->ld))
        return true;
    m->col = true;
    if (lines(cols, rows, view->strides[1], view->strides[0], &m->ld))
        return true;
    PyErr_Format(
        k.state->shape_error,
        "%s: %s of %zd x %zd has strides of %zd and %zd bytes, want lines of consecutive elements that do "
        "not overlap",
        k.kernel, name, rows, cols, view->strides[0], view->strides[1]);
    return false;
}

static bool take_pair(context k, const char *p, PyObject *a, Py_buffer *view_a, const char *q, PyObject *b,
                      Py_buffer *view_b, matrix *m) {
    matrix n;
    if (!take_matrix(k, p, a, view_a, m) || !take_matrix(k, q, b, view_b, &n))
        return false;
    if (m->rows != n.rows || m->cols != n.cols || m->ld != n.ld || m->col != n.col) {
        PyErr_Format(k.state->shape_error, "%s: %s and %s differ in shape or strides, want them alike",
                     k.kernel, p, q);
        return false;
    }
    return true;
}

static bool long_enough(context k, const char *name, const Py_buffer *view, int64_t want) {
    if (view->shape[0] >= want)
        return true;
    PyErr_Format(k.state->short_error, "%s: %s has %zd elements, want at least %lld", k.kernel, name,
                 view->shape[0], (long long)want);
    return false;
}

static bool writable(context k, const char *name, const Py_buffer *view) {
    if (!view->readonly)
        return true;
    PyErr_Format(k.state->arg_error, "%s: %s is read-only, want it writable", k.kernel, name);
    return false;
}

static bool arguments(context k, Py_ssize_t have, Py_ssize_t want) {
    if (have == want)
        return true;
    PyErr_Format(PyExc_TypeError, "%s: %zd arguments, want %zd", k.kernel, have, want);
    return false;
}

/* None, or NULL and the exception that a status stands for. */
static PyObject *result_of(context k, int32_t status) {
    if (status == TOLL_OK)
        Py_RETURN_NONE;
    return PyObject_CallFunction(k.state->refuse, "si", k.kernel, (int)status);
}

/* The functions whose cost is only the call. */

static PyObject *call_noop(PyObject *module, PyObject *Py_UNUSED(none)) {
    state_of(module)->c->call_noop();
    Py_RETURN_NONE;
}

static PyObject *call_not(PyObject *module, PyObject *arg) {
    long long x = PyLong_AsLongLong(arg);
    if (x == -1 && PyErr_Occurred())
        return NULL;
    return PyLong_FromLongLong(state_of(module)->c->call_not(x));
}

static PyObject *call_add(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    context k = {state_of(module), "add"};
    double x, y;
    if (!arguments(k, nargs, 2) || !to_double(args[0], &x) || !to_double(args[1], &y))
        return NULL;
    return PyFloat_FromDouble(k.state->c->call_add(x, y));
}

static PyObject *call_sum(PyObject *module, PyObject *arg) {
    context k = {state_of(module), "sum"};
    Py_buffer p = {0};
    PyObject *result = NULL;
    if (take_doubles(k, "p", arg, &p))
        result = PyFloat_FromDouble(k.state->c->call_sum(p.buf, p.shape[0]));
    PyBuffer_Release(&p);
    return result;
}

static PyObject *grid(PyObject *module, PyObject *arg) {
    context k = {state_of(module), "grid"};
    Py_buffer a = {0};
    PyObject *result = NULL;
    matrix m;
    if (take_matrix(k, "a", arg, &a, &m)) {
        k.state->c->call_sum(a.buf, 0);
        result = PyLong_FromLongLong(m.rows * m.cols);
    }
    PyBuffer_Release(&a);
    return result;
}

/* The kernels. Everything that they can see of their arguments they check themselves. */

static PyObject *step(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    context k = {state_of(module), "diffusion"};
    int64_t lo, hi;
    double D, dt;
    int32_t threads, schedule;
    if (!arguments(k, nargs, 8) || !to_int64(args[2], &lo) || !to_int64(args[3], &hi) ||
        !to_double(args[4], &D) || !to_double(args[5], &dt) || !to_int32(args[6], &threads) ||
        !to_int32(args[7], &schedule))
        return NULL;

    Py_buffer out = {0}, in = {0};
    PyObject *result = NULL;
    matrix m;
    if (take_pair(k, "out", args[0], &out, "in", args[1], &in, &m) && writable(k, "out", &out)) {
        const toll_table *c = k.state->c;
        toll_diffusion_step_fn *kernel = m.col ? c->diffusion_step_col : c->diffusion_step_row;
        int32_t status;
        Py_BEGIN_ALLOW_THREADS status =
            kernel(out.buf, in.buf, m.rows, m.cols, m.ld, lo, hi, D, dt, threads, schedule);
        Py_END_ALLOW_THREADS result = result_of(k, status);
    }
    PyBuffer_Release(&in);
    PyBuffer_Release(&out);
    return result;
}

static PyObject *run(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    context k = {state_of(module), "diffusion"};
    int64_t steps;
    double D, dt;
    int32_t threads, schedule;
    if (!arguments(k, nargs, 7) || !to_int64(args[2], &steps) || !to_double(args[3], &D) ||
        !to_double(args[4], &dt) || !to_int32(args[5], &threads) || !to_int32(args[6], &schedule))
        return NULL;

    Py_buffer a = {0}, b = {0};
    PyObject *result = NULL;
    matrix m;
    if (take_pair(k, "a", args[0], &a, "b", args[1], &b, &m) && writable(k, "a", &a) &&
        writable(k, "b", &b)) {
        const toll_table *c = k.state->c;
        toll_diffusion_run_fn *kernel = m.col ? c->diffusion_run_col : c->diffusion_run_row;
        int32_t status;
        Py_BEGIN_ALLOW_THREADS status =
            kernel(a.buf, b.buf, m.rows, m.cols, m.ld, steps, D, dt, threads, schedule);
        Py_END_ALLOW_THREADS result = result_of(k, status);
    }
    PyBuffer_Release(&b);
    PyBuffer_Release(&a);
    return result;
}

static PyObject *julia(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    context k = {state_of(module), "julia"};
    int64_t lo, hi;
    int32_t maxiter, threads, schedule;
    if (!arguments(k, nargs, 8) || !to_int64(args[3], &lo) || !to_int64(args[4], &hi) ||
        !to_int32(args[5], &maxiter) || !to_int32(args[6], &threads) || !to_int32(args[7], &schedule))
        return NULL;

    Py_buffer out = {0}, zs = {0}, cs = {0};
    PyObject *result = NULL;
    if (take_ints(k, "out", args[0], &out) && take_complexes(k, "zs", args[1], &zs) &&
        take_complexes(k, "cs", args[2], &cs) && long_enough(k, "out", &out, zs.shape[0]) &&
        long_enough(k, "cs", &cs, zs.shape[0]) && writable(k, "out", &out)) {
        const toll_table *c = k.state->c;
        int32_t status;
        Py_BEGIN_ALLOW_THREADS status =
            c->julia(out.buf, zs.buf, cs.buf, zs.shape[0], lo, hi, maxiter, threads, schedule);
        Py_END_ALLOW_THREADS result = result_of(k, status);
    }
    PyBuffer_Release(&cs);
    PyBuffer_Release(&zs);
    PyBuffer_Release(&out);
    return result;
}

static PyObject *ols(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    context k = {state_of(module), "ols"};
    int64_t lo, hi;
    int32_t threads, schedule;
    if (!arguments(k, nargs, 7) || !to_int64(args[3], &lo) || !to_int64(args[4], &hi) ||
        !to_int32(args[5], &threads) || !to_int32(args[6], &schedule))
        return NULL;

    Py_buffer slope = {0}, intercept = {0}, y = {0};
    PyObject *result = NULL;
    matrix m;
    if (take_doubles(k, "slope", args[0], &slope) && take_doubles(k, "intercept", args[1], &intercept) &&
        take_matrix(k, "y", args[2], &y, &m) && long_enough(k, "slope", &slope, m.rows) &&
        long_enough(k, "intercept", &intercept, m.rows) && writable(k, "slope", &slope) &&
        writable(k, "intercept", &intercept)) {
        const toll_table *c = k.state->c;
        toll_ols_fn *kernel = m.col ? c->ols_col : c->ols_row;
        int32_t status;
        Py_BEGIN_ALLOW_THREADS status =
            kernel(slope.buf, intercept.buf, y.buf, m.rows, m.cols, m.ld, lo, hi, threads, schedule);
        Py_END_ALLOW_THREADS result = result_of(k, status);
    }
    PyBuffer_Release(&y);
    PyBuffer_Release(&intercept);
    PyBuffer_Release(&slope);
    return result;
}

/* The module. */

static int take_errors(module_state *state) {
    PyObject *toll = PyImport_ImportModule("toll");
    if (!toll)
        return -1;
    bool ok = (state->shape_error = PyObject_GetAttrString(toll, "ShapeError")) &&
              (state->short_error = PyObject_GetAttrString(toll, "ShortError")) &&
              (state->arg_error = PyObject_GetAttrString(toll, "ArgError")) &&
              (state->refuse = PyObject_GetAttrString(toll, "refuse"));
    Py_DECREF(toll);
    return ok ? 0 : -1;
}

static int set_up(PyObject *module) {
    module_state *state = state_of(module);
    const toll_table *c = state->c = toll_c_table();
    if (c->abi_version != TOLL_ABI_VERSION || c->struct_size != sizeof(toll_table) ||
        c->header_hash != TOLL_HEADER_HASH) {
        PyErr_Format(PyExc_ImportError,
                     "libtoll_c.a: the table's version, size and header hash are %u, %u and %llx, want %u, "
                     "%zu and %llx",
                     (unsigned)c->abi_version, (unsigned)c->struct_size, (unsigned long long)c->header_hash,
                     (unsigned)TOLL_ABI_VERSION, sizeof(toll_table), (unsigned long long)TOLL_HEADER_HASH);
        return -1;
    }
    if (take_errors(state))
        return -1;
    PyObject *build =
        PyUnicode_FromFormat("C extension of CPython " PY_VERSION "; %s, %s", c->compiler, c->flags);
    int failed = PyModule_AddObjectRef(module, "BUILD", build); /* build may be NULL, with its exception */
    Py_XDECREF(build);
    return failed;
}

static int traverse(PyObject *module, visitproc visit, void *arg) {
    module_state *state = state_of(module);
    Py_VISIT(state->shape_error);
    Py_VISIT(state->short_error);
    Py_VISIT(state->arg_error);
    Py_VISIT(state->refuse);
    return 0;
}

static int clear(PyObject *module) {
    module_state *state = state_of(module);
    Py_CLEAR(state->shape_error);
    Py_CLEAR(state->short_error);
    Py_CLEAR(state->arg_error);
    Py_CLEAR(state->refuse);
    return 0;
}

static void dispose(void *module) { clear(module); }

/* By way of a function without arguments, since a cast to another signature is what -Wextra warns of. */
#define FAST(f) ((PyCFunction)(void (*)(void))(f))

static PyMethodDef methods[] = {
    {"noop", call_noop, METH_NOARGS, PyDoc_STR("noop()")},
    {"not_", call_not, METH_O, PyDoc_STR("not_(x)")},
    {"add", FAST(call_add), METH_FASTCALL, PyDoc_STR("add(x, y)")},
    {"sum", call_sum, METH_O, PyDoc_STR("sum(p)")},
    {"grid", grid, METH_O, PyDoc_STR("grid(a)")},
    {"step", FAST(step), METH_FASTCALL, PyDoc_STR("step(out, in_, lo, hi, D, dt, threads, schedule)")},
    {"run", FAST(run), METH_FASTCALL, PyDoc_STR("run(a, b, steps, D, dt, threads, schedule)")},
    {"julia", FAST(julia), METH_FASTCALL,
     PyDoc_STR("julia(out, zs, cs, lo, hi, maxiter, threads, schedule)")},
    {"ols", FAST(ols), METH_FASTCALL, PyDoc_STR("ols(slope, intercept, y, lo, hi, threads, schedule)")},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, set_up},
    {0, NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,          .m_name = "toll.capi", .m_doc = doc,
    .m_size = sizeof(module_state), .m_methods = methods,  .m_slots = slots,
    .m_traverse = traverse,         .m_clear = clear,      .m_free = dispose,
};

PyMODINIT_FUNC PyInit_capi(void) { return PyModuleDef_Init(&definition); }
