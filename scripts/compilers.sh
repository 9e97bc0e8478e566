#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Builds the kernels by other compilers and with other flags than scripts/build.sh does, for toll compilers to verify and
# time: by releases of GCC, Clang, Flang, Rust and Go, at levels of optimisation and of x86-64, with optimisation at linking,
# and with flags that break the rule of csrc/include/toll.h, each beside the flags that mend it. scripts/compilers.sh
# 'clang-*' builds some, by patterns of their names; --list lists them.
#
# Each build goes into build/compilers/NAME, with a log. build/compilers/builds.tsv has a line for each: its name, language,
# how it ended, whether it keeps the rule, compiler, flags, and why it does not compile. A build whose compiler is missing is
# left out, and said with the command that installs it. Compilers that this system does not have may lie in a minimal root
# of another Debian, below TOLL_ROOTS (/var/tmp/toll-compilers); they run there, as root, and see this tree.
# All builds take some ten minutes.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh

out=build/compilers
roots=${TOLL_ROOTS:-/var/tmp/toll-compilers}

# Builds, a line each: name, language, compiler, flags, and of one that breaks the rule "breaks", of one that mends another
# build that one's name. A compiler is a command, or COMMAND@SYSTEM in a root; of Rust also a toolchain of rustup; of Go a
# release.
list() {
    local pair level n off=-ffp-contract=off
    local levels=(v1/x86-64 v2/x86-64-v2 v3/x86-64-v3 v4/x86-64-v4)
    for n in gcc-11 gcc-13@trixie gcc-14@trixie gcc-15@testing gcc-16@testing; do
        echo "${n%@*} c $n -O3 -march=native $off"
        echo "${n%@*} c-simd $n -O3 $off"
        echo "${n%@*} fortran ${n/#gcc/gfortran} -O3 -march=native $off"
    done
    for n in 13 14 16 19 22; do
        echo "clang-$n c clang-$n -O3 -march=native $off"
        echo "clang-$n c-simd clang-$n -O3 $off"
    done
    for n in flang-new-16 flang-new-19 flang-22; do
        echo "${n/new-/} fortran $n -O3 -march=native $off"
    done
    for pair in gcc-12/gfortran-12 clang-22/flang-22; do
        for level in O0 O2; do
            echo "${pair%/*}-$level c ${pair%/*} -$level -march=native $off"
            echo "${pair%/*}-$level fortran ${pair#*/} -$level -march=native $off"
        done
        for level in "${levels[@]}"; do
            echo "${pair%/*}-${level%/*} c ${pair%/*} -O3 -march=${level#*/} $off"
            echo "${pair%/*}-${level%/*} fortran ${pair#*/} -O3 -march=${level#*/} $off"
        done
    done
    echo "gcc-12-lto c gcc-12 -O3 -march=native $off -flto"
    echo "gcc-12-lto fortran gfortran-12 -O3 -march=native $off -flto"
    echo "clang-22-lto c clang-22 -O3 -march=native $off -flto"
    echo "rustc-debian-12 rust /usr/bin/rustc -C opt-level=3 -C target-cpu=native"
    echo "rustc-debian-testing rust rustc@testing -C opt-level=3 -C target-cpu=native"
    echo "rustc-nightly rust nightly-2026-05-20 -C opt-level=3 -C target-cpu=native"
    for level in O0 O2; do echo "rustc-$level rust rustc -C opt-level=${level#O} -C target-cpu=native"; done
    for level in "${levels[@]}"; do echo "rustc-${level%/*} rust rustc -C opt-level=3 -C target-cpu=${level#*/}"; done
    echo "rustc-lto rust rustc -C opt-level=3 -C target-cpu=native -C lto=fat"
    for level in v1 v2 v3 v4; do echo "go-$level go local GOAMD64=$level"; done
    for level in v1 v3; do echo "go-latest-$level go latest GOAMD64=$level"; done
    echo "gccgo-12 go gccgo-12 -O3"

    # What breaks the rule, and what mends it.
    cat <<'LIST'
gcc-12-gnu11 c gcc-12 -std=gnu11 -O3 -march=native | breaks
gcc-12-gnu11-off c gcc-12 -std=gnu11 -O3 -march=native -ffp-contract=off | gcc-12-gnu11
gcc-12-c11 c gcc-12 -std=c11 -O3 -march=native | gcc-12-gnu11
gcc-12-gnu11-v1 c gcc-12 -std=gnu11 -O3 -march=x86-64 | breaks
gcc-16-gnu11 c gcc-16@testing -std=gnu11 -O3 -march=native | breaks
gcc-16-gnu11-off c gcc-16@testing -std=gnu11 -O3 -march=native -ffp-contract=off | gcc-16-gnu11
gcc-12-ofast c gcc-12 -std=gnu11 -Ofast -march=native | breaks
gcc-12-ofast-off c gcc-12 -std=gnu11 -Ofast -march=native -fno-fast-math -ffp-contract=off | gcc-12-ofast
gcc-12-associative c gcc-12 -O3 -march=native -ffp-contract=off -fassociative-math -fno-signed-zeros -fno-trapping-math | breaks
gcc-12-associative-off c gcc-12 -O3 -march=native -ffp-contract=off -fno-associative-math | gcc-12-associative
gcc-12-387 c gcc-12 -O3 -march=native -ffp-contract=off -mfpmath=387 | breaks
gcc-12-387-off c gcc-12 -O3 -march=native -ffp-contract=off -mfpmath=sse | gcc-12-387
clang-13-v3-default c clang-13 -O3 -march=x86-64-v3 | breaks
clang-14-v3-default c clang-14 -O3 -march=x86-64-v3 | breaks
clang-14-v3-off c clang-14 -O3 -march=x86-64-v3 -ffp-contract=off | clang-14-v3-default
clang-22-v3-default c clang-22 -O3 -march=x86-64-v3 | breaks
clang-22-v3-off c clang-22 -O3 -march=x86-64-v3 -ffp-contract=off | clang-22-v3-default
clang-22-fast c clang-22 -O3 -march=native -ffast-math | breaks
clang-22-fast-off c clang-22 -O3 -march=native -ffast-math -fno-fast-math -ffp-contract=off | clang-22-fast
gfortran-12-default fortran gfortran-12 -O3 -march=native | breaks
gfortran-12-default-off fortran gfortran-12 -O3 -march=native -ffp-contract=off | gfortran-12-default
gfortran-12-ofast fortran gfortran-12 -Ofast -march=native | breaks
gfortran-12-ofast-off fortran gfortran-12 -Ofast -march=native -fno-fast-math -ffp-contract=off | gfortran-12-ofast
gfortran-12-387 fortran gfortran-12 -O3 -march=native -ffp-contract=off -mfpmath=387 | breaks
gfortran-12-387-off fortran gfortran-12 -O3 -march=native -ffp-contract=off -mfpmath=sse | gfortran-12-387
flang-22-default fortran flang-22 -O3 -march=native | breaks
flang-22-default-off fortran flang-22 -O3 -march=native -ffp-contract=off | flang-22-default
flang-22-fast fortran flang-22 -O3 -march=native -ffast-math | breaks
flang-22-fast-off fortran flang-22 -O3 -march=native -ffast-math -fno-fast-math -ffp-contract=off | flang-22-fast
flang-22-fast-out fortran flang-22 -O3 -march=native -fno-fast-math -ffp-contract=off | flang-22-fast
rustc-contracts rust rustc -C opt-level=3 -C target-cpu=native -C llvm-args=-fp-contract=fast | breaks
rustc-contracts-off rust rustc -C opt-level=3 -C target-cpu=native -C llvm-args=-fp-contract=off | rustc-contracts
LIST
}

