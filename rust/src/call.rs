// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Functions whose cost is only the call. They cannot panic, so they need no guard.

use crate::abi::{CallAdd, CallNoop, CallNot, CallSum};

pub struct Calls {
    pub noop: CallNoop,
    pub not: CallNot,
    pub add: CallAdd,
    pub sum: CallSum,
}

pub fn sum(values: &[f64]) -> f64 {
    // Not Iterator::sum, which starts from -0.0.
    values.iter().fold(0.0, |sum, value| sum + value)
}

/// Makes the functions of a language, exported under the prefix, and gives those of its table.
macro_rules! call {
    ($prefix:expr) => {{
        #[unsafe(export_name = concat!($prefix, "_call_noop"))]
        extern "C" fn noop() {}

        #[unsafe(export_name = concat!($prefix, "_call_not"))]
        extern "C" fn not(x: i64) -> i64 {
            !x
        }

        #[unsafe(export_name = concat!($prefix, "_call_add"))]
        extern "C" fn add(x: f64, y: f64) -> f64 {
            x + y
        }

        /// # Safety
        ///
        /// Unless n < 1, p has n elements that nobody writes to during the call.
        #[unsafe(export_name = concat!($prefix, "_call_sum"))]
        unsafe extern "C" fn sum(p: *const f64, n: i64) -> f64 {
            if n < 1 {
                return 0.0;
            }
            // SAFETY: the caller's guarantee.
            $crate::call::sum(unsafe { std::slice::from_raw_parts(p, n as usize) })
        }

        $crate::call::Calls { noop, not, add, sum }
    }};
}

pub(crate) use call;
