# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Makes mutants, tests them and counts those that a test catches. scripts/mutate.sh says how to call it."""

import argparse
import contextlib
import csv
import fcntl
import hashlib
import io
import math
import os
import random
import re
import shutil
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "mutate"))

from builders import COUNTS, GROUPS, Same, Unfit, Wrong, builder, files_of, group_of  # noqa: E402
from universalmutator import mutator  # noqa: E402

OUT = ROOT / "build" / "mutate"
RESULTS = OUT / "results.tsv"
EXPLAINED = ROOT / "scripts" / "mutate" / "survivors.tsv"
FIELDS = "path line before after verdict by seconds source object".split()
TESTED = ("killed", "survived")

LIKE_C = ["universal.rules", "c_like.rules"]
RULES = {
    ".c": [*LIKE_C, "c.rules"],
    ".h": [*LIKE_C, "c.rules"],
    ".f90": ["universal.rules", "fortran.rules"],
    ".rs": [*LIKE_C, "rust.rules"],
    ".go": [*LIKE_C, "go.rules"],
}
# Comments, and what is no code of its own. A line that the rules would change by its comment alone is the compiler's
# to tell.
IGNORED = {
    ".f90": [r"^\s*!(?!\$)", r"^\s*use\b", r"^\s*implicit none"],
    ".rs": [r"^\s*//", r"^\s*use\b", r"^\s*#!?\["],
    ".go": [r"^\s*//", r'^\s*(\w+ )?"[^"]*"$', r"^package\b"],
}
LIKE_C_IGNORED = [r"^\s*(//|/\*|\*)", r"^\s*#\s*(include|error|endif)"]


def mutants_of(path):
    """All mutants of a file, as (line, text before, text after)."""
    source = (ROOT / path).read_text().splitlines(keepends=True)
    kind = Path(path).suffix
    if kind == ".rs":  # what follows is not part of the library
        source = source[
            : next(
                (
                    k
                    for k, line in enumerate(source)
                    if line.strip() == "#[cfg(test)]" and source[k + 1].startswith("mod tests {")
                ),
                len(source),
            )
        ]
    with contextlib.redirect_stdout(io.StringIO()):
        made = mutator.mutants_regexp(
            source, RULES[kind], ignorePatterns=IGNORED.get(kind, LIKE_C_IGNORED), ignoreStringOnly=True
        )
    return [(line, source[line - 1], after) for line, after, *_ in made]


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def plain(text):
    """The text of a line as it stands in a table."""
    return " ".join(text.split())


class Results:
    """What is known of each mutant, kept in a file as it is found."""

    def __init__(self):
        self.known, self.lock, self.sources = {}, threading.Lock(), {}
        fresh = not RESULTS.exists()
        if not fresh:
            with RESULTS.open(newline="") as file:
                for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                    if row["object"] is not None and row["source"] == self.source(row["path"]):
                        self.known[self.key(row)] = row
        self.file = RESULTS.open("a", newline="")
        self.writer = csv.DictWriter(
            self.file,
            FIELDS,
            delimiter="\t",
            quoting=csv.QUOTE_NONE,
            quotechar=None,
            escapechar=None,
            lineterminator="\n",
        )
        if fresh:
            self.writer.writeheader()
            self.file.flush()

    def source(self, path):
        if path not in self.sources:
            file = ROOT / path
            self.sources[path] = digest(file.read_bytes()) if file.exists() else None
        return self.sources[path]

    @staticmethod
    def key(row):
        return row["path"], int(row["line"]), row["after"]

    def add(self, row):
        with self.lock:
            self.known[self.key(row)] = row
            self.writer.writerow(row)
            self.file.flush()


class Explained:
    """Mutants that no test can see: a row has a file, a line's text before and after, and the reason. A field that begins
    with ~ is a regular expression."""

    def __init__(self):
        self.rows = []
        for number, line in enumerate(EXPLAINED.read_text().splitlines(), 1):
            if line and not line.startswith("#"):
                fields = line.split("\t")
                if len(fields) != 4:
                    sys.exit(
                        f"mutate.sh: {EXPLAINED}:{number} has {len(fields)} fields, want 4, with tabs between them"
                    )
                self.rows.append(([self.pattern(field) for field in fields[:3]], fields[3]))

    @staticmethod
    def pattern(field):
        return re.compile(field[1:] if field.startswith("~") else re.escape(field))

    def reason(self, row):
        texts = row["path"], row["before"], row["after"]
        for patterns, reason in self.rows:
            if all(pattern.fullmatch(text) for pattern, text in zip(patterns, texts)):
                return reason
        return None


