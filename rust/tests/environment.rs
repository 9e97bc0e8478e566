// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Threads that are kept do not remember the floating-point environment of the caller that had them started.
#![cfg(target_arch = "x86_64")]

mod common;

use std::arch::asm;

use common::{parallel, serial, step};

const UPWARD: u32 = 0x1f80 | 0x4000;
/// Subnormal results and operands become zero.
const FLUSHING: u32 = 0x1f80 | 0x8040;

fn mxcsr() -> u32 {
    let mut now = 0;
    // SAFETY: it stores the register.
    unsafe { asm!("stmxcsr [{}]", in(reg) &mut now, options(nostack)) };
    now
}

fn set_mxcsr(to: u32) {
    // SAFETY: what computes meanwhile is compared with nothing, and the former value is set again.
    unsafe { asm!("ldmxcsr [{}]", in(reg) &to, options(nostack)) };
}

#[test]
fn the_first_callers_environment_is_not_kept() {
    for (threads, mode, scale) in [(2, UPWARD, 1.0), (3, FLUSHING, 1e-310)] {
        let want = step(serial(), 1, scale);
        let before = mxcsr();
        set_mxcsr(mode);
        let other = step(serial(), 1, scale);
        step(parallel(), threads, scale);
        let after = mxcsr();
        set_mxcsr(before);
        assert_ne!(other, want, "the mode {mode:#x} shows in the result");
        assert_eq!(after & !0x3f, mode & !0x3f, "the caller's mode is as it was");
        for _ in 0..20 {
            assert_eq!(
                step(parallel(), threads, scale),
                want,
                "{threads} threads after {mode:#x}"
            );
        }
    }
}
