#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Builds the native libraries into build/lib, the Python side into the virtual environment build/venv, and the
# command into build/bin/toll. It builds only what changed. Arguments go to cmake: scripts/build.sh
# -DTOLL_ARCH=x86-64-v3 compiles for another instruction set than this machine's own.
#
# TOLL_PYTHON says which CPython to embed, by path or name; TOLL_PYTHON=none leaves out the Python side, and removes
# that of an earlier build. Unset, setup.sh chooses. Another choice makes another environment, from
# cpython-ext/requirements.txt, which needs network.
#
# scripts/build.sh --target arm64 builds the same for 64-bit Arm, by the distribution's cross compilers, into build/arm64, and
# build/arm64/toll, which runs it: under qemu-user, or natively on such a machine. It has no Python side. Every other
# language and crossing is there. Other targets are amd64-v1, amd64-v3 and amd64-v4, see scripts/cross.sh.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh
if [ "${1:-}" = --target ]; then
    shift
    exec scripts/cross.sh "$@"
fi
scripts/setup.sh

# Whether the stamp is missing, or older than one of the files and folders.
older() { [ ! -f "$1" ] || [ -n "$(find "${@:2}" -name __pycache__ -prune -o -newer "$1" -print -quit)" ]; }

# A stamp lists the inputs of a result and is written last, so an interrupted result is made again.

# CMake cannot build in another place than it was configured in, nor with another compiler. The instruction set is the
# user's choice, and is kept.
libraries() {
    local made_from="$PWD CC=${CC:-} FC=${FC:-}" cache=build/cmake/CMakeCache.txt kept=()
    if [ "$(cat build/cmake/stamp 2>/dev/null)" != "$made_from" ]; then
        if [ -f $cache ]; then
            say "build/cmake is of another place or another compiler: making it again"
            sed -n 's/^TOLL_ARCH:[A-Z]*=/-DTOLL_ARCH=/p' $cache >build/arch.new
            [ ! -s build/arch.new ] || mv build/arch.new build/arch
        fi
        rm -rf build/cmake
        [ ! -f build/arch ] || mapfile -t kept <build/arch
        logged build/cmake.log cmake -S . -B build/cmake -G Ninja "${kept[@]}" "$@"
        echo "$made_from" >build/cmake/stamp
        rm -f build/arch
    elif [ $# -gt 0 ]; then
        logged build/cmake.log cmake -S . -B build/cmake -G Ninja "$@"
    fi
    logged build/cmake.log cmake --build build/cmake
}

# Meson ignores changed defaults in meson.options once a folder is set up. With install_env, Debian's Python also gets
# the package in site-packages, beside the others of its environment.
extensions() {
    local arch=$1 made_from list=build/meson/meson-info/intro-installed.json installed=build/meson/installed.json
    made_from=$(cat build/venv/stamp cpython-ext/meson.options && echo "$arch CC=${CC:-} CXX=${CXX:-}")
    if [ "$(cat build/meson/stamp 2>/dev/null)" != "$made_from" ]; then
        rm -f build/meson/stamp
        rm -rf build/meson
        logged build/meson.log build/venv/bin/meson setup build/meson cpython-ext \
            --prefix "$PWD/build/venv" -Dpython.install_env=venv "-Darch=$arch"
        echo "$made_from" >build/meson/stamp
    fi
    logged build/meson.log ninja -C build/meson
    older $installed cpython-ext csrc/include/toll.h build/meson/.ninja_log || return 0
    # Remove files that are no longer installed.
    cmp -s $list $installed || rm -rf build/venv/lib/python*/site-packages/toll
    cp $list $installed.new
    logged build/meson.log build/venv/bin/meson install -C build/meson --no-rebuild --quiet
    mv $installed.new $installed
}

# Cargo would know what is stale, but maturin installs with pip, which takes seconds. The profile is the kernels' own,
# as in rust/cargo.cmake. No other settings may decide what is built, for which Python, or where it goes.
pyo3() (
    local arch=$1
    older build/pyo3/stamp build/meson/stamp build/lib/libtoll_rust.a csrc/include/toll.h rust cpython-ext/pyo3 ||
        return 0
    mkdir -p build/pyo3
    touch build/pyo3/stamp.new
    unset "${!PIP_@}" "${!PYO3_@}" CONDA_PREFIX
    export PIP_CONFIG_FILE=/dev/null VIRTUAL_ENV=$PWD/build/venv CARGO_TARGET_DIR=$PWD/build/pyo3
    export RUSTFLAGS=${arch:+-C target-cpu=$arch} CARGO_INCREMENTAL=0
    TOLL_HEADER_HASH=$(sha256sum <csrc/include/toll.h | cut -c 1-16)
    export TOLL_HEADER_HASH
    logged build/pyo3.log build/venv/bin/maturin develop --quiet --release --locked \
        -m cpython-ext/pyo3/Cargo.toml --config rust/Cargo.toml
    mv build/pyo3/stamp.new build/pyo3/stamp
)

# The environment of data frames, Dask and profilers sees the modules of the other.
frames() {
    local site module
    packages build/venv-frames "$(cat build/python)" cpython-ext/requirements-frames.txt cpython-ext/requirements-frames-source.txt
    site=$(echo build/venv-frames/lib/python3*/site-packages)
    for module in toll toll_pyo3; do
        [ -L "$site/$module" ] || ln -s "../../../../${site/build\/venv-frames/venv}/$module" "$site/$module"
    done
}

libraries "$@"
if [ "$(cat build/python)" = none ]; then
    echo "build.sh: TOLL_PYTHON=none leaves out the Python side"
    rm -rf build/lib/libtoll_py.so build/venv/lib/python*/site-packages/toll build/meson/installed.json
else
    packages build/venv "$(cat build/python)" cpython-ext/requirements.txt
    arch=$(sed -n 's/^TOLL_ARCH:[A-Z]*=//p' build/cmake/CMakeCache.txt)
    extensions "$arch"
    pyo3 "$arch"
    frames
fi

go build -buildvcs=false -ldflags "-X toll/goside/study.Revision=$(revision)" -o build/bin/toll ./goside/cmd/toll
# Programs that toll starts. The first is a module of its own; its main.go says why.
CGO_ENABLED=0 GOWORK=off go -C goside/via/goplugin build -buildvcs=false -o "$PWD/build/lib/toll-goplugin"
CGO_ENABLED=0 go build -buildvcs=false -o build/lib/toll-worker-go ./goside/cmd/toll-worker-go
