#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
set -euo pipefail
cd -- "$(dirname -- "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

gcc -O2 -shared -fPIC -DVERSION=1 library.c -o "$out/library.so"
gcc -O2 -shared -fPIC -DVERSION=2 library.c -o "$out/new.so"
gcc -O2 host.c -o "$out/host" -ldl
"$out/host" "$out/library.so" "$out/new.so"
