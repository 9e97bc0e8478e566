#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# The main job: builds Toll, verifies every route, and times all of them against each other. Prints the
# tables; the record is in build/results, the picture of what was computed in build/results/julia.png.
# Arguments go to toll bench, as in scripts/bench.sh --quick.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/build.sh
build/bin/toll bench "$@"
build/bin/toll draw julia --route c/cgo
