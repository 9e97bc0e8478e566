#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Runs random kernels over all routes for a long time, from 32 goroutines more than there are cores, under pressure of memory
# and garbage collection, while goroutines, threads and workers come and go. It verifies every result and prints whether
# memory, threads, descriptors, goroutines, Python's objects and worker processes stayed flat; it fails if not. Its first
# argument is how long that is judged: 30m, unless given. A third as long comes before, as the warm-up, and a minute or two to
# open all routes. Further arguments go to go build, such as -race. TOLL_ROUTES says which routes take part; crossings of
# calls.h and workers are left out then. All samples are in build/soak.tsv, and profiles of Go's heap at rest in build/soak,
# for go tool pprof. Build first: scripts/build.sh.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh

duration=${1:-30m}
[[ $duration =~ ^[0-9]+[smh]$ ]] || fail "the first argument is '$duration', want how long, such as 30m"
go build -o build/bin/toll-soak "${@:2}" ./goside/cmd/toll-soak
rm -rf build/soak
mkdir -p build/soak
# The command prints a line of summary at its end.
exec build/bin/toll-soak -duration "$duration" -routes "${TOLL_ROUTES:-}" -samples build/soak.tsv -heaps build/soak
