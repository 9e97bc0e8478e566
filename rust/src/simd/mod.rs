// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The kernels written for the hardware, as the languages `rust-simd`, `rust-simd-par` and `rust-simd-brute`, each
//! at three levels of vector instructions.
//!
//! A [`Kernel`] is written once, over [`Vector`], and inlined into the function of each level that is compiled for
//! its instructions ([`Level::enter`]). Code of another width than the level's is no part of it, but where the
//! whole crate is compiled for a processor (-C target-cpu), the compiler may encode a level's operations by what
//! that processor has: Rust can add features to a function, and take none away.

mod certificate;
pub mod diffusion;
pub mod julia;
pub mod ols;
mod portable;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::ffi::CStr;
use std::ops::{Add, Div, Mul, Sub};
use std::ptr::null;

use crate::abi::{self, Table};
use crate::call::{Calls, call};
use crate::guard::silence_panics;
use crate::parallel::{self, Rayon, Serial, Team};
use crate::terminated;

pub use portable::Baseline;
#[cfg(target_arch = "x86_64")]
pub use x86::{Avx2, Avx512};

/// A width of vectors, and the functions compiled for it.
pub trait Level: Send + Sync + Sized + 'static {
    /// What TOLL_SIMD calls it.
    const NAME: &str;
    /// What it is compiled for, as a table's flags end.
    const FLAGS: &CStr;

    type Vector: Vector;

    /// Whether the processor has it.
    fn available() -> bool;

    /// Runs the kernel in a function compiled for the level.
    ///
    /// # Safety
    ///
    /// The processor has the level.
    unsafe fn enter<K: Kernel>(kernel: K) -> K::Output;
}

/// What runs at every level. `run`, and what it calls with vectors, is to be `#[inline(always)]`: a function of its
/// own would not be compiled for the level. So would a closure, which the compiler inlines as it sees fit.
pub trait Kernel {
    type Output;

    fn run<V: Vector>(self) -> Self::Output;
}

/// Numbers to compute with, lane by lane; each operation is rounded by itself. Only what [`Level::enter`] runs may use
/// it: elsewhere the processor may lack the instructions.
pub trait Vector:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    const LANES: usize;

    type Mask: Mask;
    /// As many vectors as there are lanes.
    type Square: Copy + AsRef<[Self]> + AsMut<[Self]>;

    fn splat(value: f64) -> Self;

    /// # Safety
    ///
    /// There are LANES numbers at p, aligned as such.
    unsafe fn load(p: *const f64) -> Self;

    /// # Safety
    ///
    /// There are LANES numbers at p, aligned as such, to write.
    unsafe fn store(self, p: *mut f64);

    /// The first `count` lanes, zeros in the others; no other memory is read.
    ///
    /// # Safety
    ///
    /// There are `count` numbers at p, aligned as such, and no more than LANES.
    unsafe fn load_first(p: *const f64, count: usize) -> Self;

    /// Stores the first `count` lanes; no other memory is written.
    ///
    /// # Safety
    ///
    /// There are `count` numbers at p, aligned as such, to write, and no more than LANES.
    unsafe fn store_first(self, p: *mut f64, count: usize);

    /// Stores past the caches, if the level can. [`fence`] ends a series of such stores.
    ///
    /// # Safety
    ///
    /// There are LANES numbers at p, aligned to the vector's size, to write.
    unsafe fn stream(self, p: *mut f64);

    /// 2 * self + other. Where it is one fused operation, its bits are the same, as doubling is exact; but for a
    /// double beyond the largest number, which `other` must not bring back: |other| < 2^969.
    fn double_plus(self, other: Self) -> Self;

    /// self + other, by a fused operation where there is one: a product by 1 is exact, and so the sum is rounded once.
    /// On some processors (Zen) only additions are done where additions are, so that a part of them had better be done
    /// where products are. `one` is 1, which the compiler must not know.
    fn plus(self, other: Self, one: Self) -> Self;

    /// self - a * b. Where it is one fused operation, its bits are the same if the product is exact, and no overflow.
    fn minus_product(self, a: Self, b: Self) -> Self;

    /// The larger of the two; `other` where either is NaN.
    fn max(self, other: Self) -> Self;

    /// The smaller of the two; `other` where either is NaN.
    fn min(self, other: Self) -> Self;

    /// Whether self < other; false where either is NaN.
    fn lt(self, other: Self) -> Self::Mask;

    /// Whether self = other; false where either is NaN.
    fn eq(self, other: Self) -> Self::Mask;

    /// The lanes of `yes` where the mask holds, else those of `no`.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    /// Adds 1 to the lanes of the mask, in a form of the level's own that begins with 0.0 and ends with
    /// [`counted`](Vector::counted).
    fn count(self, mask: Self::Mask) -> Self;

    /// What was counted, as whole numbers of 64 bits in the place of the lanes' own bits.
    fn counted(self) -> Self;

    /// from, from + 1 and so on, as such whole numbers.
    fn integers(from: u64) -> Self;

    /// Stores such whole numbers, which fit, as i32.
    ///
    /// # Safety
    ///
    /// There are LANES numbers at p, aligned as such, to write.
    unsafe fn store_i32(self, p: *mut i32);

    /// Stores the lanes of the mask side by side at p, and anything behind them.
    ///
    /// # Safety
    ///
    /// There are LANES numbers at p, aligned as such, to write.
    unsafe fn compress(self, mask: Self::Mask, p: *mut f64);

    /// Complex numbers as they lie in memory, to their real and imaginary parts.
    fn split(first: Self, second: Self) -> (Self, Self);

    /// The last lane of `before`, and all but the last of `here`: each lane's neighbour before it.
    fn preceding(before: Self, here: Self) -> Self;

    /// All but the first lane of `here`, and the first of `after`: each lane's neighbour after it.
    fn following(here: Self, after: Self) -> Self;

    /// LANES vectors of `value`.
    fn square(value: Self) -> Self::Square;

    /// Lane j of vector i becomes lane i of vector j.
    fn transpose(square: Self::Square) -> Self::Square;
}

