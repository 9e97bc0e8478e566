// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Diffusion, tuned: what csrc/simd/diffusion.c does, and explains. A grid is lines of adjacent cells: rows if it is
//! row-major, columns if it is column-major.

use std::hint::black_box;
use std::marker::PhantomData;
use std::mem::{MaybeUninit, swap};
use std::ptr::{copy_nonoverlapping, null_mut};

use super::{Kernel, Level, Mask, Vector, not_unrolled, prefetch};
use crate::abi::Status;
use crate::check::{self, Matrix, Region};
use crate::diffusion::line as plain;
use crate::guard::guard;
use crate::lines::{COL, Lines, LinesMut};
use crate::parallel::{Team, Work};

/// Lines that a pass computes at once.
const BLOCK: usize = 6;
/// Lines that a step of a grid computes at once.
const PAIR: usize = 2;
/// Steps of a pass, at most.
const FUSED: usize = 24;
/// Cells of a tile among others, at most; 8 more by rounding.
const TILE: usize = 504;
/// Cells of one alone, which has no halo.
const ALONE: usize = 558;
/// Cells of a line of the ring, at most.
const WIDEST: usize = 560;
/// Lines that are between the first and the last step of a pass, at least.
const EDGES: usize = 64;
/// Cells of a thread's part, at least.
const NARROWEST: usize = 64;
/// Cells of a line that a step takes vectors for, at least.
const SHORT: usize = 36;
/// Cells of a grid that a run fuses steps on, at least.
const SMALL: usize = 12288;
/// Lines of such a grid.
const FLAT: usize = 16;
/// Cells of a grid that is assumed not to stay in the caches.
const LARGE: usize = 1 << 20;
/// Steps of a run that are fused, at least.
const FEW: usize = 8;
/// And on such a large grid.
const FEWER: usize = 3;
/// Numbers before and after a line of the ring.
const PAD: usize = 8;
/// Numbers of the ring: 243 KiB of the stack.
const RING: usize = (2 * FUSED + BLOCK) * (WIDEST + 2 * PAD);
/// If |D*dt| is less than GENTLE, a step makes numbers less than 2^24 times as large, so that such as are SMALLER stay
/// less than 2^776 in FUSED steps: four times one is no overflow.
const GENTLE: f64 = (1_u64 << 20) as f64;
const SMALLER: f64 = f64::from_bits((1023 + 200) << 52);

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
            team.run(Step::<L, LAYOUT>::new(out, input, d * dt), PAIR);
        });
        Ok(())
    })
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
    guard(|| {
        let grid = grid::<LAYOUT>(rows, cols, ld)?;
        let span = grid.span();
        check::memory([Region::new(a, span), Region::new(b, span)], [])?;
        check::domain(steps >= 0 && d.is_finite() && dt.is_finite())?;
        let (threads, schedule) = check::team(threads, schedule)?;

        if rows < 3 || cols < 3 || steps == 0 {
            return Ok(());
        }
        let (steps, ddt) = (steps as usize, d * dt);
        let mut strips = Vec::new();
        if let Some(run) = Run::new([a, b], grid, steps, ddt, T::size(threads), &mut strips) {
            T::gather(threads, schedule, |team| run.passes::<L, LAYOUT>(team));
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
                team.run(Step::<L, LAYOUT>::new(to.interior(), from.shared(), ddt), PAIR);
                swap(&mut from, &mut to);
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

/// What each cell is computed with.
#[derive(Clone, Copy)]
struct Factors<V> {
    ddt: V,
    /// 1, which the compiler does not know.
    one: V,
    four: V,
}

impl<V: Vector> Factors<V> {
    #[inline(always)]
    fn new(ddt: f64) -> Self {
        Factors {
            ddt: V::splat(ddt),
            one: V::splat(black_box(1.0)),
            four: V::splat(4.0),
        }
    }

    /// A step from `u`, its neighbours in the lines after and before, and those next and last in its own line. If
    /// they are small, four times `u` is exact.
    #[inline(always)]
    fn cell<const LAYOUT: bool>(self, small: bool, after: V, before: V, next: V, last: V, u: V) -> V {
        let sum = if LAYOUT == COL {
            ((next + last) + after) + before
        } else {
            ((after + before) + next) + last
        };
        let lap = if small {
            sum.minus_product(self.four, u)
        } else {
            sum - self.four * u
        };
        (self.ddt * lap).plus(u, self.one)
    }
}

/// Steps of the cells from <= x < to of N lines: out[k] from lines[k], lines[k + 1] and lines[k + 2].
///
/// # Safety
///
/// M is N + 2; to - from is a multiple of 8. The cells of `out` may be written, those of `lines` and one more on each
/// side read; they do not overlap.
#[inline(always)]
unsafe fn walk<V: Vector, const N: usize, const M: usize, const LAYOUT: bool>(
    out: [*mut f64; N],
    lines: [*const f64; M],
    from: usize,
    to: usize,
    factors: Factors<V>,
) {
    // A group is a cache line where the lines are aligned: then its first cell's neighbour comes from a register.
    let carried = V::LANES > 2;
    let group = if carried { 8 / V::LANES } else { 1 };
    // SAFETY: the caller's guarantee.
    unsafe {
        let mut last = [factors.one; N];
        for k in 0..N {
            let line = lines[k + 1].add(from);
            last[k] = V::splat(*line.sub(1));
            if !carried {
                last[k] = V::preceding(last[k], V::load(line));
            }
        }
        let mut x = from;
        while x < to {
            let mut before = [factors.one; 2];
            let mut u = [factors.one; 2];
            for g in 0..group {
                before[g] = V::load(lines[0].add(x + g * V::LANES));
                u[g] = V::load(lines[1].add(x + g * V::LANES));
            }
            for k in 0..N {
                let line = lines[k + 1].add(x);
                let (mut after, mut stepped) = (u, u);
                for g in 0..group {
                    let at = g * V::LANES;
                    after[g] = V::load(lines[k + 2].add(x + at));
                    let left = if g > 0 {
                        V::load(line.add(at).sub(1))
                    } else if carried {
                        V::preceding(last[k], u[0])
                    } else {
                        last[k]
                    };
                    let right = V::load(line.add(at + 1));
                    stepped[g] = factors.cell::<LAYOUT>(false, after[g], before[g], right, left, u[g]);
                }
                last[k] = if carried {
                    u[group - 1]
                } else {
                    V::load(line.add(V::LANES - 1))
                };
                for (g, stepped) in stepped.iter().enumerate().take(group) {
                    stepped.store(out[k].add(x + g * V::LANES));
                }
                before = u;
                u = after;
            }
            x += group * V::LANES;
        }
    }
}

/// The same of lines of a grid, whatever their alignment, of SHORT cells or more.
///
/// # Safety
///
/// As for [`walk`].
#[inline(always)]
unsafe fn walk_exactly<V: Vector, const N: usize, const M: usize, const LAYOUT: bool>(
    out: [*mut f64; N],
    lines: [*const f64; M],
    len: usize,
    factors: Factors<V>,
) {
    // SAFETY: the caller's guarantee; SHORT is more than 8, so that 0 <= begin <= end <= len.
    unsafe {
        let begin = lines[1].addr().wrapping_neg() / 8 % 8;
        let end = begin + (len - begin) / 8 * 8;
        walk::<V, N, M, LAYOUT>(out, lines, begin, end, factors);
        for k in 0..N {
            let lines = [lines[k], lines[k + 1], lines[k + 2]];
            ends::<V, LAYOUT>(out[k], lines, 0, begin, len, factors);
            ends::<V, LAYOUT>(out[k], lines, end, len, len, factors);
        }
    }
}

/// The cells begin <= x < end of a line of `len` cells, LANES or more. Others are computed, too, where end - begin is
/// no multiple of LANES.
///
/// # Safety
///
/// As for [`walk_exactly`].
#[inline(always)]
unsafe fn ends<V: Vector, const LAYOUT: bool>(
    out: *mut f64,
    [before, u, after]: [*const f64; 3],
    begin: usize,
    end: usize,
    len: usize,
    factors: Factors<V>,
) {
    let mut x = begin;
    while x < end {
        // SAFETY: the caller's guarantee, for at + LANES <= len.
        unsafe {
            let at = x.min(len - V::LANES);
            let (next, last) = (V::load(u.add(at + 1)), V::load(u.add(at).sub(1)));
            let (before, after) = (V::load(before.add(at)), V::load(after.add(at)));
            let cell = factors.cell::<LAYOUT>(false, after, before, next, last, V::load(u.add(at)));
            cell.store(out.add(at));
        }
        x += V::LANES;
    }
}

/// Lines of a step. The cells of `out`'s line k lie above those of `input`'s line first + k, but for the
/// latter's first and last.
struct Step<'a, L, const LAYOUT: bool> {
    out: LinesMut<'a>,
    first: usize,
    input: Lines<'a>,
    ddt: f64,
    level: PhantomData<L>,
}

impl<'a, L: Level, const LAYOUT: bool> Step<'a, L, LAYOUT> {
    fn new(out: LinesMut<'a>, input: Lines<'a>, ddt: f64) -> Self {
        Step {
            out,
            first: 1,
            input,
            ddt,
            level: PhantomData,
        }
    }
}

impl<L: Level, const LAYOUT: bool> Work for Step<'_, L, LAYOUT> {
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

    /// Short lines go through the plain loop, here: to pass on what is to be done would take longer than to do it.
    #[inline(always)]
    fn run(self) {
        if self.input.line_len() - 2 >= SHORT {
            // SAFETY: the processor has the level, as the table's functions ask for.
            return unsafe { L::enter(self) };
        }
        for (k, out) in self.out.enumerate() {
            let line = |after: usize| self.input.line(self.first + k + after - 1);
            plain::<LAYOUT>(out, line(0), line(1), line(2), self.ddt);
        }
    }
}

impl<L: Level, const LAYOUT: bool> Kernel for Step<'_, L, LAYOUT> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(mut self) {
        let (count, len) = (self.out.lines(), self.input.line_len() - 2);
        let factors = Factors::<V>::new(self.ddt);
        let mut k = 0;
        while k < count {
            let at = self.first + k;
            // SAFETY: lines of both, and `input`'s have a cell more on each side.
            unsafe {
                let line = |k: usize| self.input.line(k).as_ptr().add(1);
                if k + PAIR <= count {
                    let out = [self.out.line(k).as_mut_ptr(), self.out.line(k + 1).as_mut_ptr()];
                    let lines = [line(at - 1), line(at), line(at + 1), line(at + 2)];
                    walk_exactly::<V, PAIR, { PAIR + 2 }, LAYOUT>(out, lines, len, factors);
                } else {
                    let out = [self.out.line(k).as_mut_ptr()];
                    let lines = [line(at - 1), line(at), line(at + 1)];
                    walk_exactly::<V, 1, 3, LAYOUT>(out, lines, len, factors);
                }
            }
            k += PAIR;
        }
    }
}

