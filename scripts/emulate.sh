#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Tries the crossing trampoline on arm64, emulated: stubs of random signatures, the functions of calls.h, callbacks that
# grow stacks, 100,000 calls under stress, and the kernels in C. It needs Debian's packages qemu-user and
# gcc-aarch64-linux-gnu. What it builds is in build/arm64.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh

for command in qemu-aarch64 aarch64-linux-gnu-gcc; do
    type "$command" >/dev/null 2>&1 || fail "found no $command, want it: sudo apt-get install qemu-user gcc-aarch64-linux-gnu"
done
emulator='qemu-aarch64 -L /usr/aarch64-linux-gnu'
lib=$PWD/build/arm64
mkdir -p "$lib"

# compile <library> <sources and flags>...
compile() {
    aarch64-linux-gnu-gcc -O3 -ffp-contract=off -fPIC -shared -o "$lib/$1" "${@:2}"
}
hash() { sha256sum <"$1" | cut -c 1-16; }
cd csrc
compile libtoll_calls.so -std=gnu11 -I include -DTOLL_CALLS_HASH="0x$(hash include/calls.h)u" calls/calls.c calls/rows.c -pthread
compile libtoll_c.so -std=c11 -I include -DTOLL_LANG=c -DTOLL_HEADER_HASH="0x$(hash include/toll.h)u" -DTOLL_FLAGS='"-O3"' \
    call.c julia.c ols.c transpose.c team.c table.c diffusion.c
cd ..

echo "Random signatures:"
TOLL_EMULATE=$emulator go test -count=1 -run '^TestSignatures$' ./goside/stubs
export TOLL_LIB=$lib CGO_ENABLED=0 GOARCH=arm64
echo "Callbacks and stress:"
go test -count=1 -exec "$emulator" -run '^Test(Allocations|GrownStack|MissingSymbol|Stress)$' ./goside/via/trampoline
echo "Calls:"
go test -count=1 -exec "$emulator" -run '^TestCalls$/^trampoline$' ./goside/conform
echo "Kernels:"
go run -exec "$emulator" ./goside/cmd/toll verify --route c/trampoline