# in_root <system> <command>... runs a command in the root of a system, in this tree, which is seen there as here.
in_root() {
    # shellcheck disable=SC2016 # the inner shell's
    unshare --mount --propagation private sh -ec 'root=$1 tree=$2 cargo=$3
        shift 3
        for folder in "$tree" "$cargo"; do
            mkdir -p "$root$folder"
            mount --bind "$folder" "$root$folder"
        done
        mount --bind /proc "$root/proc"
        exec chroot "$root" env -C "$PWD" PATH=/usr/bin:/bin "$@"' sh "$roots/$1" "$tree" "${CARGO_HOME:-$HOME/.cargo}/registry" "${@:2}"
}

# run <compiler> <argument>... runs a compiler, wherever it is.
run() {
    case $1 in
    *@*) in_root "${1#*@}" "${1%@*}" "${@:2}" ;;
    *) "$@" ;;
    esac
}

# missing <language> <compiler> prints how to install the compiler, if it is not there.
missing() {
    local command=${2%@*} package system=${2#*@}
    package=${command##*/}
    package=${package/new-/}
    [ "$package" != rustc ] || package='rustc cargo'
    case $1/$2 in
    */*@*)
        [ ! -x "$roots/$system/usr/bin/$command" ] || return 0
        if [ ! -d "$roots/$system/usr" ]; then
            echo "debootstrap --variant=minbase $system $roots/$system${TOLL_MIRROR:+ $TOLL_MIRROR} && cp /etc/resolv.conf $roots/$system/etc/ &&" \
                "chroot $roots/$system apt-get install -y --no-install-recommends libc6-dev $package"
        else
            echo "chroot $roots/$system apt-get install -y --no-install-recommends libc6-dev $package"
        fi
        ;;
    rust/nightly-*) rustup run "$2" rustc --version >/dev/null 2>&1 || echo "rustup toolchain install $2" ;;
    go/latest | go/local) command -v go >/dev/null || echo "apt-get install golang-go" ;;
    rust/rustc) command -v cargo >/dev/null || echo "apt-get install rustup" ;;
    *) command -v "$command" >/dev/null || echo "apt-get install -y --no-install-recommends $package" ;;
    esac
}

# sources <folder> prints the sources of the plain language in it, in the order of its CMakeLists.txt.
sources() { sed -n '/^set(sources /,/)/p' "$1/CMakeLists.txt" | sed 's/^set(sources//; s/)$//'; }

hash=$(sha256sum <csrc/include/toll.h | cut -c 1-16)
map=(-Xlinker --version-script=csrc/exports.map -Xlinker --no-undefined -Xlinker --as-needed)

# gnu <compiler> prints the flags that keep the loops of GCC in the order in which they are written.
gnu() { case $1 in gcc* | gfortran*) echo "-fno-loop-interchange -fno-loop-unroll-and-jam" ;; esac; }

# compile_c <compiler> <folder> <language in symbols> <tag> <flags> <sources>... compiles into objects TAG-*.o.
compile_c() {
    local cc=$1 folder=$2 lang=$3 tag=$4 with=$5 source kept
    for source in "${@:6}"; do
        kept=
        case $source in diffusion.c | ols.c) kept=$(gnu "$cc") ;; esac
        # shellcheck disable=SC2086 # several flags
        run "$cc" -fPIC -std=c11 $with $kept -Wno-unknown-pragmas -DTOLL_LANG="$lang" -DTOLL_HEADER_HASH="0x${hash}u" \
            -DTOLL_FLAGS="\"$with\"" "${defines[@]}" -c "csrc/$source" -o "$folder/$tag-${source//\//-}.o"
    done
}

build_c() {
    local cc=$1 folder=$2 with=$3 list
    read -r -a list <<<"$(sources csrc)"
    defines=()
    compile_c "$cc" "$folder" c c "$with" "${list[@]}"
    # shellcheck disable=SC2086 # several flags
    run "$cc" -shared -fPIC $with "${map[@]}" -o "$folder/${folder##*/}-c.so" "$folder"/c-*.o
}

# As the function toll_simd in csrc/CMakeLists.txt: for each level, and what chooses among them.
build_c-simd() {
    local cc=$1 folder=$2 level with
    for level in baseline/x86-64 avx2/x86-64-v3 avx512/x86-64-v4; do
        with="-O3 -ffp-contract=off -fno-math-errno -march=${level#*/}"
        [ "$level" != avx512/x86-64-v4 ] || with+=" -mprefer-vector-width=512"
        level=${level%/*}
        defines=(-DTOLL_HAS_BRUTE -DTOLL_HAS_RUNGS -DTOLL_LANGUAGE="\"c-simd\"" -DTOLL_LEVEL="\"$level\"")
        compile_c "$cc" "$folder" "c_simd_$level" "simd-$level" "$with" call.c team.c simd/julia.c simd/diffusion.c simd/ols.c simd/table.c
    done
    defines=(-DTOLL_HAS_BRUTE -DTOLL_HAS_RUNGS)
    compile_c "$cc" "$folder" c_simd simd "-O3 -ffp-contract=off -march=x86-64" simd/dispatch.c
    run "$cc" -shared -fPIC "${map[@]}" -o "$folder/${folder##*/}-c-simd.so" "$folder"/simd-*.o
}

build_fortran() {
    local fc=$1 folder=$2 with=$3 list source kept own=(-ffree-line-length-none -J"$2")
    case $fc in flang*) own=(-module-dir "$folder") ;; esac
    read -r -a list <<<"$(sources fortran | tr '\n' ' ')"
    local objects=()
    for source in "${list[@]}"; do
        kept=
        case $source in interchanged.f90 | transpose.f90) kept=$(gnu "$fc") ;; esac
        # shellcheck disable=SC2086 # several flags
        run "$fc" -cpp -fPIC -std=f2018 $with $kept "${own[@]}" -Ifortran -DTOLL_LANGUAGE="\"fortran\"" \
            -DTOLL_PREFIX="\"toll_fortran_\"" -DTOLL_TABLE_T=toll_fortran_table_t -DTOLL_HEADER_HASH="z'$hash'" \
            -DTOLL_FLAGS="\"$with\"" -c "fortran/$source" -o "$folder/f-$source.o"
        objects+=("$folder/f-$source.o")
    done
    # shellcheck disable=SC2086 # several flags
    run "$fc" -shared -fPIC $with "${map[@]}" -o "$folder/${folder##*/}-fortran.so" "${objects[@]}"
}