/// A run of fused steps. See csrc/simd/diffusion.c.
struct Run {
    /// a and b.
    grid: [*mut f64; 2],
    lines: usize,
    /// The cells of a line but its first and last.
    cells: usize,
    ld: usize,
    steps: usize,
    ddt: f64,
    /// Of the cells, one a thread.
    parts: usize,
    /// Of each part.
    tiles: usize,
    fused: usize,
    /// Of each part: two of `fused` cells of each line, on the left and right of its first cell. Or null.
    strips: *mut f64,
}

// SAFETY: its functions say which of its cells they reach.
unsafe impl Send for Run {}
// SAFETY: as above.
unsafe impl Sync for Run {}

#[derive(Clone, Copy)]
struct Pass {
    first: usize,
    steps: usize,
    last: bool,
}

/// The cells c0 <= c < c1, after `before` others, before `after` others: `width` in all. The others are halos, or the
/// boundary's cell.
struct Tile {
    c0: usize,
    c1: usize,
    before: usize,
    after: usize,
    width: usize,
    /// Of a line of the ring: lane l of vector v is cell l * vectors + v.
    vectors: usize,
    stride: usize,
    /// Strips: where the halos come from, if not from a; where the next tile's goes to. Or null.
    left: *mut f64,
    right: *mut f64,
    save: *mut f64,
    /// Of line y % EDGES, in a and b: the first and the last cell.
    edges: [[[f64; 2]; 2]; EDGES],
    /// No number so far is so large that four times a cell may overflow.
    small: bool,
}

