#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Runs the kernels of all languages under what finds faults that equal results do not show. Arguments choose parts:
#
#   address    AddressSanitizer in C, Fortran and Rust, and in Go (-asan): memory that is not an argument's own
#   undefined  UndefinedBehaviorSanitizer in C and Fortran
#   thread     ThreadSanitizer in C and Fortran, with LLVM's OpenMP, which it understands
#   fortran    Fortran with the compiler's checks of indices, pointers, loops and memory
#   rust       Rust with checks of arithmetic and assertions; its own tests with the sanitizers of addresses and threads
#   miri       Rust's own tests in Miri, which knows what the language leaves undefined
#   shuttle    a model of Rust's pools of threads, in many orders of callers at once
#   go         Go with checks of pointers, of what is stored in C's memory, and of races
#   memcheck   valgrind's memcheck: memory that is not an argument's own, and what was never written
#
# Without one all of them run: about 25 minutes on two cores. Before each part comes a test of what it uses: faults that
# were planted (scripts/sanitize/planted) must be found, so that no tool is silently off; with --planted nothing else
# runs. What is let pass is in scripts/sanitize/*.supp, each with its reason. Parts build in copies of the tree, below
# build/sanitize, where each has a log. TOLL_ROUTES says which routes are verified.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh
without "what is built here is what is tried" TOLL_LIB TOLL_SIMD
without "the parts set it" CGO_CFLAGS CGO_LDFLAGS ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS LD_PRELOAD "${!OMP_@}" "${!GOMP_@}"

all=(address undefined thread fortran rust miri shuttle go memcheck)
parts=()
only_planted=
for argument in "$@"; do
    case " --planted ${all[*]} " in
    *" $argument "*) ;;
    *) fail "arguments are '$*', want --planted or parts: ${all[*]}" ;;
    esac
    if [ "$argument" = --planted ]; then only_planted=yes; else parts+=("$argument"); fi
