# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Prints docs/LICENCES.md: the packages of others that Toll is built from, and their licences.

Run by scripts/audit.sh in the root of the tree, which passes the path of go-licenses.
"""

import csv
import json
import os
import pathlib
import subprocess
import sys

GO_LICENSES = os.path.abspath(sys.argv[1])
KNOWN = dict(
    line.split("\t")
    for line in pathlib.Path("scripts/audit/licences.tsv").read_text().splitlines()
    if not line.startswith("#")
)
unknown = []


def known(name, licence):
    """The licence as the package's metadata say, unless they say nothing or give its whole text."""
    if licence and licence.lower() != "unknown" and len(licence) <= 80 and "\n" not in licence:
        return licence
    return KNOWN.get(name) or unknown.append(name) or "unknown"


def output(*command, cwd="."):
    return subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


def go(module):
    # GOFLAGS names no vendored modules, so each package is read where its hash was checked.
    template = pathlib.Path("build/audit/template").absolute()
    template.write_text("{{range .}}{{.Name}},{{.LicenseName}}\n{{end}}")
    text = output(GO_LICENSES, "report", "./...", "--ignore", "toll", "--template", str(template), cwd=module)
    for name, licence in csv.reader(text.splitlines()):
        yield name, known(name, licence)


def rust(crate):
    text = output("cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", f"{crate}/Cargo.toml")
    for package in json.loads(text)["packages"]:
        if package["source"]:  # none of this tree
            yield package["name"], known(package["name"], package["license"]).replace("/", " OR ")


def python(venv):
    tool = pathlib.Path(sys.executable).with_name("pip-licenses")
    text = output(str(tool), "--python", f"{venv}/bin/python", "--from", "mixed", "--format", "json", "--with-system")
    pinned = pathlib.Path("cpython-ext/requirements.txt").read_text().lower().replace("_", "-")
    for package in json.loads(text):
        name = package["Name"].lower().replace("_", "-")
        if f"\n{name}==" in f"\n{pinned}":
            yield name, known(name, package["License"])


def table(title, rows):
    print(f"\n## {title}\n\n| package | licence |\n|---|---|")
    for name, licence in sorted(set(rows)):
        print(f"| {name} | {licence} |")


print("""# Licences

Toll is under the MIT licence. These packages of others are in its programs, or are run by its build and its tests, in
the versions that `go.sum`, `Cargo.lock` and `requirements.txt` pin.
`scripts/audit.sh` reads their licences from the packages themselves and holds this list; `scripts/audit.sh --update`
writes it anew.

The system's libraries are linked where the machine has them: the runtimes of GCC (GPL-3.0 with the runtime exception),
OpenBLAS (BSD-3-Clause), libffi (MIT), CPython (PSF-2.0), and wasi-libc in the modules of WebAssembly (Apache-2.0 with
the LLVM exception, and MIT). The tests contain axe-core (MPL-2.0), with its licence beside it.""")
table("Go", go("."))
table("Go, the program of go-plugin", go("goside/via/goplugin"))
table("Rust", [*rust("rust"), *rust("cpython-ext/pyo3")])
table("Python", python("build/venv"))
if unknown:
    sys.exit(f"licences.py: no licence is known of {', '.join(unknown)}: want lines in scripts/audit/licences.tsv")
