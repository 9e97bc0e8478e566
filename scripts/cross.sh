#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Builds Toll for another processor or instruction set than this machine's, without the Python side, into build/TARGET;
# scripts/build.sh --target TARGET calls it. A TARGET is arm64, or amd64-v1, amd64-v3 or amd64-v4, where all languages and Go
# are compiled for that level of x86-64. What it makes there: lib, the libraries and modules; bin/toll and bin/toll-no-cgo, the
# command with cgo and without; toll, which runs the first of them; and run, which runs any program for that processor, under
# qemu-user where this machine has another. For arm64, OpenBLAS and LAPACKE are the distribution's packages, unpacked below
# sysroot: nothing is installed. More arguments go to cmake.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh
target=${1:-}
shift || true
case $target in
arm64)
    triple=aarch64-linux-gnu
    export GOARCH=arm64 CC=$triple-gcc
    flags=(-DTOLL_ARCH= -DTOLL_RUST_TARGET=aarch64-unknown-linux-gnu -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64
        "-DCMAKE_C_COMPILER=$triple-gcc" "-DCMAKE_Fortran_COMPILER=$triple-gfortran")
    scripts/setup.sh arm64
    ;;
amd64-v1 | amd64-v3 | amd64-v4)
    [ "$(uname -m)" = x86_64 ] || fail "the target is '$target', and this machine is no x86-64: want arm64"
    export GOARCH=amd64 GOAMD64=${target#*-}
    flags=("-DTOLL_ARCH=x86-64-$GOAMD64")
    [ "$GOAMD64" != v1 ] || flags=(-DTOLL_ARCH=x86-64)
    scripts/setup.sh
    ;;
*) fail "the target is '$target', want arm64, amd64-v1, amd64-v3 or amd64-v4" ;;
esac
out=$PWD/build/$target

# Fetches and unpacks the libraries that cgo links and that no cross compiler brings.
sysroot() {
    local packages=(libopenblas0-pthread libopenblas-pthread-dev liblapacke liblapacke-dev libtmglib3 libffi8)
    local package apt=(apt-get -qq -o "APT::Architecture=arm64" -o "APT::Architectures=arm64" -o "Dir::State::lists=$out/apt/lists"
        -o "Dir::Cache=$out/apt" -o "APT::Sandbox::User=")
    [ "$(cat "$out/sysroot/stamp" 2>/dev/null)" != "${packages[*]}" ] || return 0
    command -v apt-get >/dev/null || fail "there is no apt-get here to fetch ${packages[*]} for arm64 with"
    say "fetching OpenBLAS and LAPACKE for arm64"
    rm -rf "$out/sysroot" "$out/apt"
    mkdir -p "$out/sysroot" "$out/apt/lists/partial" "$out/apt/archives/partial" "$out/apt/packages"
    logged "$out/apt.log" "${apt[@]}" update
    (cd "$out/apt/packages" && logged "$out/apt.log" "${apt[@]}" download "${packages[@]}")
    for package in "$out"/apt/packages/*.deb; do
        dpkg -x "$package" "$out/sysroot"
    done
    rm -rf "$out/apt"
    echo "${packages[*]}" >"$out/sysroot/stamp"
}

# A worker is a process of its own. The kernel refuses to start it from an emulated one, but starts a script.
worker() {
    local name=toll-worker-$1
    if [ "$(head -c 4 "$out/lib/$name" 2>/dev/null)" = $'\x7fELF' ]; then mv "$out/lib/$name" "$out/lib/$name.target"; fi
    cat >"$out/lib/$name" <<'EOF'
#!/bin/sh
exec "$(dirname "$0")/../run" "$0.target" "$@"
EOF
    chmod +x "$out/lib/$name"
}

mkdir -p "$out/bin"
folders=("$out/lib")
if [ "$target" = arm64 ]; then
    sysroot
    folders+=("$out/sysroot/usr/lib/$triple/openblas-pthread" "$out/sysroot/usr/lib/$triple")
    cat >"$out/run" <<EOF
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
libraries=\$here/sysroot/usr/lib/$triple/openblas-pthread:\$here/sysroot/usr/lib/$triple
if [ "\$(uname -m)" = aarch64 ]; then
    exec env LD_LIBRARY_PATH="\$libraries" "\$@"
fi
exec qemu-aarch64 -L /usr/$triple -E LD_LIBRARY_PATH="\$libraries" "\$@"
EOF
else
    printf '#!/bin/sh\nexec "$@"\n' >"$out/run"
fi
cat >"$out/toll" <<'EOF'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/run" "$here/bin/toll" "$@"
EOF
chmod +x "$out/run" "$out/toll"

if [ ! -f "$out/cmake/stamp" ] || [ $# -gt 0 ]; then
    logged "$out/cmake.log" cmake -S . -B "$out/cmake" -G Ninja -DTOLL_OUT="$out" "${flags[@]}" "$@"
    touch "$out/cmake/stamp"
fi
logged "$out/cmake.log" cmake --build "$out/cmake"
# Links in the packages of cgo lead there; a build for this machine writes its own.
mkdir -p build/include
[ -f build/include/libs.h ] || cp "$out/include/libs.h" build/include/libs.h

# The first -L is that of these libraries. Go's build cache does not see what they hold, so a hash of that is among the flags.
linker=()
for folder in "${folders[@]}"; do
    linker+=("'-L$folder'" "'-Wl,-rpath-link,$folder'")
done
CGO_CFLAGS="-g -O2 -DTOLL_LIBRARIES=$(sha256sum <"$out/include/libs.h" | cut -c 1-16)"
export CGO_CFLAGS CGO_LDFLAGS="-g -O2 ${linker[*]}"
flags=(-buildvcs=false -ldflags "-X toll/goside/study.Revision=$(revision)")
CGO_ENABLED=1 go build "${flags[@]}" -o "$out/bin/toll" ./goside/cmd/toll
CGO_ENABLED=0 go build "${flags[@]}" -o "$out/bin/toll-no-cgo" ./goside/cmd/toll
CGO_ENABLED=0 go build "${flags[@]}" -o "$out/lib/toll-worker-go.target" ./goside/cmd/toll-worker-go
worker c
worker go
