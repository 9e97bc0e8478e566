#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
set -euo pipefail
cd -- "$(dirname -- "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# A module of its own, since it is edited.
mkdir "$out/inc" "$out/program"
echo '#define ANSWER 1' >"$out/inc/answer.h"
cp go.mod.txt "$out/program/go.mod"
cp main.go.txt "$out/program/main.go"
cd "$out/program"
export CGO_ENABLED=1 CGO_CFLAGS="-I$out/inc"
before=$(go run .)
echo '#define ANSWER 2' >"$out/inc/answer.h"
after=$(go run .)
echo "the header says 1: $before; 2: $after"
if [ "$after" = 2 ]; then
    echo "does not hold"
else
    echo "holds"
fi
