#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Installs what building Toll needs and this machine lacks, with apt as root or by sudo without a password;
# otherwise it prints the command and fails. Go, Rust, git and a C compiler it expects to be there. When
# nothing is missing it takes no time, and needs neither root nor network. scripts/setup.sh lint also installs what
# scripts/lint.sh needs: rustfmt and clippy by rustup; pinned versions of golangci-lint and of the linters that Python
# packages hold go into build/lint, which takes network. scripts/setup.sh test also installs valgrind and Chromium,
# which opens the page of toll report. TOLL_CHROMIUM names another browser of its kind, by path or by a name on PATH;
# none leaves out the tests that need one, as on Ubuntu, outside CI, if there is none. scripts/setup.sh try installs
# libraries that scripts/try.sh calls, with their headers. scripts/setup.sh mutate installs what scripts/mutate.sh needs.
# scripts/setup.sh sanitize installs valgrind, LLVM's OpenMP and the nightly Rust of scripts/sanitize/nightly with Miri,
# which takes rustup and network. scripts/setup.sh arm64 installs the cross compilers and the emulator of
# scripts/build.sh --target arm64, and Rust's library for that processor by rustup.
#
# It also chooses the CPython to embed, and leaves its path and version in build/python for build.sh. TOLL_PYTHON
# says which: a path or a name on PATH; none leaves out the Python side. Otherwise it is the first that suits of
# python3 on PATH, /usr/bin/python3, and python3.13 to python3.10.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh

case "$*" in
"" | test | lint | try | mutate | sanitize | arm64) ;;
*) fail "arguments are '$*', want none, test, lint, try, mutate, sanitize or arm64" ;;
esac

command -v git >/dev/null || fail "git is missing"
command -v gcc >/dev/null || fail "gcc, the C compiler, is missing"
command -v cargo >/dev/null || fail "cargo is missing: install Rust, see https://rustup.rs"
command -v go >/dev/null || fail "go is missing: install Go 1.26 or newer, see https://go.dev/dl"

# A library is there if the compiler finds it.
library() { [ "$(gcc -print-file-name="$1")" != "$1" ]; }

# Says whether clang makes WebAssembly: it takes a linker, a C library and a library of the compiler's, of as many packages.
wasm() {
    clang --target=wasm32-wasi -mexec-model=reactor -x c -o /dev/null - <<<'#include <stdlib.h>' >/dev/null 2>&1
}

# Prints the path and version of a Python if Toll can embed it; otherwise what it lacks. The path is the
# interpreter's own, where a version manager has only a script on PATH.
examine() {
    "$1" -I - 2>&1 <<'EOF'
import importlib.util, os, sys, sysconfig

var = sysconfig.get_config_var
path, version = os.path.realpath(sys.executable), sys.version.split()[0]
library = var("LDLIBRARY") or ""
folders = [var("LIBDIR") or "", os.path.join(var("LIBDIR") or "", var("MULTIARCH") or "")]
lacks = []
if sys.implementation.name != "cpython" or not (3, 10) <= sys.version_info[:2] <= (3, 14):
    lacks.append("not a CPython of these versions")
else:
    if var("Py_GIL_DISABLED"):
        lacks.append("no GIL")
    if not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")):
        lacks.append("no Python.h (Debian's python3-dev)")
    if ".so" not in library:
        lacks.append("no shared libpython (it is built without --enable-shared)")
    elif not any(os.path.exists(os.path.join(folder, library)) for folder in folders):
        lacks.append("no %s in %s (Debian's python3-dev)" % (library, var("LIBDIR")))
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        lacks.append("no venv or ensurepip (Debian's python3-venv)")
print(path, version + (": " + ", ".join(lacks) if lacks else ""))
sys.exit(bool(lacks))
EOF
}

