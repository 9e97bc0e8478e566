# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The folder of results: a manifest of what was asked for, and a file for each partition, which holds its digests."""

import hashlib
import json
import os
import struct

import pyarrow as pa
import pyarrow.parquet as pq

from . import BLOCK, FitError
from ._task import META, name_of

MANIFEST = "_manifest.json"  # readers of a folder of Parquet pass over what begins with _

# What decides the results and how they are cut. The language and the engine do not.
_SAME = ("rows", "days", "window", "seed", "block", "partition", "input")


def asked(plan):
    """Return what a manifest says of a plan, and its digest, which each file of the folder holds."""
    what = {k: plan[k] for k in _SAME}
    text = json.dumps(what, sort_keys=True)
    return what, hashlib.sha256(text.encode()).hexdigest()[:16]


def read(folder):
    """Return the manifest of a folder, None if it has none."""
    path = os.path.join(folder, MANIFEST)
    try:
        with open(path) as file:
            manifest = json.load(file)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as e:
        raise FitError(f"{path}: {e}, want the manifest of toll fit", "usage") from e
    if not isinstance(manifest, dict) or not isinstance(manifest.get("asked"), dict):
        raise FitError(f"{path} has no parameters, want the manifest of toll fit", "usage")
    return manifest


def write(folder, manifest):
    """Write a manifest; the old one stays until the new one is on the disk."""
    path = os.path.join(folder, MANIFEST)
    try:
        with open(path + ".tmp", "w") as file:
            json.dump(manifest, file, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(path + ".tmp", path)
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as e:
        raise FitError(f"cannot write {path}: {e}") from e


def compare(folder, manifest, plan):
    """Raise if a folder holds something else than the plan asks for."""
    here = asked(plan)[0]
    for name in _SAME:
        then, now = manifest["asked"].get(name), here[name]
        if then != now:
            if name == "input":
                then, now = _files(then), _files(now)
            raise FitError(
                f"--resume: {name} is {now}, in the manifest of {folder} it is {then}: want the same,"
                " or another folder",
                "usage",
            )


def _files(files):
    if not files:
        return "none"
    return ", ".join(f"{f['path']} ({f['size']:,} bytes, {sum(f['groups']):,} users)" for f in files)


def finished(folder, of, parts):
    """Return the digests of the parts that are whole, by number."""
    found = {}
    for part in parts:
        path = os.path.join(folder, name_of(part["part"]))
        try:
            meta = json.loads(pq.read_metadata(path).metadata[META])
        except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
            continue  # not there, or not whole
        if meta.get("of") == of and meta.get("first") == part["first"] and meta.get("count") == part["count"]:
            found[part["part"]] = meta["digests"]
    return found


def clean(folder):
    """Remove what killed workers left."""
    for name in os.listdir(folder):
        if name.startswith("_part-") and name.endswith(".tmp"):
            os.unlink(os.path.join(folder, name))


def checksum(plan, digests):
    """Return the checksum of all blocks. It does not depend on the partition, language, engine or workers."""
    total = hashlib.sha256(b"toll fit %d %d %d %d\n" % (plan["rows"], plan["days"], plan["window"], BLOCK))
    for part in sorted(digests):
        for slopes, intercepts in digests[part]:
            total.update(struct.pack(">II", slopes, intercepts))
    return total.hexdigest()
