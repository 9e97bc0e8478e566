// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Calls when there is no memory for the stack of a further thread.
#![cfg(target_os = "linux")]

mod common;

use common::{parallel, serial, step, threads, wait_for_threads};

#[test]
fn without_threads_a_call_answers() {
    let want = step(serial(), 1, 1.0);
    let others = threads();
    let calls = |count| {
        assert_eq!(step(parallel(), count, 1.0), want, "{count} threads");
    };
    calls(20);
    limit_memory(40 << 20);
    // A stack takes 2 MiB. There is room for 25 once the 20 are freed.
    calls(25);
    wait_for_threads(others + 25..=others + 25);
    // There is none for 100, and the call does with fewer.
    calls(100);
    wait_for_threads(others..=others);
    calls(3);
    wait_for_threads(others + 3..=others + 3);
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
