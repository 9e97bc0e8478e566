// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Julia in lanes. Points are worked on in blocks: a few iterations on all points of a block, then passes over those
//! left, packed side by side. Several vectors go along together, since the latency of one point's chain is that of
//! many operations.
//!
//! A lane is not stopped when it escapes; it counts the tests that hold, and no test holds after one that fails: let
//! |c|² < [`LIMIT`] and the computed |z|² not be below 4. If it is NaN, or a part of z is infinite, then the parts of the
//! next z are such that its |z|² is infinite or NaN again. Else |z| >= 2(1 - 2u), u = 2^-53, the next computed z has
//! |z| >= |z|²(1 - 6u) - |c|(1 + 2u) > 4(1 - 10u) - 1.9999 > 2.00009 (what underflows, by 2^-1074, is far below that),
//! and its computed |z|² is above 4, or overflows. So the count is the plain loop's.
//!
//! Where c is larger, or NaN, the plain loop runs.

use std::marker::PhantomData;
use std::mem::MaybeUninit;

use super::certificate::{Certificate, Disc};
use super::{Kernel, Level, Mask, Vector};
use crate::julia::{Complex, Loops, Points, SplitPoints, escape};

/// Of |c|², below which lanes need no stop.
const LIMIT: f64 = 3.999;

/// Points of a block.
const BLOCK: usize = 2048;

/// Vectors that go along together.
const GROUP: usize = 5;

/// Iterations on all points of a block.
const FIRST: i32 = 4;

/// How long a cycle is looked for, at least and at most, in iterations.
const SHORTEST: usize = 128;
const LONGEST: usize = 4096;

/// More lanes than any level has.
const MOST_LANES: usize = 8;

/// Every iteration and test of every point is done.
pub struct Brute<L>(PhantomData<L>);

impl<L: Level> Loops for Brute<L> {
    const GRAIN: usize = 4 * BLOCK;

    fn points(points: Points<Self>) {
        let source = Interleaved {
            zs: points.zs,
            cs: points.cs,
        };
        run::<L, _, false>(points.out, source, points.maxiter);
    }

    fn split_points(points: SplitPoints<Self>) {
        run::<L, _, false>(points.out, Parts(points.parts), points.maxiter);
    }
}

/// With the certificate.
pub struct Certified<L>(PhantomData<L>);

impl<L: Level> Loops for Certified<L> {
    const GRAIN: usize = 4 * BLOCK;

    fn points(points: Points<Self>) {
        let source = Interleaved {
            zs: points.zs,
            cs: points.cs,
        };
        run::<L, _, true>(points.out, source, points.maxiter);
    }

    fn split_points(points: SplitPoints<Self>) {
        run::<L, _, true>(points.out, Parts(points.parts), points.maxiter);
    }
}

/// Points as they lie in memory.
trait Source: Copy {
    fn point(&self, k: usize) -> (Complex, Complex);

    /// The parts of z, from the point k on.
    ///
    /// # Safety
    ///
    /// There are as many points as lanes.
    unsafe fn z<V: Vector>(&self, k: usize) -> (V, V);

    /// The same of c.
    ///
    /// # Safety
    ///
    /// There are as many points as lanes.
    unsafe fn c<V: Vector>(&self, k: usize) -> (V, V);

    /// Whether all c of those points are the same, bit by bit.
    fn one_c(&self, from: usize, count: usize) -> bool;
}

#[derive(Clone, Copy)]
struct Interleaved<'a> {
    zs: &'a [Complex],
    cs: &'a [Complex],
}

/// # Safety
///
/// There are as many points as lanes.
#[inline(always)]
unsafe fn interleaved<V: Vector>(points: &[Complex], k: usize) -> (V, V) {
    let p = points.as_ptr().cast::<f64>();
    // SAFETY: the caller's guarantee.
    unsafe { V::split(V::load(p.add(2 * k)), V::load(p.add(2 * k + V::LANES))) }
}

