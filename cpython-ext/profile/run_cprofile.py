# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Run the main function of a script under cProfile, without its imports: run_cprofile.py PROFILE SCRIPT ARGUMENT..."""

import cProfile
import runpy
import sys


def main(profile, script, *args):
    program = runpy.run_path(script, run_name="profiled")["main"]
    profiler = cProfile.Profile()
    profiler.runcall(program, *args)
    profiler.dump_stats(profile)


if __name__ == "__main__":
    main(*sys.argv[1:])
