// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Julia in lanes. Points are worked on in blocks: a few iterations on all points of a block, then passes over those
//! left, packed side by side. Several vectors go along together, since the latency of one point's chain is that of
//! many operations.
//!
//! A lane is not stopped when it escapes, since no test holds after one that fails: let |c|² < [`LIMIT`] and the
//! computed |z|² not be below 4. If it is NaN, or a part of z is infinite, then the parts of the next z are such that its
//! |z|² is infinite or NaN again. Else |z| >= 2(1 - 2u), u = 2^-53, and the next computed z has
//! |z| >= |z|²(1 - 6u) - |c|(1 + 2u) > 4(1 - 10u) - 1.9998 > 2.0001 (what underflows, by 2^-1074, is far below that), so
//! that its computed |z|² is above 4, or overflows. So a point's count is the number of its tests that hold.
//!
//! Where c is larger, or NaN, the plain loop runs.

use std::marker::PhantomData;
use std::mem::MaybeUninit;

use super::certificate::{Certificate, Disc};
use super::{Kernel, Level, Mask, Vector, not_unrolled, prefetch};
use crate::julia::{Complex, Loops, Points, SplitPoints, escape};

/// Of |c|², below which lanes need no stop.
const LIMIT: f64 = 3.999;

/// Points of a block that are left after the first iterations, at most.
const BLOCK: usize = 2048;

/// Vectors that go along together.
const GROUP: usize = 4;

/// How many points ahead memory is asked for, and how far apart: of the memory between, the processor sees that it is
/// read in order, and more requests than it can have under way stop it.
const AHEAD: usize = 4096;
const APART: usize = 128;

/// Iterations on all points of a block.
const FIRST: i32 = 8;

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

    /// Asks for the memory of 8 points from k on, which may lie beyond the last.
    fn fetch(&self, k: usize);

    /// One c as it lies in memory, for [`same_c`](Source::same_c).
    fn pattern<V: Vector>(c: Complex) -> [V; 2];

    /// Whether c is that one, in a mask of its own. The sign of a c that is 0 plays no part in a count.
    ///
    /// # Safety
    ///
    /// There are as many points as lanes.
    unsafe fn same_c<V: Vector>(&self, k: usize, pattern: [V; 2]) -> V::Mask;
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
    fn fetch(&self, k: usize) {
        for points in [self.zs, self.cs] {
            prefetch(points.as_ptr().wrapping_add(k).cast());
            prefetch(points.as_ptr().wrapping_add(k + 4).cast());
        }
    }

    #[inline(always)]
    fn pattern<V: Vector>(c: Complex) -> [V; 2] {
        let cs = [c; MOST_LANES / 2];
        // SAFETY: no vector has more lanes.
        [unsafe { V::load(cs.as_ptr().cast()) }; 2]
    }

    #[inline(always)]
    unsafe fn same_c<V: Vector>(&self, k: usize, [pattern, _]: [V; 2]) -> V::Mask {
        let p = self.cs.as_ptr().cast::<f64>();
        // SAFETY: the caller's guarantee.
        let (first, second) = unsafe { (V::load(p.add(2 * k)), V::load(p.add(2 * k + V::LANES))) };
        first.eq(pattern).and(second.eq(pattern))
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
    fn fetch(&self, k: usize) {
        for part in self.0 {
            prefetch(part.as_ptr().wrapping_add(k));
        }
    }

    #[inline(always)]
    fn pattern<V: Vector>(c: Complex) -> [V; 2] {
        c.map(V::splat)
    }

    #[inline(always)]
    unsafe fn same_c<V: Vector>(&self, k: usize, [re, im]: [V; 2]) -> V::Mask {
        // SAFETY: the caller's guarantee.
        let (cr, ci) = unsafe { self.c::<V>(k) };
        cr.eq(re).and(ci.eq(im))
    }
}

