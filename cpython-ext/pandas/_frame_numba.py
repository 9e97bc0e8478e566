# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""np.linalg.lstsq on each row by Numba through DataFrame.apply: with a compiled function, or with engine="numba".

Compiling happens at the first use of each order of arrays, and takes seconds.
"""

import time

import numba
import numpy as np
from numba import types

from . import _frame, _numba

BUILD = f"{_frame.BUILD}, {_numba.BUILD}"


class Compiled:
    """apply(raw=True) with a function compiled by Numba."""

    def __init__(self):
        self._seconds = None

    def compile_seconds(self):
        """Compile, unless done before, and return the seconds that it took."""
        if self._seconds is None:
            start = time.perf_counter()
            self._compile()
            self._seconds = self._seconds or time.perf_counter() - start
        return self._seconds

    def _compile(self):
        # A row of a DataFrame is read-only; it is contiguous in row-major order, else not.
        line = types.float64[::1]
        signatures = [line(_numba.array(types.float64, 1, layout)) for layout in "CA"]
        self._padded = _numba.compiled(_frame.padded, signatures)

    def lines(self, y, threads):
        self.compile_seconds()
        return _frame.frame(y).apply(self._padded, axis=1, raw=True).to_numpy()


class Engine(Compiled):
    """apply(raw=True, engine="numba"), which compiles the loop over the rows, too."""

    def __init__(self, parallel):
        super().__init__()
        self._parallel = parallel
        if parallel:
            _numba.before_fork(self._serial)

    def _apply(self, y, parallel):
        options = {"nogil": True, "parallel": parallel}
        lines = _frame.frame(y).apply(_frame.padded, axis=1, raw=True, engine="numba", engine_kwargs=options)
        return lines.to_numpy()

    def _compile(self, parallel=None):
        for y in (np.ones((3, 4)), np.ones((4, 3)).T):
            self._apply(y, self._threads() if parallel is None else parallel)

    def _threads(self):
        return self._parallel and not _numba.alone

    def _serial(self):
        """Compile what a child calls, if this process calls it, too. pandas keeps what it has compiled."""
        if self._seconds is not None:
            self._compile(False)

    def lines(self, y, threads):
        self.compile_seconds()
        rows = len(y)
        if rows == 1:
            y = np.repeat(y, 2, axis=0)  # since apply squeezes the result
        elif not (y.flags.c_contiguous or y.flags.f_contiguous):
            y = np.ascontiguousarray(y)  # instead of compiling again for a padded matrix
        with _numba.team(threads):
            return self._apply(y, self._threads())[:rows]
