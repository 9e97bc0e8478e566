// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Calls when there is no memory for the stack of a further thread.
//!
//! The program starts as a host in C does. After Rust's own start, each new thread needs memory for signals, too,
//! and ends the process if there is none.
#![no_main]

mod common;

use common::{parallel, serial, step, threads, wait_for_threads};

/// Of a new thread. So large that what else is needed finds room where another stack does not.
const STACK: u64 = 64 << 20;

#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    // SAFETY: there is no other thread yet.
    unsafe { std::env::set_var("RUST_MIN_STACK", STACK.to_string()) };
    let want = step(serial(), 1, 1.0);
    let others = threads();
    let calls = |count, team| {
        assert_eq!(step(parallel(), count, 1.0), want, "{count} threads");
        assert_eq!((parallel().team)(count), team, "of {count} threads");
    };
    calls(20, 20);
    limit_memory(20 * STACK + STACK / 2);
    // There is room for 25 once the 20 are freed.
    calls(25, 25);
    wait_for_threads(others + 25..=others + 25);
    // There is none for 100, and the call does with fewer.
    calls(100, 1);
    wait_for_threads(others..=others);
    calls(3, 3);
    wait_for_threads(others + 3..=others + 3);
    0
}

/// Limits the address space to `more` bytes than are in use now.
fn limit_memory(more: u64) {
    let pages: u64 = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|statm| statm.split(' ').next()?.parse().ok())
        .expect("the first number is the size");
    // SAFETY: sysconf only answers, and the limit is read from memory that is there.
    unsafe {
        let bytes = pages * libc::sysconf(libc::_SC_PAGESIZE) as u64 + more;
        let limit = libc::rlimit {
            rlim_cur: bytes,
            rlim_max: bytes,
        };
        assert_eq!(libc::setrlimit(libc::RLIMIT_AS, &limit), 0);
    }
}
