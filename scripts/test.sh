#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Builds Toll and runs its tests: once with cgo, where every route must be there, and once without, where
# those must be there that need no cgo. Arguments go to go test, as in scripts/test.sh -v -run Mutant.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/build.sh

if cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1; then
    cargo fmt --manifest-path rust/Cargo.toml --check
    cargo clippy --manifest-path rust/Cargo.toml --target-dir build/clippy --release --quiet -- -D warnings
fi
go vet ./...
echo "Without cgo:"
CGO_ENABLED=0 TOLL_REQUIRE='*/direct */purego */syscalln' go test "$@" ./...
echo "With cgo:"
TOLL_REQUIRE='*/*' go test "$@" ./...
