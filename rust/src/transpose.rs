// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

use std::iter::zip;

use crate::abi::Status;
use crate::check::{self, Region};
use crate::guard::guard;
use crate::lines::{Lines, LinesMut, Strided};
use crate::parallel::{Team, Work};

/// How to go: along `out`'s lines from end to end, or block by block.
pub const NAIVE: bool = false;
pub const BLOCKED: bool = true;

/// The side of a block. Two cache lines of elements, so that what a block fetches of `input` is used before the
/// block ends; and 2 KiB of each matrix, which is little enough to stay in the first cache until then.
const BLOCK: usize = 16;

/// # Safety
///
/// See toll.h: `out` and `input` are matrices of these shapes, and during the call nobody else reaches the
/// elements of `out`, or writes to those of `input`.
pub unsafe extern "C" fn transpose<T: Team, const WAY: bool>(
    out: *mut f64,
    input: *const f64,
    rows: i64,
    cols: i64,
    ld_out: i64,
    ld_in: i64,
    threads: i32,
    schedule: i32,
) -> Status {
    guard(|| {
        let from = check::matrix(rows, cols, ld_in)?;
        let to = check::matrix(cols, rows, ld_out)?;
        check::memory([Region::new(out, to.span())], [Region::new(input, from.span())])?;
        let (threads, schedule) = check::team(threads, schedule)?;

        // SAFETY: the matrices are the caller's word, and the checks found them apart.
        let columns = unsafe {
            Columns {
                out: LinesMut::new(out, to.outer, to.inner, to.ld),
                first: 0,
                input: Lines::new(input, from.outer, from.inner, from.ld),
            }
        };
        T::gather(threads, schedule, |team| {
            if WAY == BLOCKED {
                team.run(Blocks(columns), 1);
            } else {
                team.run(columns, BLOCK);
            }
        });
        Ok(())
    })
}

/// Lines of `out`; the first of them is the column `first` of `input`.
struct Columns<'a> {
    out: LinesMut<'a>,
    first: usize,
    input: Lines<'a>,
}

impl Work for Columns<'_> {
    fn len(&self) -> usize {
        self.out.lines()
    }

    fn split_at(self, mid: usize) -> (Self, Self) {
        let (out, rest) = self.out.split_at(mid);
        (
            Columns { out, ..self },
            Columns {
                out: rest,
                first: self.first + mid,
                ..self
            },
        )
    }

    #[inline(always)]
    fn run(self) {
        for (k, out) in self.out.enumerate() {
            copy(out, self.input.strided(self.first + k));
        }
    }
}

/// The same in blocks of lines, of which only the last may be smaller.
struct Blocks<'a>(Columns<'a>);

impl Work for Blocks<'_> {
    fn len(&self) -> usize {
        self.0.len().div_ceil(BLOCK)
    }

    fn split_at(self, mid: usize) -> (Self, Self) {
        let mid = self.0.len().min(mid * BLOCK);
        let (blocks, rest) = self.0.split_at(mid);
        (Blocks(blocks), Blocks(rest))
    }

    #[inline(always)]
    fn run(self) {
        let Columns {
            mut out,
            first,
            input,
        } = self.0;
        let (rows, cols) = (input.lines(), out.lines());
        for j in (0..cols).step_by(BLOCK) {
            for i in (0..rows).step_by(BLOCK) {
                let n = BLOCK.min(rows - i);
                for k in j..cols.min(j + BLOCK) {
                    copy(&mut out.line(k)[i..][..n], input.strided(first + k).part(i, n));
                }
            }
        }
    }
}

#[inline(always)]
fn copy(out: &mut [f64], column: Strided) {
    for (out, value) in zip(out, column.iter()) {
        *out = value;
    }
}
