# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""What the programs share."""

import builtins
import json
import os
import sys
import time

import toll

# Modules of bindings need packages that only the environment has into which toll was installed.
sys.path.append(os.path.dirname(os.path.dirname(os.path.realpath(toll.__file__))))


def by_line(function):
    """function, for a profiler that wants to be told which functions it shall look at line by line."""
    if "scalene" in sys.modules:  # it looks at all lines unless it is told some
        return function
    return getattr(builtins, "profile", lambda f: f)(function)


def timed(function, *args):
    """What function returns, and its wall and CPU time in ns."""
    wall, cpu = time.perf_counter_ns(), time.process_time_ns()
    result = function(*args)
    return result, time.perf_counter_ns() - wall, time.process_time_ns() - cpu


def write(file, found):
    with open(file, "w") as out:
        json.dump(found, out)
