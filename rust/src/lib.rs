// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The kernels of Toll in Rust, as the languages `rust` (serial) and `rust-par` (rayon), and those written for the
//! hardware (see [`simd`]). What they compute and promise stands in csrc/include/toll.h.
//!
//! Each exported kernel checks its arguments, turns the pointers into slices or views of lines, and hands
//! them to safe code. Each loop is written once, over the executor (see [`parallel`]).

pub mod abi;
mod call;
mod check;
mod diffusion;
mod environment;
mod guard;
mod julia;
mod lines;
mod ols;
mod parallel;
mod pool;
pub mod simd;
#[cfg(test)]
mod tests;
mod transpose;

/// What pool.rs is made of. Its models (scripts/sanitize/shuttle) have others in this place.
mod sync {
    pub use std::sync::atomic::{AtomicPtr, Ordering};
    pub use std::sync::{Arc, Mutex, PoisonError};
    pub use std::thread::{Builder, JoinHandle};
}

use std::ffi::CStr;

use abi::Table;
use call::Calls;
use parallel::{Rayon, Serial, Team};

/// The table of the serial language.
#[unsafe(no_mangle)]
pub extern "C" fn toll_rust_table() -> *const Table {
    static TABLE: Table = table::<Serial>(c"rust", call::call!("toll_rust"));
    guard::silence_panics();
    &TABLE
}

/// The table of the parallel language.
#[unsafe(no_mangle)]
pub extern "C" fn toll_rust_par_table() -> *const Table {
    static TABLE: Table = table::<Rayon>(c"rust-par", call::call!("toll_rust_par"));
    guard::silence_panics();
    &TABLE
}

const fn table<T: Team>(language: &'static CStr, calls: Calls) -> Table {
    use lines::{ACROSS, ALONG, COL, ROW};
    use transpose::{BLOCKED, NAIVE};
    Table {
        abi_version: abi::VERSION,
        struct_size: size_of::<Table>() as u32,
        header_hash: abi::HEADER_HASH,
        language: language.as_ptr(),
        compiler: terminated(concat!(env!("TOLL_COMPILER"), "\0")).as_ptr(),
        flags: terminated(concat!(env!("TOLL_FLAGS"), "\0")).as_ptr(),
        call_noop: calls.noop,
        call_not: calls.not,
        call_add: calls.add,
        call_sum: calls.sum,
        diffusion_step_row: Some(diffusion::step::<T, ROW>),
        diffusion_step_col: Some(diffusion::step::<T, COL>),
        diffusion_run_row: Some(diffusion::run::<T, ROW, ALONG>),
        diffusion_run_col: Some(diffusion::run::<T, COL, ALONG>),
        julia: Some(julia::julia::<T, julia::Plain>),
        ols_row: Some(ols::ols::<T, ROW, ALONG>),
        ols_col: Some(ols::ols::<T, COL, ALONG>),
        diffusion_run_row_interchanged: Some(diffusion::run::<T, ROW, ACROSS>),
        diffusion_run_col_interchanged: Some(diffusion::run::<T, COL, ACROSS>),
        julia_split: Some(julia::split::<T, julia::Plain>),
        ols_row_interchanged: Some(ols::ols::<T, ROW, ACROSS>),
        ols_col_interchanged: Some(ols::ols::<T, COL, ACROSS>),
        transpose: Some(transpose::transpose::<T, BLOCKED>),
        transpose_naive: Some(transpose::transpose::<T, NAIVE>),
        team: parallel::team::<T>,
    }
}

const fn terminated(text: &str) -> &CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => text,
        Err(_) => panic!("a NUL inside the text"),
    }
}
