#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
set -euo pipefail
cd -- "$(dirname -- "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# The Python that Toll embeds, which setup.sh chose; python3 if it has not run.
python=$(cut -d ' ' -f 1 ../../../build/python 2>/dev/null || echo python3)
if ! flags=$("$python" -I ../python-logging/flags.py 2>&1); then
    echo "unavailable: no CPython to embed"
    exit
fi
# shellcheck disable=SC2086 # a list of words
gcc -O2 -pthread host.c -o "$out/host" $flags
"$out/host"
