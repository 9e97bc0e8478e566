// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The language `rust` as a Python module. toll/pyo3.py shows its functions and says what they promise.
//!
//! The kernels check their arguments, so that here only what they cannot see is checked: types, strides,
//! lengths, and who else has borrowed an array.

mod arrays;

use std::ffi::{CStr, c_char};

use numpy::Complex64;
use numpy::prelude::*;
use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use toll_rust::abi::{self, Status, Table};

use arrays::{Address, ShapeError, Whole, aligned, alike, length, matrix, read, vector, write};

fn table() -> &'static Table {
    // SAFETY: a table is constant and stays.
    unsafe { &*toll_rust::toll_rust_table() }
}

/// A slot of the table, which has all that the module uses.
fn offered<F>(slot: Option<F>) -> F {
    slot.expect("toll: the table of rust has no such kernel, want all")
}

/// Raises the error of package toll that the status stands for.
fn refuse(py: Python, kernel: &str, status: Status) -> PyResult<()> {
    if status != Status::Ok {
        py.import("toll")?
            .call_method1("refuse", (kernel, status as i32))?;
    }
    Ok(())
}

#[pyfunction]
fn noop() {
    (table().call_noop)()
}

#[pyfunction]
fn not_(x: i64) -> i64 {
    (table().call_not)(x)
}

#[pyfunction]
fn add(x: f64, y: f64) -> f64 {
    (table().call_add)(x, y)
}

#[pyfunction]
fn sum(p: &Bound<PyAny>) -> PyResult<f64> {
    let p = vector::<f64>("sum", "p", p)?;
    aligned("sum", "p", p)?;
    if p.is_empty() {
        return Ok(0.0);
    }
    let _p = read("sum", "p", p)?;
    // SAFETY: p has so many consecutive elements, aligned, and is borrowed.
    Ok(unsafe { (table().call_sum)(p.data(), p.len() as i64) })
}

/// Passes a matrix, of which nothing is read; returns how many elements it has.
#[pyfunction]
fn grid(a: &Bound<PyAny>) -> PyResult<usize> {
    let (a, _) = matrix("grid", "a", a)?;
    let borrow = read("grid", "a", a)?;
    // SAFETY: no element is read.
    unsafe { (table().call_sum)(borrow.data(), 0) };
    Ok(a.len())
}

#[pyfunction]
#[pyo3(signature = (out, in_, lo, hi, D, dt, threads, schedule))]
#[expect(non_snake_case, clippy::too_many_arguments, reason = "toll's arguments")]
fn step(
    py: Python,
    out: &Bound<PyAny>,
    in_: &Bound<PyAny>,
    lo: i64,
    hi: i64,
    D: f64,
    dt: f64,
    threads: i32,
    schedule: i32,
) -> PyResult<()> {
    let kernel = "diffusion";
    let (out, m) = matrix(kernel, "out", out)?;
    let (in_, of_in) = matrix(kernel, "in", in_)?;
    alike(kernel, "out", m, "in", of_in)?;
    let _in = read(kernel, "in", in_)?;
    let _out = write(kernel, "out", out, Whole::range(lo, hi, m.rows))?;

    let f = if m.col {
        table().diffusion_step_col
    } else {
        table().diffusion_step_row
    };
    let f = offered(f);
    let (out, in_) = (Address(out.data()), Address(in_.data()));
    // SAFETY: both are matrices of this shape, alive during the call; in_ is borrowed, and so is out, or the
    // caller answers for its part of it.
    let status = py.detach(move || unsafe {
        f(
            out.get(),
            in_.get(),
            m.rows,
            m.cols,
            m.ld,
            lo,
            hi,
            D,
            dt,
            threads,
            schedule,
        )
    });
    refuse(py, kernel, status)
}

