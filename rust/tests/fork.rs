// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The parallel language in the child of a fork, where there is only the thread that forked.
//!
//! The program starts as a host in C does. After Rust's own start, each new thread takes a lock of the standard
//! library, which a child may inherit locked.
#![no_main]

mod common;

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use common::{parallel, serial, step};

/// Seconds after which a child hangs.
const LIMIT: u32 = 60;

/// Runs `work` in a child, which ends by a signal if it hangs, and with 1 if it panics.
fn in_child(work: fn()) {
    // SAFETY: the child calls what toll.h says works there, and ends without running what is the parent's.
    let child = unsafe { libc::fork() };
    assert_ne!(child, -1, "no child can be made");
    if child == 0 {
        // SAFETY: it only counts time.
        unsafe { libc::alarm(LIMIT) };
        let result = catch_unwind(work);
        // SAFETY: it only ends the process.
        unsafe { libc::_exit(result.is_err().into()) };
    }
    let mut status = 0;
    // SAFETY: status is written to.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert_eq!(status, 0, "the child ends with the status {status:#x}, want 0");
}

fn two_and_three() {
    let want = step(serial(), 1, 1.0);
    for count in [2, 3, 2] {
        assert_eq!(step(parallel(), count, 1.0), want, "{count} threads");
    }
}

#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    in_child(two_and_three);
    two_and_three();
    in_child(two_and_three);
    in_child(|| {
        two_and_three();
        in_child(two_and_three);
    });
    two_and_three();

    // While another thread has pools made, which takes the lock.
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for count in (130..200).cycle().take_while(|_| !done.load(Ordering::Relaxed)) {
                step(parallel(), count, 1.0);
            }
        });
        for _ in 0..20 {
            in_child(two_and_three);
        }
        done.store(true, Ordering::Relaxed);
    });
    0
}
