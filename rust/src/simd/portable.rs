// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Vectors of 128 bits as arrays, which the compiler maps to what every processor of the target has.

use std::array::from_fn;
use std::ffi::CStr;
use std::ops::{Add, Div, Mul, Sub};
use std::ptr::copy_nonoverlapping;

use super::{Kernel, Level, Mask, Vector};
use crate::terminated;

pub struct Baseline;

impl Level for Baseline {
    const NAME: &str = "baseline";
    const FLAGS: &CStr = terminated(if cfg!(target_arch = "x86_64") {
        concat!(env!("TOLL_FLAGS"), ", vectors of x86-64\0")
    } else {
        concat!(env!("TOLL_FLAGS"), ", vectors of 128 bits\0")
    });

    type Vector = Pair;

    fn available() -> bool {
        true
    }

    unsafe fn enter<K: Kernel>(kernel: K) -> K::Output {
        kernel.run::<Pair>()
    }
}

const LANES: usize = 2;

#[derive(Clone, Copy)]
pub struct Pair([f64; LANES]);

/// All bits of a lane are set, or none, as vector instructions have it.
#[derive(Clone, Copy)]
pub struct Truths([u64; LANES]);

impl Truths {
    #[inline(always)]
    fn of(truths: [bool; LANES]) -> Self {
        Truths(truths.map(|truth| if truth { u64::MAX } else { 0 }))
    }
}

impl Mask for Truths {
    #[inline(always)]
    fn bits(self) -> u32 {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: every such processor has it, and the lanes are of one size.
        unsafe {
            use std::arch::x86_64::{__m128d, _mm_movemask_pd};
            _mm_movemask_pd(std::mem::transmute::<[u64; LANES], __m128d>(self.0)) as u32
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            (self.0[0] & 1 | self.0[1] & 2) as u32
        }
    }

    #[inline(always)]
    fn first(count: usize) -> Self {
        Truths::of([count > 0, count > 1])
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Truths([self.0[0] & other.0[0], self.0[1] & other.0[1]])
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Truths([self.0[0] | other.0[0], self.0[1] | other.0[1]])
    }

    #[inline(always)]
    fn and_not(self, other: Self) -> Self {
        Truths([self.0[0] & !other.0[0], self.0[1] & !other.0[1]])
    }
}

macro_rules! operator {
    ($trait:ident, $name:ident, $sign:tt) => {
        impl $trait for Pair {
            type Output = Pair;

            #[inline(always)]
            fn $name(self, other: Pair) -> Pair {
                Pair([self.0[0] $sign other.0[0], self.0[1] $sign other.0[1]])
            }
        }
    };
}

operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);
operator!(Div, div, /);

impl Vector for Pair {
    const LANES: usize = LANES;

    type Mask = Truths;
    type Square = [Pair; LANES];

    #[inline(always)]
    fn splat(value: f64) -> Self {
        Pair([value; LANES])
    }

    #[inline(always)]
    unsafe fn load(p: *const f64) -> Self {
        // SAFETY: the caller's guarantee; an array is aligned as its elements are.
        unsafe { Pair(*p.cast()) }
    }

    #[inline(always)]
    unsafe fn store(self, p: *mut f64) {
        // SAFETY: as above.
        unsafe { *p.cast() = self.0 }
    }

    #[inline(always)]
    unsafe fn load_first(p: *const f64, count: usize) -> Self {
        let mut lanes = [0.0; LANES];
        // SAFETY: the caller's guarantee.
        unsafe { copy_nonoverlapping(p, lanes.as_mut_ptr(), count) }
        Pair(lanes)
    }

    #[inline(always)]
    unsafe fn store_first(self, p: *mut f64, count: usize) {
        // SAFETY: the caller's guarantee.
        unsafe { copy_nonoverlapping(self.0.as_ptr(), p, count) }
    }

    #[inline(always)]
    unsafe fn stream(self, p: *mut f64) {
        // SAFETY: the caller's guarantee.
        unsafe { self.store(p) }
    }

    #[inline(always)]
    fn double_plus(self, other: Self) -> Self {
        self + self + other
    }

    #[inline(always)]
    fn plus(self, other: Self, _: Self) -> Self {
        self + other
    }

    #[inline(always)]
    fn minus_product(self, a: Self, b: Self) -> Self {
        self - a * b
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self::select(other.lt(self), self, other)
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self::select(self.lt(other), self, other)
    }

    #[inline(always)]
    fn lt(self, other: Self) -> Truths {
        Truths::of([self.0[0] < other.0[0], self.0[1] < other.0[1]])
    }

    #[inline(always)]
    fn eq(self, other: Self) -> Truths {
        Truths::of([self.0[0] == other.0[0], self.0[1] == other.0[1]])
    }

    #[inline(always)]
    fn select(mask: Truths, yes: Self, no: Self) -> Self {
        Pair([
            if mask.0[0] != 0 { yes.0[0] } else { no.0[0] },
            if mask.0[1] != 0 { yes.0[1] } else { no.0[1] },
        ])
    }

    #[inline(always)]
    fn count(self, mask: Truths) -> Self {
        let [first, second] = self.0.map(f64::to_bits);
        Pair([first.wrapping_sub(mask.0[0]), second.wrapping_sub(mask.0[1])].map(f64::from_bits))
    }

    #[inline(always)]
    fn counted(self) -> Self {
        self
    }

    #[inline(always)]
    fn integers(from: u64) -> Self {
        Pair([from, from + 1].map(f64::from_bits))
    }

    #[inline(always)]
    unsafe fn store_i32(self, p: *mut i32) {
        // SAFETY: the caller's guarantee.
        unsafe { *p.cast() = self.0.map(|lane| lane.to_bits() as i32) }
    }

    #[inline(always)]
    unsafe fn compress(self, mask: Truths, p: *mut f64) {
        let [first, second] = self.0;
        // SAFETY: the caller's guarantee.
        unsafe {
            *p = if mask.0[0] != 0 { first } else { second };
            *p.add(1) = second;
        }
    }

    #[inline(always)]
    fn split(first: Self, second: Self) -> (Self, Self) {
        (Pair([first.0[0], second.0[0]]), Pair([first.0[1], second.0[1]]))
    }

    #[inline(always)]
    fn preceding(before: Self, here: Self) -> Self {
        Pair([before.0[1], here.0[0]])
    }

    #[inline(always)]
    fn following(here: Self, after: Self) -> Self {
        Pair([here.0[1], after.0[0]])
    }

    #[inline(always)]
    fn square(value: Self) -> [Self; LANES] {
        [value; LANES]
    }

    #[inline(always)]
    fn transpose(square: [Self; LANES]) -> [Self; LANES] {
        from_fn(|j| Pair([square[0].0[j], square[1].0[j]]))
    }
}