class Run:
    """Tests mutants of one group until there are as many as asked for, or none is left."""

    def __init__(self, group, paths, count, options, results):
        self.group, self.count, self.options, self.results = group, count, options, results
        self.lock, self.done, self.spent, self.failed = threading.Lock(), 0, 0.0, []
        self.objects, self.unfit = set(), {}
        # A file's mutants have an order of their own, so that another selection of files tests the same of them.
        self.todo, self.begun = {}, dict.fromkeys(paths, 0)
        for path in paths:
            self.todo[path] = mutants_of(path)
            random.Random(f"{options.seed}:{path}").shuffle(self.todo[path])
        self.made = sum(map(len, self.todo.values()))

    def work(self, number):
        try:
            made = builder(self.group, OUT / f"worker{number}", self.options)
            while (mutant := self.next()) is not None:
                self.one(made, *mutant)
        except BaseException as error:
            self.failed.append(error)
            raise

    def next(self):
        """The next change of the file of which fewest were tried: the sample is spread evenly over the files, since
        some repeat a line a thousand times."""
        with self.lock:
            left = [path for path in self.todo if self.todo[path]]
            if self.failed or not left or (self.count is not None and self.done >= self.count):
                return None
            path = min(left, key=self.begun.__getitem__)
            self.begun[path] += 1
            return path, *self.todo[path].pop()

    def one(self, made, path, line, before, after):
        row = {
            "path": path,
            "line": line,
            "before": plain(before),
            "after": plain(after),
            "source": self.results.source(path),
            "by": "",
            "object": "",
            "seconds": "0",
        }
        known = self.results.known.get(self.results.key(row))
        if known and not (self.options.again and known["verdict"] == "survived"):
            self.tally(known, 0)
            return
        start = time.monotonic()
        source = (ROOT / path).read_text().splitlines(keepends=True)
        source[line - 1] = after
        try:
            row["object"] = made.build(path, "".join(source))
            with self.lock:
                twin = (path, row["object"]) in self.objects
                self.objects.add((path, row["object"]))
            if twin:
                row["verdict"] = "twin"
            else:
                row["by"] = made.test(path)
                row["verdict"] = "killed" if row["by"] else "survived"
        except Wrong:
            row["verdict"] = "invalid"
        except Same:
            row["verdict"] = "same"
        except Unfit as error:
            with self.lock:
                self.todo[path] = []
                self.unfit[path] = str(error)
            print(f"mutate.sh: {path} is left out: {error}", flush=True)
            return
        seconds = time.monotonic() - start
        row["seconds"] = f"{seconds:.1f}"
        self.results.add(row)
        self.tally(row, seconds)

    def tally(self, row, seconds):
        with self.lock:
            self.spent += seconds
            if row["object"]:
                self.objects.add((row["path"], row["object"]))
            if row["verdict"] not in TESTED:
                return
            self.done += 1
            if row["verdict"] == "survived":
                print(f"{row['path']}:{row['line']} survived: {row['before']} → {row['after']}", flush=True)
            if self.done % 20 == 0:
                wanted = "" if self.count is None else f" of {self.count}"
                print(f"{self.group}: {self.done}{wanted} tested, {self.spent / self.done:.1f} s each", flush=True)


def interval(caught, of):
    """The 95 % interval of a proportion, by Wilson."""
    z, p = 1.959964, caught / of
    middle, half = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return max(0.0, (middle - half) / (1 + z * z / of)), min(1.0, (middle + half) / (1 + z * z / of))


def share(caught, of):
    if of == 0:
        return "-"
    low, high = interval(caught, of)
    return f"{100 * caught / of:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def summary(results, paths, summarised=print):
    """Prints a line for each file and group, and writes the survivors. Returns the totals."""
    explained = Explained()
    totals, survivors = {}, []
    files = {}
    for row in results.known.values():
        if row["path"] not in paths:
            continue
        counts = files.setdefault(
            row["path"], dict.fromkeys(["killed", "survived", "explained", "invalid", "same", "twin"], 0)
        )
        verdict = row["verdict"]
        if verdict == "survived":
            reason = explained.reason(row)
            survivors.append((*Results.key(row), row["before"], reason or ""))
            verdict = "explained" if reason else verdict
        counts[verdict] += 1
    form = "{:<40}{:>8}{:>10}{:>11}{:>9}{:>7}  {}"
    summarised(form.format("", "killed", "survived", "explained", "invalid", "same", "caught (95 % interval)"))
    for path in sorted(files):
        c = files[path]
        group = group_of(path)
        total = totals.setdefault(group, dict.fromkeys(c, 0))
        for name in c:
            total[name] += c[name]
        summarised(
            form.format(
                path,
                c["killed"],
                c["survived"],
                c["explained"],
                c["invalid"],
                c["same"] + c["twin"],
                share(c["killed"], c["killed"] + c["survived"]),
            )
        )
    everything = dict.fromkeys(["killed", "survived", "explained", "invalid", "same", "twin"], 0)
    for group in [g for g in GROUPS if g in totals]:
        c = totals[group]
        for name in c:
            everything[name] += c[name]
        summarised(
            form.format(
                group,
                c["killed"],
                c["survived"],
                c["explained"],
                c["invalid"],
                c["same"] + c["twin"],
                share(c["killed"], c["killed"] + c["survived"]),
            )
        )
    with (OUT / "survivors.tsv").open("w") as file:
        for path, line, after, before, reason in sorted(survivors, key=lambda s: (bool(s[4]), *s)):
            file.write(f"{path}:{line}\t{before} → {after}\t{reason}\n")
    return everything


