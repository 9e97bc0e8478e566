# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Observations of a block of users, a line for each day: made from a seed, or read from Parquet."""

import hashlib
import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from . import BLOCK, FitError

_MEAN = 60.0
_EXP = 8.75651076269652e-27  # e to the -60, as decimals, since libraries of mathematics differ in the last bit
_LEVELS = 1 << 16

# Days that are made together. What NumPy needs for them is so small that malloc need not ask the system for memory
# again each time: that took longer than the numbers.
_LINES = 4


def table():
    """Return the numbers, as parts of an hour, that 65,536 equally likely levels stand for: Poisson(60)/60.

    Operations of IEEE 754 in this order give the same bits anywhere.
    """
    levels = np.empty(_LEVELS)
    count, probability, below = 0, _EXP, _EXP
    for k in range(_LEVELS):
        while (k + 0.5) / _LEVELS >= below and count < 200:
            count += 1
            probability = probability * _MEAN / count
            below += probability
        levels[k] = count / _MEAN
    return levels


def generator(seed, block):
    """Return the bits of a block. They do not depend on how NumPy hashes seeds."""
    digest = hashlib.sha256(b"toll fit %d %d" % (seed, block)).digest()
    bits = np.random.PCG64DXSM(0)
    numbers = {"state": int.from_bytes(digest[:16], "big"), "inc": int.from_bytes(digest[16:], "big") | 1}
    bits.state = {"bit_generator": "PCG64DXSM", "state": numbers, "has_uint32": 0, "uinteger": 0}
    return bits


class Made:
    """Made from a seed. A user's numbers depend on the seed, the user and the day, on nothing else."""

    def __init__(self, seed):
        self.seed, self.table = seed, table()

    def load(self, y, users, first, count):
        """Fill the lines of y with the days of the block that begins with user first, and users with their names."""
        bits = generator(self.seed, first // BLOCK)
        for day in range(0, len(y), _LINES):
            some = y[day : day + _LINES]
            raw = bits.random_raw(some.size // 4)
            levels = raw.astype("<u8", copy=False).view("<u2").reshape(some.shape)
            np.take(self.table, levels, out=some, mode="clip")  # with mode=raise it would go by a copy
        users[:count] = np.arange(first, first + count)


class Read:
    """Read from Parquet: a column of users, then one for each day. Users are numbered as the files have them."""

    def __init__(self, files):
        self.files = files
        self.held = None, None  # the row group that was read last

    def load(self, y, users, first, count):
        done = start = 0
        for file in self.files:
            row = 0
            for group, rows in enumerate(file["groups"]):
                lo, hi = max(first + done, start), min(first + count, start + rows)
                if lo < hi:
                    self._copy(y, users, file["path"], group, row, slice(lo - start, hi - start), done)
                    done += hi - lo
                start, row = start + rows, row + rows
        if done != count:
            raise FitError(f"input has {start:,} users, want {first + count:,}: it changed since the start")

    def _copy(self, y, users, path, group, row, rows, at):
        if self.held[0] != (path, group):
            self.held = None, None
            self.held = (path, group), _groups(path).read_row_group(group, use_threads=False)
        group = self.held[1]
        n = rows.stop - rows.start
        for day, name in enumerate(group.column_names):
            column = group.column(name).slice(rows.start, n)
            if column.null_count:
                at_null = column.is_null().to_numpy(zero_copy_only=False).argmax()
                raise _bad(path, name, row + rows.start + at_null, "null")
            column = column.to_numpy()
            if day == 0:
                users[at : at + n] = column
                continue
            finite = np.isfinite(column)
            if not finite.all():
                k = finite.argmin()
                raise _bad(path, name, row + rows.start + k, str(column[k]))
            y[day - 1, at : at + n] = column


def _bad(path, column, row, found):
    return FitError(f"{path}: column {column}, row {row} (from 0) is {found}, want a finite number", "usage")


def _groups(path):
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowInvalid) as e:
        raise FitError(f"{path}: {e}, want a file in Parquet", "usage") from e


def describe(path):
    """Return the files of an input, in the order of their names: their path, size, days, and rows of each row group."""
    paths = [path]
    if os.path.isdir(path):
        paths = [os.path.join(path, name) for name in sorted(os.listdir(path)) if name.endswith(".parquet")]
        if not paths:
            raise FitError(f"{path} has no file that ends in .parquet, want one at least", "usage")
    files, first = [], None
    for path in paths:
        opened = _groups(path)
        schema = opened.schema_arrow
        _check(path, schema)
        if first is None:
            first = path, schema.names
        elif schema.names != first[1]:
            k = next((k for k, (a, b) in enumerate(zip(schema.names, first[1])) if a != b), None)
            what = f"{len(schema.names)} columns, {first[0]} {len(first[1])}"
            if k is not None:
                what = f"{schema.names[k]} as column {k}, {first[0]} {first[1][k]}"
            raise FitError(f"{path} has {what}: want the same columns in all files", "usage")
        meta = opened.metadata
        groups = [meta.row_group(k).num_rows for k in range(meta.num_row_groups)]
        files.append({"path": path, "size": os.path.getsize(path), "days": len(schema) - 1, "groups": groups})
    return files


def _check(path, schema):
    """Raise unless a schema is that of users and days."""
    names, types = schema.names, schema.types
    if len(names) < 3 or names[0] != "user" or types[0] != pa.int64():
        found = ", ".join(f"{n} {t}" for n, t in list(zip(names, types))[:3])
        raise FitError(
            f"{path}: the columns are {found}{', …' if len(names) > 3 else ''} ({len(names)} in all),"
            " want user int64, then a column double for each day, two at least",
            "usage",
        )
    for name, kind in list(zip(names, types))[1:]:
        if kind != pa.float64():
            raise FitError(f"{path}: column {name} is {kind}, want double", "usage")
    if len(set(names)) < len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise FitError(f"{path}: {names.count(twice)} columns are named {twice}, want one", "usage")
