#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
set -euo pipefail
cd -- "$(dirname -- "$0")"

# An environment of Toll has Polars, if Toll was built with Python; another Python may be named.
python=${TOLL_POLARS_PYTHON:-$PWD/../../../build/venv-frames/bin/python}
if ! "$python" -c 'import polars' 2>/dev/null; then
    echo "unavailable: no Python with Polars"
    exit
fi
"$python" divide.py
