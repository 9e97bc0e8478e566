// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! What the table says of its build.

use std::env::var;
use std::process::Command;

fn main() {
    let rustc = var("RUSTC").expect("cargo sets RUSTC");
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("rustc runs")
        .stdout;
    let version = String::from_utf8(version).expect("rustc speaks UTF-8");
    println!("cargo::rustc-env=TOLL_COMPILER={}", version.trim());

    let level = var("OPT_LEVEL").expect("cargo sets OPT_LEVEL");
    let more = var("CARGO_ENCODED_RUSTFLAGS")
        .unwrap_or_default()
        .replace('\x1f', " ");
    println!(
        "cargo::rustc-env=TOLL_FLAGS={}",
        format!("-C opt-level={level} {more}").trim()
    );

    // The threads of rust-par outlive a dlclose, and so must their code.
    if var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTFLAGS");
}
