# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""What workers do: fit the users of a partition, and write them to a file.

A block lies in memory with a line for each day, so a window of days is a matrix in Fortran order inside it: a kernel
gets a view, and nothing is copied.
"""

import hashlib
import importlib
import json
import os
import platform
import resource
import threading
import time
import uuid
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from . import BLOCK, MODULES, POOLS, FitError
from ._data import Made, Read

SCHEMA = pa.schema(
    [("user", pa.int64()), ("last_day", pa.int32()), ("slope", pa.float64()), ("intercept", pa.float64())]
)
META = b"toll.fit"

# Windows that are fitted before they are hashed: their lines are still in the nearest caches.
_TOGETHER = 8

_own = threading.local()


class Workspace:
    """What a thread of a worker keeps between blocks: memory, and the views of each window."""

    def __init__(self, plan):
        days, window = plan["days"], plan["window"]
        windows = days - window + 1
        self.key = _key(plan)
        self.source = Read(plan["input"]) if plan["input"] else Made(plan["seed"])
        self.ols = importlib.import_module(MODULES[plan["language"]]).ols
        self.y = np.empty((days, BLOCK))
        self.slope, self.intercept = np.empty((windows, BLOCK)), np.empty((windows, BLOCK))
        self.days = np.repeat(np.arange(window - 1, days, dtype=np.int32), BLOCK) if plan["folder"] else None
        self.users = np.empty(BLOCK, dtype=np.int64)
        self.calls = [(self.slope[t], self.intercept[t], self.y[t : t + window].T) for t in range(windows)]
        self.window = window

    def fit(self, count, times):
        """Fit the first count users of the block in memory; return the CRC-32 of the slopes and of the intercepts."""
        calls, ols = self.calls, self.ols
        if count < BLOCK:
            calls = [(slope[:count], intercept[:count], y[:count]) for slope, intercept, y in calls]
        slopes = intercepts = 0
        for first in range(0, len(calls), _TOGETHER):
            some = calls[first : first + _TOGETHER]
            start = time.perf_counter()
            for slope, intercept, y in some:
                ols(slope, intercept, y, 0, count, 1, 0)
            fitted = time.perf_counter()
            for slope, intercept, _ in some:
                slopes, intercepts = zlib.crc32(slope, slopes), zlib.crc32(intercept, intercepts)
            times["fit"] += fitted - start
            times["hash"] += time.perf_counter() - fitted
        return slopes, intercepts

    def batch(self, count):
        """Return the fits of the first count users as Arrow has them."""
        windows = len(self.slope)
        users = np.tile(self.users[:count], windows)
        if count == BLOCK:
            columns = users, self.days, self.slope.reshape(-1), self.intercept.reshape(-1)
        else:
            days = self.days.reshape(windows, BLOCK)[:, :count].reshape(-1)
            columns = users, days, self.slope[:, :count].reshape(-1), self.intercept[:, :count].reshape(-1)
        return pa.record_batch([pa.array(c) for c in columns], schema=SCHEMA)


def _key(plan):
    return [plan[k] for k in ("days", "window", "seed", "language", "folder")], plan["input"]


def workspace(plan):
    held = getattr(_own, "workspace", None)
    if held is None or held.key != _key(plan):
        _own.workspace = None  # its memory goes first
        held = _own.workspace = Workspace(plan)
    return held


def bytes_of(plan):
    """Return about how many bytes a worker's block needs, beside what the interpreter has."""
    days, windows = plan["days"], plan["days"] - plan["window"] + 1
    held = 8 * days + 16 * windows + (2 * days if not plan["input"] else 0)
    if plan["folder"]:
        held += 12 * windows + 24 * windows  # users and days; what the writer buffers
    return BLOCK * held


