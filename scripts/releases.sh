#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Builds Toll by releases of Go, each with cgo and without, verifies routes with it and runs the tests of the crossings
# that depend on the runtime's inside. Without arguments these are the newest Go 1.26 and the newest Go there is;
# arguments are others, such as 1.26.0 or latest. They are downloaded, which takes network. TOLL_ROUTES says which routes
# are verified. It takes some ten minutes.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh
scripts/build.sh

routes=${TOLL_ROUTES:-*/trampoline,*/wasm,*/process,*/shm,*/shm-spin,*/socket}
[ $# -gt 0 ] || set -- 1.26 latest
mkdir -p build/releases
for release in "$@"; do
    # In a folder without a module, whose own go.mod would be looked at.
    version=$(cd build/releases && GOFLAGS=-mod=mod go list -m -f '{{.Version}}' "go@$release")
    export GOTOOLCHAIN=go$version
    for cgo in 1 0; do
        export CGO_ENABLED=$cgo
        say "Go $version, CGO_ENABLED=$cgo"
        toll=build/releases/toll-$version-cgo$cgo
        go build -buildvcs=false -o "$toll" ./goside/cmd/toll
        TOLL_LIB=$PWD/build/lib "$toll" verify --route "$routes"
        GOGC=1 go test ./goside/via/trampoline ./goside/via/wasm ./goside/via/process
    done
done
