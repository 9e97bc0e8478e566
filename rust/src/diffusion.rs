// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

use crate::abi::Status;
use crate::check::{self, Matrix, Region};
use crate::guard::guard;
use crate::lines::{ACROSS, COL, Interchanged, Lines, LinesMut, Strided, StridedMut};
use crate::parallel::{Team, Work};

/// # Safety
///
/// See toll.h: `out` and `input` are matrices of this shape, and during the call nobody else reaches the
/// cells of `out` that it says are written, or writes to `input`.
pub unsafe extern "C" fn step<T: Team, const LAYOUT: bool>(
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
    guard(|| {
        let grid = grid::<LAYOUT>(rows, cols, ld)?;
        let (lo, hi) = check::range(lo, hi, rows)?;
        let span = grid.span();
        check::memory([Region::new(out, span)], [Region::new(input, span)])?;
        check::domain(d.is_finite() && dt.is_finite())?;
        let (threads, schedule) = check::team(threads, schedule)?;

        let (lo, hi) = (lo.max(1), hi.min(rows as usize - 1));
        if lo >= hi || cols < 3 {
            return Ok(());
        }
        // The lines to write, from the cell (lo, 1); those to read begin one row and one column before.
        let (count, len) = if LAYOUT == COL {
            (cols as usize - 2, hi - lo)
        } else {
            (hi - lo, cols as usize - 2)
        };
        let corner = if LAYOUT == COL { lo - 1 } else { (lo - 1) * grid.ld };
        // SAFETY: lo >= 1, hi < rows and cols >= 3, so that all these cells are the matrices', which the
        // caller vouches for and the checks found apart.
        let (out, input) = unsafe {
            (
                LinesMut::new(out.add(corner + grid.ld + 1), count, len, grid.ld),
                Lines::new(input.add(corner), count + 2, len + 2, grid.ld),
            )
        };
        T::gather(threads, schedule, |team| {
            team.run(
                Step::<LAYOUT> {
                    out,
                    first: 1,
                    input,
                    ddt: d * dt,
                },
                1,
            );
        });
        Ok(())
    })
}

/// # Safety
///
/// See toll.h: `a` and `b` are matrices of this shape, and during the call nobody else reaches their cells.
pub unsafe extern "C" fn run<T: Team, const LAYOUT: bool, const ORDER: bool>(
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
    guard(|| {
        let grid = grid::<LAYOUT>(rows, cols, ld)?;
        let span = grid.span();
        check::memory([Region::new(a, span), Region::new(b, span)], [])?;
        check::domain(steps >= 0 && d.is_finite() && dt.is_finite())?;
        let (threads, schedule) = check::team(threads, schedule)?;

        if rows < 3 || cols < 3 || steps == 0 {
            return Ok(());
        }
        // SAFETY: the matrices are the caller's word, and the checks found them apart.
        let (mut from, mut to) = unsafe {
            (
                LinesMut::new(a, grid.outer, grid.inner, grid.ld),
                LinesMut::new(b, grid.outer, grid.inner, grid.ld),
            )
        };
        T::gather(threads, schedule, |team| {
            for _ in 0..steps {
                let (out, input) = (to.interior(), from.shared());
                let (first, ddt) = (1, d * dt);
                if ORDER == ACROSS {
                    let out = out.interchanged();
                    team.run(
                        StepAcross::<LAYOUT> {
                            out,
                            first,
                            input,
                            ddt,
                        },
                        1,
                    );
                } else {
                    team.run(
                        Step::<LAYOUT> {
                            out,
                            first,
                            input,
                            ddt,
                        },
                        1,
                    );
                }
                std::mem::swap(&mut from, &mut to);
            }
        });
        Ok(())
    })
}

fn grid<const LAYOUT: bool>(rows: i64, cols: i64, ld: i64) -> Result<Matrix, Status> {
    if LAYOUT == COL {
        check::matrix(cols, rows, ld)
    } else {
        check::matrix(rows, cols, ld)
    }
}

/// Lines of a step. The cells of `out`'s line k lie above those of `input`'s line first + k, but for the
/// latter's first and last.
struct Step<'a, const LAYOUT: bool> {
    out: LinesMut<'a>,
    first: usize,
    input: Lines<'a>,
    ddt: f64,
}

impl<const LAYOUT: bool> Work for Step<'_, LAYOUT> {
    fn len(&self) -> usize {
        self.out.lines()
    }

    fn split_at(self, mid: usize) -> (Self, Self) {
        let (out, rest) = self.out.split_at(mid);
        (
            Step { out, ..self },
            Step {
                out: rest,
                first: self.first + mid,
                ..self
            },
        )
    }

    #[inline(always)]
    fn run(self) {
        for (k, out) in self.out.enumerate() {
            let k = self.first + k;
            line::<LAYOUT>(
                out,
                self.input.line(k - 1),
                self.input.line(k),
                self.input.line(k + 1),
                self.ddt,
            );
        }
    }
}

/// One line of cells, from the input line that holds them and those before and after it.
#[inline(always)]
pub fn line<const LAYOUT: bool>(out: &mut [f64], before: &[f64], here: &[f64], after: &[f64], ddt: f64) {
    let n = out.len();
    let (left, u, right) = (&here[..n], &here[1..][..n], &here[2..][..n]);
    let (before, after) = (&before[1..][..n], &after[1..][..n]);
    // Rows first, then columns, whichever of them the line runs along.
    let (down, up, next, last) = if LAYOUT == COL {
        (right, left, after, before)
    } else {
        (after, before, right, left)
    };
    for k in 0..n {
        out[k] = cell(down[k], up[k], next[k], last[k], u[k], ddt);
    }
}

/// A step with its loops interchanged. The cells at k of `out`'s lines lie above those at first + k of `input`'s,
/// but for the latter's first and last line.
struct StepAcross<'a, const LAYOUT: bool> {
    out: Interchanged<'a>,
    first: usize,
    input: Lines<'a>,
    ddt: f64,
}

impl<const LAYOUT: bool> Work for StepAcross<'_, LAYOUT> {
    fn len(&self) -> usize {
        self.out.len()
    }

    fn split_at(self, mid: usize) -> (Self, Self) {
        let (out, rest) = self.out.split_at(mid);
        (
            StepAcross { out, ..self },
            StepAcross {
                out: rest,
                first: self.first + mid,
                ..self
            },
        )
    }

    #[inline(always)]
    fn run(self) {
        for (k, out) in self.out.enumerate() {
            let k = self.first + k;
            across::<LAYOUT>(
                out,
                self.input.strided(k - 1),
                self.input.strided(k),
                self.input.strided(k + 1),
                self.ddt,
            );
        }
    }
}

/// One cell of each line, from the cells of the input there and those one before and one after them.
#[inline(always)]
fn across<const LAYOUT: bool>(out: StridedMut, before: Strided, here: Strided, after: Strided, ddt: f64) {
    let n = out.len();
    let (above, u, below) = (here.part(0, n), here.part(1, n), here.part(2, n));
    let (before, after) = (before.part(1, n), after.part(1, n));
    // Rows first, then columns, whichever of them are the lines.
    let (down, up, next, last) = if LAYOUT == COL {
        (after, before, below, above)
    } else {
        (below, above, after, before)
    };
    out.set([down, up, next, last, u], |[down, up, next, last, u]| {
        cell(down, up, next, last, u, ddt)
    });
}

#[inline(always)]
fn cell(down: f64, up: f64, next: f64, last: f64, u: f64, ddt: f64) -> f64 {
    let lap = (((down + up) + next) + last) - 4.0 * u;
    u + ddt * lap
}