build_rust() {
    local rustc=$1 folder=$2 words=() profile=(--config rust/Cargo.toml) word command=(cargo) compiler
    for word in ${3//-C /}; do
        case $word in
        # As cargo has them: a flag would come twice.
        opt-level=*) profile+=(--config "profile.release.opt-level=${word#*=}") ;;
        lto=*) profile+=(--config "profile.release.lto='${word#*=}'") ;;
        *) words+=(-C "$word") ;;
        esac
    done
    local settings=("RUSTFLAGS=${words[*]}" CARGO_INCREMENTAL=0 "TOLL_HEADER_HASH=$hash")
    case $rustc in
    rustc) compiler='' ;;
    nightly-*) compiler='' command=(cargo "+$rustc") ;;
    *@*) compiler='' command=(in_root "${rustc#*@}" env "CARGO_HOME=${CARGO_HOME:-$HOME/.cargo}" "${settings[@]}" cargo --offline) ;;
    *) compiler=$rustc command=("${rustc%/*}/cargo") profile=() ;; # which is too old for such a configuration
    esac
    [ -z "$compiler" ] || command=(env RUSTC="$compiler" "${command[@]}")
    export "${settings[@]}"
    "${command[@]}" rustc --quiet --lib --crate-type cdylib --release --locked --manifest-path rust/Cargo.toml \
        "${profile[@]}" --target-dir "$folder/rust"
    cp "$folder/rust/release/libtoll_rust.so" "$folder/${folder##*/}-rust.so"
    rm -rf "$folder/rust"
}