/// A truth for each lane.
pub trait Mask: Copy {
    /// Lane k as bit k, from the lowest.
    fn bits(self) -> u32;

    fn first(count: usize) -> Self;

    fn and(self, other: Self) -> Self;

    fn or(self, other: Self) -> Self;

    fn and_not(self, other: Self) -> Self;
}

/// Runs the test at each level that the processor has.
#[cfg(test)]
fn at_each_level(test: impl Kernel<Output = ()> + Copy) {
    fn at<L: Level>(test: impl Kernel<Output = ()>) {
        if L::available() {
            // SAFETY: the processor has the level.
            unsafe { L::enter(test) }
        }
    }
    at::<Baseline>(test);
    #[cfg(target_arch = "x86_64")]
    {
        at::<Avx2>(test);
        at::<Avx512>(test);
    }
}

/// Has the stores of [`Vector::stream`] precede those that follow.
#[allow(dead_code, reason = "of a level's vocabulary")]
pub fn fence() {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: every such processor has it.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
}

/// Nothing, but that LLVM does not unroll the loop around it, whose body goes over several vectors already: twice that it
/// keeps more in registers than is good, and takes a tenth longer.
#[inline(always)]
fn not_unrolled() {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: it is empty.
    unsafe {
        std::arch::asm!("", options(nomem, nostack, preserves_flags));
    }
}

/// Asks for the cache line that holds p; p may lead anywhere.
#[allow(dead_code, reason = "of a level's vocabulary")]
#[inline(always)]
pub fn prefetch(p: *const f64) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch does not access memory as the program sees it.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(p.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = p;
}

/// A level's table of all tuned kernels.
const fn tuned<T: Team, L: Level>(language: &'static CStr, calls: Calls) -> Table {
    use crate::lines::{COL, ROW};
    Table {
        diffusion_step_row: Some(diffusion::step::<T, L, ROW>),
        diffusion_step_col: Some(diffusion::step::<T, L, COL>),
        diffusion_run_row: Some(diffusion::run::<T, L, ROW>),
        diffusion_run_col: Some(diffusion::run::<T, L, COL>),
        julia: Some(crate::julia::julia::<T, julia::Certified<L>>),
        ols_row: Some(ols::ols::<T, L, ROW>),
        ols_col: Some(ols::ols::<T, L, COL>),
        julia_split: Some(crate::julia::split::<T, julia::Certified<L>>),
        ..empty::<T, L>(language, calls)
    }
}

/// A level's table of Julia by brute force.
const fn brute<T: Team, L: Level>(language: &'static CStr, calls: Calls) -> Table {
    Table {
        julia: Some(crate::julia::julia::<T, julia::Brute<L>>),
        julia_split: Some(crate::julia::split::<T, julia::Brute<L>>),
        ..empty::<T, L>(language, calls)
    }
}

