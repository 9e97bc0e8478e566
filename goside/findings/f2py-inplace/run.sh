#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
set -euo pipefail
cd -- "$(dirname -- "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# The environment of Toll has NumPy, if Toll was built with Python; another Python may be named.
python=${TOLL_NUMPY_PYTHON:-$PWD/../../../build/venv/bin/python}
if ! "$python" -c 'import numpy.f2py' 2>/dev/null; then
    echo "unavailable: no Python with NumPy"
    exit
fi
cp twofold.f90 "$out"
(
    cd "$out"
    "$python" -m numpy.f2py -m library twofold.f90 >"$out/log" 2>&1
    # shellcheck disable=SC2046 # words
    gcc -O2 -shared -fPIC -w $("$python" -c 'import numpy, numpy.f2py, sysconfig
print("-I" + sysconfig.get_path("include"), "-I" + numpy.get_include(), "-I" + numpy.f2py.get_include(),
      numpy.f2py.get_include() + "/fortranobject.c")') librarymodule.c twofold.f90 -o library.so -lgfortran
)
PYTHONPATH=$out "$python" host.py
