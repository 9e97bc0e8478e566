# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The driver, see the package."""

import json
import os
import signal
import sys
import threading
import time
import traceback

from . import BLOCK, POOLS, FitError

os.environ.update(dict.fromkeys(POOLS, "1"))  # before NumPy, and for the workers that this process starts

_out = None


def tell(event, **what):
    _out.write(json.dumps({"event": event, **what}) + "\n")
    _out.flush()


def _watch():
    """End when who asked does."""
    while os.read(0, 4096):
        pass
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)  # the workers, too
    os._exit(1)


def _line():
    """Read a line from standard input, unbuffered: a thread that waits for more may hold no lock at the end."""
    line = b""
    while not line.endswith(b"\n"):
        more = os.read(0, 1 << 16)
        if not more:
            sys.exit("fit: standard input ended, want a line of JSON")
        line += more
    return json.loads(line)


def _stop(*_):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def main():
    global _out
    _out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no event
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    asked = _line()
    threading.Thread(target=_watch, daemon=True).start()
    try:
        if asked["do"] == "fit":
            _fit(asked)
        else:
            from . import _scale

            _scale.do(asked, tell)
    except FitError as e:
        tell("error", kind=e.kind, text=e.text)
    except MemoryError as e:
        tell("error", kind="failed", text=f"the driver has too little memory: {e}")
    except KeyboardInterrupt:
        tell("stopped")
    except Exception as e:
        tell("error", kind="failed", text=f"{type(e).__name__}: {e}", trace=traceback.format_exc())


def _plan(asked):
    """Return the plan that workers get, without its partition."""
    from . import _data

    plan = {k: asked[k] for k in ("rows", "days", "window", "seed", "language", "folder")}
    plan["input"], plan["block"] = None, BLOCK
    if asked["input"]:
        plan["input"] = _data.describe(os.path.abspath(asked["input"]))
        users, days = sum(sum(f["groups"]) for f in plan["input"]), plan["input"][0]["days"]
        for name, flag, found in (("rows", "--rows", users), ("days", "--days", days)):
            if plan[name] == 0:
                plan[name] = found
            elif plan[name] > found:
                raise FitError(
                    f"{asked['input']} has {found:,} {name if name == 'days' else 'users'},"
                    f" {flag} asks for {plan[name]:,}",
                    "usage",
                )
        if plan["days"] != days:
            raise FitError(
                f"{asked['input']} has {days:,} days, --days asks for {plan['days']:,}: want them all", "usage"
            )
        plan["seed"] = 0
    if plan["folder"]:
        plan["folder"] = os.path.abspath(plan["folder"])
    if plan["rows"] < 1:
        raise FitError(f"the input has {plan['rows']} users, want at least 1", "usage")
    if plan["window"] > plan["days"]:
        raise FitError(f"window is {plan['window']}, days are {plan['days']}: want a window that fits", "usage")
    return plan


def _remember(plan, memory):
    """Raise if a worker's memory is too small for what it must hold at once."""
    from . import _task

    def text(n):
        return f"{n / (1 << 20):,.0f} MiB"

    base = 200 << 20  # what Python, NumPy, Arrow and Dask have
    block = _task.bytes_of(plan)
    for file in plan["input"] or ():
        at = max(range(len(file["groups"])), key=file["groups"].__getitem__, default=None)
        group = 0 if at is None else 8 * file["groups"][at] * plan["days"]
        if base + block + group > memory:
            fits = max(0, memory - base - block) // (8 * plan["days"])
            raise FitError(
                f"row group {at} of {file['path']} has {file['groups'][at]:,} users x {plan['days']:,} days:"
                f" a worker needs"
                f" {text(base + block + group)} for it, --memory is {text(memory)}: want row groups of at most"
                f" {fits:,} users, or more memory",
                "usage",
            )
    if base + block > memory:
        each = block / plan["days"]
        fits = int(max(0, memory - base) / each)
        raise FitError(
            f"a block of {BLOCK:,} users x {plan['days']:,} days needs {text(base + block)} in a worker, --memory is"
            f" {text(memory)}: want at most {fits:,} days, or more memory",
            "usage",
        )


