// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The floating-point environment, which a thread takes over from the one that starts it.

/// Makes the current thread compute as toll.h and Rust take for granted: rounding to nearest, subnormals kept,
/// no exception trapped. Miri, which runs no assembly, always does.
pub fn reset() {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: this is the environment that Rust code is compiled for.
    unsafe {
        let mxcsr = 0x1f80_u32;
        std::arch::asm!("ldmxcsr [{}]", in(reg) &mxcsr, options(readonly, nostack, preserves_flags));
    }
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    // SAFETY: as above.
    unsafe {
        std::arch::asm!("msr fpcr, {:x}", in(reg) 0_u64, options(nomem, nostack, preserves_flags));
    }
}