done
[ ${#parts[@]} -gt 0 ] || parts=("${all[@]}")

scripts/setup.sh sanitize
root=$PWD
supp=$root/scripts/sanitize
planted=$supp/planted
nightly=$(cat scripts/sanitize/nightly)
host=$(rustc -vV | sed -n 's/^host: //p')
# Debian and Ubuntu keep LLVM's OpenMP in a folder of each version.
libomp=$(find /usr/lib -path '*/llvm-*/lib/libomp.so' 2>/dev/null | sort -V | tail -n 1)
mkdir -p build/sanitize

# copy <name> copies the sources to build/sanitize/<name>, where what was built before stays, and goes there.
copy() {
    local to=$root/build/sanitize/$1
    mkdir -p "$to/build"
    find "$to" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
    tar -C "$root" -c --exclude=./build --exclude=./.git . | tar -C "$to" -x
    cd "$to"
}

# native <flags of C and Fortran> <flags of Fortran> <flags of Rust> [<argument of cmake>...] builds the libraries here. In
# the array targets a part says what it needs besides: nothing, Rust's, or all that cgo links.
targets=(libs_h)
native() {
    local both="-g $1"
    cmake -S . -B build/cmake -G Ninja "-DCMAKE_C_FLAGS=$both" "-DCMAKE_Fortran_FLAGS=$both $2" "-DTOLL_RUST_FLAGS=$3" "${@:4}"
    cmake --build build/cmake --target toll-host toll-worker-c \
        toll_{c,c_omp,c_simd,c_simd_omp,fortran,fortran_omp,fortran_simd,calls}_{archive,shared} "${targets[@]}"
}

# caught <words> <command>... fails unless the command fails and prints the words, which may be a pattern.
caught() {
    local words=$1 said=$root/build/sanitize/$part.planted
    shift
    if "$@" >"$said" 2>&1; then
        cat "$said"
        echo "NOT CAUGHT: '$*' is successful, want it to fail with '$words'"
        return 1
    fi
    grep -Eq -- "$words" "$said" || {
        cat "$said"
        echo "NOT CAUGHT: '$*' does not print '$words'"
        return 1
    }
    echo "caught: $words"
}

# plant <fault> <flag>... compiles the language c with that fault (planted/julia.c) here, as build/planted/<fault>/libtoll_c.so.
plant() {
    local folder=build/planted/$1 hash
    mkdir -p "$folder"
    hash=$(sha256sum <csrc/include/toll.h | cut -c 1-16)
    gcc -std=c11 -O1 -g -fPIC -shared -w -Icsrc -DTOLL_LANG=c "-DTOLL_HEADER_HASH=0x${hash}u" -DTOLL_FLAGS='"planted"' \
        "-D$1" "${@:2}" -o "$folder/libtoll_c.so" "$planted/julia.c" csrc/{call,ols,transpose,team,table,diffusion}.c
}

# instrumented <pattern> fails unless each library and archive of kernels here uses such a symbol of the sanitizer's.
instrumented() {
    local file count=0
    for file in build/lib/libtoll_{c,c_omp,c_simd,c_simd_omp,fortran,fortran_omp,fortran_simd,calls}.{a,so} "${@:2}"; do
        [ "$(nm "$file" 2>/dev/null | grep -c " U .*$1")" != 0 ] || {
            echo "$file is built without the sanitizer: it uses no symbol like $1"
            return 1
        }
        count=$((count + 1))
    done
    echo "instrumented: $count libraries and archives"
}

# suite <flag of go test>... runs the conformance suite over the routes; the last line says how many cases held.
suite() {
    local tests='^Test(Routes|DisjointRanges|Calls|Host)$'
    TOLL_ROUTES=${TOLL_ROUTES:-$routes} go test -count=1 -timeout 30m -v -run "$tests" "$@" ./goside/conform >suite.log 2>&1 || {
        grep -v -E '^ *(=== |--- (PASS|SKIP))' suite.log
        return 1
    }
    counted suite.log
}

# counted <log> says how much a verbose run of go test did.
counted() {
    awk '/: [0-9]+ cases, worst/ { for (k = 2; k <= NF; k++) if ($k == "cases,") cases += $(k - 1); rows++ }
        /^ *--- PASS/ { passed++ } /^ *--- SKIP/ { skipped++ }
        END { printf "%d tests pass (%d of what this processor lacks), %d kernels of routes in %d cases\n", passed, skipped, rows, cases
              exit !passed }' "$1"
}

# Languages with the libraries that hold them, as toll-host takes them: LIBRARY LANGUAGE.
serial=(c/c fortran/fortran rust/rust)
for level in baseline avx2 avx512; do
    serial+=("c_simd/c_simd_$level" "c_simd/c_simd_brute_$level" "fortran_simd/fortran_simd_$level" "rust/rust_simd_$level")
done
parallel=(c_omp/c_omp fortran_omp/fortran_omp c_simd_omp/c_simd_omp rust/rust_par rust/rust_simd_par)

# hosted <check> <library/language>... -- <command>... has toll-host check the languages, behind the command.
hosted() {
    local check=$1 languages=() of code lacks=() count=0
    shift
    while [ "$1" != -- ]; do
        languages+=("$1")
        shift
    done
    shift
    for of in "${languages[@]}"; do
        code=0
        "$@" build/bin/toll-host "build/lib/libtoll_${of%/*}.so" "${of#*/}" "$check" || code=$?
        case $code in
        0) count=$((count + 1)) ;;
        77) lacks+=("${of#*/}") ;;
        *)
            echo "$of: $check fails with $code"
            return 1
            ;;
        esac
    done
    done_hosts="$check of $count languages${lacks[0]:+ (this processor or tool lacks ${lacks[*]})}"
}

# rust_fault <test> <words> <argument of cargo>... has a planted fault found. Flags are the environment's.
rust_fault() {
    caught "$2" cargo "${@:3}" --locked --manifest-path "$planted/Cargo.toml" --target-dir build/rust-test "$1"
}