impl Source for Interleaved<'_> {
    #[inline(always)]
    fn point(&self, k: usize) -> (Complex, Complex) {
        (self.zs[k], self.cs[k])
    }

    #[inline(always)]
    unsafe fn z<V: Vector>(&self, k: usize) -> (V, V) {
        // SAFETY: the caller's guarantee.
        unsafe { interleaved(self.zs, k) }
    }

    #[inline(always)]
    unsafe fn c<V: Vector>(&self, k: usize) -> (V, V) {
        // SAFETY: the caller's guarantee.
        unsafe { interleaved(self.cs, k) }
    }

    #[inline(always)]
    fn one_c(&self, from: usize, count: usize) -> bool {
        let [re, im] = self.cs[from].map(f64::to_bits);
        let mut differ = 0;
        for c in &self.cs[from..][..count] {
            differ |= (c[0].to_bits() ^ re) | (c[1].to_bits() ^ im);
        }
        differ == 0
    }
}

/// zr, zi, cr, ci
#[derive(Clone, Copy)]
struct Parts<'a>([&'a [f64]; 4]);

impl Source for Parts<'_> {
    #[inline(always)]
    fn point(&self, k: usize) -> (Complex, Complex) {
        let [zr, zi, cr, ci] = self.0;
        ([zr[k], zi[k]], [cr[k], ci[k]])
    }

    #[inline(always)]
    unsafe fn z<V: Vector>(&self, k: usize) -> (V, V) {
        let [zr, zi, ..] = self.0;
        // SAFETY: the caller's guarantee.
        unsafe { (V::load(zr.as_ptr().add(k)), V::load(zi.as_ptr().add(k))) }
    }

    #[inline(always)]
    unsafe fn c<V: Vector>(&self, k: usize) -> (V, V) {
        let [.., cr, ci] = self.0;
        // SAFETY: the caller's guarantee.
        unsafe { (V::load(cr.as_ptr().add(k)), V::load(ci.as_ptr().add(k))) }
    }

    #[inline(always)]
    fn one_c(&self, from: usize, count: usize) -> bool {
        let [.., cr, ci] = self.0;
        same(&cr[from..][..count]) && same(&ci[from..][..count])
    }
}

#[inline(always)]
fn same(values: &[f64]) -> bool {
    let first = values[0].to_bits();
    let mut differ = 0;
    for value in values {
        differ |= value.to_bits() ^ first;
    }
    differ == 0
}

fn run<L: Level, S: Source, const CERTIFY: bool>(out: &mut [i32], points: S, maxiter: i32) {
    // Too few to fill a vector.
    if out.len() < <L::Vector as Vector>::LANES {
        return plain(out, points, 0, maxiter);
    }
    let blocks = Blocks::<S, CERTIFY> { out, points, maxiter };
    // SAFETY: the tables of a level are given only where the processor has it.
    unsafe { L::enter(blocks) }
}

/// Points from `first` on, one after the other.
#[inline(always)]
fn plain<S: Source>(out: &mut [i32], points: S, first: usize, maxiter: i32) {
    for (k, out) in out.iter_mut().enumerate() {
        let (z, c) = points.point(first + k);
        *out = escape(z, c, maxiter);
    }
}

struct Blocks<'a, S, const CERTIFY: bool> {
    out: &'a mut [i32],
    points: S,
    maxiter: i32,
}

impl<S: Source, const CERTIFY: bool> Kernel for Blocks<'_, S, CERTIFY> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let mut left = Left::new();
        let mut proof = None;
        let mut first = 0;
        while first < self.out.len() {
            let count = BLOCK.min(self.out.len() - first);
            let out = &mut self.out[first..][..count];
            let (_, [cr, ci]) = self.points.point(first);
            if !self.points.one_c(first, count) {
                block::<V, S, false>(&mut left, out, self.points, first, self.maxiter, None);
            } else if cr * cr + ci * ci < LIMIT {
                let proof = CERTIFY.then(|| Proof::of([cr, ci], &mut proof));
                block::<V, S, true>(&mut left, out, self.points, first, self.maxiter, proof);
            } else {
                plain(out, self.points, first, self.maxiter);
            }
            first += count;
        }
    }
}

/// What is known of a c.
struct Proof {
    c: Complex,
    found: Option<Certificate>,
    /// How many iterations it was looked for.
    tried: usize,
}

