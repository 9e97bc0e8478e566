#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
set -euo pipefail
cd -- "$(dirname -- "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

gcc -O2 -fopenmp host.c -o "$out/host"
unset OMP_PROC_BIND OMP_PLACES
free=$("$out/host")
bound=$(OMP_PROC_BIND=true "$out/host")
echo "$free cores, with OMP_PROC_BIND=true $bound"
if [ "$free" = 1 ]; then
    echo "unavailable: this process has one core"
elif [ "$free" = "$bound" ]; then
    echo "does not hold"
else
    echo "holds"
fi
