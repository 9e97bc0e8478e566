// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

use std::marker::PhantomData;

use super::Level;
use crate::abi::Status;
use crate::lines::ALONG;
use crate::parallel::Team;

/// # Safety
///
/// As for [`crate::ols::ols`]; and the processor has the level.
pub unsafe extern "C" fn ols<T: Team, L: Level, const LAYOUT: bool>(
    slope: *mut f64,
    intercept: *mut f64,
    y: *const f64,
    rows: i64,
    n: i64,
    ld: i64,
    lo: i64,
    hi: i64,
    threads: i32,
    schedule: i32,
) -> Status {
    let _ = PhantomData::<L>;
    // SAFETY: the caller's guarantee.
    unsafe {
        crate::ols::ols::<T, LAYOUT, ALONG>(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule)
    }
}
