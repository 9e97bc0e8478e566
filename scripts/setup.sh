#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Installs what building Toll needs and this machine lacks, with apt as root or by sudo without a password;
# otherwise it prints the command and fails. Go, Rust, git and a C compiler it expects to be there. When
# nothing is missing it takes no time, and needs neither root nor network. scripts/setup.sh test also installs
# what only the tests need.
set -euo pipefail

fail() {
    echo "setup.sh: $*" >&2
    exit 1
}

case "$*" in
"" | test) ;;
*) fail "arguments are '$*', want none or test" ;;
esac

command -v git >/dev/null || fail "git is missing"
command -v gcc >/dev/null || fail "gcc, the C compiler, is missing"
command -v cargo >/dev/null || fail "cargo is missing: install Rust, see https://rustup.rs"
command -v go >/dev/null || fail "go is missing: install Go 1.26 or newer, see https://go.dev/dl"

# A library is there if the compiler finds it.
library() { [ "$(gcc -print-file-name="$1")" != "$1" ]; }

missing=()
command -v gfortran >/dev/null || missing+=(gfortran)
command -v cmake >/dev/null || missing+=(cmake)
command -v ninja >/dev/null || missing+=(ninja-build)
library libopenblas.so || missing+=(libopenblas-dev)
library liblapacke.so || missing+=(liblapacke-dev)
if [ "${1:-}" = test ]; then
    command -v valgrind >/dev/null || missing+=(valgrind)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

command -v apt-get >/dev/null || fail "missing, and there is no apt here to install it: ${missing[*]} (Debian's names)"
install="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" -eq 0 ]; then
    sudo=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo=sudo
else
    fail "missing: ${missing[*]}. Run this, then try again:
    sudo apt-get update && sudo $install"
fi
echo "setup.sh: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# shellcheck disable=SC2086 # a list of words
$sudo env DEBIAN_FRONTEND=noninteractive $install
