// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! A panic that leaves an extern "C" function, and one that is caught before, in silence, as Toll's kernels do.

use std::panic::{catch_unwind, set_hook};

const EPANIC: i32 = 6; // of toll.h

#[unsafe(no_mangle)]
extern "C" fn faults_rust_panic() -> i32 {
    panic!("on purpose");
}

#[unsafe(no_mangle)]
extern "C" fn faults_rust_panic_caught() -> i32 {
    set_hook(Box::new(|_| {}));
    catch_unwind(|| panic!("on purpose")).unwrap_or(EPANIC)
}