build_go() {
    local release=$1 folder=$2
    case $release in
    gccgo-*)
        CGO_ENABLED=0 GCCGO=$release go build -compiler gccgo -buildvcs=false -o "$folder/toll-worker-go" ./goside/cmd/toll-worker-go
        ;;
    *)
        env GOTOOLCHAIN="$(toolchain "$release")" CGO_ENABLED=0 "$3" go build -buildvcs=false -o "$folder/toll-worker-go" ./goside/cmd/toll-worker-go
        ;;
    esac
}

# toolchain <release> prints what GOTOOLCHAIN calls a release: the one in use here is local.
toolchain() {
    case $1 in
    local) go env GOVERSION ;;
    # In a folder without a module, whose own go.mod would be looked at.
    *) echo "go$(cd "$out" && GOFLAGS=-mod=mod go list -m -f '{{.Version}}' "go@$1")" ;;
    esac
}

# version <language> <compiler> prints what a compiler calls itself.
version() {
    case $1/$2 in
    rust/nightly-*) rustup run "$2" rustc --version ;;
    rust/*) run "$2" --version ;;
    go/gccgo-*) run "$2" --version | head -n 1 ;;
    go/*) toolchain "$2" ;;
    *) run "$2" --version | head -n 1 ;;
    esac
}

# reason <log> prints the first error in it, on one line.
reason() {
    {
        grep -m 1 -E 'implicit declaration|is older than' "$1" || grep -m 1 -iE ':[0-9]+: (fatal )?error' "$1" ||
        grep -m 1 -iE 'error|requires|not support|is not in std' "$1" || tail -n 1 "$1"
    } | sed -E "s,^.*(error(\[E[0-9]+\])?|warning): ,,; s,$PWD/,,g; s/\t/ /g; s/;.*//; s/^ +//; s,^.*(package [a-z]+ is not in std).*,\1,"
}