part_address() {
    copy address
    local how=(-fsanitize=address -fno-omit-frame-pointer)
    # The sanitizer is not stable in Rust, though the compiler has it.
    export CGO_LDFLAGS='-O2 -g -fsanitize=address' RUSTC_BOOTSTRAP=1
    native "${how[*]}" '' '-Zsanitizer=address'
    instrumented __asan_report build/lib/libtoll_rust.{a,so}
    plant OVERRUN "${how[@]}"
    caught 'AddressSanitizer: heap-buffer-overflow' build/bin/toll-host build/planted/OVERRUN/libtoll_c.so c kernels
    TOLL_ROUTES=c/purego TOLL_LIB=$PWD/build/planted/OVERRUN caught 'AddressSanitizer: (heap-buffer-overflow|use-after-poison|unknown-crash)' \
        go test -asan -count=1 -run '^TestDisjointRanges$' ./goside/conform
    [ -z "$only_planted" ] || return 0
    mend_purego
    local routes='*/cgo */purego c/trampoline c/syscalln c/process c/socket c/shm'
    # Leaks are looked for apart, where it can be: the search takes a thread, which the host's check of a process without
    # threads does not have; it crashes among the threads of rust-par; and a forked child leaves what it inherits, by design.
    # Nor does GCC 12's sanitizer take its own locks at fork: a child that another thread left one to hangs now and then.
    ASAN_OPTIONS=detect_leaks=0 suite -asan -skip '^TestHost$/^rust_par$/^fork$'
    hosted kernels "${serial[@]}" c_omp/c_omp fortran_omp/fortran_omp c_simd_omp/c_simd_omp -- env OMP_WAIT_POLICY=passive
    echo "$(counted suite.log); no leaks in $done_hosts"
}

# mend_purego has this copy use a purego that is mended. As released, it reads the 16 bytes of a string that ends in NUL as
# the 24 of a slice, and so 8 bytes of whatever comes next, which it makes no use of. If a newer one is not like that, this
# fails, and can go.
mend_purego() {
    local from file=build/purego/internal/strings/strings.go
    from=$(go list -m -f '{{.Dir}}' github.com/ebitengine/purego)
    rm -rf build/purego
    cp -r "$from" build/purego
    chmod -R u+w build/purego
    sed -i 's/return &(\*(\*\[\]byte)(unsafe.Pointer(&name)))\[0\]/return unsafe.StringData(name)/' $file
    ! cmp -s "$from/${file#build/purego/}" $file || fail "purego does not read behind strings any more: remove mend_purego"
    go mod edit -replace github.com/ebitengine/purego=./build/purego
}

# checked makes the copy that three parts share: all languages with the checks that do no harm to each other.
checked() {
    copy checked
    export UBSAN_OPTIONS=print_stacktrace=1 CGO_LDFLAGS='-O2 -g -fsanitize=undefined -Wl,--no-as-needed -lgfortran'
    native "${c_checks[*]}" "${fortran_checks[*]}" "$rust_checks"
}
# No division by zero: toll.h has the infinities of IEEE 754. No trap, for the same reason. No check of recursion in
# Fortran: it takes a second thread for one.
c_checks=(-fsanitize=undefined -fsanitize=float-cast-overflow -fno-sanitize-recover=all)
fortran_checks=('-fcheck=bounds,do,mem,pointer,bits' -finit-real=snan -finit-integer=-1999999999 -finit-derived -fbacktrace)
rust_checks='-C debug-assertions -C overflow-checks'

part_undefined() {
    checked
    instrumented __ubsan_handle
    plant OVERFLOW "${c_checks[@]}"
    caught 'signed integer overflow' build/bin/toll-host build/planted/OVERFLOW/libtoll_c.so c kernels
    TOLL_ROUTES=c/purego TOLL_LIB=$PWD/build/planted/OVERFLOW caught 'signed integer overflow' \
        go test -count=1 -run '^TestDisjointRanges$' ./goside/conform
    [ -z "$only_planted" ] || return 0
    local routes='c*/cgo c/process c/socket c/shm'
    suite
}

# Go has a thread sanitizer of its own, and a process holds one only. So a host in C calls from threads of its own.
part_thread() {
    copy thread
    local how=(-fsanitize=thread)
    [ -f "${libomp%/*}/libarcher.so" ] || fail "found no libarcher.so beside LLVM's OpenMP, '$libomp': want Debian's package libomp-dev"
    targets=()
    native "${how[*]}" '' ''
    instrumented __tsan_
    # Of what libgomp does the sanitizer sees nothing, and takes each region's end for a race. LLVM's library has the same
    # entry points, and its tool archer tells the sanitizer of them. Both cannot place their shadow if addresses are too random.
    local under=(setarch -R env "LD_PRELOAD=$libomp" "OMP_TOOL_LIBRARIES=${libomp%/*}/libarcher.so" OMP_WAIT_POLICY=passive
        "TSAN_OPTIONS=halt_on_error=1 ignore_noninstrumented_modules=1 suppressions=$supp/thread.supp")
    plant RACE "${how[@]}"
    plant REGION "${how[@]}" -fopenmp csrc/openmp.c
    caught 'WARNING: ThreadSanitizer: data race' "${under[@]}" build/bin/toll-host build/planted/RACE/libtoll_c.so c at-once
    caught 'WARNING: ThreadSanitizer: data race' "${under[@]}" build/bin/toll-host build/planted/REGION/libtoll_c.so c kernels
    [ -z "$only_planted" ] || return 0
    local said='' of=() lang
    for lang in "${serial[@]}" "${parallel[@]}"; do
        [ "${lang%/*}" = rust ] || of+=("$lang")
    done
    hosted kernels "${of[@]}" -- "${under[@]}"
    said=$done_hosts
    hosted at-once "${of[@]}" -- "${under[@]}"
    echo "$said, $done_hosts"
}

