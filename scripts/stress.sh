#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Runs the suite under load: beside eight busy processes, in random order, each round with another GOMAXPROCS (1, 2, 8) and
# GOGC (1, which collects garbage all the time, and 100). No test may fail, and none is run a second time. It builds first.
#
#     scripts/stress.sh [--packages 'PATTERN...'] [--seed N] [--only ROUND] [ROUNDS]
#     scripts/stress.sh trampoline [CALLS]
#
# ROUNDS is 20 unless given. --packages are those of go test, ./... unless given. The conformance suite takes a quarter of the
# routes in a round, another in the next: in 20 rounds it meets each five times. All that is random follows from the seed,
# which is printed. A failure is printed with the command that repeats its round for its package: the same seed, --only
# that round. Logs and the table of rounds are in build/stress. On two cores a round of ./... takes over an hour, one of a
# few small packages minutes.
#
# scripts/stress.sh trampoline makes ten million calls, or as many as given, through the crossing trampoline, from 64
# goroutines, while garbage is collected all the time, threads are preempted, and callbacks grow stacks: with cgo and without,
# each as built for use and with checks: of races and pointers, and of pointers. Some minutes.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh

number() { [[ $2 =~ ^[1-9][0-9]{0,8}$ ]] || fail "$1 is '$2', want a number from 1 on"; }

if [ "${1:-}" = trampoline ]; then
    [ $# -le 2 ] || fail "arguments are '$*', want trampoline and a number of calls"
    number "the number of calls" "${2:-10000000}"
    scripts/build.sh
    export TOLL_STRESS="${2:-10000000}" GOGC=1 GODEBUG=asyncpreemptoff=0
    calls() {
        echo "CGO_ENABLED=$1 ${*:2}"
        CGO_ENABLED=$1 go test -count=1 -timeout 60m -v -run '^TestStress$' "${@:2}" ./goside/via/trampoline
    }
    calls 1
    calls 1 -race # which checks pointers, too
    calls 0
    calls 0 -gcflags=all=-d=checkptr
    echo "stress.sh: $TOLL_STRESS calls in each of 4 builds, no failure"
    exit
fi

packages=(./goside/conform ./...) # the longest first
seed=$((SRANDOM % 1000000000 + 1))
only=
rounds=20
while [ $# -gt 0 ]; do
    case $1 in
    --packages)
        read -ra packages <<<"${2:-}"
        [ ${#packages[@]} -gt 0 ] || fail "--packages names none, want patterns of go test"
        shift
        ;;
    --seed)
        seed=${2:-}
        number "the seed" "$seed"
        shift
        ;;
    --only)
        only=${2:-}
        number "the round" "$only"
        shift
        ;;
    [1-9]*)
        rounds=$1
        number "the number of rounds" "$rounds"
        ;;
    *) fail "argument is '$1', want --packages, --seed, --only, a number of rounds, or trampoline" ;;
    esac
    shift
done
[ -z "$only" ] || rounds=$only

without "what is built here is what is tested" TOLL_LIB TOLL_ROUTES TOLL_REQUIRE
scripts/setup.sh test
[ "$(cat build/browser)" != none ] || export TOLL_CHROMIUM=none
scripts/build.sh
# A route that is missing is a failure, unless the build has left some out.
if [ "$(cat build/python)" != none ] && [ -f build/lib/toll_rust.wasm ]; then
    export TOLL_REQUIRE='*/*'
fi
rm -rf build/stress
mkdir -p build/stress
log=build/stress/build.log
logged $log go test -count=1 -run '^$' "${packages[@]}" # builds all before the load

# The routes in an order that the seed decides.
mapfile -t routes < <(build/bin/toll list --json | sed -n 's/^ *"route": "\(.*\)",$/\1/p' | sort |
    awk -v seed="$seed" 'BEGIN { srand(seed) } { printf "%.9f %s\n", rand(), $0 }' | sort | cut -d' ' -f2)
[ ${#routes[@]} -gt 3 ] || fail "toll list names ${#routes[@]} routes, want more"

# Each ends with this script, however that ends.
busy=()
trap 'kill "${busy[@]}" 2>/dev/null || true' EXIT
for _ in {1..8}; do
    bash -c 'while kill -0 "$1" 2>/dev/null; do for ((k = 0; k < 200000; k++)); do :; done; done' _ $$ &
    busy+=($!)
done

echo "seed $seed, ${packages[*]}, beside ${#busy[@]} busy processes"
table=build/stress/summary.txt
printf '%5s  %-24s %8s %8s\n' round setting seconds failures | tee "$table"
settings=("1 1" "2 1" "8 1" "1 100" "2 100" "8 100")
failures=0 ran=0 first=
for ((round = ${only:-1}; round <= rounds; round++)); do
    read -r procs gogc <<<"${settings[(round - 1) % ${#settings[@]}]}"
    chosen=()
    for ((k = round % 4; k < ${#routes[@]}; k += 4)); do chosen+=("${routes[k]}"); done
    log=build/stress/round-$round.log
    # Only what is tested has the setting, not the compiler. Deadlines of go test are of no use under load.
    command=(env "TOLL_ROUTES=${chosen[*]}" go test -count=1 -timeout 12h "-shuffle=$((seed + round))"
        -exec "env GOMAXPROCS=$procs GOGC=$gogc" "${packages[@]}")
    {
        printf '%q ' "${command[@]}"
        echo
    } >"$log"
    start=$SECONDS failed=0
    if ! "${command[@]}" >>"$log" 2>&1; then
        failed=$(grep -c '^ *--- FAIL: ' "$log" || true)
        [ "$failed" -gt 0 ] || failed=1 # it did not build, or the process ended
    fi
    ran=$((ran + 1))
    failures=$((failures + failed))
    printf '%5d  %-24s %8d %8d\n' "$round" "GOMAXPROCS=$procs GOGC=$gogc" $((SECONDS - start)) "$failed" | tee -a "$table"
    if [ "$failed" -gt 0 ] && [ -z "$first" ]; then
        first=$round
        package=$(sed -n 's/^FAIL[[:space:]]*\(toll[^[:space:]]*\).*/\1/p' "$log" | head -n 1)
        [ -n "$package" ] || package=${packages[*]}
        echo "the first failure, whole in $log:"
        grep -m 1 -A 20 -E '^ *--- FAIL: |^panic: |^fatal error: |^FAIL' "$log" || tail -n 20 "$log"
        echo "to repeat it: scripts/stress.sh --seed $seed --only $round --packages $package"
    fi
done
[ "$failures" -eq 0 ] || fail "$failures failures in $ran rounds of seed $seed, the first in round $first; see $table"
echo "stress.sh: $ran rounds of seed $seed, no failure"
