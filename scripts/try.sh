#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Runs toll try as a user would: on functions of the distribution's libraries and of Toll's own, by their public
# prototypes, each of which must hold on every crossing that can pass it; then on bad input, each with the exit code and
# the words that are to be expected. scripts/try.sh real or scripts/try.sh bad does one of the two. It takes some ten
# minutes, and installs the libraries' headers with apt, or prints the command that does. Build first: scripts/build.sh.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh

case "$*" in
"" | real | bad) ;;
*) fail "arguments are '$*', want none, real or bad" ;;
esac
toll=$PWD/build/bin/toll
[ -x "$toll" ] || fail "there is no build/bin/toll: run scripts/build.sh"
out=$PWD/build/try-script
mkdir -p "$out"
failed=0
number=0

# verdict <what> <wanted code> <code> <log> [<words>] says whether a command ended as it should. toll itself never crashes.
verdict() {
    local said=ok
    if [ "$3" != "$2" ]; then
        said="exit code $3, want $2"
    elif [ -n "${5:-}" ] && ! tr -s ' \n' ' ' <"$4" | grep -Eq -- "$5"; then
        said="does not say '$5'"
    elif grep -Eq '^(panic: |fatal error: |goroutine [0-9]+ \[)' "$4"; then
        said="toll crashed"
    fi
    [ "$said" = ok ] || {
        failed=$((failed + 1))
        echo "FAIL $1: $said"
        cat "$4"
        return
    }
    echo "ok   $1"
}

# try <what> <wanted code> <words> <argument of toll try>...
try() {
    local what=$1 wanted=$2 words=$3 code=0
    number=$((number + 1))
    log=$out/$number.log
    record=$out/$number.txt
    rm -f "$record"
    timeout 300 "$toll" try --quick -o "$record" "${@:4}" >"$log" 2>&1 || code=$?
    verdict "$what" "$wanted" $code "$log" "$words"
}

# summary <record>... prints what held through which crossings, and what was left out and why.
summary() {
    awk '
        function add(list, via) {
            if (!((key, list, via) in seen)) said[key, list] = said[key, list] (said[key, list] == "" ? "" : " ") via
            seen[key, list, via] = 1
        }
        /^(library|left|failed):/ { fact[substr($1, 1, length($1) - 1)] = substr($0, length($1) + 2) }
        /^BenchmarkTryHeld\// {
            sub(/-[0-9]+$/, "", $1)
            split($1, part, "/")
            op = via = ""
            for (k in part) {
                if (part[k] ~ /^op=/) op = substr(part[k], 4)
                if (part[k] ~ /^via=/) via = substr(part[k], 5)
            }
            key = fact["library"] "\t" op
            if (!(key in known)) order[++n] = key
            known[key] = 1
            if (fact["left"] != "") { add("left", via); why[key] = why[key] " " via ": " fact["left"] ";" }
            else if (fact["failed"] != "") add("failed", via)
            else add("held", via)
        }
        END {
            printf "\n%-28s %-26s %-48s %s\n", "library", "function", "held", "failed or left out"
            for (k = 1; k <= n; k++) {
                key = order[k]
                split(key, part, "\t")
                rest = (key, "failed") in said ? "FAILED " said[key, "failed"] " " : ""
                if ((key, "left") in said) rest = rest said[key, "left"]
                printf "%-28s %-26s %-48s %s\n", part[1], part[2], said[key, "held"], rest == "" ? "-" : rest
            }
            for (k = 1; k <= n; k++) if (why[order[k]] != "") { split(order[k], part, "\t"); reasons[why[order[k]]] = reasons[why[order[k]]] " " part[2] }
            for (reason in reasons) printf "\n%s:%s", substr(reason, 2, length(reason) - 2), reasons[reason]
            print "\n"
        }' "$@"
}

# real <library> <argument of toll try>... tries functions that are to hold.
real() {
    try "$*" 0 "" "$@" --goroutines 1
    [ ! -f "$record" ] || records+=("$record")
}