# Sets python, to what examine prints of the first that suits, or examined, to a line for each that does not.
choose() {
    local candidate answer
    examined=
    for candidate in "$@"; do
        command -v "$candidate" >/dev/null || continue
        if answer=$(examine "$candidate"); then
            python=${answer##*$'\n'}
            return
        fi
        examined+="
    $candidate: ${answer%%$'\n'*}"
    done
    return 1
}

# Says whether a browser runs, found as goside/page/browsertest does: Ubuntu's may be a script that asks for a snap.
browser() {
    local candidate browsers=(chromium google-chrome chromium-browser)
    [ -z "${TOLL_CHROMIUM:-}" ] || browsers=("$TOLL_CHROMIUM")
    for candidate in "${browsers[@]}"; do
        if "$candidate" --version >/dev/null 2>&1; then return; fi
    done
    return 1
}

candidates=(python3 /usr/bin/python3 python3.13 python3.12 python3.11 python3.10)
wanted="a CPython 3.10 to 3.14 with GIL, Python.h, shared libpython and venv; TOLL_PYTHON=none does without"
missing=()

# Sets linter to a Python that can have the linters: the one chosen, or any other.
choose_linter() {
    local candidate
    for candidate in "${python% *}" python3 /usr/bin/python3; do
        linter=$("$candidate" -I - 2>/dev/null <<'EOF'
import ensurepip, os, sys, venv

print(os.path.realpath(sys.executable), sys.version.split()[0])
sys.exit(sys.version_info < (3, 10))
EOF
        ) && return
    done
    return 1
}

python=${TOLL_PYTHON:-}
if [ "$python" != none ]; then
    if [ -n "$python" ]; then
        choose "$python" || fail "TOLL_PYTHON is '$python'${examined:-, which is no command}
want $wanted"
    else
        choose "${candidates[@]}" || missing+=(python3-dev python3-venv)
    fi
    command -v pypy3 >/dev/null || missing+=(pypy3)
fi
command -v g++ >/dev/null || missing+=(g++)
command -v gfortran >/dev/null || missing+=(gfortran)
command -v cmake >/dev/null || missing+=(cmake)
command -v ninja >/dev/null || missing+=(ninja-build)
library libopenblas.so || missing+=(libopenblas-dev)
library liblapacke.so || missing+=(liblapacke-dev)
library libffi.so.8 || missing+=(libffi8)
wasm || missing+=(clang lld wasi-libc libclang-rt-dev-wasm32)
# Debian's own Rust has the target as a package.
target=wasm32-wasip1
target_there() { [ -d "$(rustc --print target-libdir --target $target 2>/dev/null)" ]; }
if ! target_there && [ "$(rustc --print sysroot)" = /usr ] && apt-cache show libstd-rust-dev-wasm32 >/dev/null 2>&1; then
    missing+=(libstd-rust-dev-wasm32)
fi
if [ "${1:-}" = test ]; then
    command -v valgrind >/dev/null || missing+=(valgrind)
    mkdir -p build
    echo some >build/browser
    if [ "${TOLL_CHROMIUM:-}" = none ]; then
        echo none >build/browser
    elif ! browser; then
        [ -z "${TOLL_CHROMIUM:-}" ] || fail "TOLL_CHROMIUM is '$TOLL_CHROMIUM', which does not run: want a Chromium"
        if grep -qsx 'ID=ubuntu' /etc/os-release; then
            says="Ubuntu has Chromium only as a snap, which does not see the tests' folders. Install Google Chrome, or set \
TOLL_CHROMIUM to another browser of its kind"
            [ -z "${CI:-}" ] || fail "$says"
            echo "setup.sh: the tests do not open the page: $says" >&2
            echo none >build/browser
        else
            missing+=(chromium)
        fi
    fi
fi
if [ "${1:-}" = try ]; then
    # Each package with a header of it.
    for package in libgsl-dev:gsl/gsl_math.h libfftw3-dev:fftw3.h zlib1g-dev:zlib.h libpng-dev:png.h \
        libsqlite3-dev:sqlite3.h libjpeg-dev:jpeglib.h; do
        echo "#include <${package#*:}>" | gcc -include stdio.h -E -o /dev/null - 2>/dev/null || missing+=("${package%%:*}")
    done
elif [ "${1:-}" = arm64 ]; then
    for compiler in gcc g++ gfortran; do
        command -v "aarch64-linux-gnu-$compiler" >/dev/null || missing+=("$compiler-aarch64-linux-gnu")
    done
    if [ "$(uname -m)" != aarch64 ]; then command -v qemu-aarch64 >/dev/null || missing+=(qemu-user); fi
elif [ "${1:-}" = sanitize ]; then
    command -v valgrind >/dev/null || missing+=(valgrind)
    for file in libasan libubsan libtsan; do
        library $file.so || fail "$file.so is missing: want a gcc with its sanitizers"
    done
    [ -n "$(find /usr/lib -path '*/llvm-*/lib/libarcher.so' 2>/dev/null)" ] || missing+=(libomp-dev)
elif [ $# -gt 0 ]; then
    choose_linter || missing+=(python3-venv)
fi

if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null ||
        fail "missing, and there is no apt here to install it: ${missing[*]} (Debian's names)"
    install="apt-get install -y --no-install-recommends ${missing[*]}"
    if [ "$(id -u)" -eq 0 ]; then
        sudo=
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo=sudo
    else
        by='as root' sudo=
        ! command -v sudo >/dev/null || by=first sudo='sudo '
        fail "missing: ${missing[*]}. Run this $by, then try again:
    ${sudo}apt-get update && ${sudo}$install"
    fi
    echo "setup.sh: installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    $sudo apt-get update -qq
    # shellcheck disable=SC2086 # a list of words
    $sudo env DEBIAN_FRONTEND=noninteractive $install
    hash -r
fi

# The Rust kernels as WebAssembly are optional: a distribution's toolchain may lack the target, and its server may be out of
# reach.
if ! target_there; then
    if command -v rustup >/dev/null && rustup target add $target >/dev/null 2>&1; then
        echo "setup.sh: installed the Rust target $target"
    else
        say "without the Rust target $target (rustup target add $target) there is no route rust/wasm"
    fi
fi

arm=aarch64-unknown-linux-gnu
if [ "${1:-}" = arm64 ] && ! [ -d "$(rustc --print target-libdir --target $arm 2>/dev/null)" ]; then
    if ! { command -v rustup >/dev/null && rustup target add $arm; }; then
        fail "Rust's library for $arm is missing: want it by rustup target add $arm, or from your distribution"
    fi
fi

if [ -z "$python" ]; then
    choose "${candidates[@]}" || fail "no Python here can be embedded:$examined
want $wanted"
fi
mkdir -p build
echo "$python" >build/python

if [ "${1:-}" = sanitize ]; then
    nightly=$(cat scripts/sanitize/nightly)
    if ! cargo "+$nightly" miri --version >/dev/null 2>&1; then
        command -v rustup >/dev/null || fail "rustup is missing, which installs Rust's $nightly: see https://rustup.rs"
        say "installing Rust's $nightly"
        rustup toolchain install "$nightly" --profile minimal --component miri,rust-src
    fi
fi
case "${1:-}" in "" | try | mutate | sanitize | arm64) exit 0 ;; esac
choose_linter || fail "no Python here can have the linters: want a Python 3.10 or newer with venv"
if ! { cargo fmt --version && cargo clippy --version; } >/dev/null 2>&1; then
    command -v rustup >/dev/null ||
        fail "rustfmt or clippy is missing: run rustup component add rustfmt clippy, or install your distribution's"
    rustup component add rustfmt clippy
fi
mkdir -p build/lint
packages build/lint/venv "$linter" scripts/lint/requirements.txt
made_from="$(go version) $(cat scripts/lint/go.mod scripts/lint/go.sum | sha256sum)"
if [ "$(cat build/lint/stamp 2>/dev/null)" != "$made_from" ]; then
    say "building golangci-lint"
    logged build/lint/go.log go -C scripts/lint build -buildvcs=false -o "$PWD/build/lint/golangci-lint" \
        github.com/golangci/golangci-lint/v2/cmd/golangci-lint
    echo "$made_from" >build/lint/stamp
fi