#[repr(align(64))]
struct Ring(MaybeUninit<[f64; RING]>);

/// Steps of N lines of the ring: at[k] from at[k], at[k + 1] and at[k + 2], and in the place of at[k].
///
/// # Safety
///
/// M is N + 2; the lines have so many vectors, and one more on each side.
#[inline(always)]
unsafe fn advance<V: Vector, const N: usize, const M: usize, const LAYOUT: bool>(
    at: [*mut f64; M],
    vectors: usize,
    small: bool,
    factors: Factors<V>,
) {
    // SAFETY: the caller's guarantee. What is needed of a line is loaded before the vector over it is stored.
    unsafe {
        let mut last = [factors.one; N];
        for k in 0..N {
            last[k] = V::load(at[k + 1].sub(V::LANES));
        }
        let mut x = 0;
        while x < vectors * V::LANES {
            not_unrolled();
            let (mut before, mut u) = (V::load(at[0].add(x)), V::load(at[1].add(x)));
            for k in 0..N {
                let (after, next) = (V::load(at[k + 2].add(x)), V::load(at[k + 1].add(x + V::LANES)));
                let cell = factors.cell::<LAYOUT>(small, after, before, next, last[k], u);
                cell.store(at[k].add(x));
                last[k] = u;
                before = u;
                u = after;
            }
            x += V::LANES;
        }
    }
}

