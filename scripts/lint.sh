#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Checks the sources with each language's linters and formatters: one line for each check, and below it what it
# finds. All of them run, and it fails if one does. It builds first, since cgo's headers are made by the build.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh
[ $# -eq 0 ] || fail "arguments are '$*', want none"
scripts/setup.sh lint
scripts/build.sh

tools=$PWD/build/lint/venv/bin
log=build/lint/log
failed=0

# check <what> <command>... runs the command, and shows what it prints if it fails.
check() {
    local start=$SECONDS verdict=ok
    "${@:2}" >"$log" 2>&1 || verdict=FAIL
    printf '%-4s %s (%d s)\n' "$verdict" "$1" $((SECONDS - start))
    [ $verdict = ok ] || {
        failed=$((failed + 1))
        cat "$log"
    }
}

# files <name>... sets list to the sources with one of these names, without what is built.
files() {
    local name names=()
    for name in "$@"; do names+=(-o -name "$name"); done
    mapfile -t list < <(find . -path ./build -prune -o -path ./.git -prune -o -type f \( "${names[@]:1}" \) -print | sort)
    [ ${#list[@]} -gt 0 ] || fail "no sources are named $*"
}

# Prints what it would change, and fails if that is anything.
fprettify() {
    local differences
    differences=$("$tools/fprettify" --config-file fortran/.fprettify.rc --diff "$@" 2>&1)
    [ -z "$differences" ] || { echo "$differences" && return 1; }
}

lint_go() {
    GOLANGCI_LINT_CACHE=$PWD/build/lint/cache build/lint/golangci-lint run --allow-parallel-runners \
        --build-tags timing ./...
}
without_cgo() { CGO_ENABLED=0 lint_go; }
# What is a module of its own is linted from its folder.
goplugin() (
    export GOWORK=off CGO_ENABLED=0 GOLANGCI_LINT_CACHE=$PWD/build/lint/cache
    run=$PWD/build/lint/golangci-lint
    cd goside/via/goplugin
    "$run" run --allow-parallel-runners ./...
)
arm64() { GOARCH=arm64 CGO_ENABLED=0 go vet ./goside/via/thread; }
check "Go: vet" go vet -tags timing ./...
check "Go: vet, arm64's assembly" arm64
check "Go: golangci-lint" lint_go
check "Go: golangci-lint, without cgo" without_cgo
check "Go: vet, go-plugin's module" env GOWORK=off CGO_ENABLED=0 go -C goside/via/goplugin vet ./...
check "Go: golangci-lint, go-plugin's module" goplugin

crate=(--quiet --locked --manifest-path rust/Cargo.toml)
pyo3=(--quiet --locked --manifest-path cpython-ext/pyo3/Cargo.toml)
python=$(cat build/python)
with_python() { PYO3_PYTHON=$PWD/build/venv/bin/python "$@"; }
rustfmt_alone() { rustfmt --check --edition 2024 --config-path rust "$@"; }
check "Rust: rustfmt, the crate" cargo fmt --manifest-path rust/Cargo.toml --check
check "Rust: rustfmt, PyO3's" cargo fmt --manifest-path cpython-ext/pyo3/Cargo.toml --check
check "Rust: rustfmt, the findings and faults" rustfmt_alone goside/findings/*/*.rs csrc/faults/*.rs
check "Rust: clippy, the crate" cargo clippy "${crate[@]}" --target-dir build/rust-test --all-targets -- -D warnings
if [ "$python" = none ]; then
    echo "---- Rust: clippy, PyO3's: needs Python, and TOLL_PYTHON=none leaves it out"
else
    check "Rust: clippy, PyO3's" with_python cargo clippy "${pyo3[@]}" --target-dir build/pyo3 -- -D warnings
fi

files '*.[ch]'
check "C: clang-format" "$tools/clang-format" --dry-run -Werror "${list[@]}"
files '*.f90'
check "Fortran: fprettify" fprettify "${list[@]}"
check "Python: ruff" "$tools/ruff" check --quiet --cache-dir build/lint/ruff .
check "Python: ruff's format" "$tools/ruff" format --quiet --diff --cache-dir build/lint/ruff .
files '*.sh' run
check "Shell: shellcheck" "$tools/shellcheck" "${list[@]}"

[ "$failed" -eq 0 ] || fail "$failed of the checks fail"