real_libraries() {
    records=()
    scripts/setup.sh try

    real libm.so.6 cos hypot frexp --sig 'double cos(double x)' --sig 'double hypot(double x, double y)' \
        --sig 'double frexp(double x, int *exp)' --out frexp.exp --check 'hypot: result >= x'
    real libz.so.1 crc32 compressBound --header /usr/include/zlib.h --sweep crc32.len=1:1e5 \
        --check 'compressBound: result > sourceLen'
    real libopenblas.so.0 cblas_ddot --sig 'double cblas_ddot(int n, const double *x, int incx, const double *y, int incy)' \
        --arg n=1000 --arg x=random:float64:1000 --arg y=random:float64:1000 --arg incx=1 --arg incy=1
    real libopenblas.so.0 cblas_dgemv --sig 'void cblas_dgemv(int order, int trans, int m, int n, double alpha,
        const double *a, int lda, const double *x, int incx, double beta, double *y, int incy)' \
        --arg order=101 --arg trans=111 --arg m=64 --arg n=64 --arg alpha=1 --arg a=random:float64:4096 --arg lda=64 \
        --arg x=random:float64:64 --arg incx=1 --arg beta=0 --arg y=zeros:64 --out y:inout --arg incy=1
    real libsqlite3.so.0 sqlite3_libversion_number sqlite3_complete --header /usr/include/sqlite3.h \
        --arg 'sql=text:select 1;' --check 'sqlite3_complete: result == 1'
    real libpng16.so.16 png_access_version_number --header /usr/include/png.h
    real libjpeg.so.62 jpeg_quality_scaling --sig 'int jpeg_quality_scaling(int quality)' --arg quality=75
    real libfftw3.so.3 fftw_alignment_of --sig 'int fftw_alignment_of(double *p)' --arg p=zeros:8
    real libgsl.so gsl_stats_mean --header /usr/include/gsl/gsl_statistics_double.h --arg stride=1 --arg n=1000 \
        --arg data=random:float64:1000
    real build/lib/libtoll_calls.so toll_calls_add toll_calls_sum toll_calls_pair --header csrc/include/calls.h
    for lang in c fortran rust; do
        real build/lib/libtoll_$lang.so toll_${lang}_call_add toll_${lang}_call_sum \
            --sig "double toll_${lang}_call_add(double x, double y)" \
            --sig "double toll_${lang}_call_sum(const double *p, int64_t n)" --sweep n=1:1e4
    done
    summary "${records[@]}"
}

# Makes the libraries of bad input.
bad_files() {
    gcc -O2 -w -fPIC -shared -o "$out/libbad.so" scripts/try/bad.c -lm
    g++ -O2 -fPIC -shared -x c++ -o "$out/libplus.so" - <<<'double norm(const double *p, long n) { return n > 0 ? *p : 0; }'
    gfortran -O2 -fPIC -shared -J "$out" -x f95-cpp-input -ffree-form -w -o "$out/libfort.so" - <<'END'
module maths
contains
    function norm(x) result(r)
        double precision, intent(in) :: x
        double precision :: r
        r = abs(x)
    end function norm
end module maths
function twice(x) result(r)
    double precision, intent(in) :: x
    double precision :: r
    r = 2*x
end function twice
END
    echo 'no library' >"$out/text.so"
    : >"$out/empty.so"
    head -c 100 "$out/libbad.so" >"$out/cut.so"
    # Of another architecture: the machine in its header is IBM's S/390.
    cp "$out/libbad.so" "$out/other.so"
    printf '\x16\x00' | dd of="$out/other.so" bs=1 seek=18 conv=notrunc status=none
    gcc -fPIC -shared -x c -o "$out/lost.so" - <<<'double missing(double x); double good(double x, double y) { return missing(x + y); }'
    ar rcs "$out/archive.so" scripts/try/bad.c
}

# bad <code> <words> <what> <argument of toll try>...
bad() { try "$3" "$1" "$2" "${@:4}" --goroutines 0; }