impl Run {
    /// None if steps are not worth fusing, or if there is no memory for that.
    fn new(
        grid: [*mut f64; 2],
        shape: Matrix,
        steps: usize,
        ddt: f64,
        threads: usize,
        strips: &mut Vec<MaybeUninit<f64>>,
    ) -> Option<Run> {
        let cells = shape.outer * shape.inner;
        let few = if cells < LARGE { FEW } else { FEWER };
        if shape.outer < FLAT || shape.inner < NARROWEST || cells < SMALL || steps < few {
            return None;
        }
        let cells = shape.inner - 2;
        let parts = threads.min(cells / NARROWEST).max(1);
        // Halos take an eighth of a narrow part's cells on each side, or less. No pass of several makes one step only.
        let fused = if parts > 1 {
            FUSED.min(cells / parts / 8)
        } else {
            FUSED
        }
        .min(steps);
        let tiles = if parts == 1 && cells <= ALONE {
            1
        } else {
            (cells / parts).div_ceil(TILE)
        };
        let mut run = Run {
            grid,
            lines: shape.outer,
            cells,
            ld: shape.ld,
            steps,
            ddt,
            parts,
            tiles,
            fused,
            strips: null_mut(),
        };
        if parts * tiles > 1 {
            strips.try_reserve_exact(parts * 2 * run.lines * fused).ok()?;
            run.strips = strips.as_mut_ptr().cast();
        }
        Some(run)
    }

    fn passes<L: Level, const LAYOUT: bool>(&self, team: &impl Team) {
        let passes = self.steps.div_ceil(self.fused);
        let mut first = 0;
        for p in 0..passes {
            let steps = self.steps / passes + (p < self.steps % passes) as usize;
            let pass = Pass {
                first,
                steps,
                last: p == passes - 1,
            };
            first += steps;
            let parts = Parts::<L, LAYOUT> {
                run: self,
                pass,
                begin: 0,
                end: self.parts,
                level: PhantomData,
            };
            if self.parts > 1 {
                team.run(Strips(parts.rest()), 1);
            }
            team.run(parts, 1);
        }
    }

    fn begin(&self, k: usize, of: usize) -> usize {
        if k == of {
            self.cells
        } else {
            (self.cells / of * k + self.cells % of * k / of) / 8 * 8
        }
    }

    /// The cells of a line of a level's grid.
    #[inline(always)]
    fn line(&self, level: usize, y: usize) -> *mut f64 {
        self.grid[level % 2].wrapping_add(y * self.ld + 1)
    }

    /// `side` is 0 for the left, 1 for the right.
    fn strip(&self, part: usize, side: usize) -> *mut f64 {
        self.strips
            .wrapping_add((2 * part + side) * self.lines * self.fused)
    }

    /// Keeps what the tiles on both sides of the part's first cell need of each other.
    ///
    /// # Safety
    ///
    /// Nobody else writes to a, or reaches the part's strips.
    unsafe fn save_strips(&self, pass: Pass, part: usize) {
        let begin = self.begin(part, self.parts);
        let (left, right) = (self.strip(part, 0), self.strip(part, 1));
        for y in 1..self.lines - 1 {
            // SAFETY: a part has more cells than a pass has steps, and there are part - 1 and part.
            unsafe {
                let at = self.line(0, y).add(begin);
                copy_nonoverlapping(
                    at.sub(pass.steps),
                    left.add((y + 1) * self.fused - pass.steps),
                    pass.steps,
                );
                copy_nonoverlapping(at, right.add(y * self.fused), pass.steps);
            }
        }
    }
}

