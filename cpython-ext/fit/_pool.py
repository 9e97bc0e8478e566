# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Processes of this machine, without Dask. One that dies is replaced, and its task done again.

concurrent.futures gives up all tasks when a process dies.
"""

import multiprocessing
import multiprocessing.connection
import resource
import signal
import traceback

from . import FitError, _task

# How often a task may take its process with it.
_DEATHS = 3


def _work(pipe, memory):
    """Do tasks until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver says when to end
    if memory:
        held = resource.getrlimit(resource.RLIMIT_DATA)[1]
        with open("/proc/self/statm") as statm:
            pages = int(statm.read().split()[5])
        resource.setrlimit(resource.RLIMIT_DATA, (pages * resource.getpagesize() + memory, held))
    while True:
        try:
            function, plan, item = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = True, function(plan, item)
        except FitError as e:
            answer = False, e
        except MemoryError as e:
            answer = (
                False,
                FitError(f"a worker needs more memory than it may have: {e or 'MemoryError'}: give --memory more"),
            )
        except Exception as e:
            answer = False, FitError(f"a worker failed: {type(e).__name__}: {e}\n{traceback.format_exc()}")
        try:
            pipe.send(answer)
        except OSError:
            return


class _Process:
    def __init__(self, memory):
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, memory), daemon=True)
        self.process.start()
        theirs.close()
        self.item = None

    def end(self):
        self.pipe.close()
        self.process.join(2)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


class Pool:
    threads = 1

    def __init__(self, workers, memory):
        self.workers, self.memory, self.replaced = workers, memory, 0
        self.name = f"{workers} processes"
        self.processes = [_Process(memory) for _ in range(workers)]

    def close(self):
        for p in self.processes:
            if p.item is not None:
                p.process.terminate()
            p.end()

    def probe(self, plan, seen):
        answers = {}
        for p in self.processes:
            p.pipe.send((_task.probe, plan, seen))
        for p in self.processes:
            try:
                good, answer = p.pipe.recv()
            except (EOFError, OSError) as e:
                p.process.join(1)
                raise FitError(f"a worker ended as it began, with exit code {p.process.exitcode}") from e
            if not good:
                raise answer
            answers[f"process {answer['pid']}"] = answer
        return answers

    def run(self, function, plan, items):
        items = iter(items)
        deaths, again, busy = {}, [], {}

        def feed(k):
            item = again.pop() if again else next(items, None)
            p = self.processes[k]
            p.item = item
            if item is not None:
                busy[p.pipe] = k
                try:
                    p.pipe.send((function, plan, item))
                except OSError:
                    pass  # it is dead, which wait tells

        for k in range(self.workers):
            feed(k)
        while busy:
            for pipe in multiprocessing.connection.wait(list(busy)):
                k = busy.pop(pipe)
                try:
                    good, answer = pipe.recv()
                except (EOFError, OSError):
                    self._replace(k, deaths, again)
                    feed(k)
                    continue
                feed(k)
                if not good:
                    raise answer
                yield answer

    def _replace(self, k, deaths, again):
        """Start another process for one that died, and note its task to be done again."""
        dead = self.processes[k]
        dead.process.join(5)
        item = dead.item
        which = item["part"] if isinstance(item, dict) else item
        deaths[which] = deaths.get(which, 0) + 1
        if deaths[which] >= _DEATHS:
            dead.item = None
            raise FitError(f"task {which} ended {_DEATHS} workers, the last with exit code {dead.process.exitcode}")
        again.append(item)
        self.replaced += 1
        dead.end()
        self.processes[k] = _Process(self.memory)
