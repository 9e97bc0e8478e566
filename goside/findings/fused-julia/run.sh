#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
set -euo pipefail
cd -- "$(dirname -- "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

flags=(-O2)
if [ "$(uname -m)" = x86_64 ]; then
    if ! grep -qw fma /proc/cpuinfo; then
        echo "unavailable: this processor has no fused multiply-add"
        exit
    fi
    flags+=(-mfma)
fi
gcc "${flags[@]}" -ffp-contract=off -Dcounts=as_written -c julia.c -o "$out/as_written.o"
gcc "${flags[@]}" -Dcounts=fused -c julia.c -o "$out/fused.o"
gcc -O2 host.c "$out"/*.o -o "$out/host" -lm
"$out/host"
