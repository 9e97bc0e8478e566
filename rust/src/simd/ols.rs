// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Fits by vectors whose lanes are rows. Each lane adds its row's terms in the order that toll.h gives, from +0, and
//! each operation on a lane rounds as on a number alone: so the bits are those of [`crate::ols`]. Weights are whole
//! numbers below 2^53, exact however they are made.

use std::iter::zip;
use std::marker::PhantomData;
use std::mem::MaybeUninit;

use super::{Kernel, Level, Vector};
use crate::abi::Status;
use crate::lines::{ALONG, COL, Lines};
use crate::ols::{BLOCK, Constants, Fits, Form, first_weight, single};
use crate::parallel::Team;

/// Rows up to so long have a loop of their own each, which the compiler unrolls.
const SMALL: usize = 16;
/// Longer rows are fitted one by one: half of one, in all lanes, would not stay in cache.
const LONG: usize = 2048;

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
    // SAFETY: the caller's guarantee.
    unsafe {
        crate::ols::fit::<T, Lanes<L>, LAYOUT, ALONG>(
            slope, intercept, y, rows, n, ld, lo, hi, threads, schedule,
        )
    }
}

/// A function of its own for each kernel, so that few rows do not pay for the stack of many.
///
/// # Safety
///
/// The processor has the level.
#[inline(never)]
unsafe fn enter<L: Level, K: Kernel>(kernel: K) -> K::Output {
    // SAFETY: the caller's guarantee.
    unsafe { L::enter(kernel) }
}

struct Lanes<L>(PhantomData<L>);

impl<L: Level, const LAYOUT: bool> Form<LAYOUT> for Lanes<L> {
    #[inline(always)]
    fn run(fits: Fits<Self, LAYOUT>) {
        let few = if LAYOUT == COL { 1 } else { L::Vector::LANES - 1 };
        if fits.slope.len() <= few {
            one_by_one::<LAYOUT>(fits.slope, fits.intercept, fits.y, fits.first, &fits.constants);
        } else {
            Self::blocks(fits);
        }
    }
}

/// Fits rows by the plain loop; they begin at the row `first` of y.
#[inline(always)]
fn one_by_one<const LAYOUT: bool>(
    slope: &mut [f64],
    intercept: &mut [f64],
    y: Lines,
    first: usize,
    constants: &Constants,
) {
    for (k, (slope, intercept)) in zip(slope, intercept).enumerate() {
        (*slope, *intercept) = if LAYOUT == COL {
            let row = y.strided(first + k);
            single(y.lines(), |from, count| row.part(from, count).iter(), constants)
        } else {
            let row = y.line(first + k);
            single(
                row.len(),
                |from, count| row[from..][..count].iter().copied(),
                constants,
            )
        };
    }
}

impl<L: Level> Lanes<L> {
    #[inline(never)]
    fn blocks<const LAYOUT: bool>(fits: Fits<Self, LAYOUT>) {
        let (lines, ld) = (fits.y, fits.y.ld());
        let step = if LAYOUT == COL { 1 } else { ld };
        let n = if LAYOUT == COL {
            lines.lines()
        } else {
            lines.line_len()
        };
        // In blocks, as a thread may have all rows.
        for (k, (slope, intercept)) in
            zip(fits.slope.chunks_mut(BLOCK), fits.intercept.chunks_mut(BLOCK)).enumerate()
        {
            let mut fit = Rows {
                // SAFETY: the row is one of the matrix.
                y: unsafe { lines.first().add((fits.first + k * BLOCK) * step) },
                slope,
                intercept,
                n,
                ld,
                constants: fits.constants,
                done: 0,
            };
            // SAFETY: by the contract of `ols` the processor has the level.
            unsafe {
                if LAYOUT == COL {
                    if n > 8 * L::Vector::LANES && fit.left() >= L::Vector::LANES {
                        fit.done = enter::<L, _>(ByManyColumns(fit.again()));
                    }
                    if fit.left() > 1 {
                        fit.done = enter::<L, _>(ByColumns(fit.again()));
                    }
                } else if n <= SMALL && fit.left() >= L::Vector::LANES {
                    fit.done = enter::<L, _>(ByShortRows(fit.again()));
                } else if n <= LONG && fit.left() >= L::Vector::LANES {
                    fit.done = enter::<L, _>(ByRows(fit.again()));
                }
            }
            let (done, first) = (fit.done, fits.first + k * BLOCK + fit.done);
            let (slope, intercept) = (&mut fit.slope[done..], &mut fit.intercept[done..]);
            one_by_one::<LAYOUT>(slope, intercept, lines, first, &fits.constants);
        }
    }
}

