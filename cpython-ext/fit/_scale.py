# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""What toll scale measures: engines from their start to their end, with tasks that do nothing, sleep or fit."""

import functools
import random
import time

from . import BLOCK, _engine, _task


def do(asked, tell):
    """Visit each unit of the request in each round, in random order, and tell a sample of all that it does."""
    order = random.Random(asked["seed"])
    units = asked["units"]
    step, steps = 0, asked["rounds"] * len(units)
    for k in range(asked["rounds"]):
        for unit in order.sample(units, len(units)):
            _visit(unit, asked, functools.partial(tell, "sample", round=k), order)
            step += 1
            tell("step", done=step, of=steps)


def _visit(unit, asked, sample, order):
    name, workers, threads = unit["engine"], unit["workers"], unit["threads"]
    plan = {k: asked[k] for k in ("days", "window", "language")} | {"seed": 1, "folder": "", "input": None, "of": ""}
    start = time.perf_counter()
    engine = _start(name, workers, threads, asked["memory"])
    try:
        engine.probe(plan, None)
        slots = workers * threads
        common = {"engine": name, "workers": slots}
        if unit["tasks"]:
            sample(op="start", seconds=time.perf_counter() - start, tasks=1, own=0, size=0, cpu=0, **common)
        # A task that does nothing teaches the scheduler that tasks are short, so it sends more of them ahead.
        kinds = [("task", _task.nothing, {}, unit["tasks"], 0)] if unit["tasks"] else []
        if unit["nap"]:
            kinds.append(("nap", _task.nap, {"seconds": unit["nap"]}, unit["naps"], 0))
        kinds += [("ols", _task.fit, plan, unit["fits"], size) for size in unit["sizes"] or ()]
        for op, function, what, tasks, size in order.sample(kinds, len(kinds)):
            list(engine.run(function, what, _items(op, 2 * slots, size)))
            begin, cpu = time.perf_counter(), time.process_time()
            results = list(engine.run(function, what, _items(op, tasks, size)))
            seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
            own = sum(r["seconds"] for r in results) if op == "ols" else 0
            sample(op=op, seconds=seconds, tasks=tasks, own=own, size=size, cpu=cpu, **common)
    finally:
        engine.close()


def _start(name, workers, threads, memory):
    if name == "dask":
        from ._dask import Cluster

        return Cluster(None, workers, memory, threads=threads)
    return _engine.start("local", workers, memory)


def _items(op, tasks, size):
    users = size * BLOCK
    if op == "ols":
        return [{"part": k, "first": k * users, "count": users} for k in range(tasks)]
    return range(1, tasks + 1)