def _folder_of(asked, plan):
    """Return the manifest of the folder to go on with, None for a new one."""
    from . import _folder

    if not plan["folder"]:
        return None
    try:
        os.makedirs(plan["folder"], exist_ok=True)
        names = os.listdir(plan["folder"])
    except OSError as e:
        raise FitError(f"cannot use {asked['folder']}: {e}", "usage") from e
    manifest = _folder.read(plan["folder"])
    if manifest and not asked["resume"]:
        raise FitError(
            f"{asked['folder']} has the manifest of an earlier run: give --resume to go on with it, or another folder",
            "usage",
        )
    if not manifest and asked["resume"]:
        raise FitError(f"{asked['folder']} has no manifest, want the folder of a run to resume", "usage")
    if not manifest and names:
        raise FitError(
            f"{asked['folder']} holds {len(names)} files, such as {sorted(names)[0]}: want an empty folder"
            " or a new one",
            "usage",
        )
    return manifest


def _alike(engine, plan, found):
    """Raise if a worker has another build of Toll than the driver, or does not see the folder."""
    from . import _task

    ours = _task.probe(plan, None)
    for name, w in found.items():
        if w["build"].startswith("no module"):
            raise FitError(f"worker {name} has {w['build']}: want it built, see scripts/build.sh", "unavailable")
        if w["header"] != ours["header"]:
            raise FitError(
                f"worker {name} has toll.h {w['header']}, the driver {ours['header']}: want the same build",
                "unavailable",
            )
        if w["code"] != ours["code"]:
            raise FitError(
                f"worker {name} has another toll.fit ({w['code']}, the driver {ours['code']}): want the same build",
                "unavailable",
            )
        for other in ("numpy", "pyarrow"):
            if w[other] != ours[other]:
                raise FitError(
                    f"worker {name} has {other} {w[other]}, the driver {ours[other]}: want the same", "unavailable"
                )
        wrong = {n: v for n, v in w["pools"].items() if v != "1"}
        if wrong:
            n, v = next(iter(wrong.items()))
            raise FitError(f"worker {name} has {n}={v!r}, want 1: start it with that in its environment", "unavailable")
        if not w["sees"]:
            what = w["missing"][0] if w["missing"] else plan["folder"]
            raise FitError(
                f"worker {name} does not see {what}: want a file system that all workers share", "unavailable"
            )


def _fit(asked):
    from . import _engine, _folder

    plan = _plan(asked)
    _remember(plan, asked["memory"])
    manifest = _folder_of(asked, plan)
    began = time.perf_counter()
    tell("phase", what="starting " + ("workers" if asked["engine"] == "local" else "Dask"))
    engine = _engine.start(asked["engine"], asked["workers"], asked["memory"])
    try:
        token = None
        if plan["folder"]:
            token = os.path.join(plan["folder"], f"_part-{os.getpid()}.tmp")
            try:
                open(token, "w").close()
            except OSError as e:
                raise FitError(f"cannot write into {asked['folder']}: {e}", "usage") from e
        try:
            found = engine.probe(plan, token)
        finally:
            if token:
                os.unlink(token)
        started = time.perf_counter() - began
        _alike(engine, plan, found)
        _run(asked, plan, manifest, engine, found, started)
    finally:
        engine.close()
        if plan["folder"] and not asked["engine"].startswith("dask://"):  # whose workers may still be at work
            _folder.clean(plan["folder"])