/// Rows of n observations from `y` on, as many as there are slopes: rows, or columns, lie `ld` apart.
struct Rows<'a> {
    slope: &'a mut [f64],
    intercept: &'a mut [f64],
    y: *const f64,
    n: usize,
    ld: usize,
    constants: Constants,
    /// How many have been fitted, from the first on.
    done: usize,
}

/// The sums of as many rows as there are lanes.
#[derive(Clone, Copy)]
struct Sums<V> {
    pairs: V,
    sum: V,
}

impl<V: Vector> Sums<V> {
    #[inline(always)]
    fn zero() -> Self {
        Sums {
            pairs: V::splat(0.0),
            sum: V::splat(0.0),
        }
    }
}

impl Rows<'_> {
    /// The same rows, for a while.
    fn again(&mut self) -> Rows<'_> {
        Rows {
            slope: self.slope,
            intercept: self.intercept,
            ..*self
        }
    }

    /// How many are left.
    #[inline(always)]
    fn left(&self) -> usize {
        self.slope.len() - self.done
    }

    /// Ends the fits of the rows from `at` on, the first `count` of the lanes.
    #[inline(always)]
    fn finish<V: Vector>(&mut self, at: usize, count: usize, sums: Sums<V>) {
        let slope = sums.pairs / V::splat(self.constants.denominator);
        let mean = sums.sum / V::splat(self.constants.n);
        let intercept = mean - slope * V::splat(self.constants.mean_x);
        let (slopes, intercepts) = (&mut self.slope[at..][..count], &mut self.intercept[at..][..count]);
        // SAFETY: both slices have `count` elements.
        unsafe {
            if count == V::LANES {
                slope.store(slopes.as_mut_ptr());
                intercept.store(intercepts.as_mut_ptr());
            } else {
                slope.store_first(slopes.as_mut_ptr(), count);
                intercept.store_first(intercepts.as_mut_ptr(), count);
            }
        }
    }
}

struct ByShortRows<'a>(Rows<'a>);

/// Returns how many rows are done.
impl Kernel for ByShortRows<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<V: Vector>(mut self) -> usize {
        macro_rules! small {
            ($($n:literal)*) => {
                match self.0.n {
                    $($n => self.0.fit::<V, 1, { SMALL / 2 }>($n),)*
                    _ => (),
                }
            };
        }
        small!(2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
        self.0.done
    }
}

struct ByRows<'a>(Rows<'a>);

/// Returns how many rows are done.
impl Kernel for ByRows<'_> {
    type Output = usize;

    /// Eight rows at a time: several vectors hide the latency of each other's sums.
    #[inline(always)]
    fn run<V: Vector>(mut self) -> usize {
        let n = self.0.n;
        match V::LANES {
            2 => self.0.fit::<V, 4, { LONG / 2 }>(n),
            4 => self.0.fit::<V, 2, { LONG / 2 }>(n),
            _ => (),
        }
        self.0.fit::<V, 1, { LONG / 2 }>(n);
        self.0.done
    }
}

