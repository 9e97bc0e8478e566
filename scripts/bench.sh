#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# The main job: builds Toll, verifies every route, and times all of them against each other. Prints the
# tables, the path of the page that shows them in a browser, and three sentences. Record and page are in
# build/results, and the computed Julia set is build/results/julia.png.
# Arguments go to toll bench, as in scripts/bench.sh --quick.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh
without "toll bench times the libraries that are built here" TOLL_LIB
scripts/build.sh
build/bin/toll draw julia --route c/cgo
build/bin/toll bench --report "$@"