#[pyfunction]
#[pyo3(signature = (a, b, steps, D, dt, threads, schedule))]
#[expect(non_snake_case, clippy::too_many_arguments, reason = "toll's arguments")]
fn run(
    py: Python,
    a: &Bound<PyAny>,
    b: &Bound<PyAny>,
    steps: i64,
    D: f64,
    dt: f64,
    threads: i32,
    schedule: i32,
) -> PyResult<()> {
    let kernel = "diffusion";
    let (a, m) = matrix(kernel, "a", a)?;
    let (b, of_b) = matrix(kernel, "b", b)?;
    alike(kernel, "a", m, "b", of_b)?;
    let _a = write(kernel, "a", a, Whole::Yes)?;
    let _b = write(kernel, "b", b, Whole::Yes)?;

    let f = if m.col {
        table().diffusion_run_col
    } else {
        table().diffusion_run_row
    };
    let f = offered(f);
    let (a, b) = (Address(a.data()), Address(b.data()));
    // SAFETY: both are matrices of this shape, alive during the call, and borrowed.
    let status = py.detach(move || unsafe {
        f(
            a.get(),
            b.get(),
            m.rows,
            m.cols,
            m.ld,
            steps,
            D,
            dt,
            threads,
            schedule,
        )
    });
    refuse(py, kernel, status)
}

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "toll's arguments")]
fn julia(
    py: Python,
    out: &Bound<PyAny>,
    zs: &Bound<PyAny>,
    cs: &Bound<PyAny>,
    lo: i64,
    hi: i64,
    maxiter: i32,
    threads: i32,
    schedule: i32,
) -> PyResult<()> {
    let kernel = "julia";
    let out = vector::<i32>(kernel, "out", out)?;
    let zs = vector::<Complex64>(kernel, "zs", zs)?;
    let cs = vector::<Complex64>(kernel, "cs", cs)?;
    let n = zs.len() as i64;
    if n == 0 {
        return Err(ShapeError::new_err("julia: zs is empty, want at least 1 point"));
    }
    length(kernel, "out", out.len(), n)?;
    length(kernel, "cs", cs.len(), n)?;
    let _zs = read(kernel, "zs", zs)?;
    let _cs = read(kernel, "cs", cs)?;
    let _out = write(kernel, "out", out, Whole::range(lo, hi, out.len() as i64))?;

    let f = offered(table().julia);
    let out = Address(out.data());
    let (zs, cs) = (Address(zs.data()), Address(cs.data()));
    // SAFETY: all have n elements and are alive during the call; zs and cs are borrowed, and so is out, or the
    // caller answers for its part of it.
    let status = py.detach(move || unsafe {
        let (zs, cs) = (zs.get().cast(), cs.get().cast());
        f(out.get(), zs, cs, n, lo, hi, maxiter, threads, schedule)
    });
    refuse(py, kernel, status)
}

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "toll's arguments")]
fn ols(
    py: Python,
    slope: &Bound<PyAny>,
    intercept: &Bound<PyAny>,
    y: &Bound<PyAny>,
    lo: i64,
    hi: i64,
    threads: i32,
    schedule: i32,
) -> PyResult<()> {
    let kernel = "ols";
    let slope = vector::<f64>(kernel, "slope", slope)?;
    let intercept = vector::<f64>(kernel, "intercept", intercept)?;
    let (y, m) = matrix(kernel, "y", y)?;
    length(kernel, "slope", slope.len(), m.rows)?;
    length(kernel, "intercept", intercept.len(), m.rows)?;
    let _y = read(kernel, "y", y)?;
    let _slope = write(kernel, "slope", slope, Whole::range(lo, hi, slope.len() as i64))?;
    let _intercept = write(
        kernel,
        "intercept",
        intercept,
        Whole::range(lo, hi, intercept.len() as i64),
    )?;

    let f = offered(if m.col { table().ols_col } else { table().ols_row });
    let (slope, intercept) = (Address(slope.data()), Address(intercept.data()));
    let y = Address(y.data());
    // SAFETY: y is a matrix of this shape, the vectors are as long as it has rows, and all are alive during the
    // call; y is borrowed, and so are they, or the caller answers for its part of them.
    let status = py.detach(move || unsafe {
        let (slope, intercept) = (slope.get(), intercept.get());
        f(
            slope,
            intercept,
            y.get(),
            m.rows,
            m.cols,
            m.ld,
            lo,
            hi,
            threads,
            schedule,
        )
    });
    refuse(py, kernel, status)
}

/// The version of a crate that this one is built with.
fn version(of: &str) -> &'static str {
    let entry = format!("name = \"{of}\"\nversion = \"");
    include_str!("../Cargo.lock")
        .split_once(&entry)
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |(version, _)| version)
}

#[pymodule]
fn toll_pyo3(m: &Bound<PyModule>) -> PyResult<()> {
    let table = table();
    let (have, want) = (
        (table.abi_version, table.struct_size),
        (abi::VERSION, size_of::<Table>() as u32),
    );
    if have != want {
        return Err(PyImportError::new_err(format!(
            "the table has version and size {have:?}, want {want:?}"
        )));
    }
    let text = |p: *const c_char| {
        // SAFETY: the table's texts are terminated, and constant.
        unsafe { CStr::from_ptr(p) }.to_string_lossy()
    };
    let (compiler, flags) = (text(table.compiler), text(table.flags));
    let (pyo3, numpy) = (version("pyo3"), version("numpy"));
    m.add(
        "BUILD",
        format!("{compiler} {flags}; PyO3 {pyo3}, rust-numpy {numpy}"),
    )?;
    m.add("HEADER_HASH", table.header_hash)?;
    m.add_function(wrap_pyfunction!(noop, m)?)?;
    m.add_function(wrap_pyfunction!(not_, m)?)?;
    m.add_function(wrap_pyfunction!(add, m)?)?;
    m.add_function(wrap_pyfunction!(sum, m)?)?;
    m.add_function(wrap_pyfunction!(grid, m)?)?;
    m.add_function(wrap_pyfunction!(step, m)?)?;
    m.add_function(wrap_pyfunction!(run, m)?)?;
    m.add_function(wrap_pyfunction!(julia, m)?)?;
    m.add_function(wrap_pyfunction!(ols, m)?)
}