impl Rows<'_> {
    /// Fits rows by `GROUPS` vectors of them at a time while there are enough. What ends a fit, whose divisions take
    /// long and wait for the last column, comes behind the sums of the next rows: before them it would fill the
    /// processor's queues while those could start.
    #[inline(always)]
    fn fit<V: Vector, const GROUPS: usize, const KEPT: usize>(&mut self, n: usize) {
        let (step, mut done) = (GROUPS * V::LANES, self.done);
        let mut left = [[MaybeUninit::<V>::uninit(); GROUPS]; KEPT];
        let mut last = None;
        while done + step <= self.slope.len() {
            // SAFETY: these rows are the matrix's, and n / 2 <= KEPT.
            let sums = unsafe { sums::<V, GROUPS>(self.y.add(done * self.ld), self.ld, n, &mut left) };
            self.end(done, last);
            last = Some(sums);
            done += step;
        }
        self.end(done, last);
        self.done = done;
    }

    /// Ends the fits of the last rows before `done`.
    #[inline(always)]
    fn end<V: Vector, const GROUPS: usize>(&mut self, done: usize, sums: Option<[Sums<V>; GROUPS]>) {
        if let Some(sums) = sums {
            for (g, sums) in sums.into_iter().enumerate() {
                self.finish(done - (GROUPS - g) * V::LANES, V::LANES, sums);
            }
        }
    }
}

/// The sums of GROUPS * LANES rows from p. Each column is transposed once, from left to right: pairs go outwards from
/// the middle, so their right columns come in order, too, and the left ones wait in `left`.
///
/// # Safety
///
/// The rows are there, of n numbers each, and `left` has room for half of them.
#[inline(always)]
unsafe fn sums<V: Vector, const GROUPS: usize>(
    p: *const f64,
    ld: usize,
    n: usize,
    left: &mut [[MaybeUninit<V>; GROUPS]],
) -> [Sums<V>; GROUPS] {
    let mut all = [Sums::zero(); GROUPS];
    let mut j = 0;
    while j < n {
        let count = V::LANES.min(n - j);
        for (g, sums) in all.iter_mut().enumerate() {
            let mut rows = V::square(V::splat(0.0));
            for (r, row) in rows.as_mut().iter_mut().enumerate() {
                // SAFETY: `count` numbers from column j on.
                unsafe {
                    let from = p.add((g * V::LANES + r) * ld + j);
                    *row = if count == V::LANES {
                        V::load(from)
                    } else {
                        V::load_first(from, count)
                    };
                }
            }
            let columns = V::transpose(rows);
            for k in 0..V::LANES {
                let (at, column) = (j + k, columns.as_ref()[k]);
                if k >= count {
                    break;
                }
                sums.sum = sums.sum + column;
                if at < n / 2 {
                    // SAFETY: at < n / 2.
                    unsafe { left.get_unchecked_mut(at)[g].write(column) };
                } else if at >= n - n / 2 {
                    // SAFETY: n - 1 - at < n / 2, and that column has been written.
                    let other = unsafe { left.get_unchecked(n - 1 - at)[g].assume_init() };
                    sums.pairs = sums.pairs + V::splat((2 * at + 1 - n) as f64) * (column - other);
                }
            }
        }
        j += count;
    }
    all
}

struct ByColumns<'a>(Rows<'a>);

/// Returns how many rows are done.
impl Kernel for ByColumns<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<V: Vector>(mut self) -> usize {
        let rows = &mut self.0;
        rows.few::<V, 4>();
        rows.few::<V, 1>();
        let count = rows.left();
        if count > 1 {
            let [sums] = rows.together::<V, 1>(count);
            rows.finish(rows.done, count, sums);
            rows.done += count;
        }
        rows.done
    }
}

