// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! What keeps a panic inside the library.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use crate::abi::Status;

thread_local! {
    static SILENT: Cell<bool> = const { Cell::new(false) };
}

/// From now on a panic inside [`guard`], or on a thread that is [`mine`], prints nothing. Other panics of
/// the process meet the hook that they would have met.
pub fn silence_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |info| {
            if !SILENT.get() {
                others(info);
            }
        }));
    });
}

/// Says that the current thread belongs to this library.
pub fn mine() {
    SILENT.set(true);
}

/// Runs a kernel; makes a panic its status.
pub fn guard(kernel: impl FnOnce() -> Result<(), Status>) -> Status {
    let before = SILENT.replace(true);
    // Unwind safety: what a panic leaves half done is the output, which EPANIC declares undefined.
    let result = catch_unwind(AssertUnwindSafe(kernel));
    SILENT.set(before);
    match result {
        Ok(Ok(())) => Status::Ok,
        Ok(Err(status)) => status,
        Err(_) => Status::Panic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_becomes_status() {
        silence_panics();
        assert_eq!(guard(|| panic!("on purpose")), Status::Panic);
        assert_eq!(guard(|| Err(Status::Arg)), Status::Arg);
        assert_eq!(guard(|| Ok(())), Status::Ok);
        assert!(!SILENT.get());
    }
}