impl Proof {
    /// The last one, if it is of that c, or else a new one.
    fn of(c: Complex, last: &mut Option<Proof>) -> &mut Proof {
        let bits = |c: Complex| c.map(f64::to_bits);
        if last.as_ref().is_none_or(|last| bits(last.c) != bits(c)) {
            *last = None;
        }
        last.get_or_insert(Proof {
            c,
            found: None,
            tried: 0,
        })
    }

    /// Looks for the certificate as long as the iterations that are to be done warrant, and only if that is longer than
    /// before.
    fn look_for(&mut self, count: usize, iterations: i32) {
        let worth = (count * iterations as usize / 32).min(LONGEST);
        if self.found.is_none() && worth >= SHORTEST && worth >= 2 * self.tried {
            self.tried = worth;
            self.found = Certificate::find(self.c, worth);
        }
    }
}

/// Room for a block's points and for as many as one group reads and writes beyond them.
type Numbers = [MaybeUninit<f64>; BLOCK + (GROUP + 1) * MOST_LANES];

/// The points left of a block, packed.
struct Left {
    zr: Numbers,
    zi: Numbers,
    /// Of points that have their own.
    cr: Numbers,
    ci: Numbers,
    /// The point's number in the block, a whole number.
    id: Numbers,
    /// The points that a pass loses: their number, and how many tests of the pass held.
    lost: Numbers,
    held: Numbers,
}

impl Left {
    #[inline(always)]
    fn new() -> Self {
        let numbers = [MaybeUninit::uninit(); _];
        Left {
            zr: numbers,
            zi: numbers,
            cr: numbers,
            ci: numbers,
            id: numbers,
            lost: numbers,
            held: numbers,
        }
    }
}

/// # Safety
///
/// There are at numbers, written before.
#[inline(always)]
unsafe fn get<V: Vector>(numbers: &Numbers, at: usize) -> V {
    debug_assert!(at + V::LANES <= numbers.len());
    // SAFETY: the caller's guarantee.
    unsafe { V::load(numbers.as_ptr().cast::<f64>().add(at)) }
}

#[inline(always)]
fn put<V: Vector>(numbers: &mut Numbers, at: usize, values: V) {
    debug_assert!(at + V::LANES <= numbers.len());
    // SAFETY: at is no more than BLOCK, or GROUP - 1 vectors beyond, see Numbers.
    unsafe { values.store(numbers.as_mut_ptr().cast::<f64>().add(at)) }
}

#[inline(always)]
fn pack<V: Vector>(numbers: &mut Numbers, at: usize, values: V, mask: V::Mask) {
    debug_assert!(at + V::LANES <= numbers.len());
    // SAFETY: as for put.
    unsafe { values.compress(mask, numbers.as_mut_ptr().cast::<f64>().add(at)) }
}

/// Iterates G vectors of points; gives how many tests of each held, and which held at last.
#[inline(always)]
fn iterate<V: Vector, const G: usize>(
    zr: &mut [V; G],
    zi: &mut [V; G],
    cr: &[V; G],
    ci: &[V; G],
    times: i32,
) -> ([V; G], [V::Mask; G]) {
    let mut held = [V::splat(0.0); G];
    let mut holds = [V::Mask::first(V::LANES); G];
    for _ in 0..times {
        for g in 0..G {
            let (rr, ii, ri) = (zr[g] * zr[g], zi[g] * zi[g], zr[g] * zi[g]);
            holds[g] = (rr + ii).lt(V::splat(4.0));
            held[g] = held[g].count(holds[g]);
            zi[g] = ri.double_plus(ci[g]);
            zr[g] = (rr - ii) + cr[g];
        }
    }
    for held in &mut held {
        *held = held.counted();
    }
    (held, holds)
}

