# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Runs pip in this interpreter. Of the user's settings, in variables and files, it passes on only those that say how to
reach packages. Others would install elsewhere (user, target, prefix) or something else."""

import ast
import os
import subprocess
import sys

REACH = (
    "cache-dir cert client-cert default-timeout extra-index-url find-links index-url keyring-provider no-cache-dir"
    " no-index proxy retries timeout trusted-host use-feature"
).split()
SECTIONS = ["global", "install", ":env:"]  # each overrides those on its left

pip = [sys.executable, "-I", "-m", "pip"]
plain = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
shown = {name: value for name, value in os.environ.items() if name not in ("PIP_PYTHON", "PIP_QUIET", "PIP_LOG")}
listed = subprocess.run([*pip, "config", "list"], env=shown, stdout=subprocess.PIPE, text=True, check=True).stdout
settings = {}
for line in listed.splitlines():
    key, _, value = line.partition("=")
    section, _, name = key.rpartition(".")
    if section in SECTIONS and name in REACH:
        settings[SECTIONS.index(section), name] = ast.literal_eval(value)
for (_, name), value in sorted(settings.items()):
    plain["PIP_" + name.upper().replace("-", "_")] = value
os.execve(sys.executable, [*pip, *sys.argv[1:]], {**plain, "PIP_CONFIG_FILE": os.devnull})