class File:
    """A partition's file. It has its name only when it is whole and on the disk."""

    def __init__(self, plan, part):
        name = name_of(part["part"])
        self.path = os.path.join(plan["folder"], name)
        self.part, self.made = part, os.path.join(plan["folder"], f"_{name}.{uuid.uuid4().hex}.tmp")
        self.sync = ThreadPoolExecutor(1)
        self.syncing = None
        try:
            self.sink = pa.OSFile(self.made, "wb")
            self.fd = os.open(self.made, os.O_RDONLY)
            # Integers compress, since a block's users come again for each window. The fits of counts have few different
            # values, so a dictionary takes a quarter of the bytes. Where they are many, Arrow gives it up.
            packed = {"user": "lz4", "last_day": "lz4", "slope": "none", "intercept": "none"}
            self.writer = pq.ParquetWriter(
                self.sink, SCHEMA, use_dictionary=["slope", "intercept"], compression=packed, write_statistics=False
            )
        except OSError as e:
            raise self.failed(e) from e

    def write(self, batch):
        try:
            self.writer.write_batch(batch, row_group_size=batch.num_rows)
        except OSError as e:
            raise self.failed(e) from e
        if self.syncing is None or self.syncing.done():  # the disk writes while the next block is fitted
            self.syncing = self.sync.submit(os.fsync, self.fd)

    def finish(self, meta):
        try:
            self.writer.add_key_value_metadata({META: meta})
            self.writer.close()
            self.sink.close()
            if self.syncing:
                self.syncing.result()
            os.fsync(self.fd)
            size = os.fstat(self.fd).st_size
            if self.part.get("trial"):
                os.unlink(self.made)
            else:
                os.replace(self.made, self.path)
            return size
        except OSError as e:
            raise self.failed(e) from e
        finally:
            self.end()

    def end(self):
        self.sync.shutdown()
        if getattr(self, "fd", None) is not None:
            os.close(self.fd)
            self.fd = None

    def abandon(self):
        """Remove what is not whole."""
        for close in (getattr(self, "writer", None), getattr(self, "sink", None)):
            try:
                if close is not None:
                    close.close()
            except (OSError, pa.ArrowException):
                pass  # it is removed
        self.end()
        try:
            os.unlink(self.made)
        except FileNotFoundError:
            pass

    def failed(self, e):
        return FitError(f"cannot write {self.path}: {e}")


def name_of(part):
    return f"part-{part:06}.parquet"


def fit(plan, part):
    """Fit the users of a part of the plan; return its digests and what it took."""
    start, cpu = time.perf_counter(), time.thread_time()
    space = workspace(plan)
    times = dict.fromkeys(("load", "fit", "hash", "write"), 0.0)
    file = File(plan, part) if plan["folder"] else None
    digests = []
    try:
        for first in range(part["first"], part["first"] + part["count"], BLOCK):
            count = min(BLOCK, part["first"] + part["count"] - first)
            begun = time.perf_counter()
            space.source.load(space.y, space.users, first, count)
            times["load"] += time.perf_counter() - begun
            digests.append(space.fit(count, times))
            if file:
                begun = time.perf_counter()
                file.write(space.batch(count))
                times["write"] += time.perf_counter() - begun
        size = 0
        if file:
            begun = time.perf_counter()
            size = file.finish(json.dumps({**part, "of": plan["of"], "digests": digests}))
            times["write"] += time.perf_counter() - begun
            file = None
    finally:
        if file:
            file.abandon()
    return {
        "part": part["part"],
        "digests": digests,
        "bytes": size,
        "seconds": time.perf_counter() - start,
        "cpu": time.thread_time() - cpu,
        "times": times,
        **who(),
    }


def who():
    return {
        "host": platform.node(),
        "pid": os.getpid(),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def probe(plan, seen):
    """Return what a worker is, for the driver to compare. seen is a file that it must see, or None."""
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    import toll

    package = os.path.dirname(toll.__file__)
    with open(os.path.join(package, "toll.h"), "rb") as header:
        digest = hashlib.sha256(header.read()).hexdigest()[:16]
    code = hashlib.sha256()
    for name in sorted(os.listdir(os.path.join(package, "fit"))):
        if name.endswith(".py"):
            with open(os.path.join(package, "fit", name), "rb") as source:
                code.update(source.read())
    missing = [f["path"] for f in plan["input"] or () if not os.path.exists(f["path"])]
    try:
        build = importlib.import_module(MODULES[plan["language"]]).BUILD
    except ImportError as e:
        build = f"no module {MODULES[plan['language']]}: {e}"
    return {
        **who(),
        "header": digest,
        "code": code.hexdigest()[:16],
        "build": build,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pyarrow": pa.__version__,
        "pools": {name: os.environ.get(name, "") for name in POOLS} | {"arrow": str(pa.cpu_count())},
        "sees": (seen is None or os.path.exists(seen)) and not missing,
        "missing": missing,
    }


def nothing(plan, part):
    """The task whose cost is only the engine's."""


def nap(plan, part):
    """A task that takes time and no core."""
    time.sleep(plan["seconds"])
