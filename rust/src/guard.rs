// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! What keeps a panic inside the library.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use crate::abi::Status;

/// From now on a panic of this crate's own code prints nothing. Other panics of the process meet the hook that
/// they would have met.
///
/// It goes by the panic's place in the sources, and not by a mark on the thread: a thread-local would have to be
/// set in each call, and in a shared library LLVM keeps values over the call that finds it in registers that the
/// call may change (docs/FINDINGS.md).
pub fn silence_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Unit tests stand in the same files, and are to say what they found.
        if cfg!(test) {
            return;
        }
        let others = take_hook();
        set_hook(Box::new(move |info| {
            if !info.location().is_some_and(|at| ours(at.file())) {
                others(info);
            }
        }));
    });
}

/// Whether the file is one of this crate's.
fn ours(file: &str) -> bool {
    file!()
        .strip_suffix("guard.rs")
        .is_some_and(|folder| file.starts_with(folder))
}

/// Runs a kernel; makes a panic its status.
pub fn guard(kernel: impl FnOnce() -> Result<(), Status>) -> Status {
    // Unwind safety: what a panic leaves half done is the output, which EPANIC declares undefined.
    match catch_unwind(AssertUnwindSafe(kernel)) {
        Ok(Ok(())) => Status::Ok,
        Ok(Err(status)) => status,
        Err(_) => Status::Panic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::Location;

    #[test]
    fn panic_becomes_status() {
        assert_eq!(guard(|| panic!("on purpose")), Status::Panic);
        assert_eq!(guard(|| Err(Status::Arg)), Status::Arg);
        assert_eq!(guard(|| Ok(())), Status::Ok);
    }

    #[test]
    fn own_panics_by_their_place() {
        assert!(ours(Location::caller().file()));
        assert!(!ours("/rustc/0/library/core/src/slice/index.rs"));
        assert!(!ours("tests/pools.rs"));
    }
}
