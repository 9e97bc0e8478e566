#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Tests the tests: changes an operator, a constant or a bound in one line of a source, and runs the tests of `go test`
# that should see it. Mutants come from universalmutator's rules. One that does not compile, or whose object code is the
# same, is no mutant. Each is built in a copy, or by an overlay of Go's, and tested in namespaces of its own, in which
# the tree is read-only.
#
#     scripts/mutate.sh                      a sample of every group; about an hour on two cores
#     scripts/mutate.sh c rust --count 50    so many mutants of each of these groups
#     scripts/mutate.sh csrc/julia.c --all   all mutants of a file
#     scripts/mutate.sh --summary            shows what was found so far
#
# Groups are c, fortran, rust, conform, measure and via; scripts/mutate.sh --help has the options. What was found is
# added to build/mutate/results.tsv at once, so that an interrupted run goes on where it was. Mutants that no test can
# see are explained in scripts/mutate/survivors.tsv. It builds first.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh
scripts/setup.sh mutate
mkdir -p build/mutate
echo 'module mutants' >build/mutate/go.mod # so that ./... does not take what is changed for Toll
python=$(python3 -I -c 'import os, sys; print(os.path.realpath(sys.executable), sys.version.split()[0])')
packages build/mutate/venv "$python" scripts/mutate/requirements.txt
case " $* " in *" --summary "* | *" --help "*) ;; *) scripts/build.sh ;; esac
exec build/mutate/venv/bin/python -I -B scripts/mutate/mutate.py "$@"
