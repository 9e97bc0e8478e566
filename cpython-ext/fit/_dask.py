# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Dask's workers: of a cluster on this machine that ends with the run, or of a scheduler that is there."""

import asyncio
import concurrent.futures
import logging
import tempfile
import uuid

import dask
import distributed
from distributed import Client, LocalCluster

from . import FitError, _task

# What scheduler, workers and driver must have alike, since they send each other what these make.
_ALIKE = ("python", "dask", "distributed", "msgpack", "cloudpickle")


class Cluster:
    """address is that of a scheduler, or None for a cluster of as many workers here."""

    def __init__(self, address, workers, memory, patience=10, threads=1):
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        dask.config.set(
            {
                "temporary-directory": tempfile.gettempdir(),
                "distributed.comm.timeouts.connect": f"{patience}s",
                "distributed.comm.retry.count": 0,
                "distributed.client.scheduler-info-interval": "2s",
            }
        )
        self.address, self.cluster, self.replaced = address, None, 0
        if address is None:
            self.cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=threads,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",  # any port that is free, instead of a warning
                memory_limit=memory or 0,
            )
        try:
            self.client = Client(self.cluster or f"tcp://{address}", timeout=patience)
        except Exception as e:  # of many kinds, by what listens there
            self.client = None
            self.close()
            raise FitError(
                f"no Dask scheduler answers at {address} within {patience} s ({type(e).__name__}: {e}):"
                " start one, or give --engine the address that it prints",
                "unavailable",
            ) from e
        try:
            self._meet(workers if address is None else max(1, workers), patience)
        except BaseException:
            self.close()
            raise
        self.name = f"Dask {distributed.__version__}"
        if address:
            self.name += f" at {address}"

    def _meet(self, workers, patience):
        """Wait for workers, and compare their versions."""
        try:
            self.client.wait_for_workers(workers, timeout=patience)
        except (TimeoutError, asyncio.TimeoutError) as e:
            found = len(self._workers())
            raise FitError(
                f"the scheduler at {self.address} has {found} workers, want {workers} at least: start dask worker"
                f" tcp://{self.address} from build/venv-frames",
                "unavailable",
            ) from e
        found = self._workers()
        self.known = set(found)
        self.workers, self.threads = len(found), sum(w["nthreads"] for w in found.values())
        versions = self.client.get_versions()
        ours = _flat(versions["client"])
        others = {f"the scheduler at {self.address}": versions["scheduler"]} | {
            f"worker {name}": v for name, v in versions["workers"].items()
        }
        for who, found in others.items():
            theirs = _flat(found or {})
            for name in _ALIKE:
                if theirs.get(name) != ours.get(name):
                    raise FitError(
                        f"{who} has {name} {theirs.get(name)}, the driver {ours.get(name)}: want the same,"
                        " from build/venv-frames of the same build",
                        "unavailable",
                    )

    def _workers(self):
        return self.client.scheduler_info(n_workers=-1)["workers"]

    def close(self):
        for what in (self.client, self.cluster):
            try:
                if what is not None:
                    what.close(timeout=5)
            except Exception:
                pass  # it is gone

    def probe(self, plan, seen):
        try:
            answers = self.client.run(_task.probe, plan, seen, on_error="return")
        except Exception as e:
            raise self._lost(e) from e
        for name, answer in answers.items():
            if isinstance(answer, BaseException):
                raise FitError(
                    f"worker {name} cannot run Toll ({type(answer).__name__}: {answer}): want dask worker from"
                    " build/venv-frames of the same build",
                    "unavailable",
                )
        return answers

    def run(self, function, plan, items):
        """Yield results as they come. The scheduler has tasks of a worker that dies done again by another."""
        run = uuid.uuid4().hex
        submit = self.client.submit
        try:
            futures = [submit(function, plan, item, key=f"toll-{run}-{k}", pure=False) for k, item in enumerate(items)]
            waiting = distributed.as_completed(futures)
            del futures
            for future in waiting:
                if future.status == "error":
                    self._fail(future.exception())
                if future.status != "finished":
                    raise self._lost(future.status)
                yield future.result()
        except FitError:
            raise
        except (OSError, RuntimeError, TimeoutError, concurrent.futures.CancelledError, asyncio.CancelledError) as e:
            raise self._lost(e) from e
        finally:
            self._count()

    def _fail(self, e):
        if isinstance(e, FitError):
            raise e
        if isinstance(e, distributed.KilledWorker):
            raise FitError(
                f"a task ended {e.allowed_failures + 1} workers, the last at {e.last_worker.address}:"
                " by too little memory, perhaps"
            ) from e
        raise FitError(f"a worker failed: {type(e).__name__}: {e}") from e

    def _lost(self, e):
        why = e if isinstance(e, str) else f"{type(e).__name__}: {e}"
        where = f"the scheduler at {self.address}" if self.address else "the scheduler"
        return FitError(f"{where} went away ({why})")

    def _count(self):
        """Note how many workers are others than at the start."""
        try:
            now = set(self._workers())
            self.replaced += len(self.known - now)
            self.known = now
        except Exception:
            pass  # the scheduler is gone, which is said elsewhere


def _flat(versions):
    host = {name: str(value) for name, value in versions.get("host", {}).items()}
    host["python"] = host.get("python", "").split(".final")[0]
    return host | versions.get("packages", {})
