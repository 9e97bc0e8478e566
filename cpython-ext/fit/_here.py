# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""No engine: the driver's process does the tasks itself, one after another. It is what engines are compared with."""

from . import _task


class Here:
    workers, threads = 1, 1
    name = "this process"
    replaced = 0

    def close(self):
        pass

    def probe(self, plan, seen):
        return {"this process": _task.probe(plan, seen)}

    def run(self, function, plan, items):
        for item in items:
            yield function(plan, item)