const fn empty<T: Team, L: Level>(language: &'static CStr, calls: Calls) -> Table {
    Table {
        abi_version: abi::VERSION,
        struct_size: size_of::<Table>() as u32,
        header_hash: abi::HEADER_HASH,
        language: language.as_ptr(),
        compiler: terminated(concat!(env!("TOLL_COMPILER"), "\0")).as_ptr(),
        flags: L::FLAGS.as_ptr(),
        call_noop: calls.noop,
        call_not: calls.not,
        call_add: calls.add,
        call_sum: calls.sum,
        diffusion_step_row: None,
        diffusion_step_col: None,
        diffusion_run_row: None,
        diffusion_run_col: None,
        julia: None,
        ols_row: None,
        ols_col: None,
        diffusion_run_row_interchanged: None,
        diffusion_run_col_interchanged: None,
        julia_split: None,
        ols_row_interchanged: None,
        ols_col_interchanged: None,
        transpose: None,
        transpose_naive: None,
        team: parallel::team::<T>,
    }
}

/// The table, if the processor has its level.
fn offered<L: Level>(table: &'static Table) -> *const Table {
    silence_panics();
    if L::available() { table } else { null() }
}

/// Whether the level is the one that TOLL_SIMD names; if that is not set or empty, whether the processor has it.
fn chosen<L: Level>() -> bool {
    match std::env::var_os("TOLL_SIMD") {
        Some(name) if !name.is_empty() => name == L::NAME,
        _ => L::available(),
    }
}

/// A level's two tables: by the name of the language, and by its own.
macro_rules! tables {
    ($name:literal, $symbol:literal, $table:ident, $team:ty, $level:ty, $suffix:literal) => {{
        const CALLS: Calls = call!(concat!($symbol, $suffix));
        static TABLES: [Table; 2] = [
            $table::<$team, $level>(terminated(concat!($name, "\0")), CALLS),
            $table::<$team, $level>(terminated(concat!($name, "-", $suffix, "\0")), CALLS),
        ];
        &TABLES
    }};
}

/// The exported functions of a language: the table of the best level or of the one that TOLL_SIMD names, and that of
/// each level. They return NULL where the processor lacks the level.
macro_rules! language {
    ($module:ident: $name:literal, $symbol:literal, $table:ident, $team:ty;
     $any:ident, $baseline:ident, $avx2:ident, $avx512:ident) => {
        mod $module {
            use super::*;

            pub fn baseline() -> &'static [Table; 2] {
                tables!($name, $symbol, $table, $team, Baseline, "baseline")
            }

            #[cfg(target_arch = "x86_64")]
            pub fn avx2() -> &'static [Table; 2] {
                tables!($name, $symbol, $table, $team, Avx2, "avx2")
            }

            #[cfg(target_arch = "x86_64")]
            pub fn avx512() -> &'static [Table; 2] {
                tables!($name, $symbol, $table, $team, Avx512, "avx512")
            }
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $any() -> *const Table {
            #[cfg(target_arch = "x86_64")]
            if chosen::<Avx512>() {
                return offered::<Avx512>(&$module::avx512()[0]);
            } else if chosen::<Avx2>() {
                return offered::<Avx2>(&$module::avx2()[0]);
            }
            if chosen::<Baseline>() {
                return offered::<Baseline>(&$module::baseline()[0]);
            }
            null()
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $baseline() -> *const Table {
            offered::<Baseline>(&$module::baseline()[1])
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $avx2() -> *const Table {
            #[cfg(target_arch = "x86_64")]
            return offered::<Avx2>(&$module::avx2()[1]);
            #[cfg(not(target_arch = "x86_64"))]
            null()
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $avx512() -> *const Table {
            #[cfg(target_arch = "x86_64")]
            return offered::<Avx512>(&$module::avx512()[1]);
            #[cfg(not(target_arch = "x86_64"))]
            null()
        }
    };
}

language!(serial: "rust-simd", "toll_rust_simd_", tuned, Serial;
    toll_rust_simd_table, toll_rust_simd_baseline_table,
    toll_rust_simd_avx2_table, toll_rust_simd_avx512_table);
language!(par: "rust-simd-par", "toll_rust_simd_par_", tuned, Rayon;
    toll_rust_simd_par_table, toll_rust_simd_par_baseline_table,
    toll_rust_simd_par_avx2_table, toll_rust_simd_par_avx512_table);
language!(brute_force: "rust-simd-brute", "toll_rust_simd_brute_", brute, Serial;
    toll_rust_simd_brute_table, toll_rust_simd_brute_baseline_table,
    toll_rust_simd_brute_avx2_table, toll_rust_simd_brute_avx512_table);
