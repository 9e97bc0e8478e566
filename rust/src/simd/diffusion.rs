// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

use std::marker::PhantomData;

use super::Level;
use crate::abi::Status;
use crate::lines::ALONG;
use crate::parallel::Team;

/// # Safety
///
/// As for [`crate::diffusion::step`]; and the processor has the level.
pub unsafe extern "C" fn step<T: Team, L: Level, const LAYOUT: bool>(
    out: *mut f64,
    input: *const f64,
    rows: i64,
    cols: i64,
    ld: i64,
    lo: i64,
    hi: i64,
    d: f64,
    dt: f64,
    threads: i32,
    schedule: i32,
) -> Status {
    let _ = PhantomData::<L>;
    // SAFETY: the caller's guarantee.
    unsafe {
        crate::diffusion::step::<T, LAYOUT>(out, input, rows, cols, ld, lo, hi, d, dt, threads, schedule)
    }
}

/// # Safety
///
/// As for [`crate::diffusion::run`]; and the processor has the level.
pub unsafe extern "C" fn run<T: Team, L: Level, const LAYOUT: bool>(
    a: *mut f64,
    b: *mut f64,
    rows: i64,
    cols: i64,
    ld: i64,
    steps: i64,
    d: f64,
    dt: f64,
    threads: i32,
    schedule: i32,
) -> Status {
    let _ = PhantomData::<L>;
    // SAFETY: the caller's guarantee.
    unsafe {
        crate::diffusion::run::<T, LAYOUT, ALONG>(a, b, rows, cols, ld, steps, d, dt, threads, schedule)
    }
}
