#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Makes ten million calls through the crossing trampoline, from 64 goroutines, while garbage is collected all the time,
# threads are preempted, and callbacks grow stacks: with cgo and without, each as built for use and with checks: of races
# and pointers, and of pointers. Some minutes. Its argument is another number of calls. Build first: scripts/build.sh.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh

export TOLL_STRESS="${1:-10000000}" GOGC=1 GODEBUG=asyncpreemptoff=0
stress() {
    echo "CGO_ENABLED=$1 ${*:2}"
    CGO_ENABLED=$1 go test -count=1 -timeout 60m -v -run '^TestStress$' "${@:2}" ./goside/via/trampoline
}
stress 1
stress 1 -race # which checks pointers, too
stress 0
stress 0 -gcflags=all=-d=checkptr
