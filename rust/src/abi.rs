// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The mirror of csrc/include/toll.h.

use std::ffi::c_char;
use std::mem::offset_of;

pub const VERSION: u32 = 4;

/// Of the toll.h that CMake saw. Without CMake (clippy, tests) it is zero, which every host refuses.
pub const HEADER_HASH: u64 = match option_env!("TOLL_HEADER_HASH") {
    None => 0,
    Some(digits) => match u64::from_str_radix(digits, 16) {
        Ok(hash) => hash,
        Err(_) => panic!("TOLL_HEADER_HASH is not a hexadecimal number of 64 bits"),
    },
};

#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Ok = 0,
    Shape = 1,
    Short = 2,
    Align = 3,
    Overlap = 4,
    Arg = 5,
    Panic = 6,
}

#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    Static = 0,
    Dynamic = 1,
    Guided = 2,
}

pub type CallNoop = extern "C" fn();
pub type CallNot = extern "C" fn(i64) -> i64;
pub type CallAdd = extern "C" fn(f64, f64) -> f64;
pub type CallSum = unsafe extern "C" fn(*const f64, i64) -> f64;
/// out, in, rows, cols, ld, lo, hi, D, dt, threads, schedule
pub type DiffusionStep =
    unsafe extern "C" fn(*mut f64, *const f64, i64, i64, i64, i64, i64, f64, f64, i32, i32) -> Status;
/// a, b, rows, cols, ld, steps, D, dt, threads, schedule
pub type DiffusionRun =
    unsafe extern "C" fn(*mut f64, *mut f64, i64, i64, i64, i64, f64, f64, i32, i32) -> Status;
/// out, zs, cs, n, lo, hi, maxiter, threads, schedule
pub type Julia =
    unsafe extern "C" fn(*mut i32, *const f64, *const f64, i64, i64, i64, i32, i32, i32) -> Status;
/// out, zr, zi, cr, ci, n, lo, hi, maxiter, threads, schedule
pub type JuliaSplit = unsafe extern "C" fn(
    *mut i32,
    *const f64,
    *const f64,
    *const f64,
    *const f64,
    i64,
    i64,
    i64,
    i32,
    i32,
    i32,
) -> Status;
/// slope, intercept, y, rows, n, ld, lo, hi, threads, schedule
pub type Ols =
    unsafe extern "C" fn(*mut f64, *mut f64, *const f64, i64, i64, i64, i64, i64, i32, i32) -> Status;
/// out, in, rows, cols, ld_out, ld_in, threads, schedule
pub type Transpose = unsafe extern "C" fn(*mut f64, *const f64, i64, i64, i64, i64, i32, i32) -> Status;
/// threads
pub type Team = extern "C" fn(i32) -> i32;

#[repr(C)]
pub struct Table {
    pub abi_version: u32,
    pub struct_size: u32,
    pub header_hash: u64,
    pub language: *const c_char,
    pub compiler: *const c_char,
    pub flags: *const c_char,

    pub call_noop: CallNoop,
    pub call_not: CallNot,
    pub call_add: CallAdd,
    pub call_sum: CallSum,
    // None: not offered.
    pub diffusion_step_row: Option<DiffusionStep>,
    pub diffusion_step_col: Option<DiffusionStep>,
    pub diffusion_run_row: Option<DiffusionRun>,
    pub diffusion_run_col: Option<DiffusionRun>,
    pub julia: Option<Julia>,
    pub ols_row: Option<Ols>,
    pub ols_col: Option<Ols>,
    pub diffusion_run_row_interchanged: Option<DiffusionRun>,
    pub diffusion_run_col_interchanged: Option<DiffusionRun>,
    pub julia_split: Option<JuliaSplit>,
    pub ols_row_interchanged: Option<Ols>,
    pub ols_col_interchanged: Option<Ols>,
    pub transpose: Option<Transpose>,
    pub transpose_naive: Option<Transpose>,
    pub team: Team,
}

// SAFETY: a table is constant, and its pointers lead to constant text.
unsafe impl Sync for Table {}

/// A pointer has 8 bytes, or in WebAssembly 4.
const WORD: usize = size_of::<usize>();
const _: () = assert!(WORD >= 4 && align_of::<f64>() == 8 && align_of::<i32>() == 4);
const _: () = assert!(size_of::<Status>() == 4);
const _: () = assert!(size_of::<Table>() == 16 + 22 * WORD && align_of::<Table>() == 8);
const _: () = assert!(offset_of!(Table, struct_size) == 4);
const _: () = assert!(offset_of!(Table, header_hash) == 8);
const _: () = assert!(offset_of!(Table, language) == 16);
const _: () = assert!(offset_of!(Table, compiler) == 16 + WORD);
const _: () = assert!(offset_of!(Table, flags) == 16 + 2 * WORD);
const _: () = assert!(offset_of!(Table, call_noop) == 16 + 3 * WORD);
const _: () = assert!(offset_of!(Table, call_not) == 16 + 4 * WORD);
const _: () = assert!(offset_of!(Table, call_add) == 16 + 5 * WORD);
const _: () = assert!(offset_of!(Table, call_sum) == 16 + 6 * WORD);
const _: () = assert!(offset_of!(Table, diffusion_step_row) == 16 + 7 * WORD);
const _: () = assert!(offset_of!(Table, diffusion_step_col) == 16 + 8 * WORD);
const _: () = assert!(offset_of!(Table, diffusion_run_row) == 16 + 9 * WORD);
const _: () = assert!(offset_of!(Table, diffusion_run_col) == 16 + 10 * WORD);
const _: () = assert!(offset_of!(Table, julia) == 16 + 11 * WORD);
const _: () = assert!(offset_of!(Table, ols_row) == 16 + 12 * WORD);
const _: () = assert!(offset_of!(Table, ols_col) == 16 + 13 * WORD);
const _: () = assert!(offset_of!(Table, diffusion_run_row_interchanged) == 16 + 14 * WORD);
const _: () = assert!(offset_of!(Table, diffusion_run_col_interchanged) == 16 + 15 * WORD);
const _: () = assert!(offset_of!(Table, julia_split) == 16 + 16 * WORD);
const _: () = assert!(offset_of!(Table, ols_row_interchanged) == 16 + 17 * WORD);
const _: () = assert!(offset_of!(Table, ols_col_interchanged) == 16 + 18 * WORD);
const _: () = assert!(offset_of!(Table, transpose) == 16 + 19 * WORD);
const _: () = assert!(offset_of!(Table, transpose_naive) == 16 + 20 * WORD);
const _: () = assert!(offset_of!(Table, team) == 16 + 21 * WORD);
