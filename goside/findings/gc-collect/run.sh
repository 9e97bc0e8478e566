#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
set -euo pipefail
cd -- "$(dirname -- "$0")"

if ! command -v python3 >/dev/null; then
    echo "unavailable: no python3"
    exit
fi
python3 host.py