def _run(asked, plan, manifest, engine, found, started):
    from . import _engine, _folder, _task

    tell("phase", what="choosing the partition")
    plan["of"] = ""
    cost = _engine.cost(engine)
    work = _engine.work(engine, plan)
    size, why = asked["partition"], "as asked for"
    if not size and manifest:
        size, why = manifest["asked"]["partition"], "as in the manifest"
    if not size:
        size = _engine.partition(plan["rows"], engine.workers, cost, work)
        why = "chosen"
    if size % BLOCK:
        raise FitError(f"--partition is {size:,}, want a multiple of a block's {BLOCK:,} users", "usage")
    plan["partition"] = size
    parts = [
        {"part": k, "first": first, "count": min(size, plan["rows"] - first)}
        for k, first in enumerate(range(0, plan["rows"], size))
    ]
    what, plan["of"] = _folder.asked(plan)
    share = cost / (work * min(size, plan["rows"]) / BLOCK)
    workers = sorted({(w["build"], w["python"], w["numpy"], w["pyarrow"]) for w in found.values()})
    run = {
        "engine": engine.name,
        "workers": engine.workers,
        "threads": engine.threads,
        "pools": next(iter(found.values()))["pools"],
        "builds": [{"build": b, "python": p, "numpy": n, "pyarrow": a} for b, p, n, a in workers],
        "header": next(iter(found.values()))["header"],
        "language": plan["language"],
    }
    digests = {}
    if plan["folder"]:
        if manifest:
            _folder.compare(plan["folder"], manifest, plan)
            _folder.clean(plan["folder"])
            digests = _folder.finished(plan["folder"], plan["of"], parts)
        else:
            _folder.write(plan["folder"], {"asked": what, "runs": []})
        manifest = _folder.read(plan["folder"])
    kept = len(digests)
    left = [p for p in parts if p["part"] not in digests]
    fits = sum(p["count"] for p in left) * (plan["days"] - plan["window"] + 1)
    tell(
        "plan", rows=plan["rows"], days=plan["days"], window=plan["window"], partition=size, why=why, tasks=len(parts),
        kept=kept, cost=cost, work=work, share=share, started=started, block=BLOCK, **run,
    )  # fmt: skip
    tasks, times, peaks, written, cpu = 0, dict.fromkeys(("load", "fit", "hash", "write"), 0.0), {}, 0, 0.0
    busy = 0.0
    begin = time.perf_counter()
    try:
        for done in engine.run(_task.fit, plan, left):
            tasks += 1
            digests[done["part"]] = done["digests"]
            for name, seconds in done["times"].items():
                times[name] += seconds
            busy, cpu, written = busy + done["seconds"], cpu + done["cpu"], written + done["bytes"]
            peaks[done["host"], done["pid"]] = done["peak"]
            tell("task", part=done["part"], done=kept + tasks, of=len(parts), pid=done["pid"], seconds=done["seconds"])
    except KeyboardInterrupt:
        tell("kept", done=kept + tasks, of=len(parts))
        raise
    except FitError as e:
        hint = ""
        if plan["folder"] and kept + tasks:
            hint = f"; {kept + tasks} of {len(parts)} partitions are finished in {asked['folder']},"
            hint += " --resume goes on with them"
        raise FitError(e.text + hint, e.kind) from e
    seconds = time.perf_counter() - begin
    total = _folder.checksum(plan, digests)
    own = _task.who()
    peaks.setdefault((own["host"], own["pid"]), 0)
    peaks[own["host"], own["pid"]] = own["peak"]
    result = {
        "checksum": total, "fits": fits, "seconds": seconds, "tasks": tasks, "kept": kept, "busy": busy, "cpu": cpu,
        "times": times, "written": written, "peak": sum(peaks.values()), "processes": len(peaks),
        "replaced": engine.replaced,
        "digests": [digests[k] for k in sorted(digests)] if asked.get("digests") else None,
    }  # fmt: skip
    if plan["folder"]:
        manifest["runs"].append(run | {"seconds": seconds, "tasks": tasks, "kept": kept})
        manifest["checksum"] = total
        _folder.write(plan["folder"], manifest)
    tell("result", **result)


if __name__ == "__main__":
    main()
