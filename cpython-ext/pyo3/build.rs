// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! How the module is linked.

fn main() {
    // The crate's functions have names that a program which loads Python may have, too (Toll's own links
    // libtoll_rust), and that would come first.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-Bsymbolic");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
