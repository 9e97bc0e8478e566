#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Builds Toll and runs its tests: Rust's own; those of the Python languages from Python; without cgo, where those
# routes must be there that need none; with cgo, where all must be there; and the routes once more with the race
# detector and checks of pointers. Arguments go to the last run of go test, as in scripts/test.sh -v -run Mutant,
# and leave out the others. TOLL_ROUTES says which routes the suite runs over, TOLL_REQUIRE which must be there.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh
without "what is built here is what is tested" TOLL_LIB
scripts/setup.sh test
scripts/build.sh

native='*/direct */purego */syscalln'
if [ "$(cat build/python)" = none ]; then
    python=
    all="$native */cgo */netlib"
else
    python='*/cpython */process'
    all='*/*'
fi
# Each run of go test below demands all that it can reach; only the one without cgo asks for less.
export TOLL_REQUIRE="$all"

# A process for each module, since a crash ends it; as many at once as there are cores.
python_modules() {
    local modules
    modules=$(build/venv/bin/python cpython-ext/tests/test_contract.py --list)
    echo "$modules" | xargs -P "$(nproc)" -I{} sh -c \
        'build/venv/bin/python cpython-ext/tests/test_contract.py {} >build/contract-{}.log 2>&1 ||
            { cat build/contract-{}.log; echo "toll.{} fails"; exit 1; }'
    echo "ok: $(echo "$modules" | wc -l) modules"
}

if [ $# -eq 0 ]; then
    scripts/lint.sh
    cargo=(--manifest-path rust/Cargo.toml --target-dir build/rust-test)
    echo "Rust's own tests:"
    cargo test "${cargo[@]}" --quiet --locked
    if [ -n "$python" ]; then
        echo "The Python languages, from Python:"
        python_modules
    fi
    echo "Without cgo:"
    CGO_ENABLED=0 TOLL_ROUTES="$native capi/cpython" TOLL_REQUIRE="$native $python" go test -timeout 25m ./...
    echo "With the race detector:"
    TOLL_ROUTES="$native */cgo */netlib capi/cpython python/process" \
        go test -race -run 'TestRoutes|TestDisjointRanges|TestCalls' ./goside/conform
    go test -race ./goside/via/...
    echo "With the checks of pointers, of the compiler's and of cgo's:"
    go test -gcflags=all=-d=checkptr -run 'TestCalls' ./goside/conform
    go test -gcflags=all=-d=checkptr ./goside/via/...
    GOEXPERIMENT=cgocheck2 go test -run 'TestCalls' ./goside/conform
fi
echo "With cgo, every route:"
go test -timeout 25m "$@" ./...
