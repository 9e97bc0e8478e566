// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

use std::iter::zip;
use std::slice::{from_raw_parts, from_raw_parts_mut};

use crate::abi::Status;
use crate::check::{self, Region};
use crate::guard::guard;
use crate::parallel::{Team, Work};

type Complex = [f64; 2];

/// # Safety
///
/// See toll.h: the arrays have n elements, and during the call nobody else reaches the elements [lo, hi) of
/// `out`, or writes to those of `zs` and `cs`.
pub unsafe extern "C" fn julia<T: Team>(
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
            Points {
                out: from_raw_parts_mut(out.add(lo), hi - lo),
                zs: from_raw_parts(zs.cast::<Complex>().add(lo), hi - lo),
                cs: from_raw_parts(cs.cast::<Complex>().add(lo), hi - lo),
                maxiter,
            }
        };
        T::gather(threads, schedule, |team| team.run(work, 64));
        Ok(())
    })
}

/// # Safety
///
/// As for [`julia`], with the parts of the points in arrays of their own.
pub unsafe extern "C" fn split<T: Team>(
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
            SplitPoints {
                out: from_raw_parts_mut(out.add(lo), hi - lo),
                parts: [zr, zi, cr, ci].map(|part| from_raw_parts(part.add(lo), hi - lo)),
                maxiter,
            }
        };
        T::gather(threads, schedule, |team| team.run(work, 64));
        Ok(())
    })
}

/// Of n points, in arrays of `E`.
fn range<E>(n: i64, lo: i64, hi: i64) -> Result<(usize, usize), Status> {
    if !(1..=i64::MAX / size_of::<E>() as i64).contains(&n) {
        return Err(Status::Shape);
    }
    check::range(lo, hi, n)
}

struct Points<'a> {
    out: &'a mut [i32],
    zs: &'a [Complex],
    cs: &'a [Complex],
    maxiter: i32,
}

impl Work for Points<'_> {
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
        for (out, (&z, &c)) in zip(self.out, zip(self.zs, self.cs)) {
            *out = escape(z, c, self.maxiter);
        }
    }
}

struct SplitPoints<'a> {
    out: &'a mut [i32],
    /// zr, zi, cr, ci
    parts: [&'a [f64]; 4],
    maxiter: i32,
}

impl Work for SplitPoints<'_> {
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
        let n = self.out.len();
        let [zr, zi, cr, ci] = self.parts.map(|part| &part[..n]);
        for k in 0..n {
            self.out[k] = escape([zr[k], zi[k]], [cr[k], ci[k]], self.maxiter);
        }
    }
}

/// Carries the squares from one turn to the next. When they are taken at its head, LLVM packs the two parts
/// into one vector and loses more by shuffling than it gains.
#[inline(always)]
fn escape([mut zr, mut zi]: Complex, [cr, ci]: Complex, maxiter: i32) -> i32 {
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
