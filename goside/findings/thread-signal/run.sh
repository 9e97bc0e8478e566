#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
set -euo pipefail
cd -- "$(dirname -- "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

cp go.mod.txt "$out/go.mod"
cp main.go.txt "$out/main.go"
CGO_ENABLED=1 go -C "$out" build -o program .
alone=0 with=0
"$out/program" || alone=$?
{ "$out/program" c || with=$?; } 2>"$out/said" # bash says how it ended
echo "SIGALRM to a thread of Go's: exit status $alone; to one of C's: $with"
if [ "$alone" = 0 ] && [ "$with" = $((128 + 14)) ]; then
    echo "holds"
else
    echo "does not hold"
fi
