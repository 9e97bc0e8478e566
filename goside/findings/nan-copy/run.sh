#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
set -euo pipefail
cd -- "$(dirname -- "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

if ! gcc -O2 host.c -o "$out/host" -lopenblas 2>"$out/log"; then
    echo "unavailable: no OpenBLAS to link with"
    exit
fi
"$out/host"
