// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! One small step of diffusion, by which the tests see whether threads work, and work right.

use std::ops::RangeInclusive;
use std::thread;
use std::time::Duration;

use toll_rust::abi::{Status, Table};

pub fn serial() -> &'static Table {
    // SAFETY: the table is constant.
    unsafe { &*toll_rust::toll_rust_table() }
}

pub fn parallel() -> &'static Table {
    // SAFETY: as above.
    unsafe { &*toll_rust::toll_rust_par_table() }
}

/// A step on 4 x 3 cells, whose result depends on the rounding mode, times `scale`.
pub fn step(table: &Table, threads: i32, scale: f64) -> [u64; 12] {
    let mut input = [0.1 * scale; 12];
    (input[4], input[7]) = (0.2 * scale, 0.3 * scale);
    let mut out = [0.0; 12];
    let (p, q) = (out.as_mut_ptr(), input.as_ptr());
    let step = table.diffusion_step_row.expect("it is offered");
    // SAFETY: both matrices have 4 x 3 cells.
    let status = unsafe { step(p, q, 4, 3, 3, 0, 4, 0.1, 0.1, threads, 0) };
    assert_eq!(status, Status::Ok, "{threads} threads");
    out.map(f64::to_bits)
}

/// The number of the process's threads, by /proc/self/status.
#[allow(dead_code, reason = "not all tests count")]
pub fn threads() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("it can be read");
    let line = status.lines().find_map(|line| line.strip_prefix("Threads:"));
    line.expect("it has such a line")
        .trim()
        .parse()
        .expect("it is a number")
}

/// Waits for the number of threads to be in the range, as one that ended is counted for a moment more.
#[allow(dead_code, reason = "not all tests count")]
pub fn wait_for_threads(want: RangeInclusive<usize>) {
    for _ in 0..2000 {
        if want.contains(&threads()) {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("{} threads, want {want:?}", threads());
}
