#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Checks what Toll takes from others: that each package is the pinned one, under which licence it is, and whether a
# vulnerability of it is known. It needs network, and takes some minutes; its tools go into build/audit. With --update it
# only writes docs/LICENCES.md anew. One line for each check:
#
#     pins         Go modules have the hashes of go.sum, crates those of Cargo.lock; each Python package has a hash.
#     licences     Each package has one that is known, and docs/LICENCES.md lists it.
#     govulncheck  Go, with the database of vuln.go.dev, or if that is out of reach, the newest one that the Go proxy has
#     pip-audit    Python, with PyPI's own database
#     cargo audit  Rust, with RustSec's database, a repository of GitHub's, if cargo-audit is installed
#
# It fails with 1 if something is wrong. If a database is out of reach, or Go itself is to be upgraded, it says so,
# and ends with 3: that is no clean bill.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh
case "$*" in "" | --update) ;; *) fail "arguments are '$*', want none, or --update" ;; esac
scripts/build.sh

mkdir -p build/audit
log=build/audit/log
if [ "$(cat build/python)" != none ]; then
    packages build/audit/venv "$(cat build/python)" scripts/audit/requirements.txt
fi

# listed writes the list of licences.
listed() {
    go -C scripts/audit build -buildvcs=false -o "$PWD/build/audit/go-licenses" github.com/google/go-licenses &&
        build/audit/venv/bin/python -I scripts/audit/licences.py build/audit/go-licenses >build/audit/LICENCES.md
}
if [ "${1:-}" = --update ]; then
    [ "$(cat build/python)" != none ] || fail "TOLL_PYTHON=none leaves out packages that the list has: want Python"
    logged $log listed
    cp build/audit/LICENCES.md docs/LICENCES.md
    echo "audit.sh: docs/LICENCES.md has $(grep -c '^| .* | .* |' docs/LICENCES.md) lines"
    exit
fi
failed=0 unaudited=0 checks=0

# verdict <ok|FAIL|----> <what> counts and prints a check. What fails is shown.
verdict() {
    checks=$((checks + 1))
    echo "$1 $2"
    case $1 in
    FAIL)
        failed=$((failed + 1))
        cat "$log"
        ;;
    ----) unaudited=$((unaudited + 1)) ;;
    esac
}

# check <what> <command>...
check() { if "${@:2}" >"$log" 2>&1; then verdict ok "$1"; else verdict FAIL "$1"; fi; }

# Of a module that its go.mod replaces by a folder, go mod verify misses an archive: go-plugin's replaces toll by this tree.
verified() {
    local said
    said=$(go -C "$1" mod verify 2>&1) || [ "$said" = "toll v0.0.0: missing ziphash: open hash: no such file or directory" ] || {
        echo "$said"
        return 1
    }
}

modules=(. scripts/lint scripts/audit goside/via/goplugin)
for module in "${modules[@]}"; do
    check "pins: go.sum of $module" verified "$module"
done
for crate in rust cpython-ext/pyo3; do
    check "pins: Cargo.lock of $crate" cargo fetch --locked --manifest-path $crate/Cargo.toml
done

# hashed <file>: each package has a version and a hash, and nothing else is named, such as another index.
hashed() {
    awk '/^[[:space:]]*(#|$)/ { next }
        /^[A-Za-z0-9._-]+==[^[:space:]]+/ { if (open) bad = bad " " open; open = $1; n++; next }
        /^[[:space:]]+--hash=sha256:[0-9a-f]+( \\)?$/ { open = ""; next }
        { bad = bad " " $0 }
        END { if (open) bad = bad " " open; if (bad || !n) { print "without a version and a hash:" bad; exit 1 } }' "$1"
}
requirements=(cpython-ext/requirements.txt scripts/lint/requirements.txt scripts/audit/requirements.txt)
for file in "${requirements[@]}"; do
    check "pins: $file" hashed "$file"
done

