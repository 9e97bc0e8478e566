# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Prints what a C program that embeds this Python is compiled and linked with."""

import os
import sys
import sysconfig

include, folder = sysconfig.get_path("include"), sysconfig.get_config_var("LIBDIR")
library = sysconfig.get_config_var("LDLIBRARY") or ""
if ".so" not in library or not os.path.exists(os.path.join(include, "Python.h")):
    sys.exit("no shared libpython, or no Python.h")
name = library[len("lib") : library.index(".so")]
print(f"-I{include} -L{folder} -l{name} -Wl,-rpath,{folder}")
