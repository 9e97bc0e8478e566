#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Builds Toll and runs its tests: Rust's own; those of the Python languages from Python; without cgo, where those
# routes must be there that need none; with cgo, where all must be there; and the routes once more with the race
# detector and checks of pointers. Arguments go to the last run of go test, as in scripts/test.sh -v -run Mutant,
# and leave out the others. TOLL_ROUTES says which routes the suite runs over, TOLL_REQUIRE which must be there.
#
# scripts/test.sh --quick shows in two to three minutes that all outputs match: every route does every case of every
# kernel that it has, in both layouts and with the book's problems at the book's sizes; the reference is held to what is
# known of it by other means; and the mutants are caught. As always, toll verify --large alone has 100,000 lines fitted
# where each is a call of Python's. What --quick leaves out: other builds (without cgo, with checks), calls from many
# threads at once, all that is said of threads and processes, the commands and the studies. Arguments behind it go to go
# test.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh
without "what is built here is what is tested" TOLL_LIB
if [ "${1:-}" != --quick ]; then # which runs neither linters nor valgrind, and opens no page
    scripts/setup.sh test
    [ "$(cat build/browser)" != none ] || export TOLL_CHROMIUM=none
fi
scripts/build.sh

native='*/direct */trampoline */purego */syscalln */wasm [cg]*/process [cg]*/socket */shm */shm-spin'
python='*/cpython */process */socket'
all='*/*'
if [ ! -f build/lib/toll_rust.wasm ]; then # see setup.sh
    say "without Rust's library for WebAssembly, rust/wasm is not tested"
    native=${native/\*\/wasm/c*\/wasm}
    all="$native */cgo */netlib $python"
fi
if [ "$(cat build/python)" = none ]; then
    python=
    all="$native */cgo */netlib"
fi
# Each run of go test below demands all that it can reach, but for the tuned languages' levels that this processor lacks;
# only the one without cgo asks for less.
export TOLL_REQUIRE="$all"

# A process for each module, since a crash ends it.
python_modules() {
    local modules
    modules=$(build/venv/bin/python cpython-ext/tests/test_contract.py --list)
    echo "$modules" | xargs -I{} sh -c \
        'build/venv/bin/python cpython-ext/tests/test_contract.py {} >build/contract-{}.log 2>&1 ||
            { cat build/contract-{}.log; echo "toll.{} fails"; exit 1; }'
    echo "ok: $(echo "$modules" | wc -l) modules"
}

# Most of this keeps one core busy: it runs beside the phases of go test that come first.
other_languages() {
    echo "Rust's own tests:"
    cargo test "${cargo[@]}" --quiet --locked
    if [ -n "$python" ]; then
        echo "The Python languages, from Python:"
        python_modules
    fi
}

if [ "${1:-}" = --quick ]; then
    shift
    matches='^Test(Routes|Properties|Offered|Calls|.*Mutant.*|Julia.*|OLS.*|Diffusion.*|Exact|Variants)$'
    go test -timeout 60m -run "$matches" "$@" ./goside/conform ./goside/kernel
    exit
fi

if [ $# -eq 0 ]; then
    scripts/lint.sh
    cargo=(--manifest-path rust/Cargo.toml --target-dir build/rust-test)
    log=build/other-languages.log
    set -m # so that it is a group of processes, which is ended if this script ends first
    other_languages >$log 2>&1 &
    others=$!
    set +m
    trap 'kill -- -$others 2>/dev/null' EXIT
    echo "Without cgo:"
    # The commands' examples name routes of cgo. The page in the browser is the same as with cgo, and so are fits in other
    # processes.
    mapfile -t all_but < <(CGO_ENABLED=0 go list ./... | grep -vxE 'toll/goside/(fit|study/scale)')
    CGO_ENABLED=0 TOLL_ROUTES="$native capi/cpython" TOLL_REQUIRE="$native $python" \
        go test -timeout 60m -skip '^Test(Examples|ReportOfAll|ReportSideBySide)$' "${all_but[@]}"
    # The race detector brings the compiler's checks of pointers; cgocheck2 adds those of what is stored in C's memory.
    echo "With the race detector and the checks of pointers:"
    # What they look at is Go: of a crossing to shared libraries and of one to a process, few languages are enough.
    races="*/direct */cgo */netlib c/* c-omp/* rust-par/* go/*"
    [ -z "$python" ] || races+=" capi/cpython python/process"
    TOLL_ROUTES=$races GOEXPERIMENT=cgocheck2 \
        go test -race -run 'TestRoutes|TestDisjointRanges|TestCalls' ./goside/conform
    GOEXPERIMENT=cgocheck2 go test -race ./goside/via/...
    echo "go-plugin's module:"
    CGO_ENABLED=0 GOWORK=off go -C goside/via/goplugin test ./...
    failed=
    wait $others || failed=yes
    trap - EXIT
    cat $log
    [ -z "$failed" ] || fail "one of those failed"
fi
# The longest first.
echo "With cgo, every route:"
go test -timeout 60m "$@" ./goside/conform ./...
