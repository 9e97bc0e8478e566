// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The parallel language in the child of a fork, where there is only the thread that forked.
#![cfg(target_os = "linux")]

mod common;

use std::io::Write;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use common::{parallel, serial, step};

/// Seconds after which a child hangs.
const LIMIT: u32 = 60;

/// Runs `work` in a child. It ends by a signal if it hangs, with 1 if it panics.
fn in_child(work: fn()) {
    // SAFETY: the child calls what toll.h says works there, and ends without running what belongs to the test.
    let child = unsafe { libc::fork() };
    assert_ne!(child, -1, "no child can be made");
    if child == 0 {
        // SAFETY: it only counts time.
        unsafe { libc::alarm(LIMIT) };
        let result = catch_unwind(work);
        if let Err(Some(text)) = result.as_ref().map_err(|panic| panic.downcast_ref::<String>()) {
            // Not by a macro, whose output the test would keep for itself.
            let _ = writeln!(std::io::stderr(), "in the child: {text}");
        }
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

#[test]
fn a_child_computes() {
    in_child(two_and_three);
    two_and_three();
    in_child(two_and_three);
    in_child(|| {
        two_and_three();
        in_child(two_and_three);
    });
    two_and_three();
}

/// Another thread has pools made, which takes the lock, while this one forks.
#[test]
fn a_child_computes_whoever_held_the_lock() {
    two_and_three();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for count in (130..200).cycle().take_while(|_| !done.load(Ordering::Relaxed)) {
                step(parallel(), count, 1.0);
            }
        });
        let children = catch_unwind(|| (0..20).for_each(|_| in_child(two_and_three)));
        done.store(true, Ordering::Relaxed);
        children.expect("each child ends well");
    });
}