fn run<L: Level, S: Source, const CERTIFY: bool>(out: &mut [i32], points: S, maxiter: i32) {
    let count = out.len();
    if count < 2 {
        for (k, out) in out.iter_mut().enumerate() {
            let (z, c) = points.point(k);
            *out = escape(z, c, maxiter);
        }
        return;
    }
    if count < <L::Vector as Vector>::LANES {
        // A vector of them and of some that have escaped.
        let mut all = (
            [0; MOST_LANES],
            [[4.0; 2]; MOST_LANES],
            [points.point(0).1; MOST_LANES],
        );
        for k in 0..count {
            (all.1[k], all.2[k]) = points.point(k);
        }
        let points = Interleaved {
            zs: &all.1,
            cs: &all.2,
        };
        run::<L, _, false>(&mut all.0, points, maxiter);
        return out.copy_from_slice(&all.0[..count]);
    }
    let blocks = Blocks::<S, CERTIFY> { out, points, maxiter };
    // SAFETY: the tables of a level are given only where the processor has it.
    unsafe { L::enter(blocks) }
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
        let (mut left, mut lost) = (Packed::new(), Packed::new());
        let mut proof = None;
        let mut first = 0;
        while first < self.out.len() {
            let c = self.points.point(first).1;
            let mut block = Block {
                out: self.out,
                points: self.points,
                maxiter: self.maxiter,
                left: &mut left,
                lost: &mut lost,
                ahead: 0,
            };
            let mut next = first;
            if c[0] * c[0] + c[1] * c[1] < LIMIT {
                next = block.run::<V, true>(first, CERTIFY.then(|| Proof::of(c, &mut proof)));
            }
            if next == first {
                next = block.run::<V, false>(first, None);
            }
            first = next;
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

/// Points side by side.
struct Packed {
    zr: Numbers,
    zi: Numbers,
    /// Of points that have their own.
    cr: Numbers,
    ci: Numbers,
    /// The point's number, a whole number.
    id: Numbers,
}

/// Some of them, or of those as they come.
#[derive(Clone, Copy)]
struct Lanes<V> {
    zr: V,
    zi: V,
    cr: V,
    ci: V,
    id: V,
}

impl Packed {
    #[inline(always)]
    fn new() -> Self {
        let numbers = [MaybeUninit::uninit(); _];
        Packed {
            zr: numbers,
            zi: numbers,
            cr: numbers,
            ci: numbers,
            id: numbers,
        }
    }

    /// # Safety
    ///
    /// Points were put there, as many as there are lanes.
    #[inline(always)]
    unsafe fn get<V: Vector, const ONE: bool>(&self, at: usize, [cr, ci]: [V; 2]) -> Lanes<V> {
        // SAFETY: the caller's guarantee.
        unsafe {
            Lanes {
                zr: get(&self.zr, at),
                zi: get(&self.zi, at),
                cr: if ONE { cr } else { get(&self.cr, at) },
                ci: if ONE { ci } else { get(&self.ci, at) },
                id: get(&self.id, at),
            }
        }
    }

    #[inline(always)]
    fn put<V: Vector, const ONE: bool>(&mut self, at: usize, lanes: Lanes<V>) {
        put(&mut self.zr, at, lanes.zr);
        put(&mut self.zi, at, lanes.zi);
        put(&mut self.id, at, lanes.id);
        if !ONE {
            put(&mut self.cr, at, lanes.cr);
            put(&mut self.ci, at, lanes.ci);
        }
    }

    /// Puts the lanes of the mask there, and adds their number.
    #[inline(always)]
    fn pack<V: Vector, const ONE: bool>(&mut self, at: &mut usize, lanes: Lanes<V>, mask: V::Mask) {
        pack(&mut self.zr, *at, lanes.zr, mask);
        pack(&mut self.zi, *at, lanes.zi, mask);
        pack(&mut self.id, *at, lanes.id, mask);
        if !ONE {
            pack(&mut self.cr, *at, lanes.cr, mask);
            pack(&mut self.ci, *at, lanes.ci, mask);
        }
        *at += mask.bits().count_ones() as usize;
    }

    /// Puts a group of points there that have escaped: what the last group reads beyond the last point.
    #[inline(always)]
    fn pad<V: Vector>(&mut self, at: usize) {
        let (z, zero) = (V::splat(4.0), V::splat(0.0));
        let lanes = Lanes {
            zr: z,
            zi: z,
            cr: zero,
            ci: zero,
            id: zero,
        };
        for g in 0..GROUP {
            self.put::<V, false>(at + g * V::LANES, lanes);
        }
    }
}

/// # Safety
///
/// There are numbers at that place, put before.
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

/// What is asked of a number of iterations.
type Tests = u8;
/// How many tests of each point held, until none does.
const COUNTED: Tests = 0;
/// Whether all of them did.
const TESTED: Tests = 1;
/// Whether the next one will: if so, all did.
const SKIPPED: Tests = 2;
/// The same, and what the least |z|² was: it tells of each phase of a cycle whether z was near 0.
const LEAST: Tests = 3;

/// Iterates G vectors of points; gives what was counted, or the least, and which stay.
#[inline(always)]
fn iterate<V: Vector, const G: usize, const TESTS: Tests>(
    lanes: &mut [Lanes<V>; G],
    times: i32,
) -> ([V; G], [V::Mask; G]) {
    let mut held = [V::splat(if TESTS == LEAST { 4.0 } else { 0.0 }); G];
    let mut largest = held;
    let mut holds = [V::Mask::first(V::LANES); G];
    for _ in 0..times {
        not_unrolled();
        let mut some = V::Mask::first(0);
        for g in 0..G {
            let Lanes { zr, zi, cr, ci, .. } = lanes[g];
            let (rr, ii, ri) = (zr * zr, zi * zi, zr * zi);
            if TESTS == COUNTED {
                let holds = (rr + ii).lt(V::splat(4.0));
                held[g] = held[g].count(holds);
                some = some.or(holds);
            }
            if TESTS == TESTED {
                // The first that is not below 4 is no NaN, as c is finite; and what is NaN later leaves it.
                largest[g] = (rr + ii).max(largest[g]);
            }
            if TESTS == LEAST {
                held[g] = (rr + ii).min(held[g]);
            }
            // Without a largest or a least one the adders have more time than the multipliers.
            lanes[g].zi = if TESTS == SKIPPED && g % 2 == 1 {
                (ri + ri) + ci
            } else {
                ri.double_plus(ci)
            };
            lanes[g].zr = (rr - ii) + cr;
        }
        if TESTS == COUNTED && some.bits() == 0 {
            break;
        }
    }
    for g in 0..G {
        if TESTS == COUNTED {
            held[g] = held[g].counted();
        }
        if TESTS != TESTED {
            let Lanes { zr, zi, .. } = lanes[g];
            largest[g] = zr * zr + zi * zi;
        }
        holds[g] = largest[g].lt(V::splat(4.0));
    }
    (held, holds)
}

/// A block at work.
struct Block<'a, S> {
    out: &'a mut [i32],
    points: S,
    maxiter: i32,
    left: &'a mut Packed,
    /// What a pass loses, as it was before the pass.
    lost: &'a mut Packed,
    /// The next points to ask for.
    ahead: usize,
}

/// What the groups of a pass share.
#[derive(Clone, Copy)]
struct Turn<'a, V> {
    /// Of all points, unless they have their own.
    c: [V; 2],
    /// Points in these never escape.
    discs: &'a [Disc],
    /// And none with a |z|² below that.
    around_zero: f64,
    times: i32,
    /// Where asking for memory ends.
    limit: usize,
}

