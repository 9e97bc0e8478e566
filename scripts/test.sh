#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Builds Toll and runs its tests: without cgo, where those routes must be there that need none; with cgo,
# where all must be there; and the routes once more with the race detector and its pointer checks. Arguments
# go to the second run of go test, as in scripts/test.sh -v -run Mutant, and leave out the others.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test
scripts/build.sh

if [ $# -eq 0 ]; then
    cargo=(--manifest-path rust/Cargo.toml --target-dir build/rust-test)
    if cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1; then
        cargo fmt --manifest-path rust/Cargo.toml --check
        cargo clippy "${cargo[@]}" --quiet --all-targets -- -D warnings
    fi
    if command -v clang-format >/dev/null; then
        clang-format --dry-run -Werror csrc/*.c csrc/*.h csrc/include/*.h csrc/calls/*.c csrc/limits/*.[ch]
    fi
    echo "Rust's own tests:"
    cargo test "${cargo[@]}" --quiet --locked
    go vet ./...
    go vet -tags timing ./goside/cmd/toll
    echo "Without cgo:"
    CGO_ENABLED=0 TOLL_REQUIRE='*/direct */purego */syscalln' go test ./...
    echo "With the race detector:"
    TOLL_REQUIRE='*/*' go test -race -run 'TestRoutes|TestDisjointRanges|TestCalls' ./goside/conform
    go test -race ./goside/via/...
    echo "With the checks of pointers, of the compiler's and of cgo's:"
    go test -gcflags=all=-d=checkptr -run 'TestCalls' ./goside/conform
    go test -gcflags=all=-d=checkptr ./goside/via/...
    GOEXPERIMENT=cgocheck2 go test -run 'TestCalls' ./goside/conform
fi
echo "With cgo, every route:"
TOLL_REQUIRE='*/*' go test "$@" ./...
