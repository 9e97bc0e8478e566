// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The levels of x86-64: AVX2 (x86-64-v3) and AVX-512 (x86-64-v4).
//!
//! Why the intrinsics are safe to call: the processor has the level's instructions wherever its vectors are used, as
//! [`Level::enter`] demands.

use std::arch::x86_64::*;
use std::ffi::CStr;
use std::ops::{Add, Div, Mul, Sub};

use super::{Kernel, Level, Mask, Vector};
use crate::terminated;

macro_rules! level {
    ($level:ident, $name:literal, $psabi:literal, $vector:ident: $($feature:tt)*) => {
        pub struct $level;

        impl Level for $level {
            const NAME: &str = $name;
            const FLAGS: &CStr = terminated(concat!(env!("TOLL_FLAGS"), ", vectors of ", $psabi, "\0"));

            type Vector = $vector;

            fn available() -> bool {
                true $(&& is_x86_feature_detected!($feature))*
            }

            unsafe fn enter<K: Kernel>(kernel: K) -> K::Output {
                $(#[target_feature(enable = $feature)])*
                fn compiled<K: Kernel>(kernel: K) -> K::Output {
                    kernel.run::<$vector>()
                }
                // SAFETY: the caller's guarantee.
                unsafe { compiled(kernel) }
            }
        }
    };
}

level!(Avx2, "avx2", "x86-64-v3", V4:
    "avx" "avx2" "bmi1" "bmi2" "f16c" "fma" "lzcnt" "movbe" "popcnt" "xsave");
level!(Avx512, "avx512", "x86-64-v4", V8:
    "avx" "avx2" "bmi1" "bmi2" "f16c" "fma" "lzcnt" "movbe" "popcnt" "xsave"
    "avx512f" "avx512bw" "avx512cd" "avx512dq" "avx512vl");

/// An intrinsic, or some.
macro_rules! has {
    ($body:expr) => {{
        // SAFETY: the processor has the level, see above; and its memory is the caller's guarantee, where it reads or
        // writes any.
        unsafe { $body }
    }};
}

macro_rules! operators {
    ($vector:ident: $($trait:ident, $name:ident, $intrinsic:ident;)*) => {
        $(impl $trait for $vector {
            type Output = $vector;

            #[inline(always)]
            fn $name(self, other: $vector) -> $vector {
                has!($vector($intrinsic(self.0, other.0)))
            }
        })*
    };
}

#[derive(Clone, Copy)]
pub struct V4(__m256d);

#[derive(Clone, Copy)]
pub struct M4(__m256d);

operators!(V4:
    Add, add, _mm256_add_pd;
    Sub, sub, _mm256_sub_pd;
    Mul, mul, _mm256_mul_pd;
    Div, div, _mm256_div_pd;
);

impl Mask for M4 {
    #[inline(always)]
    fn bits(self) -> u32 {
        has!(_mm256_movemask_pd(self.0) as u32)
    }

    #[inline(always)]
    fn first(count: usize) -> Self {
        let lanes = has!(_mm256_set_epi64x(3, 2, 1, 0));
        has!(M4(_mm256_castsi256_pd(_mm256_cmpgt_epi64(
            _mm256_set1_epi64x(count as i64),
            lanes
        ))))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        has!(M4(_mm256_and_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        has!(M4(_mm256_or_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn and_not(self, other: Self) -> Self {
        has!(M4(_mm256_andnot_pd(other.0, self.0)))
    }
}

/// Of each mask of four lanes, the halves of those that it names, side by side.
static COMPRESS: [[i32; 8]; 16] = {
    let mut table = [[0; 8]; 16];
    let mut mask = 0;
    while mask < 16 {
        let (mut lane, mut at) = (0, 0);
        while lane < 4 {
            if mask >> lane & 1 == 1 {
                table[mask][at] = 2 * lane;
                table[mask][at + 1] = 2 * lane + 1;
                at += 2;
            }
            lane += 1;
        }
        mask += 1;
    }
    table
};

impl Vector for V4 {
    const LANES: usize = 4;

    type Mask = M4;
    type Square = [V4; 4];

    #[inline(always)]
    fn splat(value: f64) -> Self {
        has!(V4(_mm256_set1_pd(value)))
    }

    #[inline(always)]
    unsafe fn load(p: *const f64) -> Self {
        has!(V4(_mm256_loadu_pd(p)))
    }

    #[inline(always)]
    unsafe fn store(self, p: *mut f64) {
        has!(_mm256_storeu_pd(p, self.0));
    }

    #[inline(always)]
    unsafe fn load_first(p: *const f64, count: usize) -> Self {
        has!(V4(_mm256_maskload_pd(p, _mm256_castpd_si256(M4::first(count).0))))
    }

    #[inline(always)]
    unsafe fn store_first(self, p: *mut f64, count: usize) {
        has!(_mm256_maskstore_pd(
            p,
            _mm256_castpd_si256(M4::first(count).0),
            self.0
        ));
    }

    #[inline(always)]
    unsafe fn stream(self, p: *mut f64) {
        has!(_mm256_stream_pd(p, self.0));
    }

    #[inline(always)]
    fn double_plus(self, other: Self) -> Self {
        has!(V4(_mm256_fmadd_pd(_mm256_set1_pd(2.0), self.0, other.0)))
    }

    #[inline(always)]
    fn plus(self, other: Self, one: Self) -> Self {
        has!(V4(_mm256_fmadd_pd(self.0, one.0, other.0)))
    }

    #[inline(always)]
    fn minus_product(self, a: Self, b: Self) -> Self {
        has!(V4(_mm256_fnmadd_pd(a.0, b.0, self.0)))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        has!(V4(_mm256_max_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        has!(V4(_mm256_min_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn lt(self, other: Self) -> M4 {
        has!(M4(_mm256_cmp_pd::<_CMP_LT_OQ>(self.0, other.0)))
    }

    #[inline(always)]
    fn eq(self, other: Self) -> M4 {
        has!(M4(_mm256_cmp_pd::<_CMP_EQ_OQ>(self.0, other.0)))
    }

    #[inline(always)]
    fn select(mask: M4, yes: Self, no: Self) -> Self {
        has!(V4(_mm256_blendv_pd(no.0, yes.0, mask.0)))
    }

    /// All bits of a lane of the mask are set, which is -1.
    #[inline(always)]
    fn count(self, mask: M4) -> Self {
        has!({
            let (sum, mask) = (_mm256_castpd_si256(self.0), _mm256_castpd_si256(mask.0));
            V4(_mm256_castsi256_pd(_mm256_sub_epi64(sum, mask)))
        })
    }

    #[inline(always)]
    fn counted(self) -> Self {
        self
    }

    #[inline(always)]
    fn integers(from: u64) -> Self {
        has!({
            let lanes = _mm256_set_epi64x(3, 2, 1, 0);
            V4(_mm256_castsi256_pd(_mm256_add_epi64(
                _mm256_set1_epi64x(from as i64),
                lanes,
            )))
        })
    }

    #[inline(always)]
    unsafe fn store_i32(self, p: *mut i32) {
        has!({
            let low = _mm256_set_epi32(7, 5, 3, 1, 6, 4, 2, 0);
            let packed = _mm256_permutevar8x32_epi32(_mm256_castpd_si256(self.0), low);
            _mm_storeu_si128(p.cast(), _mm256_castsi256_si128(packed));
        });
    }

    #[inline(always)]
    unsafe fn compress(self, mask: M4, p: *mut f64) {
        let halves = &COMPRESS[mask.bits() as usize & 15];
        has!({
            let halves = _mm256_loadu_si256(halves.as_ptr().cast());
            let packed = _mm256_permutevar8x32_ps(_mm256_castpd_ps(self.0), halves);
            _mm256_storeu_pd(p, _mm256_castps_pd(packed));
        });
    }

    #[inline(always)]
    fn split(first: Self, second: Self) -> (Self, Self) {
        // The lanes 0, 2, 1, 3 of each part, put in order.
        has!((
            V4(_mm256_permute4x64_pd::<0b11_01_10_00>(_mm256_unpacklo_pd(
                first.0, second.0
            ))),
            V4(_mm256_permute4x64_pd::<0b11_01_10_00>(_mm256_unpackhi_pd(
                first.0, second.0
            ))),
        ))
    }

    #[inline(always)]
    fn preceding(before: Self, here: Self) -> Self {
        has!({
            let middle = _mm256_permute2f128_pd::<0x21>(before.0, here.0);
            V4(_mm256_shuffle_pd::<0b0101>(middle, here.0))
        })
    }

    #[inline(always)]
    fn following(here: Self, after: Self) -> Self {
        has!({
            let middle = _mm256_permute2f128_pd::<0x21>(here.0, after.0);
            V4(_mm256_shuffle_pd::<0b0101>(here.0, middle))
        })
    }

    #[inline(always)]
    fn square(value: Self) -> [Self; 4] {
        [value; 4]
    }

    #[inline(always)]
    fn transpose([a, b, c, d]: [Self; 4]) -> [Self; 4] {
        has!({
            let (ab, ba) = (_mm256_unpacklo_pd(a.0, b.0), _mm256_unpackhi_pd(a.0, b.0));
            let (cd, dc) = (_mm256_unpacklo_pd(c.0, d.0), _mm256_unpackhi_pd(c.0, d.0));
            [
                V4(_mm256_permute2f128_pd::<0x20>(ab, cd)),
                V4(_mm256_permute2f128_pd::<0x20>(ba, dc)),
                V4(_mm256_permute2f128_pd::<0x31>(ab, cd)),
                V4(_mm256_permute2f128_pd::<0x31>(ba, dc)),
            ]
        })
    }
}

#[derive(Clone, Copy)]
pub struct V8(__m512d);

#[derive(Clone, Copy)]
pub struct M8(__mmask8);

operators!(V8:
    Add, add, _mm512_add_pd;
    Sub, sub, _mm512_sub_pd;
    Mul, mul, _mm512_mul_pd;
    Div, div, _mm512_div_pd;
);

impl Mask for M8 {
    #[inline(always)]
    fn bits(self) -> u32 {
        self.0.into()
    }

    #[inline(always)]
    fn first(count: usize) -> Self {
        M8((0xff_u16 >> (8 - count.min(8))) as u8)
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        M8(self.0 & other.0)
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        M8(self.0 | other.0)
    }

    #[inline(always)]
    fn and_not(self, other: Self) -> Self {
        M8(self.0 & !other.0)
    }
}

impl Vector for V8 {
    const LANES: usize = 8;

    type Mask = M8;
    type Square = [V8; 8];

    #[inline(always)]
    fn splat(value: f64) -> Self {
        has!(V8(_mm512_set1_pd(value)))
    }

    #[inline(always)]
    unsafe fn load(p: *const f64) -> Self {
        has!(V8(_mm512_loadu_pd(p)))
    }

    #[inline(always)]
    unsafe fn store(self, p: *mut f64) {
        has!(_mm512_storeu_pd(p, self.0));
    }

    #[inline(always)]
    unsafe fn load_first(p: *const f64, count: usize) -> Self {
        has!(V8(_mm512_maskz_loadu_pd(M8::first(count).0, p)))
    }

    #[inline(always)]
    unsafe fn store_first(self, p: *mut f64, count: usize) {
        has!(_mm512_mask_storeu_pd(p, M8::first(count).0, self.0));
    }

    #[inline(always)]
    unsafe fn stream(self, p: *mut f64) {
        has!(_mm512_stream_pd(p, self.0));
    }

    #[inline(always)]
    fn double_plus(self, other: Self) -> Self {
        has!(V8(_mm512_fmadd_pd(_mm512_set1_pd(2.0), self.0, other.0)))
    }

    #[inline(always)]
    fn plus(self, other: Self, one: Self) -> Self {
        has!(V8(_mm512_fmadd_pd(self.0, one.0, other.0)))
    }

    #[inline(always)]
    fn minus_product(self, a: Self, b: Self) -> Self {
        has!(V8(_mm512_fnmadd_pd(a.0, b.0, self.0)))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        has!(V8(_mm512_max_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        has!(V8(_mm512_min_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn lt(self, other: Self) -> M8 {
        has!(M8(_mm512_cmp_pd_mask::<_CMP_LT_OQ>(self.0, other.0)))
    }

    #[inline(always)]
    fn eq(self, other: Self) -> M8 {
        has!(M8(_mm512_cmp_pd_mask::<_CMP_EQ_OQ>(self.0, other.0)))
    }

    #[inline(always)]
    fn select(mask: M8, yes: Self, no: Self) -> Self {
        has!(V8(_mm512_mask_blend_pd(mask.0, no.0, yes.0)))
    }

    /// In floating point: LLVM makes two instructions of a masked integer's addition of 1.
    #[inline(always)]
    fn count(self, mask: M8) -> Self {
        has!(V8(_mm512_mask_add_pd(
            self.0,
            mask.0,
            self.0,
            _mm512_set1_pd(1.0)
        )))
    }

    #[inline(always)]
    fn counted(self) -> Self {
        has!(V8(_mm512_castsi512_pd(_mm512_cvtpd_epi64(self.0))))
    }

    #[inline(always)]
    fn integers(from: u64) -> Self {
        has!({
            let lanes = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
            V8(_mm512_castsi512_pd(_mm512_add_epi64(
                _mm512_set1_epi64(from as i64),
                lanes,
            )))
        })
    }

    #[inline(always)]
    unsafe fn store_i32(self, p: *mut i32) {
        has!(_mm256_storeu_si256(
            p.cast(),
            _mm512_cvtepi64_epi32(_mm512_castpd_si512(self.0))
        ));
    }

    /// In a register, since the instruction that stores is slow on AMD's Zen 4.
    #[inline(always)]
    unsafe fn compress(self, mask: M8, p: *mut f64) {
        has!(_mm512_storeu_pd(p, _mm512_maskz_compress_pd(mask.0, self.0)));
    }

    #[inline(always)]
    fn split(first: Self, second: Self) -> (Self, Self) {
        has!({
            let even = _mm512_set_epi64(14, 12, 10, 8, 6, 4, 2, 0);
            let odd = _mm512_set_epi64(15, 13, 11, 9, 7, 5, 3, 1);
            (
                V8(_mm512_permutex2var_pd(first.0, even, second.0)),
                V8(_mm512_permutex2var_pd(first.0, odd, second.0)),
            )
        })
    }

    #[inline(always)]
    fn preceding(before: Self, here: Self) -> Self {
        has!({
            let (before, here) = (_mm512_castpd_si512(before.0), _mm512_castpd_si512(here.0));
            V8(_mm512_castsi512_pd(_mm512_alignr_epi64::<7>(here, before)))
        })
    }

    #[inline(always)]
    fn following(here: Self, after: Self) -> Self {
        has!({
            let (here, after) = (_mm512_castpd_si512(here.0), _mm512_castpd_si512(after.0));
            V8(_mm512_castsi512_pd(_mm512_alignr_epi64::<1>(after, here)))
        })
    }

    #[inline(always)]
    fn square(value: Self) -> [Self; 8] {
        [value; 8]
    }

    /// Pairs of lanes, then of quarters, then of halves.
    #[inline(always)]
    fn transpose([a, b, c, d, e, f, g, h]: [Self; 8]) -> [Self; 8] {
        has!({
            let (ab, ba) = (_mm512_unpacklo_pd(a.0, b.0), _mm512_unpackhi_pd(a.0, b.0));
            let (cd, dc) = (_mm512_unpacklo_pd(c.0, d.0), _mm512_unpackhi_pd(c.0, d.0));
            let (ef, fe) = (_mm512_unpacklo_pd(e.0, f.0), _mm512_unpackhi_pd(e.0, f.0));
            let (gh, hg) = (_mm512_unpacklo_pd(g.0, h.0), _mm512_unpackhi_pd(g.0, h.0));
            // Quarters 0 and 2, 1 and 3, of two pairs of vectors.
            macro_rules! quarters {
                (even $x:expr, $y:expr) => {
                    _mm512_shuffle_f64x2::<0b10_00_10_00>($x, $y)
                };
                (odd $x:expr, $y:expr) => {
                    _mm512_shuffle_f64x2::<0b11_01_11_01>($x, $y)
                };
            }
            let (lanes04, lanes04_rest) = (quarters!(even ab, cd), quarters!(even ef, gh));
            let (lanes15, lanes15_rest) = (quarters!(even ba, dc), quarters!(even fe, hg));
            let (lanes26, lanes26_rest) = (quarters!(odd ab, cd), quarters!(odd ef, gh));
            let (lanes37, lanes37_rest) = (quarters!(odd ba, dc), quarters!(odd fe, hg));
            [
                V8(quarters!(even lanes04, lanes04_rest)),
                V8(quarters!(even lanes15, lanes15_rest)),
                V8(quarters!(even lanes26, lanes26_rest)),
                V8(quarters!(even lanes37, lanes37_rest)),
                V8(quarters!(odd lanes04, lanes04_rest)),
                V8(quarters!(odd lanes15, lanes15_rest)),
                V8(quarters!(odd lanes26, lanes26_rest)),
                V8(quarters!(odd lanes37, lanes37_rest)),
            ]
        })
    }
}
