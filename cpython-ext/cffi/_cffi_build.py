# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The declarations of toll.h for cffi; as a program, the C source of toll._cffi_c, which Meson compiles:

_cffi_build.py toll.h _cffi_c.c
"""

import re
import sys

import cffi

_FUNCTIONS = {
    "toll_call_noop_fn": ["call_noop"],
    "toll_call_not_fn": ["call_not"],
    "toll_call_add_fn": ["call_add"],
    "toll_call_sum_fn": ["call_sum"],
    "toll_diffusion_step_fn": ["diffusion_step_row", "diffusion_step_col"],
    "toll_diffusion_run_fn": ["diffusion_run_row", "diffusion_run_col"],
    "toll_julia_fn": ["julia"],
    "toll_ols_fn": ["ols_row", "ols_col"],
}
TABLE = "const toll_table *toll_c_table(void);"


def declarations(header):
    """The text of toll.h without preprocessor lines. It is read from the file, so the two cannot differ."""
    with open(header, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"^#ifdef __cplusplus$.*?^#endif$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^#(?!define TOLL_ABI_VERSION).*$", "", text, flags=re.MULTILINE)


def _emit(header, source):
    functions = TABLE + "".join(f"{kind} toll_c_{name};" for kind, names in _FUNCTIONS.items() for name in names)
    ffi = cffi.FFI()
    ffi.cdef(declarations(header))
    ffi.cdef(functions)
    ffi.set_source("toll._cffi_c", '#include "toll.h"\n' + functions)
    ffi.emit_c_code(source)


if __name__ == "__main__":
    _emit(*sys.argv[1:])
