#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
set -euo pipefail
cd -- "$(dirname -- "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

gcc -O2 -pthread host.c -o "$out/host"
"$out/host"
