// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Arrays as arguments: what they must be, and their borrowing.

use numpy::ndarray::{Dimension, Ix1, Ix2};
use numpy::prelude::*;
use numpy::{
    BorrowError, Element, PyArray, PyArray1, PyArray2, PyReadonlyArray, PyReadwriteArray, PyUntypedArray,
};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

pyo3::import_exception!(toll, AlignError);
pyo3::import_exception!(toll, ArgError);
pyo3::import_exception!(toll, OverlapError);
pyo3::import_exception!(toll, ShapeError);
pyo3::import_exception!(toll, ShortError);

/// The address of an array's first element, for a closure that runs without the GIL.
#[derive(Clone, Copy)]
pub struct Address<E>(pub *mut E);

// SAFETY: it is a number until it is used, and that is unsafe.
unsafe impl<E> Send for Address<E> {}

impl<E> Address<E> {
    pub fn get(self) -> *mut E {
        self.0
    }
}

/// How the elements of a matrix lie; toll.h's rows, cols and ld, and whether it is in Fortran order.
#[derive(Clone, Copy, PartialEq)]
pub struct Layout {
    pub rows: i64,
    pub cols: i64,
    pub ld: i64,
    pub col: bool,
}

/// Subclasses are refused: a masked array, say, means other values than its memory holds.
fn array<'a, 'py, E: Element, D: Dimension>(
    kernel: &str,
    name: &str,
    a: &'a Bound<'py, PyAny>,
) -> PyResult<&'a Bound<'py, PyArray<E, D>>> {
    if let Ok(a) = a.cast_exact() {
        return Ok(a);
    }
    let Ok(a) = a.cast_exact::<PyUntypedArray>() else {
        let found = a.get_type().name()?;
        return Err(PyTypeError::new_err(format!(
            "{kernel}: {name} is a {found}, want a NumPy array"
        )));
    };
    let (found, want) = (a.dtype(), E::get_dtype(a.py()));
    if !found.is_equiv_to(&want) {
        return Err(PyTypeError::new_err(format!(
            "{kernel}: {name} has dtype {found}, want {want}"
        )));
    }
    let (found, want) = (a.ndim(), D::NDIM.unwrap_or_default());
    Err(ShapeError::new_err(format!(
        "{kernel}: {name} has {found} dimensions, want {want}"
    )))
}

/// A vector of consecutive elements.
pub fn vector<'a, 'py, E: Element>(
    kernel: &str,
    name: &str,
    a: &'a Bound<'py, PyAny>,
) -> PyResult<&'a Bound<'py, PyArray1<E>>> {
    let a = array::<E, Ix1>(kernel, name, a)?;
    let (stride, want) = (a.strides()[0], size_of::<E>() as isize);
    // Not even a single element may have stride 0: rust-numpy would divide by it. NumPy gives it to arrays without any.
    if stride != want && (a.len() > 1 || stride == 0 && !a.is_empty()) {
        return Err(ShapeError::new_err(format!(
            "{kernel}: {name} has a stride of {stride} bytes, want {want}: consecutive elements"
        )));
    }
    Ok(a)
}

/// A matrix whose lines are consecutive elements and do not overlap. One of a single line, or of lines of a
/// single element, is of both orders.
pub fn matrix<'a, 'py>(
    kernel: &str,
    name: &str,
    a: &'a Bound<'py, PyAny>,
) -> PyResult<(&'a Bound<'py, PyArray2<f64>>, Layout)> {
    let a = array::<f64, Ix2>(kernel, name, a)?;
    let &[rows, cols] = a.shape() else { unreachable!() };
    let &[down, right] = a.strides() else {
        unreachable!()
    };
    let (rows, cols, down, right) = (rows as i64, cols as i64, down as i64, right as i64);
    if rows < 1 || cols < 1 {
        return Err(ShapeError::new_err(format!(
            "{kernel}: {name} is {rows} x {cols}, want at least 1 x 1"
        )));
    }

    let lines = |stride: i64, len: i64| stride % 8 == 0 && stride >= 8 * len;
    let (ld, col) = if (right == 8 || cols == 1) && lines(down, cols) {
        (down / 8, false)
    } else if (down == 8 || rows == 1) && lines(right, rows) {
        (right / 8, true)
    } else if rows == 1 && right == 8 {
        (cols, false)
    } else if cols == 1 && down == 8 {
        (rows, true)
    } else {
        return Err(ShapeError::new_err(format!(
            "{kernel}: {name} of {rows} x {cols} has strides of {down} and {right} bytes, want lines of \
             consecutive elements that do not overlap"
        )));
    };
    Ok((a, Layout { rows, cols, ld, col }))
}

pub fn alike(kernel: &str, p: &str, a: Layout, q: &str, b: Layout) -> PyResult<()> {
    if a == b {
        return Ok(());
    }
    Err(ShapeError::new_err(format!(
        "{kernel}: {p} and {q} differ in shape or strides, want them alike"
    )))
}

pub fn length(kernel: &str, name: &str, found: usize, want: i64) -> PyResult<()> {
    if found as i64 >= want {
        return Ok(());
    }
    Err(ShortError::new_err(format!(
        "{kernel}: {name} has {found} elements, want at least {want}"
    )))
}

pub fn aligned<E: Element>(kernel: &str, name: &str, a: &Bound<PyArray1<E>>) -> PyResult<()> {
    if a.data().is_aligned() {
        return Ok(());
    }
    Err(AlignError::new_err(format!(
        "{kernel}: {name} does not lie at a multiple of its element's size"
    )))
}

fn refused(kernel: &str, name: &str, error: BorrowError) -> PyErr {
    match error {
        BorrowError::NotWriteable => {
            ArgError::new_err(format!("{kernel}: {name} is read-only, want it writable"))
        }
        _ => OverlapError::new_err(format!(
            "{kernel}: {name} shares memory with another argument, of this call or of one in another thread"
        )),
    }
}

/// Borrows an input.
pub fn read<'py, E: Element, D: Dimension>(
    kernel: &str,
    name: &str,
    a: &Bound<'py, PyArray<E, D>>,
) -> PyResult<PyReadonlyArray<'py, E, D>> {
    a.try_readonly().map_err(|e| refused(kernel, name, e))
}

/// Whether a call works on the whole of an output.
#[derive(Clone, Copy, PartialEq)]
pub enum Whole {
    Yes,
    No,
}

impl Whole {
    pub fn range(lo: i64, hi: i64, count: i64) -> Whole {
        if lo == 0 && hi == count {
            Whole::Yes
        } else {
            Whole::No
        }
    }
}

/// Borrows an output, if the call works on the whole of it. Other calls may write to the other parts of a part
/// at the same time, and rust-numpy cannot tell the rows of a matrix in Fortran order apart. So a part is not
/// borrowed, and the kernel alone holds it against the inputs.
pub fn write<'py, E: Element, D: Dimension>(
    kernel: &str,
    name: &str,
    a: &Bound<'py, PyArray<E, D>>,
    whole: Whole,
) -> PyResult<Option<PyReadwriteArray<'py, E, D>>> {
    if whole == Whole::Yes {
        return a.try_readwrite().map(Some).map_err(|e| refused(kernel, name, e));
    }
    // SAFETY: a is alive, and its flags are only read.
    let flags = unsafe { (*numpy::npyffi::_PyArray_GET_ITEM_DATA(a.as_array_ptr())).flags };
    if flags & numpy::npyffi::NPY_ARRAY_WRITEABLE == 0 {
        return Err(refused(kernel, name, BorrowError::NotWriteable));
    }
    Ok(None)
}
