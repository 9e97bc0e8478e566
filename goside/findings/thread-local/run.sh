#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
set -euo pipefail
cd -- "$(dirname -- "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

if [ "$(uname -m)" != x86_64 ]; then
    echo "unavailable: this is a finding of x86-64"
    exit
fi
rustc -O -C target-cpu=x86-64-v4 twice.rs -o "$out/libtwice.so"
for k in {1..20}; do
    gcc -shared -fPIC data.c -o "$out/data$k.so"
done
gcc -O2 -pthread host.c -o "$out/host" -ldl
cd "$out" && ./host
