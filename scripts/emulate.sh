#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Verifies Toll on arm64, emulated by qemu-user: no times, only bits. It builds by scripts/build.sh --target arm64, then runs
#
#     scripts/emulate.sh            all of these; about half an hour on two quiet cores
#     scripts/emulate.sh quick      the trampoline's stubs of random signatures, callbacks that grow stacks, 100,000 calls
#                                   under stress, and the functions of calls.h
#     scripts/emulate.sh certify    every problem of the suite on every route that can exist there, with cgo and without; what
#                                   comes out is held to the certificates in docs/certificates. With -o FILE it is written there
#     scripts/emulate.sh unrounded  the same of Go's kernels without their float64() roundings: it must be told apart
#
# QEMU's user mode hangs now and then in Go's garbage collector (golang/go #70329). So everything has a time limit, and is
# tried once more if it exceeds that. How often this happened is said at the end. A failure is never tried again.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh

mode=${1:-all} output=build/arm64/certificate.txt
case "$mode" in all | quick | certify | unrounded) ;; *) fail "the argument is '$mode', want none, quick, certify or unrounded" ;; esac
if [ "${2:-}" = -o ]; then output=${3:?want a file after -o}; fi
scripts/build.sh --target arm64
out=$PWD/build/arm64
retries=0

# limited <seconds> <command>... runs the command, and once more if it takes longer than that.
limited() {
    local code=0
    timeout --kill-after=10 "$@" || code=$?
    [ $code -eq 124 ] || [ $code -eq 137 ] || return $code
    retries=$((retries + 1))
    say "took longer than $1 s: trying once more"
    timeout --kill-after=10 "$@"
}

quick() {
    export TOLL_LIB=$out/lib
    echo "Random signatures:"
    TOLL_EMULATE="$out/run" limited 600 go test -count=1 -run '^TestSignatures$' ./goside/stubs
    export CGO_ENABLED=0 GOARCH=arm64
    echo "Callbacks and stress:"
    limited 600 go test -count=1 -exec "$out/run" -run '^Test(Allocations|GrownStack|MissingSymbol|Stress)$' ./goside/via/trampoline
    echo "Calls:"
    limited 600 go test -count=1 -exec "$out/run" -run '^TestCalls$/^trampoline$' ./goside/conform
}

# agrees <certificate> holds it to each published one.
agrees() {
    local published
    for published in docs/certificates/*.txt; do
        limited 600 "$out/toll" certify "$1" --against "$published"
    done
}

certificate() {
    echo "Timing is refused:"
    if "$out/toll" bench --quick; then fail "toll bench measured an emulator"; fi
    echo "With cgo:"
    # Not the levels of x86-64. Python is not built for it, and its routes are unavailable.
    limited 7200 "$out/toll" certify --route '*/*' -o "$output"
    agrees "$output"
    echo "Without cgo:"
    limited 3600 "$out/run" "$out/bin/toll-no-cgo" certify --route 'go*/direct,*/trampoline,*/purego,*/wasm' -o "$out/certificate-no-cgo.txt"
    agrees "$out/certificate-no-cgo.txt"
}

# Go fuses on arm64 what is not rounded explicitly.
unrounded() {
    local file separator='' folder=$out/unrounded found=0
    mkdir -p "$folder"
    {
        echo '{"Replace": {'
        for file in diffusion julia ols; do
            gofmt -r 'float64(a * b) -> (a * b)' goside/kernel/$file.go >"$folder/$file.go"
            echo "$separator\"$PWD/goside/kernel/$file.go\": \"$folder/$file.go\""
            separator=,
        done
        echo '}}'
    } >"$folder/overlay.json"
    GOARCH=arm64 CGO_ENABLED=0 go build -buildvcs=false -overlay "$folder/overlay.json" -o "$folder/toll" ./goside/cmd/toll
    echo "Without roundings:"
    TOLL_LIB=$out/lib limited 1800 "$out/run" "$folder/toll" certify --route 'go/direct,c/trampoline' -o "$folder/certificate.txt" \
        --against docs/certificates/amd64-v1.txt >"$folder/log" || found=$?
    cat "$folder/log"
    [ $found -eq 1 ] || fail "Go's kernels without roundings end with $found, want 1: they are not told apart"
    for file in diffusion julia ols; do
        grep -q "problems of $file differ.*fused multiply-add" "$folder/log" || fail "the cause on $file is not named"
    done
}

case $mode in
quick) quick ;;
certify) certificate ;;
unrounded) unrounded ;;
all)
    quick
    unset CGO_ENABLED GOARCH TOLL_LIB
    certificate
    unrounded
    ;;
esac
echo "arm64 holds, tried again: $retries"
