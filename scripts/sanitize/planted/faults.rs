// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Faults planted in Rust, each a test, to test what is to find them: without it every test here passes.

#[cfg(test)]
mod tests {
    use std::hint::black_box;
    use std::mem::MaybeUninit;
    use std::thread;

    #[test]
    #[allow(arithmetic_overflow, reason = "it is planted")]
    fn overflow() {
        let most = black_box(i32::MAX);
        black_box(most + black_box(1));
    }

    /// One element behind what is allocated.
    #[test]
    fn overrun() {
        let numbers = black_box(vec![1_u64; 3]);
        // SAFETY: none, it is planted.
        black_box(unsafe { *numbers.as_ptr().add(3) });
    }

    /// Two threads write to the same memory.
    #[test]
    fn race() {
        static mut CALLS: u64 = 0;
        let call = || {
            for _ in 0..100 {
                // SAFETY: none, it is planted.
                unsafe { CALLS = black_box(CALLS + 1) };
            }
        };
        let other = thread::spawn(call);
        call();
        other.join().expect("it ends");
    }

    #[test]
    fn uninitialised() {
        let number = MaybeUninit::<u64>::uninit();
        // SAFETY: none, it is planted.
        black_box(unsafe { number.assume_init() });
    }
}