# one <name> <language> <compiler> <flags> <rule> builds, and prints the line of builds.tsv.
one() {
    local name=$1 language=$2 compiler=$3 with=$4 rule=$5 folder=$out/$1 status=built note='' install said
    install=$(missing "$language" "$compiler")
    if [ -n "$install" ]; then
        say "$name is left out: $compiler is missing: $install"
        printf '%s\t%s\tmissing\t%s\t%s\t%s\t%s\n' "$name" "$language" "$rule" "$compiler" "$with" "$install"
        return
    fi
    mkdir -p "$folder"
    (
        set -e
        "build_$language" "$compiler" "$folder" "$with"
    ) >"$folder/$language.log" 2>&1 &
    if ! wait $!; then
        status=fails
        note=$(reason "$folder/$language.log")
        say "$name does not compile in $language: $note"
    fi
    rm -f "$folder"/*.o "$folder"/*.mod
    said=$(version "$language" "$compiler") || said=$compiler
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$language" "$status" "$rule" "$said" "$with" "$note"
}

tree=$PWD
mkdir -p "$out"
if [ "${1:-}" = --list ]; then
    list
    exit
fi
while read -r name language compiler rest; do
    rule=keeps with=$rest
    if [[ $rest == *" | "* ]]; then
        rule=${rest#*" | "} with=${rest%" | "*}
        [ "$rule" = breaks ] || rule="mends $rule"
    fi
    chosen=
    for pattern in "${@:-*}"; do
        # shellcheck disable=SC2053 # a pattern
        [[ $name != $pattern ]] || chosen=yes
    done
    old=$(awk -F '\t' -v n="$name" -v l="$language" '$1 == n && $2 == l' "$out/builds.tsv" 2>/dev/null || true)
    if [ -n "$chosen" ]; then
        rm -f "$out/$name/$name-$language.so"
        one "$name" "$language" "$compiler" "$with" "$rule" </dev/null
    elif [ -n "$old" ]; then
        echo "$old"
    fi
done < <(list) >"$out/builds.new"
mv "$out/builds.new" "$out/builds.tsv"
say "$(awk -F '\t' '{n[$3]++} END {printf "%d built, %d do not compile, %d missing", n["built"], n["fails"], n["missing"]}' "$out/builds.tsv")," \
    "see $out/builds.tsv; now: build/bin/toll compilers"