/// ONE: all points have the same c.
#[inline(always)]
fn block<V: Vector, S: Source, const ONE: bool>(
    left: &mut Left,
    out: &mut [i32],
    points: S,
    first: usize,
    maxiter: i32,
    mut proof: Option<&mut Proof>,
) {
    let mut base = FIRST.min(maxiter);
    let mut count = 0;
    let mut at = 0;
    while at + GROUP * V::LANES <= out.len() {
        begin::<V, S, GROUP, ONE>(left, &mut count, out, points, first, at, base, maxiter);
        at += GROUP * V::LANES;
    }
    while at + V::LANES <= out.len() {
        begin::<V, S, 1, ONE>(left, &mut count, out, points, first, at, base, maxiter);
        at += V::LANES;
    }
    if at < out.len() {
        plain(&mut out[at..], points, first + at, maxiter);
    }
    let c = points.point(first).1.map(V::splat);
    while count > 0 && base < maxiter {
        if let Some(proof) = &mut proof {
            proof.look_for(count, maxiter - base);
        }
        let certificate = proof.as_ref().and_then(|proof| proof.found.as_ref());
        let times = match certificate {
            Some(certificate) => certificate.interval(8),
            None if base < 16 => 8,
            None => 16,
        };
        let times = times.min(maxiter - base);
        count = match certificate {
            Some(certificate) => {
                let discs = certificate.discs();
                pass::<V, ONE, true>(left, out, count, Turn { c, discs, times }, base)
            }
            None => {
                let discs = &[];
                pass::<V, ONE, false>(left, out, count, Turn { c, discs, times }, base)
            }
        };
        base += times;
    }
}

/// The first iterations, on G vectors of points as they come.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "they are the block's own")]
fn begin<V: Vector, S: Source, const G: usize, const ONE: bool>(
    left: &mut Left,
    count: &mut usize,
    out: &mut [i32],
    points: S,
    first: usize,
    at: usize,
    times: i32,
    maxiter: i32,
) {
    let zero = [V::splat(0.0); G];
    let (mut zr, mut zi, mut cr, mut ci) = (zero, zero, zero, zero);
    for g in 0..G {
        // SAFETY: at + G * LANES <= out.len(), of which points has as many from first.
        unsafe {
            (zr[g], zi[g]) = points.z(first + at + g * V::LANES);
            (cr[g], ci[g]) = if ONE {
                let [cr, ci] = points.point(first).1;
                (V::splat(cr), V::splat(ci))
            } else {
                points.c(first + at + g * V::LANES)
            };
        }
    }
    let (held, mut holds) = iterate(&mut zr, &mut zi, &cr, &ci, times);
    for g in 0..G {
        let at = at + g * V::LANES;
        // A point that is left is lost later, or never.
        let whole = V::splat(f64::from_bits(maxiter as u64));
        // SAFETY: as above.
        unsafe { V::select(holds[g], whole, held[g]).store_i32(out.as_mut_ptr().add(at)) };
        if !ONE {
            let small = (cr[g] * cr[g] + ci[g] * ci[g]).lt(V::splat(LIMIT));
            holds[g] = holds[g].and(small);
            let mut large = V::Mask::first(V::LANES).and_not(small).bits();
            while large != 0 {
                let k = at + large.trailing_zeros() as usize;
                plain(&mut out[k..=k], points, first + k, maxiter);
                large &= large - 1;
            }
            pack(&mut left.cr, *count, cr[g], holds[g]);
            pack(&mut left.ci, *count, ci[g], holds[g]);
        }
        pack(&mut left.zr, *count, zr[g], holds[g]);
        pack(&mut left.zi, *count, zi[g], holds[g]);
        pack(&mut left.id, *count, V::integers(at as u64), holds[g]);
        *count += holds[g].bits().count_ones() as usize;
    }
}

/// What the groups of a pass share.
#[derive(Clone, Copy)]
struct Turn<'a, V> {
    /// Of all points, unless they have their own.
    c: [V; 2],
    /// Points in these never escape.
    discs: &'a [Disc],
    times: i32,
}