impl Rows<'_> {
    /// Fits rows by WIDE vectors of them at a time while there are enough.
    #[inline(always)]
    fn few<V: Vector, const WIDE: usize>(&mut self) {
        while self.left() >= WIDE * V::LANES {
            for (u, sums) in self.together::<V, WIDE>(V::LANES).into_iter().enumerate() {
                self.finish(self.done + u * V::LANES, V::LANES, sums);
            }
            self.done += WIDE * V::LANES;
        }
    }

    /// Goes through all columns together, of as many rows as the vectors have lanes, or of the first `count` lanes of
    /// one vector.
    #[inline(always)]
    fn together<V: Vector, const WIDE: usize>(&self, count: usize) -> [Sums<V>; WIDE] {
        let n = self.n;
        // No closure: it might not be compiled for the level.
        macro_rules! cell {
            ($j:expr, $u:expr) => {
                // SAFETY: the column is the matrix's, and so are these rows.
                unsafe {
                    let p = self.y.add(self.done + $u * V::LANES + ($j) * self.ld);
                    if count == V::LANES {
                        V::load(p)
                    } else {
                        V::load_first(p, count)
                    }
                }
            };
        }
        let mut all = [Sums::zero(); WIDE];
        for j in 0..n - n / 2 {
            for (u, sums) in all.iter_mut().enumerate() {
                sums.sum = sums.sum + cell!(j, u);
            }
        }
        let mut w = V::splat(first_weight(n));
        for j in n - n / 2..n {
            for (u, sums) in all.iter_mut().enumerate() {
                let y = cell!(j, u);
                sums.sum = sums.sum + y;
                sums.pairs = sums.pairs + w * (y - cell!(n - 1 - j, u));
            }
            w = w + V::splat(2.0);
        }
        all
    }
}

/// All whole vectors of rows, which have many columns. The sums stay in cache; each visit of them adds several columns,
/// in order. The left halves of the columns are read again for the pairs, from the second cache.
struct ByManyColumns<'a>(Rows<'a>);

/// Returns how many rows are done.
impl Kernel for ByManyColumns<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<V: Vector>(mut self) -> usize {
        let (n, vectors) = (self.0.n, self.0.left() / V::LANES);
        // As many as a block has where a vector has two lanes.
        let mut all = [Sums::<V>::zero(); BLOCK / 2];
        let all = &mut all[..vectors];
        let (y, ld) = (self.0.y, self.0.ld);
        macro_rules! cell {
            ($j:expr, $i:expr) => {
                // SAFETY: the column is the matrix's, and so are these rows.
                unsafe { V::load(y.add(($j) * ld + $i * V::LANES)) }
            };
        }
        let mut j = 0;
        while j + 4 <= n - n / 2 {
            for (i, sums) in all.iter_mut().enumerate() {
                sums.sum = (((sums.sum + cell!(j, i)) + cell!(j + 1, i)) + cell!(j + 2, i)) + cell!(j + 3, i);
            }
            j += 4;
        }
        for j in j..n - n / 2 {
            for (i, sums) in all.iter_mut().enumerate() {
                sums.sum = sums.sum + cell!(j, i);
            }
        }
        let (mut w, mut j) = (first_weight(n), n - n / 2);
        while j + 2 <= n {
            let (first, second) = (V::splat(w), V::splat(w + 2.0));
            for (i, sums) in all.iter_mut().enumerate() {
                let (a, b) = (cell!(j, i), cell!(j + 1, i));
                sums.sum = (sums.sum + a) + b;
                sums.pairs = sums.pairs + first * (a - cell!(n - 1 - j, i));
                sums.pairs = sums.pairs + second * (b - cell!(n - 2 - j, i));
            }
            w += 4.0;
            j += 2;
        }
        if j < n {
            for (i, sums) in all.iter_mut().enumerate() {
                let a = cell!(j, i);
                sums.sum = sums.sum + a;
                sums.pairs = sums.pairs + V::splat(w) * (a - cell!(0, i));
            }
        }
        for (i, &sums) in all.iter().enumerate() {
            self.0.finish(i * V::LANES, V::LANES, sums);
        }
        vectors * V::LANES
    }
}