impl<S: Source> Block<'_, S> {
    /// Does some points from `first` on, and gives where the next ones begin. ONE: all have the first one's c; where
    /// that ends, which may be before a vector is full, the block does.
    #[inline(always)]
    fn run<V: Vector, const ONE: bool>(&mut self, first: usize, mut proof: Option<&mut Proof>) -> usize {
        let mut base = FIRST.min(self.maxiter);
        let end = self.out.len();
        let c = self.points.point(first).1;
        let mut count = 0;
        let mut at = first;
        while at < end && count + GROUP * V::LANES <= BLOCK && (ONE || at - first < BLOCK) {
            if at + GROUP * V::LANES <= end {
                if !self.begin::<V, GROUP, ONE>(&mut count, at, c, base) {
                    break;
                }
                at += GROUP * V::LANES;
            } else {
                // The last vector is full, if need be of points that are done: they come to the same again.
                let full = at.min(end - V::LANES);
                if !self.begin::<V, 1, ONE>(&mut count, full, c, base) {
                    break;
                }
                at = full + V::LANES;
            }
        }
        self.ahead = at;
        let limit = at + 4 * AHEAD;

        let c = c.map(V::splat);
        while count > 0 && base < self.maxiter {
            let left = self.maxiter - base;
            if let Some(proof) = &mut proof {
                proof.look_for(count, left);
            }
            let mut turn = Turn {
                c,
                discs: &[],
                around_zero: 0.0,
                times: left.min(if base < 16 { 8 } else { 16 }),
                limit,
            };
            count = match proof.as_ref().and_then(|proof| proof.found.as_ref()) {
                None => self.pass::<V, ONE, TESTED>(count, turn, base),
                Some(certificate) if certificate.around_zero() > 0.0 => {
                    turn.around_zero = certificate.around_zero();
                    self.pass::<V, ONE, LEAST>(count, turn, base)
                }
                Some(certificate) => {
                    turn.times = certificate.interval(8).min(left);
                    turn.discs = certificate.discs();
                    self.pass::<V, ONE, SKIPPED>(count, turn, base)
                }
            };
            let times = turn.times;
            base += times;
        }
        at
    }

    /// The first iterations, on G vectors of points as they come; whether they have the one c.
    #[inline(always)]
    fn begin<V: Vector, const G: usize, const ONE: bool>(
        &mut self,
        count: &mut usize,
        at: usize,
        c: Complex,
        times: i32,
    ) -> bool {
        if at % APART < G * V::LANES {
            self.points.fetch(at + AHEAD);
        }
        let zero = V::splat(0.0);
        let mut lanes = [Lanes {
            zr: zero,
            zi: zero,
            cr: zero,
            ci: zero,
            id: zero,
        }; G];
        let pattern = S::pattern::<V>(c);
        let mut same = V::Mask::first(V::LANES);
        for (g, lanes) in lanes.iter_mut().enumerate() {
            let at = at + g * V::LANES;
            lanes.id = V::integers(at as u64);
            // SAFETY: at + LANES <= out.len(), and there are as many points.
            unsafe {
                (lanes.zr, lanes.zi) = self.points.z(at);
                (lanes.cr, lanes.ci) = if ONE {
                    same = same.and(self.points.same_c(at, pattern));
                    (V::splat(c[0]), V::splat(c[1]))
                } else {
                    self.points.c(at)
                };
            }
        }
        if ONE && same.bits() != V::Mask::first(V::LANES).bits() {
            return false;
        }
        let (held, mut holds) = iterate::<V, G, COUNTED>(&mut lanes, times);
        let mut some = holds[0];
        for holds in holds {
            some = some.or(holds);
        }
        let some = some.bits() != 0;
        for (g, lanes) in lanes.into_iter().enumerate() {
            let at = at + g * V::LANES;
            // A point that is left is lost later, or never.
            let whole = V::splat(f64::from_bits(self.maxiter as u64));
            // SAFETY: as above.
            unsafe { V::select(holds[g], whole, held[g]).store_i32(self.out.as_mut_ptr().add(at)) };
            if !ONE {
                let small = (lanes.cr * lanes.cr + lanes.ci * lanes.ci).lt(V::splat(LIMIT));
                holds[g] = holds[g].and(small);
                let mut large = V::Mask::first(V::LANES).and_not(small).bits();
                while large != 0 {
                    let k = at + large.trailing_zeros() as usize;
                    let (z, c) = self.points.point(k);
                    self.out[k] = escape(z, c, self.maxiter);
                    large &= large - 1;
                }
            }
            if some {
                self.left.pack::<V, ONE>(count, lanes, holds[g]);
            }
        }
        true
    }

    /// Some iterations of the points left; gives how many are left after them.
    #[inline(always)]
    fn pass<V: Vector, const ONE: bool, const TESTS: Tests>(
        &mut self,
        count: usize,
        turn: Turn<V>,
        base: i32,
    ) -> usize {
        self.left.pad::<V>(count);
        let (mut kept, mut lost) = (0, 0);
        let mut at = 0;
        while at < count {
            let rest = count - at;
            if rest > 2 * V::LANES {
                self.group::<V, GROUP, ONE, TESTS>(&mut kept, &mut lost, at, rest, turn);
                at += GROUP * V::LANES;
            } else if rest > V::LANES {
                self.group::<V, 2, ONE, TESTS>(&mut kept, &mut lost, at, rest, turn);
                at += 2 * V::LANES;
            } else {
                self.group::<V, 1, ONE, TESTS>(&mut kept, &mut lost, at, rest, turn);
                at += V::LANES;
            }
        }
        self.count_lost::<V, ONE>(lost, turn, base);
        kept
    }

    /// Iterates the points from `at` on, of which there are `rest` or G vectors; packs those left behind `kept`.
    #[inline(always)]
    fn group<V: Vector, const G: usize, const ONE: bool, const TESTS: Tests>(
        &mut self,
        kept: &mut usize,
        lost: &mut usize,
        at: usize,
        rest: usize,
        turn: Turn<V>,
    ) {
        // A pass needs no memory, and the next block does.
        if self.ahead < turn.limit {
            self.points.fetch(self.ahead);
            self.points.fetch(self.ahead + 8);
            self.ahead += 16;
        }
        // SAFETY: these are points left, or beyond them what pass put.
        let mut lanes = [unsafe { self.left.get::<V, ONE>(at, turn.c) }; G];
        for (g, lanes) in lanes.iter_mut().enumerate() {
            // SAFETY: as above.
            *lanes = unsafe { self.left.get::<V, ONE>(at + g * V::LANES, turn.c) };
        }
        let (least, mut stays) = iterate::<V, G, TESTS>(&mut lanes, turn.times);
        if TESTS == LEAST {
            for g in 0..G {
                stays[g] = stays[g].and_not(least[g].lt(V::splat(turn.around_zero)));
            }
        }
        if TESTS == SKIPPED {
            for disc in turn.discs {
                let [re, im] = disc.centre.map(V::splat);
                for g in 0..G {
                    let (re, im) = (lanes[g].zr - re, lanes[g].zi - im);
                    let caught = (re * re + im * im).lt(V::splat(disc.squared));
                    stays[g] = stays[g].and_not(caught);
                }
            }
        }
        let mut all = stays[0];
        for stays in &stays[1..] {
            all = all.and(*stays);
        }
        if all.bits() == V::Mask::first(V::LANES).bits() {
            for lanes in lanes {
                self.left.put::<V, ONE>(*kept, lanes);
                *kept += V::LANES;
            }
            return;
        }
        for g in 0..G {
            // SAFETY: as above; and what is kept of the vectors before this one lies before it.
            let before = unsafe { self.left.get::<V, ONE>(at + g * V::LANES, turn.c) };
            let there = V::Mask::first(rest.saturating_sub(g * V::LANES).min(V::LANES));
            let mut gone = there.and_not(stays[g]);
            if TESTS != TESTED {
                let Lanes { zr, zi, .. } = lanes[g];
                gone = gone.and_not((zr * zr + zi * zi).lt(V::splat(4.0)));
            }
            self.lost.pack::<V, ONE>(lost, before, gone);
            self.left.pack::<V, ONE>(kept, lanes[g], stays[g]);
        }
    }

    /// Does a pass again for those that it lost, to count.
    #[inline(always)]
    fn count_lost<V: Vector, const ONE: bool>(&mut self, count: usize, turn: Turn<V>, base: i32) {
        if count == 0 {
            return;
        }
        self.lost.pad::<V>(count);
        for at in (0..count).step_by(GROUP * V::LANES) {
            // SAFETY: these are points lost, or beyond them what was put now.
            let mut lanes = [unsafe { self.lost.get::<V, ONE>(at, turn.c) }; GROUP];
            for (g, lanes) in lanes.iter_mut().enumerate() {
                // SAFETY: as above.
                *lanes = unsafe { self.lost.get::<V, ONE>(at + g * V::LANES, turn.c) };
            }
            let (held, _) = iterate::<V, GROUP, COUNTED>(&mut lanes, turn.times);
            for (g, held) in held.into_iter().enumerate() {
                put(&mut self.lost.zr, at + g * V::LANES, held);
            }
        }
        for k in 0..count {
            // SAFETY: the points are there, and their counts were put above.
            let (id, held) = unsafe { (self.lost.id[k].assume_init(), self.lost.zr[k].assume_init()) };
            self.out[id.to_bits() as usize] = base + held.to_bits() as i32;
        }
    }
}
