// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Functions whose cost is only the call. They cannot panic, so they need no guard.

fn sum(values: &[f64]) -> f64 {
    // Not Iterator::sum, which starts from -0.0.
    values.iter().fold(0.0, |sum, value| sum + value)
}

macro_rules! call {
    ($noop:ident, $not:ident, $add:ident, $sum:ident) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn $noop() {}

        #[unsafe(no_mangle)]
        pub extern "C" fn $not(x: i64) -> i64 {
            !x
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $add(x: f64, y: f64) -> f64 {
            x + y
        }

        /// # Safety
        ///
        /// Unless n < 1, p has n elements that nobody writes to during the call.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $sum(p: *const f64, n: i64) -> f64 {
            if n < 1 {
                return 0.0;
            }
            // SAFETY: the caller's guarantee.
            sum(unsafe { std::slice::from_raw_parts(p, n as usize) })
        }
    };
}

call!(
    toll_rust_call_noop,
    toll_rust_call_not,
    toll_rust_call_add,
    toll_rust_call_sum
);
call!(
    toll_rust_par_call_noop,
    toll_rust_par_call_not,
    toll_rust_par_call_add,
    toll_rust_par_call_sum
);
