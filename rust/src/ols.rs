// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

use std::iter::zip;
use std::slice::from_raw_parts_mut;

use crate::abi::Status;
use crate::check::{self, Region};
use crate::guard::guard;
use crate::lines::Lines;
use crate::parallel::{Team, Work};

/// Rows whose sums fit in cache while the columns pass by.
const BLOCK: usize = 256;

/// # Safety
///
/// See toll.h: the matrix and the arrays have this shape, and during the call nobody else reaches the
/// elements [lo, hi) of `slope` and `intercept`, or writes to those rows of `y`.
pub unsafe extern "C" fn row<T: Team>(
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
    guard(|| {
        let matrix = check::matrix(rows, n, ld)?;
        let span = matrix.span();
        let (lo, hi) = arguments(slope, intercept, y, span, rows, n, lo, hi)?;
        let (threads, schedule) = check::team(threads, schedule)?;

        // SAFETY: lo <= hi <= rows; the memory is the caller's word, and the checks found it apart.
        let work = unsafe {
            Rows {
                slope: from_raw_parts_mut(slope.add(lo), hi - lo),
                intercept: from_raw_parts_mut(intercept.add(lo), hi - lo),
                first: 0,
                y: Lines::new(y.wrapping_add(lo * matrix.ld), hi - lo, matrix.inner, matrix.ld),
                constants: Constants::new(n),
            }
        };
        T::gather(threads, schedule, |team| team.run(work, 256))
    })
}

/// # Safety
///
/// As for [`row`].
pub unsafe extern "C" fn col<T: Team>(
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
    guard(|| {
        let matrix = check::matrix(n, rows, ld)?;
        let span = matrix.span();
        let (lo, hi) = arguments(slope, intercept, y, span, rows, n, lo, hi)?;
        let (threads, schedule) = check::team(threads, schedule)?;

        // SAFETY: lo <= hi <= rows; the memory is the caller's word, and the checks found it apart.
        let work = unsafe {
            Columns {
                slope: from_raw_parts_mut(slope.add(lo), hi - lo),
                intercept: from_raw_parts_mut(intercept.add(lo), hi - lo),
                first: 0,
                y: Lines::new(y.add(lo), matrix.outer, hi - lo, matrix.ld),
                constants: Constants::new(n),
            }
        };
        T::gather(threads, schedule, |team| team.run(work, BLOCK))
    })
}

/// All checks but those of the matrix's own shape and of the team.
#[allow(clippy::too_many_arguments, reason = "they are the kernels' own")]
fn arguments(
    slope: *const f64,
    intercept: *const f64,
    y: *const f64,
    span: usize,
    rows: i64,
    n: i64,
    lo: i64,
    hi: i64,
) -> Result<(usize, usize), Status> {
    if n < 2 {
        return Err(Status::Shape);
    }
    let range = check::range(lo, hi, rows)?;
    let rows = rows as usize;
    check::memory(
        [Region::new(slope, rows), Region::new(intercept, rows)],
        [Region::new(y, span)],
    )?;
    Ok(range)
}

/// What depends on the number of observations only.
#[derive(Clone, Copy)]
struct Constants {
    n: f64,
    denominator: f64,
    mean_x: f64,
}

impl Constants {
    fn new(n: i64) -> Self {
        let n = n as f64;
        Constants {
            n,
            denominator: (n * (n * n - 1.0)) / 6.0,
            mean_x: (n - 1.0) / 2.0,
        }
    }

    /// Slope and intercept, from the weighted sum of the pairs and the sum of the observations.
    #[inline(always)]
    fn fit(&self, pairs: f64, sum: f64) -> (f64, f64) {
        let slope = pairs / self.denominator;
        (slope, sum / self.n - slope * self.mean_x)
    }
}

/// The weight of the first pair; each further one weighs 2 more. Exact, as n < 2^53.
#[inline(always)]
fn first_weight(n: usize) -> f64 {
    if n % 2 == 0 { 1.0 } else { 2.0 }
}

/// Rows of a row-major matrix; `slope` and `intercept` begin at its line `first`.
struct Rows<'a> {
    slope: &'a mut [f64],
    intercept: &'a mut [f64],
    first: usize,
    y: Lines<'a>,
    constants: Constants,
}

impl Work for Rows<'_> {
    fn len(&self) -> usize {
        self.slope.len()
    }

    fn split_at(self, mid: usize) -> (Self, Self) {
        let (slope, slope_rest) = self.slope.split_at_mut(mid);
        let (intercept, intercept_rest) = self.intercept.split_at_mut(mid);
        (
            Rows {
                slope,
                intercept,
                ..self
            },
            Rows {
                slope: slope_rest,
                intercept: intercept_rest,
                first: self.first + mid,
                ..self
            },
        )
    }

    #[inline(always)]
    fn run(self) {
        for (k, (slope, intercept)) in zip(self.slope, self.intercept).enumerate() {
            let row = self.y.line(self.first + k);
            let half = row.len() / 2;
            let mut pairs = 0.0;
            let mut w = first_weight(row.len());
            // From the middle outwards.
            for (high, low) in zip(&row[row.len() - half..], row[..half].iter().rev()) {
                pairs += w * (high - low);
                w += 2.0;
            }
            let mut sum = 0.0;
            for y in row {
                sum += y;
            }
            (*slope, *intercept) = self.constants.fit(pairs, sum);
        }
    }
}

/// Rows of a column-major matrix; `slope` and `intercept` begin at the element `first` of its lines.
struct Columns<'a> {
    slope: &'a mut [f64],
    intercept: &'a mut [f64],
    first: usize,
    y: Lines<'a>,
    constants: Constants,
}

impl Work for Columns<'_> {
    fn len(&self) -> usize {
        self.slope.len()
    }

    fn split_at(self, mid: usize) -> (Self, Self) {
        let (slope, slope_rest) = self.slope.split_at_mut(mid);
        let (intercept, intercept_rest) = self.intercept.split_at_mut(mid);
        (
            Columns {
                slope,
                intercept,
                ..self
            },
            Columns {
                slope: slope_rest,
                intercept: intercept_rest,
                first: self.first + mid,
                ..self
            },
        )
    }

    #[inline(always)]
    fn run(self) {
        let blocks = zip(self.slope.chunks_mut(BLOCK), self.intercept.chunks_mut(BLOCK));
        for (k, (slope, intercept)) in blocks.enumerate() {
            block(slope, intercept, self.y, self.first + k * BLOCK, &self.constants);
        }
    }
}

/// Walks down the columns; `slope` and `intercept` hold the sums until the end.
fn block(slope: &mut [f64], intercept: &mut [f64], y: Lines, first: usize, constants: &Constants) {
    let (n, rows) = (y.lines(), slope.len());
    let column = |j| &y.line(j)[first..][..rows];
    slope.fill(0.0);
    intercept.fill(0.0);

    let half = n / 2;
    let mut w = first_weight(n);
    for k in 0..half {
        for (pairs, (high, low)) in zip(&mut *slope, zip(column(n - half + k), column(half - 1 - k))) {
            *pairs += w * (high - low);
        }
        w += 2.0;
    }
    for j in 0..n {
        for (sum, y) in zip(&mut *intercept, column(j)) {
            *sum += y;
        }
    }
    for (slope, intercept) in zip(slope, intercept) {
        (*slope, *intercept) = constants.fit(*slope, *intercept);
    }
}
