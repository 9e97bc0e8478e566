#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Builds the native libraries into build/lib and the command into build/bin/toll. Only what changed is built
# again. Arguments go to cmake: scripts/build.sh -DTOLL_ARCH=x86-64-v3 compiles for another instruction set
# than this machine's own.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh

if [ $# -gt 0 ] || [ ! -f build/cmake/build.ninja ]; then
    cmake -S . -B build/cmake -G Ninja "$@" >build/cmake.log 2>&1 || {
        cat build/cmake.log >&2
        exit 1
    }
fi
cmake --build build/cmake >build/cmake.log 2>&1 || {
    cat build/cmake.log >&2
    exit 1
}
revision=$(git describe --always --dirty 2>/dev/null || echo unknown)
go build -buildvcs=false -ldflags "-X main.revision=$revision" -o build/bin/toll ./goside/cmd/toll