bad_input() {
    local b=$out/libbad.so one='int64_t x'
    bad_files

    # What is no library.
    bad 2 'does not exist' "no such file" "$out/nowhere.so" good --sig 'double good(double x, double y)'
    bad 2 'text.so' "a text" "$out/text.so" good --sig 'double good(double x, double y)'
    bad 2 'empty.so' "an empty file" "$out/empty.so" good --sig 'double good(double x, double y)'
    bad 2 'cut.so' "a library that is cut off" "$out/cut.so" good --sig 'double good(double x, double y)'
    bad 2 'archive' "an archive" "$out/archive.so" good --sig 'double good(double x, double y)'
    bad 2 'folder|directory' "a folder" "$out" good --sig 'double good(double x, double y)'
    bad 2 'S390|s390|IBM' "another architecture" "$out/other.so" good --sig 'double good(double x, double y)'
    bad 1 'undefined symbol: missing' "a library that lacks another" "$out/lost.so" good --sig 'double good(double x, double y)'
    bad 2 'program|executable' "a program" "$toll" good --sig 'double good(double x, double y)'

    # What is no function that can be called.
    bad 2 'goods.*good' "no such symbol" "$b" goods --sig 'double goods(double x, double y)'
    bad 2 'no function "fftw_version"' "data" libfftw3.so.3 fftw_version --sig 'int fftw_version(void)'
    bad 2 'column' "a prototype that does not parse" "$b" good --sig 'double good(double x double y)'
    bad 2 'column' "a type that is not known" "$b" good --sig 'double good(quad x, double y)'
    bad 2 '--sig|prototype' "no prototype at all" "$b" good
    bad 2 'nowhere.h: no such file' "no such header" "$b" good --header "$out/nowhere.h"
    bad 2 'takes variable arguments' "variable arguments" libc.so.6 printf --sig 'int printf(const char *format, ...)'
    bad 2 'norm\(double const\*, long\)' "a name of C++" "$out/libplus.so" norm --sig 'double norm(const double *p, long n)'
    bad 2 '__maths_MOD_norm' "a name of a Fortran module" "$out/libfort.so" norm --sig 'double norm(const double *x)'
    bad 2 'twice_' "a name of Fortran" "$out/libfort.so" twice --sig 'double twice(const double *x)'
    bad 2 'long double' "a long double" "$b" wide --sig 'long double wide(long double x)'
    bad 2 'complex|_Complex' "a complex number" "$b" turned --sig 'double _Complex turned(double _Complex z)'
    bad 2 'union' "a union" "$b" of_union --sig 'typedef union { long l; double d; } either; long of_union(either e)'

    # What is no argument.
    bad 2 '300.*127' "an argument out of its type's range" "$b" small --sig 'int32_t small(int8_t x, uint16_t y)' --arg x=300
    bad 2 '65535' "a negative number without sign" "$b" small --sig 'int32_t small(int8_t x, uint16_t y)' --arg y=-1
    bad 2 'z' "an argument that is no parameter" "$b" good --sig 'double good(double x, double y)' --arg z=1
    bad 2 'lots' "a number that is none" "$b" good --sig 'double good(double x, double y)' --arg x=lots
    bad 2 'parsecs' "a budget that does not parse" "$b" good --sig 'double good(double x, double y)' --budget 'p99<2parsecs'
    bad 2 'smoke' "a crossing that is none" "$b" good --sig 'double good(double x, double y)' --via smoke
    bad 2 'check' "a check that does not parse" "$b" good --sig 'double good(double x, double y)' --check 'result >'
    bad 1 'false' "a check that does not hold" "$b" good --sig 'double good(double x, double y)' --check 'result != x + y'

    # What a function does.
    bad 1 'writes 8 bytes behind p' "an overrun by 8 bytes" "$b" overrun --sig 'void overrun(double *p, int64_t n)' --out p
    bad 1 'before p: 8 bytes before its beginning' "a read before the memory" "$b" underrun --sig 'double underrun(const double *p, int64_t n)'
    bad 1 'writes to p, which is const' "a write to what is const" "$b" scribble --sig 'void scribble(const double *p, int64_t n)'
    bad 1 'reads [0-9]+ bytes behind p' "a length that does not belong to its memory" "$b" underrun \
        --sig 'double underrun(const double *p, int64_t n)' --arg n=1000 --arg p=zeros:10
    bad 1 'did not return within 2s' "never returns" "$b" never --sig "int64_t never($one)" --time-limit 2s
    bad 1 'SIGSEGV: argument p = nil' "nil" "$b" crashes --sig 'int64_t crashes(const int64_t *p)' --arg p=nil
    bad 1 'SIGSEGV: it follows a nil pointer' "a crash inside" "$b" null_inside --sig 'int64_t null_inside(int64_t n)'
    bad 1 'SIGFPE' "a division by zero" "$b" divides --sig 'int64_t divides(int64_t x, int64_t y)' --arg x=1 --arg y=0
    bad 1 'its stack overflowed' "a recursion without end" "$b" recurses --sig "int64_t recurses($one)"
    bad 1 'exit\(3\).*no file of that name' "exits" "$b" exits --sig "int64_t exits($one)" --arg x=3
    bad 1 'exit\(0\)' "exits as if all were well" "$b" exits --sig "int64_t exits($one)" --arg x=0
    bad 1 'aborted' "aborts" "$b" aborts --sig "int64_t aborts($one)" --arg x=1
    bad 0 'keeps state: two calls with the same arguments differ' "keeps state" "$b" counts --sig "int64_t counts($one)" --via cgo
    bad 1 'copy of the process \(fork\)' "forks" "$b" forks --sig "int64_t forks($one)"
    bad 1 'copy of the process \(fork\)|copies of the process' "returns twice" "$b" forks_twice --sig "int64_t forks_twice($one)"
    bad 0 'rounds upward' "changes the rounding mode" "$b" rounds_up --sig "int64_t rounds_up($one)" --via cgo
    bad 0 'flushes subnormal results' "flushes subnormal results" "$b" flushes --sig "int64_t flushes($one)" --via cgo
    bad 0 'signal SIGUSR2 with a handler' "installs a handler" "$b" handles --sig "int64_t handles($one)" --via cgo
    bad 0 'writes to standard output' "prints" "$b" prints --sig "int64_t prints($one)" --via cgo
    bad 1 'bad file descriptor' "closes files of others" "$b" closes --sig "int64_t closes($one)"
    bad 0 'in the folder /' "changes the folder" "$b" moves --sig "int64_t moves($one)" --via cgo
}

[ "${1:-}" = bad ] || real_libraries
[ "${1:-}" = real ] || bad_input
[ $failed -eq 0 ] || fail "$failed of $number are not as they should be: see $out"
say "all $number are as they should be"
