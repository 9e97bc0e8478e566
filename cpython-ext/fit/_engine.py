# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Engines by name, and how much a task of one carries."""

import math
import time

from . import BLOCK, _task

# The share of a task's time that the engine may take, and how many tasks that leaves a worker, since the last ones end
# at different times.
SHARE = 0.01
TASKS = 32

# No-op tasks that are timed.
_NOTHING = 200


def start(engine, workers, memory):
    """Return an engine."""
    if engine == "local" and workers == 1:
        from ._here import Here

        return Here()
    if engine == "local":
        from ._pool import Pool

        return Pool(workers, memory)
    from ._dask import Cluster

    return Cluster(engine.removeprefix("dask://") if engine != "dask" else None, workers, memory)


def cost(engine, tasks=_NOTHING):
    """Return the seconds of a worker that a task costs beside its work, by tasks that do nothing."""
    for _ in engine.run(_task.nothing, {}, range(1, 1 + 4 * engine.workers)):
        pass
    start = time.perf_counter()
    for _ in engine.run(_task.nothing, {}, range(1, 1 + tasks)):
        pass
    return (time.perf_counter() - start) / tasks * engine.workers


def work(engine, plan):
    """Return the seconds that a whole block takes once all is warm, each worker working."""
    trials = []
    for _ in range(2):
        count = min(BLOCK, plan["rows"])
        parts = [{"part": 999999 - k, "first": 0, "count": count, "trial": True} for k in range(engine.workers)]
        trials = list(engine.run(_task.fit, plan, parts))
    return min(sum(t["times"].values()) for t in trials) * BLOCK / count


def partition(rows, workers, cost, work):
    """Return how many users a task fits: its cost stays below SHARE of its work, but no worker is left idle."""
    blocks = math.ceil(rows / BLOCK)
    least = min(math.ceil(cost / (SHARE * work)), math.ceil(blocks / workers))
    return BLOCK * max(least, min(64, blocks // (TASKS * workers)), 1)
