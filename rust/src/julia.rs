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
        if !(1..=i64::MAX / 16).contains(&n) {
            return Err(Status::Shape);
        }
        let (lo, hi) = check::range(lo, hi, n)?;
        let n = n as usize;
        check::memory(
            [Region::new(out, n)],
            [Region::new(zs, 2 * n), Region::new(cs, 2 * n)],
        )?;
        check::domain(maxiter >= 0)?;
        let (threads, schedule) = check::team(threads, schedule)?;

        // SAFETY: lo <= hi <= n; the arrays are the caller's word, and the checks found out apart from both
        // others.
        let work = unsafe {
            Points {
                out: from_raw_parts_mut(out.add(lo), hi - lo),
                zs: from_raw_parts(zs.cast::<Complex>().add(lo), hi - lo),
                cs: from_raw_parts(cs.cast::<Complex>().add(lo), hi - lo),
                maxiter,
            }
        };
        T::gather(threads, schedule, |team| team.run(work, 64))
    })
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
