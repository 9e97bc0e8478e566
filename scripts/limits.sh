#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Tries Toll where memory is short and where runs are cut short: toll bench --quick in a control group of 2 GiB without swap,
# with all processes that it starts; toll killed at 300 random moments; toll on a disk that is full before, and while, it
# measures. Some ten minutes. Its arguments are another size of memory, such as 1G, and another number of kills. It must be
# root, and needs control groups of version 2 or 1 that it can write. Build first: scripts/build.sh.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh

memory=${1:-2G}
kills=${2:-300}
[ "$(id -u)" -eq 0 ] || fail "it is user $(id -u) who runs this, want root: it makes a control group, and mounts a small disk"
[ -x build/bin/toll ] || fail "build/bin/toll is not there: run scripts/build.sh"

root=/sys/fs/cgroup
if [ -e $root/memory.max ] || grep -qsw memory $root/cgroup.controllers; then # version 2
    group=$root/toll-limits-$$ limit=memory.max swap=memory.swap.max none=0 peak=memory.peak
    echo +memory >$root/cgroup.subtree_control || fail "the controller memory cannot be had in $root"
elif [ -w $root/memory ]; then
    group=$root/memory/toll-limits-$$ limit=memory.limit_in_bytes swap=memory.memsw.limit_in_bytes none=$memory
    peak=memory.max_usage_in_bytes
else
    fail "there is no controller of memory in $root, want one of version 2 or 1"
fi
folder=$(mktemp -d)
clean() {
    umount "$folder/disk" 2>/dev/null || true
    rm -rf "$folder"
    rmdir "$group" 2>/dev/null || true
}
trap clean EXIT
mkdir "$group" "$folder/disk"
echo "$memory" >"$group/$limit"
[ ! -e "$group/$swap" ] || echo "$none" >"$group/$swap"

say "toll bench --quick in $memory of memory"
(
    echo "$BASHPID" >"$group/cgroup.procs"
    exec build/bin/toll bench --quick -o "$folder/bench.txt"
) >"$folder/bench.out" || { # which says on standard error why
    cat "$folder/bench.out" >&2
    fail "toll bench --quick does not end well in $memory: $(cat "$group/$peak") bytes were the most"
}
grep -E '^(memory|memory-limit|cpu-limit|limits-memory):' "$folder/bench.txt"
most=$(($(cat "$group/$peak") >> 20))

say "toll killed $kills times"
TOLL_KILLS=$kills go test -count=1 -timeout 60m -v -run '^TestKilled$' ./goside/cmd/toll | grep -E '^(ok|---)|killed'

say "a disk that is full"
small=(build/bin/toll bench --quick --kernel call --route go/direct --limits=false)
mount -t tmpfs -o size=512k tmpfs "$folder/disk"
if "${small[@]}" -o "$folder/disk/record.txt" >"$folder/out" 2>&1; then
    fail "toll measured, and wrote its record to a disk of 512 KiB"
fi
grep -q 'the record cannot be written: .*no space left on device' "$folder/out" || fail "toll says: $(cat "$folder/out")"
mount -o remount,size=1100k "$folder/disk"
"${small[@]}" --rounds 300 -o "$folder/disk/record.txt" >"$folder/out" 2>&1 &
until [ -e "$folder/disk/record.txt.partial" ]; do
    sleep 0.1
    kill -0 $! 2>/dev/null || fail "toll left no partial record while it measured: $(cat "$folder/out")"
done
dd if=/dev/zero of="$folder/disk/fill" bs=1k status=none 2>/dev/null || true # until nothing fits any more
wait $! && fail "toll wrote its record to a full disk"
kept=$(sed -n 's/^Record: //p' "$folder/out")
build/bin/toll show "$kept" >/dev/null || fail "what was measured is not kept: $(cat "$folder/out")"
rm -f "$kept"

say "all held: toll bench --quick takes $most MiB of $memory at most; $kills kills; a disk full before and while measuring"
