#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Makes certificates, see toll certify, of what this machine can build and run, in docs/certificates, and puts their table into
# README.md. All of them takes about an hour on two cores; scripts/certify.sh NAME... makes those of these names:
#
#     native     what scripts/build.sh builds, every route, Python's included; its file has the name of the distribution
#     amd64-v1   all languages compiled for the first x86-64, and tuned ones at the level baseline; without Python
#     amd64-v3   for x86-64 with AVX2
#     amd64-v4   for x86-64 with AVX-512
#     wasm       the WebAssembly modules only
#     arm64      64-bit Arm, emulated by qemu-user unless this machine is one
#     table      the table only
#
# A level that the processor lacks is left out, and said. Each certificate is held to those that are there.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh
unset TOLL_LIB
folder=docs/certificates
mkdir -p $folder

# distribution prints a name such as debian12.
distribution() {
    local ID=linux VERSION_ID=
    # shellcheck disable=SC1091 # it is the system's
    [ ! -r /etc/os-release ] || . /etc/os-release
    echo "$ID${VERSION_ID:-}"
}

# agrees <toll> <certificate> holds one to all.
agrees() {
    local other
    for other in "$folder"/*.txt; do
        "$1" certify "$2" --against "$other" >build/certify.log || {
            cat build/certify.log
            fail "$2 and $other differ"
        }
    done
}

native() {
    scripts/build.sh
    build/bin/toll certify -o "$folder/$(distribution)-$(go env GOARCH).txt"
    agrees build/bin/toll "$folder/$(distribution)-$(go env GOARCH).txt"
}

wasm() {
    scripts/build.sh
    build/bin/toll certify --route '*/wasm' -o $folder/wasm.txt
    agrees build/bin/toll $folder/wasm.txt
}

# amd64 <level of x86-64> <level of the tuned languages>
amd64() {
    scripts/build.sh --target "amd64-$1"
    if ! "build/amd64-$1/toll" verify --kernel call --route "c-simd-$2/cgo" >build/certify.log 2>&1; then # Go's own start may refuse
        say "amd64-$1 is left out, since this processor does not run it: $(tail -n 1 build/certify.log)"
        return
    fi
    TOLL_SIMD=$2 "build/amd64-$1/toll" certify --route '*/*' -o "$folder/amd64-$1.txt"
    agrees "build/amd64-$1/toll" "$folder/amd64-$1.txt"
}

table() { build/bin/toll certify --table $folder/*.txt --into README.md; }

[ $# -gt 0 ] || set -- native amd64-v1 amd64-v3 amd64-v4 wasm arm64 table
for name in "$@"; do
    say "$name"
    case $name in
    native | wasm | table) $name ;;
    amd64-v1) amd64 v1 baseline ;;
    amd64-v3) amd64 v3 avx2 ;;
    amd64-v4) amd64 v4 avx512 ;;
    arm64) scripts/emulate.sh certify -o $folder/arm64.txt ;;
    *) fail "found '$name', want native, amd64-v1, amd64-v3, amd64-v4, wasm, arm64 or table" ;;
    esac
done
