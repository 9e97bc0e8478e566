// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The threads that are kept between calls are bounded, whatever numbers of them were asked for.
#![cfg(target_os = "linux")]

mod common;

use std::thread;

use common::{parallel, serial, step, threads, wait_for_threads};

/// What pool.rs says is kept: so many threads, or those last asked for if they are more.
const KEPT: usize = 256;

#[test]
fn few_threads_are_kept() {
    let want = step(serial(), 1, 1.0);
    let others = threads();
    for count in 1..=100 {
        assert_eq!(step(parallel(), count, 1.0), want, "{count} threads");
    }
    wait_for_threads(0..=others + KEPT);

    // Callers at once, whose pools are more than are kept.
    thread::scope(|scope| {
        for caller in 0..6 {
            scope.spawn(move || {
                for k in 0..6 {
                    let count = 40 + 10 * caller + k % 3;
                    assert_eq!(step(parallel(), count, 1.0), want, "{count} threads");
                }
            });
        }
    });
    wait_for_threads(0..=others + KEPT);

    assert_eq!(step(parallel(), 400, 1.0), want);
    wait_for_threads(0..=others + 400);
    assert_eq!(step(parallel(), 2, 1.0), want);
    wait_for_threads(0..=others + KEPT);
}