/// Some iterations of the points left; gives how many are left after them.
#[inline(always)]
fn pass<V: Vector, const ONE: bool, const CATCH: bool>(
    left: &mut Left,
    out: &mut [i32],
    count: usize,
    turn: Turn<V>,
    base: i32,
) -> usize {
    for g in 0..GROUP {
        // What the last group reads beyond the last point.
        let at = count + g * V::LANES;
        put(&mut left.zr, at, V::splat(4.0));
        put(&mut left.zi, at, V::splat(4.0));
        put(&mut left.id, at, V::splat(0.0));
        if !ONE {
            put(&mut left.cr, at, V::splat(0.0));
            put(&mut left.ci, at, V::splat(0.0));
        }
    }
    let (mut kept, mut lost) = (0, 0);
    let mut at = 0;
    while at < count {
        let rest = count - at;
        if rest > 2 * V::LANES {
            group::<V, GROUP, ONE, CATCH>(left, &mut kept, &mut lost, at, rest, turn);
            at += GROUP * V::LANES;
        } else if rest > V::LANES {
            group::<V, 2, ONE, CATCH>(left, &mut kept, &mut lost, at, rest, turn);
            at += 2 * V::LANES;
        } else {
            group::<V, 1, ONE, CATCH>(left, &mut kept, &mut lost, at, rest, turn);
            at += V::LANES;
        }
    }
    for k in 0..lost {
        // SAFETY: the groups wrote as many.
        let (id, held) = unsafe { (left.lost[k].assume_init(), left.held[k].assume_init()) };
        out[id.to_bits() as usize] = base + held.to_bits() as i32;
    }
    kept
}

/// Iterates the points from `at` on, of which there are `rest` or G vectors; packs those left behind `kept`.
#[inline(always)]
fn group<V: Vector, const G: usize, const ONE: bool, const CATCH: bool>(
    left: &mut Left,
    kept: &mut usize,
    lost: &mut usize,
    at: usize,
    rest: usize,
    turn: Turn<V>,
) {
    let zero = [V::splat(0.0); G];
    let (mut zr, mut zi, mut cr, mut ci) = (zero, zero, [turn.c[0]; G], [turn.c[1]; G]);
    for g in 0..G {
        let at = at + g * V::LANES;
        // SAFETY: these are points left, or beyond them what pass wrote.
        unsafe {
            (zr[g], zi[g]) = (get(&left.zr, at), get(&left.zi, at));
            if !ONE {
                (cr[g], ci[g]) = (get(&left.cr, at), get(&left.ci, at));
            }
        }
    }
    let (held, holds) = iterate(&mut zr, &mut zi, &cr, &ci, turn.times);
    let mut stays = holds;
    let discs = if CATCH { turn.discs } else { &[] };
    for disc in discs {
        let [re, im] = disc.centre.map(V::splat);
        for g in 0..G {
            let (re, im) = (zr[g] - re, zi[g] - im);
            let caught = (re * re + im * im).lt(V::splat(disc.squared));
            stays[g] = stays[g].and_not(caught);
        }
    }
    let mut all = stays[0];
    for stays in &stays[1..] {
        all = all.and(*stays);
    }
    let none_goes = all.bits() == V::Mask::first(V::LANES).bits();
    for g in 0..G {
        // SAFETY: as above; and what is kept of the groups before this one lies before it.
        let id: V = unsafe { get(&left.id, at + g * V::LANES) };
        if none_goes {
            put(&mut left.zr, *kept, zr[g]);
            put(&mut left.zi, *kept, zi[g]);
            put(&mut left.id, *kept, id);
            if !ONE {
                put(&mut left.cr, *kept, cr[g]);
                put(&mut left.ci, *kept, ci[g]);
            }
            *kept += V::LANES;
            continue;
        }
        let there = V::Mask::first(rest.saturating_sub(g * V::LANES).min(V::LANES));
        let gone = there.and_not(holds[g]);
        pack(&mut left.lost, *lost, id, gone);
        pack(&mut left.held, *lost, held[g], gone);
        *lost += gone.bits().count_ones() as usize;
        pack(&mut left.zr, *kept, zr[g], stays[g]);
        pack(&mut left.zi, *kept, zi[g], stays[g]);
        pack(&mut left.id, *kept, id, stays[g]);
        if !ONE {
            pack(&mut left.cr, *kept, cr[g], stays[g]);
            pack(&mut left.ci, *kept, ci[g], stays[g]);
        }
        *kept += stays[g].bits().count_ones() as usize;
    }
}
