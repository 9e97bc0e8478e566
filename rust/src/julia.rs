// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

use std::iter::zip;
use std::marker::PhantomData;
use std::slice::{from_raw_parts, from_raw_parts_mut};

use crate::abi::Status;
use crate::check::{self, Region};
use crate::guard::guard;
use crate::parallel::{Team, Work};

pub type Complex = [f64; 2];

/// # Safety
///
/// See toll.h: the arrays have n elements, and during the call nobody else reaches the elements [lo, hi) of
/// `out`, or writes to those of `zs` and `cs`.
pub unsafe extern "C" fn julia<T: Team, L: Loops>(
    out: *mut i32,
    zs: *const f64,
    cs: *const f64,
    n: i64,
    lo: i64,
    hi: i64,
    maxiter: i32,
    threads: i32,
    schedule: i32,
) -> Status {
    guard(|| {
        let (lo, hi) = range::<Complex>(n, lo, hi)?;
        let n = n as usize;
        check::memory(
            [Region::new(out, n)],
            [Region::new(zs, 2 * n), Region::new(cs, 2 * n)],
        )?;
        check::domain(maxiter >= 0)?;
        let (threads, schedule) = check::team(threads, schedule)?;

        if lo == hi {
            return Ok(());
        }
        // SAFETY: lo < hi <= n; the arrays are the caller's word, and the checks found out apart from both
        // others.
        let work = unsafe {
            Points::<L> {
                out: from_raw_parts_mut(out.add(lo), hi - lo),
                zs: from_raw_parts(zs.cast::<Complex>().add(lo), hi - lo),
                cs: from_raw_parts(cs.cast::<Complex>().add(lo), hi - lo),
                maxiter,
                loops: PhantomData,
            }
        };
        T::gather(threads, schedule, |team| team.run(work, L::GRAIN));
        Ok(())
    })
}

/// # Safety
///
/// As for [`julia`], with the parts of the points in arrays of their own.
pub unsafe extern "C" fn split<T: Team, L: Loops>(
    out: *mut i32,
    zr: *const f64,
    zi: *const f64,
    cr: *const f64,
    ci: *const f64,
    n: i64,
    lo: i64,
    hi: i64,
    maxiter: i32,
    threads: i32,
    schedule: i32,
) -> Status {
    guard(|| {
        let (lo, hi) = range::<f64>(n, lo, hi)?;
        let n = n as usize;
        check::memory(
            [Region::new(out, n)],
            [zr, zi, cr, ci].map(|part| Region::new(part, n)),
        )?;
        check::domain(maxiter >= 0)?;
        let (threads, schedule) = check::team(threads, schedule)?;

        if lo == hi {
            return Ok(());
        }
        // SAFETY: lo < hi <= n; the arrays are the caller's word, and the checks found out apart from all
        // others.
        let work = unsafe {
            SplitPoints::<L> {
                out: from_raw_parts_mut(out.add(lo), hi - lo),
                parts: [zr, zi, cr, ci].map(|part| from_raw_parts(part.add(lo), hi - lo)),
                maxiter,
                loops: PhantomData,
            }
        };
        T::gather(threads, schedule, |team| team.run(work, L::GRAIN));
        Ok(())
    })
}

/// Of n points, in arrays of `E`.
fn range<E>(n: i64, lo: i64, hi: i64) -> Result<(usize, usize), Status> {
    if !(1..=isize::MAX as i64 / size_of::<E>() as i64).contains(&n) {
        return Err(Status::Shape);
    }
    check::range(lo, hi, n)
}

/// How points are worked on.
pub trait Loops: Send + Sized {
    /// The least number of points worth a piece of their own.
    const GRAIN: usize;

    fn points(points: Points<Self>);
    fn split_points(points: SplitPoints<Self>);
}

/// One after the other.
pub struct Plain;

impl Loops for Plain {
    const GRAIN: usize = 64;

    #[inline(always)]
    fn points(points: Points<Self>) {
        for (out, (&z, &c)) in zip(points.out, zip(points.zs, points.cs)) {
            *out = escape(z, c, points.maxiter);
        }
    }

    #[inline(always)]
    fn split_points(points: SplitPoints<Self>) {
        let n = points.out.len();
        let [zr, zi, cr, ci] = points.parts.map(|part| &part[..n]);
        for k in 0..n {
            points.out[k] = escape([zr[k], zi[k]], [cr[k], ci[k]], points.maxiter);
        }
    }
}

pub struct Points<'a, L> {
    pub out: &'a mut [i32],
    pub zs: &'a [Complex],
    pub cs: &'a [Complex],
    pub maxiter: i32,
    loops: PhantomData<L>,
}

impl<L: Loops> Work for Points<'_, L> {
    fn len(&self) -> usize {
        self.out.len()
    }

    fn split_at(self, mid: usize) -> (Self, Self) {
        let (out, out_rest) = self.out.split_at_mut(mid);
        let (zs, zs_rest) = self.zs.split_at(mid);
        let (cs, cs_rest) = self.cs.split_at(mid);
        (
            Points { out, zs, cs, ..self },
            Points {
                out: out_rest,
                zs: zs_rest,
                cs: cs_rest,
                ..self
            },
        )
    }

    #[inline(always)]
    fn run(self) {
        L::points(self);
    }
}

pub struct SplitPoints<'a, L> {
    pub out: &'a mut [i32],
    /// zr, zi, cr, ci
    pub parts: [&'a [f64]; 4],
    pub maxiter: i32,
    loops: PhantomData<L>,
}

impl<L: Loops> Work for SplitPoints<'_, L> {
    fn len(&self) -> usize {
        self.out.len()
    }

    fn split_at(self, mid: usize) -> (Self, Self) {
        let (out, out_rest) = self.out.split_at_mut(mid);
        let parts = self.parts.map(|part| &part[..mid]);
        let parts_rest = self.parts.map(|part| &part[mid..]);
        (
            SplitPoints { out, parts, ..self },
            SplitPoints {
                out: out_rest,
                parts: parts_rest,
                ..self
            },
        )
    }

    #[inline(always)]
    fn run(self) {
        L::split_points(self);
    }
}

/// Carries the squares from one turn to the next. When they are taken at its head, LLVM packs the two parts
/// into one vector and loses more by shuffling than it gains.
#[inline(always)]
pub fn escape([mut zr, mut zi]: Complex, [cr, ci]: Complex, maxiter: i32) -> i32 {
    let (mut rr, mut ii) = (zr * zr, zi * zi);
    let mut i = 0;
    while i < maxiter && rr + ii < 4.0 {
        zi = 2.0 * (zr * zi) + ci;
        zr = (rr - ii) + cr;
        (rr, ii) = (zr * zr, zi * zi);
        i += 1;
    }
    i
}