/// The parts begin <= part < end of a pass.
struct Parts<'a, L, const LAYOUT: bool> {
    run: &'a Run,
    pass: Pass,
    begin: usize,
    end: usize,
    level: PhantomData<L>,
}

impl<L: Level, const LAYOUT: bool> Parts<'_, L, LAYOUT> {
    /// All but the first of all.
    fn rest(&self) -> Self {
        Parts { begin: 1, ..*self }
    }
}

impl<L: Level, const LAYOUT: bool> Work for Parts<'_, L, LAYOUT> {
    fn len(&self) -> usize {
        self.end - self.begin
    }

    fn split_at(self, mid: usize) -> (Self, Self) {
        let mid = self.begin + mid;
        (Parts { end: mid, ..self }, Parts { begin: mid, ..self })
    }

    fn run(self) {
        // SAFETY: the processor has the level, as the table's functions ask for.
        unsafe { L::enter(self) }
    }
}

impl<L: Level, const LAYOUT: bool> Kernel for Parts<'_, L, LAYOUT> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let (run, pass) = (self.run, self.pass);
        let mut ring = Ring(MaybeUninit::uninit());
        let ring: *mut f64 = ring.0.as_mut_ptr().cast();
        let all = run.parts * run.tiles;
        for me in self.begin * run.tiles..self.end * run.tiles {
            let part = me / run.tiles;
            let inner = |yes: bool, strip: *mut f64| if yes { strip } else { null_mut() };
            let part_ends = me % run.tiles == run.tiles - 1;
            let mut tile = Tile {
                c0: run.begin(me, all),
                c1: run.begin(me + 1, all),
                before: if me > 0 { pass.steps } else { 1 },
                after: if me < all - 1 { pass.steps } else { 1 },
                width: 0,
                vectors: 0,
                stride: 0,
                left: inner(me > 0, run.strip(part, 0)),
                right: inner(part_ends && me < all - 1, run.strip(part + 1, 1)),
                save: inner(!part_ends, run.strip(part, 0)),
                edges: [[[0.0; 2]; 2]; EDGES],
                small: run.ddt.abs() < GENTLE,
            };
            tile.width = tile.before + (tile.c1 - tile.c0) + tile.after;
            tile.vectors = tile.width.div_ceil(V::LANES);
            // Eight lines that are used together must not meet in a set of the first cache, nor may a load seem to
            // need a store that is still under way: both go by an address modulo 512 numbers.
            tile.stride = (tile.vectors * V::LANES + 2 * PAD + 63) / 128 * 128 + 64;
            // SAFETY: the ring has room for the lines of every tile. The tiles of a part are worked on in order, those
            // of other parts reach other cells of a and b, and other strips, but for boundaries and for the right
            // strips, which nobody writes to meanwhile.
            unsafe {
                tile.pass::<V, LAYOUT>(run, pass, ring);
            }
        }
    }
}

/// To save what parts need of each other.
struct Strips<'a, L, const LAYOUT: bool>(Parts<'a, L, LAYOUT>);

impl<L: Level, const LAYOUT: bool> Work for Strips<'_, L, LAYOUT> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn split_at(self, mid: usize) -> (Self, Self) {
        let (parts, rest) = self.0.split_at(mid);
        (Strips(parts), Strips(rest))
    }

    fn run(self) {
        for part in self.0.begin..self.0.end {
            // SAFETY: all that happens to a at this time is that its cells are saved.
            unsafe { self.0.run.save_strips(self.0.pass, part) }
        }
    }
}

/// A line of a tile, cell after cell.
struct Whole(MaybeUninit<[f64; WIDEST]>);

impl Whole {
    #[inline(always)]
    fn new() -> Self {
        Whole(MaybeUninit::uninit())
    }

    #[inline(always)]
    fn at(&mut self, x: usize) -> *mut f64 {
        self.0.as_mut_ptr().cast::<f64>().wrapping_add(x)
    }
}