licences() { listed && diff docs/LICENCES.md build/audit/LICENCES.md; }
if [ "$(cat build/python)" = none ]; then
    verdict ---- "licences: needs Python, and TOLL_PYTHON=none leaves it out"
else
    check "licences: docs/LICENCES.md" licences
fi

# go test's binaries are not in the main module's list of packages, so tests are scanned, too.
logged build/audit/go.log go -C scripts/audit build -buildvcs=false -o "$PWD/build/audit/govulncheck" \
    golang.org/x/vuln/cmd/govulncheck
database=https://vuln.go.dev
if ! build/audit/govulncheck -db "$database" ./goside/seam >"$log" 2>&1 && grep -q '^govulncheck: fetching' "$log"; then
    database=
    if newest=$(cd scripts/audit && go mod download -json golang.org/x/vulndb@latest 2>"$PWD/../../$log"); then
        dir=$(sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p' <<<"$newest")
        [ ! -d "$dir/data/osv" ] || database=file://$dir/data/osv
        say "vuln.go.dev is out of reach: the database is golang.org/x/vulndb$(sed -n 's/^\t"Version": "\(.*\)",$/@\1/p' <<<"$newest")"
    fi
fi
if [ -z "$database" ]; then
    verdict ---- "govulncheck: neither vuln.go.dev nor golang.org/x/vulndb is within reach"
else
    # What is wrong with Go's own library is for the user to mend, by a newer Go; it is no clean bill either.
    vulnerable() {
        local found
        if (cd "$2" && "$OLDPWD/build/audit/govulncheck" -db "$database" -test ./...) >"$log" 2>&1; then
            verdict ok "govulncheck: $1"
        elif found=$(grep -E '^ +Found in: ' "$log") && ! grep -qv '@go[0-9]' <<<"$found"; then
            verdict ---- "govulncheck: $1: $(wc -l <<<"$found") in the library of $(go env GOVERSION), the last mended in \
$(sed -n 's/^ *Fixed in: .*@//p' "$log" | sort -V | tail -n 1); none in the modules"
        else
            verdict FAIL "govulncheck: $1"
        fi
    }
    vulnerable "the driver" .
    vulnerable "go-plugin's module" goside/via/goplugin
fi

if [ "$(cat build/python)" = none ]; then
    verdict ---- "pip-audit: needs Python, and TOLL_PYTHON=none leaves it out"
else
    for file in "${requirements[@]}"; do
        result=ok
        build/audit/venv/bin/pip-audit --disable-pip --require-hashes --progress-spinner off --skip-editable -r "$file" \
            >"$log" 2>&1 || result=FAIL
        # Where PyPI's database is missing, as on many mirrors, pip-audit skips the packages and calls that a success.
        missed=$(grep -c 'could not be audited' "$log" || true)
        if [ $result = FAIL ] && ! grep -q '^Found' "$log"; then
            verdict ---- "pip-audit: $file: $(tail -n 1 "$log")"
        elif [ $result = ok ] && [ "$missed" -gt 0 ]; then
            verdict ---- "pip-audit: $file: of $missed packages the database says nothing"
        else
            verdict $result "pip-audit: $file"
        fi
    done
fi
for crate in rust cpython-ext/pyo3; do
    if ! cargo audit --version >/dev/null 2>&1; then
        verdict ---- "cargo audit: $crate: it is not installed: cargo install --locked cargo-audit@0.22.2"
    elif cargo audit --file $crate/Cargo.lock >"$log" 2>&1; then
        verdict ok "cargo audit: $crate"
    elif grep -q "couldn't fetch advisory database" "$log"; then
        verdict ---- "cargo audit: $crate: RustSec's database is out of reach"
    else
        verdict FAIL "cargo audit: $crate"
    fi
done

[ $failed -eq 0 ] || fail "$failed of $checks checks fail, $unaudited are left open"
echo "audit.sh: $checks checks, none fails, $unaudited are left open"
[ $unaudited -eq 0 ] || exit 3
