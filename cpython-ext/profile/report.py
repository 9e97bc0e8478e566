# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Print as JSON a profile that only Python can read: report.py cprofile|line_profiler FILE."""

import json
import linecache
import pstats
import sys


def cprofile(file):
    """The functions: own is the time in a function itself, in ns, all that with what it calls."""
    return [
        {"file": where, "line": line, "function": name, "calls": calls, "own": 1e9 * own, "all": 1e9 * whole}
        for (where, line, name), (_, calls, own, whole, _) in pstats.Stats(file).stats.items()
    ]


def line_profiler(file):
    """The lines of the functions that were looked at."""
    import line_profiler

    stats = line_profiler.load_stats(file)
    return [
        {
            "file": where,
            "line": line,
            "function": name,
            "calls": hits,
            "own": 1e9 * stats.unit * took,
            "code": linecache.getline(where, line).strip(),
        }
        for (where, _, name), lines in stats.timings.items()
        for line, hits, took in lines
    ]


if __name__ == "__main__":
    json.dump({"cprofile": cprofile, "line_profiler": line_profiler}[sys.argv[1]](sys.argv[2]), sys.stdout)