impl Tile {
    /// A pass over the tile. At y, lines y to y + BLOCK - 1 of the first level are read, and lines y - t and on of the
    /// t-th level after it are computed. Line y of level t lies in the ring's line y - t, modulo their number.
    ///
    /// # Safety
    ///
    /// The ring has 2 * steps + BLOCK lines of `stride` numbers. Nobody else writes to the tile's cells
    /// of a and b, to its halos, and to its strips, or reads what it writes.
    #[inline(always)]
    unsafe fn pass<V: Vector, const LAYOUT: bool>(&mut self, run: &Run, pass: Pass, ring: *mut f64) {
        let factors = Factors::<V>::new(run.ddt);
        let (lines, steps) = (run.lines, pass.steps);
        let slots = 2 * steps + BLOCK;
        // The slot of line y of the first level.
        let (mut y, mut top) = (0, 0);
        while y < lines - 1 + steps {
            // SAFETY: the caller's guarantee, with slots below 2 * steps + BLOCK.
            unsafe {
                for k in y..lines.min(y + BLOCK) {
                    let slot = (top + k - y) % slots;
                    self.read_line::<V>(run, pass, k, ring.add(slot * self.stride + PAD));
                }
                for t in 1..=steps.min(y + BLOCK - 1) {
                    // Line k of the block is line y + k - t.
                    let (begin, end) = (
                        (t + 1).saturating_sub(y),
                        (lines - 1 + t).saturating_sub(y).min(BLOCK),
                    );
                    if y >= lines + t {
                        continue;
                    }
                    let mut at = [null_mut(); BLOCK + 2];
                    for (k, at) in at.iter_mut().enumerate() {
                        let slot = top + slots - 2 * t + k;
                        let slot = if slot >= slots { slot - slots } else { slot };
                        let slot = if slot >= slots { slot - slots } else { slot };
                        *at = ring.add(slot * self.stride + PAD);
                    }
                    if begin == 0 && end == BLOCK && self.small {
                        advance::<V, BLOCK, { BLOCK + 2 }, LAYOUT>(at, self.vectors, true, factors);
                    } else {
                        for k in begin..end {
                            let lines = [at[k], at[k + 1], at[k + 2]];
                            advance::<V, 1, 3, LAYOUT>(lines, self.vectors, false, factors);
                        }
                    }
                    for (k, &at) in at
                        .iter()
                        .enumerate()
                        .take((lines + t - y).min(BLOCK))
                        .skip(t.saturating_sub(y))
                    {
                        self.bound::<V>(run, pass.first + t, y + k - t, at);
                    }
                    self.fetch(run, pass, 0, y + BLOCK, t);
                    if y + BLOCK >= steps {
                        self.fetch(run, pass, 0, y + BLOCK - steps, t);
                        if pass.last {
                            self.fetch(run, pass, 1, y + BLOCK - steps, t);
                        }
                    }
                    if t == steps || pass.last && t == steps - 1 {
                        let level = if pass.last { pass.first + t } else { 0 };
                        for (k, &at) in at.iter().enumerate().take(end).skip(begin) {
                            self.write_line::<V>(run.line(level, y + k - t).add(self.c0), at);
                        }
                    }
                }
            }
            y += BLOCK;
            top = (top + BLOCK) % slots;
        }
    }

    /// Puts the boundary of a level into line y of the ring, and the neighbours of its first and last vector beside them.
    ///
    /// # Safety
    ///
    /// As for [`Tile::pass`]; `at` leads to a line of the ring.
    #[inline(always)]
    unsafe fn bound<V: Vector>(&mut self, run: &Run, level: usize, y: usize, at: *mut f64) {
        let edge = self.edges[y % EDGES][level % 2];
        // SAFETY: the caller's guarantee; nobody writes to a boundary.
        unsafe {
            if y == 0 || y == run.lines - 1 {
                let mut whole = Whole::new();
                copy_nonoverlapping(
                    run.line(level, y).add(self.c0).sub(self.before),
                    whole.at(0),
                    self.width,
                );
                self.spread::<V>(&mut whole, at);
            }
            let end = at.add(self.vectors * V::LANES);
            let (first, last) = (V::load(at), V::load(end.sub(V::LANES)));
            V::preceding(last, last).store(at.sub(V::LANES));
            V::following(first, first).store(end);
            if self.left.is_null() {
                // As a vector, since the next load of a vector would wait for a store of one number.
                V::preceding(V::splat(edge[0]), V::following(first, first)).store(at);
            }
            if self.c1 == run.cells {
                let at = at.add((self.width - 1) % self.vectors * V::LANES);
                let cells = V::load(at);
                V::following(V::preceding(cells, cells), V::splat(edge[1])).store(at);
            }
        }
    }