part_fortran() {
    checked
    instrumented_fortran
    gfortran -O3 -g "${fortran_checks[@]}" -o build/planted-bounds "$planted/bounds.f90"
    build/planted-bounds 10
    caught "Fortran runtime error: Index '11' of dimension 1 of array 'numbers' above upper bound of 10" build/planted-bounds 11
    [ -z "$only_planted" ] || return 0
    local routes='fortran*/cgo fortran/purego'
    suite
}

instrumented_fortran() {
    local file
    for file in build/lib/libtoll_fortran{,_omp,_simd}.{a,so}; do
        [ "$(nm "$file" 2>/dev/null | grep -c ' U _gfortran_runtime_error_at')" != 0 ] || {
            echo "$file is built without checks: it uses no _gfortran_runtime_error_at"
            return 1
        }
    done
}

part_rust() {
    checked
    RUSTFLAGS=$rust_checks rust_fault overflow 'attempt to add with overflow' test --release
    rust_fault overflow 'attempt to add with overflow' test
    # Threads are made and joined in the standard library, so that the sanitizer of threads has to be there, too.
    local address=(test "--target=$host" --lib) threads=("+$nightly" test -Zbuild-std "--target=$host" --lib)
    RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address rust_fault overrun 'AddressSanitizer: heap-buffer-overflow' "${address[@]}"
    RUSTFLAGS=-Zsanitizer=thread rust_fault race 'ThreadSanitizer: data race' "${threads[@]}"
    [ -z "$only_planted" ] || return 0
    crate test --locked --quiet
    RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address crate "${address[@]}" --locked
    RUSTFLAGS=-Zsanitizer=thread TSAN_OPTIONS="suppressions=$supp/rust-thread.supp" crate "${threads[@]}" --locked
    local routes='*rust*/cgo rust/purego'
    suite
}

# crate <argument of cargo>... runs cargo on the crate of kernels here.
crate() (
    export CARGO_TARGET_DIR=$PWD/build/rust-test
    cd rust
    cargo "$@"
)

# Rayon's queues collect what is left at the end only: no leaks. They turn numbers into pointers, which Miri's rules of
# who may use a pointer do not know, so what calls them is held to the other rules: races, bounds, initialisation. The tests
# compare the bits of a NaN, which Rust leaves open and Miri otherwise draws by lot. Left out
# are tests of many points, which take Miri hours.
part_miri() {
    copy miri
    local given='-Zmiri-ignore-leaks -Zmiri-disable-isolation -Zmiri-deterministic-floats' fault name skipped=()
    export MIRIFLAGS=$given RUST_BACKTRACE=0
    cargo "+$nightly" miri setup
    for fault in overrun race uninitialised; do
        rust_fault $fault 'error: Undefined Behavior: ' "+$nightly" miri test
    done
    [ -z "$only_planted" ] || return 0
    for name in parallel:: tests::team by_two_threads certificates julia_by_any_team julia_of_any_number julia_of_extreme julia_with; do
        skipped+=(--skip "$name")
    done
    MIRIFLAGS="$given -Zmiri-tree-borrows -Zmiri-strict-provenance" \
        crate "+$nightly" miri test --locked --lib -- "${skipped[@]}" >miri.log 2>&1 || said_why
    MIRIFLAGS="$given -Zmiri-disable-stacked-borrows -Zmiri-permissive-provenance" \
        crate "+$nightly" miri test --locked --lib -- parallel:: by_two_threads >>miri.log 2>&1 || said_why
    awk '/^test result/ { passed += $4 } END { print passed " of the crate'"'"'s tests pass" }' miri.log
}

