#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Fits by a scheduler of Dask and two workers that are processes of their own, then by the same in network namespaces,
# as on three hosts: their sockets, addresses and routes are apart, their files are shared. It compares the checksums
# with that of one process, kills a worker while it works, and prints a summary line. The second needs root and
# iproute2; without them it is left out, and said.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh

dask=build/venv-frames/bin/dask toll=build/bin/toll
if [ ! -x $dask ] || [ ! -x $toll ]; then
    say "unavailable: $dask or $toll is not there: run scripts/build.sh"
    exit 3
fi
folder=$(mktemp -d)
rows=${1:-100000} started=() spaces=()

# Ends what was started, and removes what was made.
end() {
    local pid space
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    started=()
    for space in "${spaces[@]}"; do ip netns del "$space" 2>/dev/null || true; done
    if [ ${#spaces[@]} -gt 0 ]; then ip link del "$bridge" 2>/dev/null || true; fi
    spaces=()
}
trap 'end; rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# run <log> <command>... starts a program, in a namespace if $space names one.
run() {
    local log=$folder/$1
    shift
    # shellcheck disable=SC2086
    ${space:+ip netns exec $space} "$@" >"$log" 2>&1 &
    started+=($!)
}

# fits <name> <argument>... prints the checksum; what toll says goes into a log.
fits() {
    local name=$1
    shift
    $toll fit --rows "$rows" "$@" >"$folder/$name.out" 2>"$folder/$name.err" || {
        cat "$folder/$name.err" "$folder"/*.log >&2
        fail "$name failed"
    }
    sed -n 's/^Checksum: //p' "$folder/$name.out"
}

rate() { sed -n 's/.* fits in .*: \(.* million a second\).*/\1/p' "$folder/$1.out"; }

# cluster <name> <address> <port> fits by the scheduler there while a worker is killed.
cluster() {
    local name=$1 at=$2:$3 sum
    sum=$(fits "$name" --engine "dask://$at" --workers 2)
    [ "$sum" = "$want" ] || fail "$name: the checksum is $sum, want $want"
    (
        until compgen -G "$folder/$name/part-*" >/dev/null; do sleep 0.05; done
        kill -KILL "$(pgrep -n -P "${started[-1]}")" # the last nanny's youngest child works
    ) &
    local killer=$!
    started+=("$killer")
    sum=$(fits "$name-killed" --engine "dask://$at" --workers 2 --partition 2000 -o "$folder/$name")
    wait $killer || fail "$name: no worker was there to be killed"
    [ "$sum" = "$want" ] || fail "$name, with a worker killed: the checksum is $sum, want $want"
    grep -q 'replaced' "$folder/$name-killed.out" || fail "$name: no worker was replaced: it was killed too late, so give more rows"
    rm -rf "${folder:?}/$name"
}

want=$(fits one --workers 1)
space='' run scheduler.log $dask scheduler --host 127.0.0.1 --port 18786 --no-dashboard
for k in 1 2; do
    space='' run worker$k.log $dask worker tcp://127.0.0.1:18786 --nthreads 1 --memory-limit 1GiB --no-dashboard --local-directory "$folder"
done
cluster processes 127.0.0.1 18786
end

apart="left out (needs root and iproute2)"
if [ "$(id -u)" = 0 ] && command -v ip >/dev/null && ip netns add toll-probe-$$ 2>/dev/null; then
    ip netns del toll-probe-$$
    bridge=toll$$
    ip link add "$bridge" type bridge
    spaces=()
    ip addr add 10.213.0.1/24 dev "$bridge"
    ip link set "$bridge" up
    for k in 2 3 4; do
        space=toll-$$-$k
        ip netns add "$space"
        spaces+=("$space")
        ip link add "tv$$-$k" type veth peer name eth0 netns "$space"
        ip link set "tv$$-$k" master "$bridge" up
        ip -n "$space" addr add 10.213.0.$k/24 dev eth0
        ip -n "$space" link set eth0 up
        ip -n "$space" link set lo up
    done
    space=${spaces[0]} run scheduler2.log $dask scheduler --host 10.213.0.2 --port 8786 --no-dashboard
    for k in 1 2; do
        space=${spaces[$k]} run worker2$k.log $dask worker tcp://10.213.0.2:8786 --nthreads 1 --memory-limit 1GiB --no-dashboard --local-directory "$folder"
    done
    cluster namespaces 10.213.0.2 8786
    apart="$(rate namespaces)"
    end
fi
echo "cluster.sh: one process $(rate one); scheduler and 2 workers as processes $(rate processes); in 3 network namespaces $apart; checksum ${want:0:16} in all, also with a worker killed"