    /// # Safety
    ///
    /// As for [`Tile::pass`]; `at` leads to a line of the ring.
    #[inline(always)]
    unsafe fn read_line<V: Vector>(&mut self, run: &Run, pass: Pass, y: usize, at: *mut f64) {
        let (line, fused, steps) = (run.line(0, y), run.fused, pass.steps);
        // SAFETY: the caller's guarantee. The cells beside those of the tile are at least the boundary's.
        unsafe {
            if y > 0 && y < run.lines - 1 {
                let mut whole = Whole::new();
                copy_nonoverlapping(
                    line.add(self.c0).sub(1),
                    whole.at(self.before - 1),
                    self.c1 - self.c0 + 2,
                );
                if !self.left.is_null() {
                    copy_nonoverlapping(self.left.add((y + 1) * fused - steps), whole.at(0), steps);
                }
                if !self.save.is_null() {
                    let saved = self.save.add((y + 1) * fused - steps);
                    copy_nonoverlapping(line.add(self.c1 - steps), saved, steps);
                }
                if self.c1 < run.cells {
                    let halo = if self.right.is_null() {
                        line.add(self.c1)
                    } else {
                        self.right.add(y * fused)
                    };
                    copy_nonoverlapping(halo, whole.at(self.width - steps), steps);
                }
                self.spread::<V>(&mut whole, at);
            }
            for level in 0..2 {
                let line = run.line(level, y);
                let edge = [*line.sub(1), *line.add(run.cells)];
                self.edges[y % EDGES][level] = edge;
                self.small &= edge[0].abs() < SMALLER && edge[1].abs() < SMALLER;
            }
            self.bound::<V>(run, pass.first, y, at);
        }
    }

    /// Puts a line into the ring.
    ///
    /// # Safety
    ///
    /// The first `width` cells of `whole` are set; `at` leads to a line of the ring.
    #[inline(always)]
    unsafe fn spread<V: Vector>(&mut self, whole: &mut Whole, at: *mut f64) {
        // SAFETY: the caller's guarantee; there are LANES vectors or more, as a tile has 64 cells or more.
        unsafe {
            for x in self.width..self.vectors * V::LANES {
                *whole.at(x) = 0.0;
            }
            let (mut least, mut most) = (V::splat(0.0), V::splat(0.0));
            let mut x = 0;
            while x < self.vectors {
                let v = x.min(self.vectors - V::LANES);
                let mut square = V::square(least);
                for (lane, line) in square.as_mut().iter_mut().enumerate() {
                    *line = V::load(whole.at(lane * self.vectors + v));
                    most = V::max(*line, most);
                    least = V::max(V::splat(0.0) - *line, least);
                }
                let square = V::transpose(square);
                for (k, &vector) in square.as_ref().iter().enumerate() {
                    vector.store(at.add((v + k) * V::LANES));
                }
                x += V::LANES;
            }
            let small = V::max(most, least).lt(V::splat(SMALLER));
            self.small &= small.bits() == V::Mask::first(V::LANES).bits();
        }
    }

    /// Writes a line of the ring to that of a grid, which `line` leads to.
    ///
    /// # Safety
    ///
    /// As for [`Tile::pass`]; `at` leads to a line of the ring.
    #[inline(always)]
    unsafe fn write_line<V: Vector>(&self, line: *mut f64, at: *mut f64) {
        let mut whole = Whole::new();
        // SAFETY: the caller's guarantee, and as for `spread`.
        unsafe {
            let mut x = 0;
            while x < self.vectors {
                let v = x.min(self.vectors - V::LANES);
                let mut square = V::square(V::splat(0.0));
                for (k, vector) in square.as_mut().iter_mut().enumerate() {
                    *vector = V::load(at.add((v + k) * V::LANES));
                }
                let square = V::transpose(square);
                for (lane, &cells) in square.as_ref().iter().enumerate() {
                    cells.store(whole.at(lane * self.vectors + v));
                }
                x += V::LANES;
            }
            copy_nonoverlapping(whole.at(self.before), line, self.c1 - self.c0);
        }
    }

    /// Asks for a part of some lines, before they are read or written: a part in each level.
    #[inline(always)]
    fn fetch(&self, run: &Run, pass: Pass, level: usize, y: usize, t: usize) {
        let n = self.c1 - self.c0;
        let (from, to) = (n * (t - 1) / pass.steps / 8 * 8, n * t / pass.steps / 8 * 8);
        for k in y..run.lines.min(y + BLOCK) {
            let line = run.line(level, k).wrapping_add(self.c0);
            let mut x = from;
            while x < to {
                prefetch(line.wrapping_add(x));
                x += 8;
            }
        }
    }
}
