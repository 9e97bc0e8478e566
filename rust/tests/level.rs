// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The level that TOLL_SIMD names. A test of its own, as the environment is the process's.

use std::env::{remove_var, set_var};
use std::ffi::CStr;

use toll_rust::abi::Table;
use toll_rust::simd::{
    toll_rust_simd_avx2_table, toll_rust_simd_avx512_table, toll_rust_simd_baseline_table,
    toll_rust_simd_table,
};

/// What the table was compiled for, if there is one.
fn flags(table: extern "C" fn() -> *const Table) -> Option<&'static CStr> {
    // SAFETY: a table is constant, and so are its texts.
    unsafe { table().as_ref().map(|table| CStr::from_ptr(table.flags)) }
}

#[test]
fn is_the_one_that_is_named() {
    let levels: [(&str, extern "C" fn() -> *const Table); 3] = [
        ("baseline", toll_rust_simd_baseline_table),
        ("avx2", toll_rust_simd_avx2_table),
        ("avx512", toll_rust_simd_avx512_table),
    ];
    let best = levels.into_iter().rev().find_map(|(_, table)| flags(table));
    // SAFETY: the only test of this program is the only one to reach the environment.
    unsafe { remove_var("TOLL_SIMD") };
    assert_eq!(flags(toll_rust_simd_table), best);
    for (name, table) in levels {
        // SAFETY: as above.
        unsafe { set_var("TOLL_SIMD", name) };
        assert_eq!(flags(toll_rust_simd_table), flags(table), "{name}");
    }
    for unknown in ["AVX2", "avx", "sse2"] {
        // SAFETY: as above.
        unsafe { set_var("TOLL_SIMD", unknown) };
        assert_eq!(flags(toll_rust_simd_table), None, "{unknown}");
    }
    // SAFETY: as above.
    unsafe { set_var("TOLL_SIMD", "") };
    assert_eq!(flags(toll_rust_simd_table), best);
}