def main():
    parser = argparse.ArgumentParser(prog="scripts/mutate.sh", description=__doc__)
    parser.add_argument(
        "what", nargs="*", help=f"groups ({', '.join(GROUPS)}), files, or folders of them; default: all groups"
    )
    parser.add_argument("--seed", type=int, default=19, help="chooses the sample (default: %(default)s)")
    parser.add_argument("--count", type=int, help="test so many mutants of each group")
    parser.add_argument("--all", action="store_true", help="test all mutants: days for all groups")
    parser.add_argument("--again", action="store_true", help="test those again that survived an earlier run")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time (default: %(default)s)"
    )
    parser.add_argument("--summary", action="store_true", help="only show what was found so far")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    options.root, options.out = ROOT, OUT
    lock = (OUT / "lock").open("w")
    if not options.summary:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("mutate.sh: another run is at work in build/mutate: wait for its end")

    chosen = {}
    for what in options.what or GROUPS:
        paths = files_of(what, ROOT)
        if not paths:
            sys.exit(f"mutate.sh: {what} has no sources to mutate: want {', '.join(GROUPS)}, or a path")
        for path in paths:
            chosen.setdefault(group_of(path), []).append(path)
    chosen = {group: sorted(set(chosen[group])) for group in GROUPS if group in chosen}
    results = Results()
    everything = {path for paths in chosen.values() for path in paths}

    runs = []
    if not options.summary:
        for group, paths in chosen.items():
            count = None if options.all else options.count or COUNTS[group]
            run = Run(group, paths, count, options, results)
            runs.append(run)
            print(
                f"{group}: {run.made} changes of {len(paths)} files; {'all' if count is None else count} mutants are "
                f"to be tested (seed {options.seed})",
                flush=True,
            )
        print(
            f"about {estimate(runs, options.jobs)} on {options.jobs} at a time, if what was tested is a guide",
            flush=True,
        )
        for run in runs:
            threads = [threading.Thread(target=run.work, args=(n,), daemon=True) for n in range(options.jobs)]
            for thread in threads:
                thread.start()
            try:
                for thread in threads:
                    thread.join()
            except KeyboardInterrupt:
                print("mutate.sh: stops after the mutants that are at work; what was found is kept", flush=True)
                for other in runs:
                    other.todo.clear()
                for thread in threads:
                    thread.join()
            if run.failed:
                sys.exit(f"mutate.sh: {run.group}: {run.failed[0]}")
        for n in range(options.jobs):
            shutil.rmtree(OUT / f"worker{n}", ignore_errors=True)
    c = summary(results, everything)
    tested = c["killed"] + c["survived"]
    print(
        f"mutate.sh: {tested + c['explained']} mutants tested, {c['killed']} killed, {c['explained']} explained, "
        f"{c['survived']} survived: {share(c['killed'], tested)} caught of those not explained, "
        f"{share(c['killed'], tested + c['explained'])} of all; build/mutate/survivors.tsv lists the others"
    )
    if unfit := [path for run in runs for path in run.unfit]:
        sys.exit(f"mutate.sh: {len(unfit)} files were left out, whose tests fail without a mutant: {' '.join(unfit)}")


# Seconds for a mutant, and for the changes that turn out to be none, on one quiet core.
SECONDS = {"c": 2, "fortran": 2, "rust": 6, "conform": 25, "measure": 6, "via": 10}


def estimate(runs, jobs):
    seconds = 0.0
    for run in runs:
        tested = [float(r["seconds"]) for r in run.results.known.values() if group_of(r["path"]) == run.group]
        counted = sum(r["verdict"] in TESTED for r in run.results.known.values() if group_of(r["path"]) == run.group)
        each = sum(tested) / counted if counted >= 20 else SECONDS[run.group]
        seconds += each * (run.made / 3 if run.count is None else run.count)
    minutes = seconds / 60 / jobs
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours"


if __name__ == "__main__":
    main()
