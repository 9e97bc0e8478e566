// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

use std::iter::zip;
use std::marker::PhantomData;
use std::slice::from_raw_parts_mut;

use crate::abi::Status;
use crate::check::{self, Region};
use crate::guard::guard;
use crate::lines::{ACROSS, ALONG, COL, Lines, ROW};
use crate::parallel::{Team, Work};

/// Rows whose sums fit in cache while the columns pass by.
pub const BLOCK: usize = 256;

/// # Safety
///
/// See toll.h: the matrix and the arrays have this shape, and during the call nobody else reaches the
/// elements [lo, hi) of `slope` and `intercept`, or writes to those rows of `y`.
pub unsafe extern "C" fn ols<T: Team, const LAYOUT: bool, const ORDER: bool>(
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
    // SAFETY: the caller's guarantee.
    unsafe {
        fit::<T, Plain<ORDER>, LAYOUT, ORDER>(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule)
    }
}

/// # Safety
///
/// As for [`ols`]; and the processor has what the form asks for.
#[allow(clippy::too_many_arguments, reason = "they are the kernels' own")]
pub unsafe fn fit<T: Team, F: Form<LAYOUT>, const LAYOUT: bool, const ORDER: bool>(
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
        let matrix = if LAYOUT == COL {
            check::matrix(n, rows, ld)?
        } else {
            check::matrix(rows, n, ld)?
        };
        let span = matrix.span();
        let (lo, hi) = arguments(slope, intercept, y, span, rows, n, lo, hi)?;
        let (threads, schedule) = check::team(threads, schedule)?;

        if lo == hi {
            return Ok(());
        }
        let count = hi - lo;
        // SAFETY: lo < hi <= rows; the memory is the caller's word, and the checks found it apart.
        let work = unsafe {
            Fits::<F, LAYOUT> {
                slope: from_raw_parts_mut(slope.add(lo), count),
                intercept: from_raw_parts_mut(intercept.add(lo), count),
                first: 0,
                y: if LAYOUT == COL {
                    Lines::new(y.add(lo), matrix.outer, count, matrix.ld)
                } else {
                    Lines::new(y.add(lo * matrix.ld), count, matrix.inner, matrix.ld)
                },
                constants: Constants::new(n),
                form: PhantomData,
            }
        };
        let grain = match (LAYOUT, ORDER) {
            // Nothing but the threads' own shares, as the inner loop is to go through all of one.
            (ROW, ACROSS) => count.div_ceil(threads),
            _ => BLOCK,
        };
        T::gather(threads, schedule, |team| team.run(work, grain));
        Ok(())
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
pub struct Constants {
    pub n: f64,
    pub denominator: f64,
    pub mean_x: f64,
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
    pub fn fit(&self, pairs: f64, sum: f64) -> (f64, f64) {
        let slope = pairs / self.denominator;
        (slope, sum / self.n - slope * self.mean_x)
    }
}

/// The weight of the first pair; each further one weighs 2 more. Exact, as n < 2^53.
#[inline(always)]
pub fn first_weight(n: usize) -> f64 {
    if n.is_multiple_of(2) { 1.0 } else { 2.0 }
}

/// Rows to fit lines to. `slope` and `intercept` begin at the row `first` of `y`.
pub struct Fits<'a, F, const LAYOUT: bool> {
    pub slope: &'a mut [f64],
    pub intercept: &'a mut [f64],
    pub first: usize,
    pub y: Lines<'a>,
    pub constants: Constants,
    form: PhantomData<F>,
}

/// How the rows are gone through.
pub trait Form<const LAYOUT: bool>: Send + Sized {
    fn run(fits: Fits<Self, LAYOUT>);
}

impl<F: Form<LAYOUT>, const LAYOUT: bool> Work for Fits<'_, F, LAYOUT> {
    fn len(&self) -> usize {
        self.slope.len()
    }

    fn split_at(self, mid: usize) -> (Self, Self) {
        let (slope, slope_rest) = self.slope.split_at_mut(mid);
        let (intercept, intercept_rest) = self.intercept.split_at_mut(mid);
        (
            Fits {
                slope,
                intercept,
                ..self
            },
            Fits {
                slope: slope_rest,
                intercept: intercept_rest,
                first: self.first + mid,
                ..self
            },
        )
    }

    #[inline(always)]
    fn run(self) {
        F::run(self);
    }
}

/// One row after the other, or one column.
struct Plain<const ORDER: bool>;

impl<const LAYOUT: bool, const ORDER: bool> Form<LAYOUT> for Plain<ORDER> {
    #[inline(always)]
    fn run(fits: Fits<Self, LAYOUT>) {
        let (first, y, constants) = (fits.first, fits.y, &fits.constants);
        match (LAYOUT, ORDER) {
            (ROW, ALONG) => {
                for (k, (slope, intercept)) in zip(fits.slope, fits.intercept).enumerate() {
                    let row = y.line(first + k);
                    let part = |from, count| row[from..][..count].iter().copied();
                    (*slope, *intercept) = single(row.len(), part, constants);
                }
            }
            (COL, ACROSS) => {
                for (k, (slope, intercept)) in zip(fits.slope, fits.intercept).enumerate() {
                    let row = y.strided(first + k);
                    let part = |from, count| row.part(from, count).iter();
                    (*slope, *intercept) = single(row.len(), part, constants);
                }
            }
            (COL, ALONG) => {
                let blocks = zip(fits.slope.chunks_mut(BLOCK), fits.intercept.chunks_mut(BLOCK));
                for (k, (slope, intercept)) in blocks.enumerate() {
                    let (first, rows) = (first + k * BLOCK, slope.len());
                    let column = move |j| y.line(j)[first..][..rows].iter().copied();
                    block(slope, intercept, y.lines(), column, constants);
                }
            }
            (ROW, ACROSS) => {
                let rows = fits.slope.len();
                let column = move |j| y.strided(j).part(first, rows).iter();
                block(fits.slope, fits.intercept, y.line_len(), column, constants);
            }
        }
    }
}

/// Walks along one row of `n` observations, of which `part(from, count)` are some.
#[inline(always)]
fn single<I: DoubleEndedIterator<Item = f64> + ExactSizeIterator>(
    n: usize,
    part: impl Fn(usize, usize) -> I,
    constants: &Constants,
) -> (f64, f64) {
    let half = n / 2;
    let mut pairs = 0.0;
    let mut w = first_weight(n);
    // From the middle outwards.
    for (high, low) in zip(part(n - half, half), part(0, half).rev()) {
        pairs += w * (high - low);
        w += 2.0;
    }
    let mut sum = 0.0;
    for y in part(0, n) {
        sum += y;
    }
    constants.fit(pairs, sum)
}

/// Walks down the `n` columns; `slope` and `intercept` hold the sums until the end.
fn block<I: Iterator<Item = f64>>(
    slope: &mut [f64],
    intercept: &mut [f64],
    n: usize,
    column: impl Fn(usize) -> I,
    constants: &Constants,
) {
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
