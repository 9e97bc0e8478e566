# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Has CARGO build the crate at MANIFEST for WebAssembly, with the hash HASH of toll.h, in the folder TARGET_DIR, and puts
# the module toll_rust.wasm into OUT. Where the toolchain lacks the target there is no module, and the route is unavailable.
set(target wasm32-wasip1)
execute_process(COMMAND rustc --print target-libdir --target ${target} OUTPUT_VARIABLE libraries OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_QUIET)
if(NOT libraries OR NOT EXISTS ${libraries})
  message(STATUS "No Rust library for ${target} (rustup target add ${target}): rust/wasm is left out")
  file(REMOVE ${OUT}/toll_rust.wasm)
  return()
endif()
# Debian's Rust has its linker in another package than the target.
set(linker)
execute_process(COMMAND rustc --print sysroot OUTPUT_VARIABLE sysroot OUTPUT_STRIP_TRAILING_WHITESPACE)
file(GLOB own ${sysroot}/lib/rustlib/*/bin/rust-lld)
find_program(rust_lld rust-lld)
if(NOT own AND NOT rust_lld)
  set(linker " -C linker=wasm-ld")
endif()
# The stack comes first, so that what overflows it traps and overwrites nothing.
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env --unset=CARGO_ENCODED_RUSTFLAGS
          "RUSTFLAGS=-C link-arg=--stack-first -C link-arg=--export=aligned_alloc -C link-arg=--export=free${linker}"
          CARGO_INCREMENTAL=0 TOLL_HEADER_HASH=${HASH}
          ${CARGO} build --quiet --release --locked --lib --manifest-path ${MANIFEST} --config ${MANIFEST}
          --target-dir ${TARGET_DIR} --target ${target}
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "cargo fails: ${failed}")
endif()
set(built ${TARGET_DIR}/${target}/release/toll_rust.wasm)
file(SHA256 ${built} want)
set(got)
if(EXISTS ${OUT}/toll_rust.wasm)
  file(SHA256 ${OUT}/toll_rust.wasm got)
endif()
if(NOT got STREQUAL want)
  configure_file(${built} ${OUT}/toll_rust.wasm.new COPYONLY)
  file(RENAME ${OUT}/toll_rust.wasm.new ${OUT}/toll_rust.wasm)
endif()
