// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#![crate_type = "cdylib"]
use std::cell::Cell;
thread_local! { static CALLS: Cell<u64> = const { Cell::new(0) }; }
#[unsafe(no_mangle)]
pub extern "C" fn twice(x: f64) -> f64 {
    CALLS.set(CALLS.get() + 1);
    x + x
}