said_why() {
    cat miri.log
    return 1
}

# The models take pool.rs as it is.
part_shuttle() {
    copy shuttle
    local models=(cargo test --release --locked --manifest-path scripts/sanitize/shuttle/Cargo.toml --target-dir build/rust)
    caught 'deadlock! blocked tasks' "${models[@]}" -- --ignored planted
    [ -z "$only_planted" ] || return 0
    "${models[@]}" >shuttle.log 2>&1 || {
        cat shuttle.log
        return 1
    }
    grep -m 1 '^test result' shuttle.log
}

# It looks at Go, so the libraries are those of the tree itself. The race detector brings the compiler's checks of pointers.
part_go() {
    scripts/build.sh
    local folder=build/sanitize/go log=build/sanitize/go/tests
    mkdir -p $folder
    go build -race -tags planted -o $folder/planted ./goside/via/planted
    caught 'WARNING: DATA RACE' $folder/planted race
    caught 'checkptr: ' $folder/planted pointer
    CGO_ENABLED=0 go build -gcflags=all=-d=checkptr -tags planted -o $folder/planted ./goside/via/planted
    caught 'checkptr: ' $folder/planted pointer
    GOEXPERIMENT=cgocheck2 go build -tags planted -o $folder/planted ./goside/via/planted
    caught 'unpinned Go pointer stored into non-Go memory' $folder/planted stored
    [ -z "$only_planted" ] || return 0
    local routes='*/direct */cgo c/* c-omp/* rust-par/* go/*'
    tested() {
        TOLL_ROUTES=${TOLL_ROUTES:-$routes} go test -count=1 -v -timeout 30m "$@" >>$log 2>&1 || {
            grep -v -E '^ *(=== |--- (PASS|SKIP))' $log
            return 1
        }
    }
    : >$log
    GOEXPERIMENT=cgocheck2 tested -race -run 'Test(Routes|DisjointRanges|Calls)$' ./goside/conform
    GOEXPERIMENT=cgocheck2 tested -race ./goside/via/...
    CGO_ENABLED=0 tested -gcflags=all=-d=checkptr -run 'Test(Routes|DisjointRanges|Calls)$' ./goside/conform
    counted $log
}

# valgrind 3.19 knows no AVX-512, so the plain languages are compiled for less.
part_memcheck() {
    copy memcheck
    local arch=''
    ! grep -qw avx2 /proc/cpuinfo || arch=x86-64-v3
    targets=(rust)
    native '' '' '' "-DTOLL_ARCH=$arch"
    local under=(env OMP_WAIT_POLICY=passive valgrind --quiet --error-exitcode=99 "--suppressions=$supp/memcheck.supp")
    plant OVERRUN
    plant UNINITIALISED
    caught 'Invalid write of size 4' "${under[@]}" build/bin/toll-host build/planted/OVERRUN/libtoll_c.so c kernels
    caught 'Conditional jump or move depends on uninitialised' \
        "${under[@]}" build/bin/toll-host build/planted/UNINITIALISED/libtoll_c.so c kernels
    [ -z "$only_planted" ] || return 0
    hosted kernels "${serial[@]}" "${parallel[@]}" -- "${under[@]}"
    echo "$done_hosts"
}

# Each part is a process, whose log is shown if it fails. Its last line says what it did.
clean=0
for part in "${parts[@]}"; do
    start=$SECONDS
    log=$root/build/sanitize/$part.log
    verdict=failed
    code=0
    set +e
    (
        set -e
        "part_$part"
    ) >"$log" 2>&1
    code=$?
    set -e
    if [ $code -eq 0 ]; then
        verdict=ok
        clean=$((clean + 1))
    else
        tail -n 100 "$log"
    fi
    printf '%-6s %-9s (%d s) %d planted faults caught%s\n' $verdict "$part" $((SECONDS - start)) \
        "$(grep -c '^caught: ' "$log")" "$([ -n "$only_planted" ] || echo "; $(tail -n 1 "$log")")"
done
what='clean'
[ -z "$only_planted" ] || what='awake: they catch what was planted'
echo "sanitize.sh: $clean of ${#parts[@]} parts are $what"
[ $clean -eq ${#parts[@]} ]
