#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Compares all routes with the reference on random inputs, for a time in all: scripts/fuzz.sh 10m, which is also what it
# takes without an argument. The first nine tenths go to random inputs, by all routes on both cores; ten million cases a
# kernel take about ten minutes. The last tenth goes to Go's fuzzing engine, some of it to each function: it looks for
# inputs that reach other Go code, and knows the routes within this process. What differs, or ends the process, is shown
# with the command that does it again; its input is kept in goside/fuzz/testdata. Builds first.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh
without "what is built here is what is fuzzed" TOLL_LIB

time=${1:-10m}
[[ $time =~ ^([1-9][0-9]*)([smh])$ ]] || fail "the time is '$time', want one such as 10m"
case ${BASH_REMATCH[2]} in
s) seconds=${BASH_REMATCH[1]} ;;
m) seconds=$((BASH_REMATCH[1] * 60)) ;;
h) seconds=$((BASH_REMATCH[1] * 3600)) ;;
esac
scripts/build.sh

mkdir -p build/fuzz
log=build/fuzz/random.txt failed=
TOLL_FUZZ=$((seconds * 9 / 10))s go test -count=1 -timeout $((seconds + 1200))s -v -run '^TestRandom$' ./goside/fuzz |
    tee $log || failed=yes

targets=$(sed -n 's/^func \(Fuzz[A-Za-z]*\)(.*/\1/p' goside/fuzz/fuzz_test.go)
each=$((seconds / 10 / $(wc -w <<<"$targets")))
[ $each -gt 0 ] || each=1
for target in $targets; do
    OMP_WAIT_POLICY=passive go test -run '^$' -fuzz "^$target\$" -fuzztime ${each}s -fuzzminimizetime 2s -timeout 20m ./goside/fuzz \
        >build/fuzz/"$target".txt 2>&1 || {
        cat build/fuzz/"$target".txt
        failed=yes
    }
    tail -n 2 build/fuzz/"$target".txt | sed -n "s/^fuzz: /$target: /p"
done

sed -n '/ kernel .* function /,/ cases in /p' $log
[ -z "$failed" ] || fail "differences or crashes were found: the commands above do them again"
cases=$(sed -n 's/^ *\([0-9,]*\) cases in .*/\1/p' $log)
say "$cases cases by all routes equal the reference, and the engine found no more; see build/fuzz"
