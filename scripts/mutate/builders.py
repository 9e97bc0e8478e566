# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""How the mutants of each language are built apart from the tree, and which tests should see them."""

import functools
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

# Mutants of each group in the default sample: an hour on two cores.
COUNTS = {"c": 400, "fortran": 250, "rust": 200, "conform": 60, "measure": 100, "via": 250}
GROUPS = list(COUNTS)

# Tests themselves, libraries that are wrong on purpose, and the interface that each side compares by its hash.
NOT_MUTATED = re.compile(
    r"csrc/(host|wrong_\w+|thread_local)\.c|csrc/include/toll\.h|csrc/(faults|wasm)/.*|rust/src/(simd/)?tests\.rs"
    r"|rust/tests/.*|.*_test\.go|goside/via/(faulty|goplugin|planted|start|stdout)/.*"
)
GENERATED = re.compile(r"goside/via/\w+/z\w+\.go")  # compared with its template by a test


class Wrong(Exception):
    """The mutant does not compile."""


class Unfit(Exception):
    """The tests that should see the mutant fail without it."""


class Same(Exception):
    """The mutant's object code is the original's."""


def group_of(path):
    for prefix, group in (
        ("csrc/", "c"),
        ("fortran/", "fortran"),
        ("rust/", "rust"),
        ("goside/conform/", "conform"),
        ("goside/measure/", "measure"),
        ("goside/via/", "via"),
    ):
        if path.startswith(prefix):
            return group
    return None


@functools.cache
def compiled_go(root):
    """The Go files that this machine compiles."""
    packages = go(
        root,
        "list",
        "-f",
        "{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}\n{{end}}{{range .CgoFiles}}{{$d}}/{{.}}\n{{end}}",
        "./goside/conform",
        "./goside/measure",
        "./goside/via/...",
    )
    return {str(Path(file).relative_to(root)) for file in packages.split()}


def files_of(what, root):
    """The sources of a group, a folder or a file."""
    found = []
    for folder, kinds in (
        ("csrc", "*.[ch]"),
        ("fortran", "*.f90"),
        ("rust/src", "*.rs"),
        ("goside/conform", "*.go"),
        ("goside/measure", "*.go"),
        ("goside/via", "*.go"),
    ):
        found += [str(file.relative_to(root)) for file in (root / folder).rglob(kinds)]
    found = [
        path
        for path in sorted(found)
        if not NOT_MUTATED.fullmatch(path)
        and not GENERATED.fullmatch(path)
        and (not path.endswith(".go") or path in compiled_go(root))
    ]
    if (root / "build" / "python").read_text().strip() == "none":
        found = [path for path in found if not path.startswith("goside/via/cpython/")]
    what = what.rstrip("/")
    return [path for path in found if what in (group_of(path), path) or path.startswith(what + "/")]


def go(root, *arguments, **more):
    return subprocess.run(["go", *arguments], cwd=root, stdout=subprocess.PIPE, text=True, check=True, **more).stdout


def digest(*data):
    h = hashlib.sha256()
    for part in data:
        h.update(part)
    return h.hexdigest()[:16]


def shell(command, cwd, env=None):
    """Runs a compiler; its failure is Wrong."""
    done = subprocess.run(
        command,
        check=False,
        cwd=cwd,
        env=env,
        shell=isinstance(command, str),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    if done.returncode != 0:
        raise Wrong(done.stdout.decode(errors="replace"))
    return done.stdout


class Tester:
    """Runs test programs of Go in a box, and says what failed."""

    def __init__(self, options, private):
        self.root, self.private = options.root, private
        as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
        self.box = [
            "unshare",
            *as_root,
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            str(Path(__file__).parent / "box.sh"),
            str(self.root),
            str(private),
        ]

    def run(self, program, folder, pattern, env, deadline):
        """Returns why the tests failed, or ""."""
        scratch = self.private / "tmp"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        env = {
            **os.environ,
            "BOX_FOLDER": str(self.root / folder),
            "TMPDIR": str(scratch),
            "GOTRACEBACK": "single",
            **env,
        }
        command = [
            *("choom", "-n", "1000", "--"),  # it is what is ended if memory runs out
            *("prlimit", "--core=0"),
            *self.box,
            program,
            f"-test.run={pattern}",
            "-test.failfast",
            f"-test.timeout={deadline:.0f}s",
        ]
        child = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        timer = threading.Timer(deadline + 5, os.killpg, (child.pid, signal.SIGKILL))
        timer.start()
        out = child.stdout.read().decode(errors="replace")
        code = child.wait()
        timer.cancel()
        if code == 0 and "testing: warning: no tests to run" in out:
            raise RuntimeError(f"no test matches {pattern}")
        if code == 0:
            return ""
        failed = re.findall(r"--- FAIL: (\S+)", out)
        if failed:
            return failed[-1]
        if code < 0 or "test timed out" in out:
            return "timeout"
        ended = re.search(r"^(fatal error: .*|panic: .*|SIG\w+.*|unexpected fault.*)$", out, re.M)
        return (
            ended.group(1)[:80]
            if ended
            else f"exit code {code}: {out.strip()[-80:]}".replace("\n", " ").replace("\t", " ")
        )

    def test(self, name, program, folder, pattern, env):
        """Returns the test that catches what the program was built from, or ""."""
        return self.run(program, folder, pattern, env, limits[name])

    def original(self, name, program, folder, pattern, env):
        """Sees that the tests pass without a mutant, and notes how long they take."""
        with limits_lock:
            if name in limits:
                return
            start = time.monotonic()
            failed = self.run(program, folder, pattern, env, 600)
            if failed:
                raise Unfit(f"{name} fails without a mutant: {failed}")
            limits[name] = 10 + 5 * (time.monotonic() - start)


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


class Native:
    """What the builders of the native languages share: a folder of libraries, and the suite's program."""

    def __init__(self, folder, options):
        self.options, self.root = options, options.root
        self.folder = fresh(folder)
        self.tester = Tester(options, folder)
        self.lib = folder / "lib"
        self.lib.mkdir()
        for file in (self.root / "build" / "lib").iterdir():
            (self.lib / file.name).symlink_to(file)
        (folder / "bin").symlink_to(self.root / "build" / "bin")
        self.conform = program(options, "./goside/conform")
        self.tested = set()

    def replace(self, name):
        """Makes a library the mutant's own."""
        (self.lib / name).unlink(missing_ok=True)
        return self.lib / name

    def restore(self, name):
        self.replace(name).symlink_to(self.root / "build" / "lib" / name)

    def tests(self, routes, kernel, host):
        """Tests of a library of kernels, the cheapest first."""
        env = {
            "TOLL_LIB": str(self.lib),
            "TOLL_ROUTES": routes,
            "TOLL_REQUIRE": routes,
            "TOLL_CASES": f"^({kernel})/" if kernel else "",
        }
        steps = [("^Test(Routes|Offered|Team)$", env), ("^Test(Concurrent|DisjointRanges)$", env)]
        if "simd" in routes and kernel in ("", "julia"):
            steps.append(("^Test(TunedJulia|Certificates)$", env))
        steps += [(f"^TestHost$/^{name}$", env) for name in host]
        return [(self.conform, "goside/conform", *step) for step in steps]

    def check(self, steps, mutant=True):
        for program_, folder, pattern, env in steps:
            name = f"{folder} {pattern} {env.get('TOLL_ROUTES')} {env.get('TOLL_CASES')} {env.get('TOLL_SIMD')}"
            if mutant:
                if found := self.tester.test(name, program_, folder, pattern, env):
                    return found
            else:
                self.tester.original(name, program_, folder, pattern, env)
        return ""


programs, program_lock = {}, threading.Lock()
limits, limits_lock = {}, threading.Lock()  # seconds that tests may take, by their command


def program(options, package):
    """The test program of a package as it is in the tree."""
    with program_lock:
        if package not in programs:
            made = options.out / (package.strip("./").replace("/", "-") + ".test")
            go(options.root, "test", "-vet=off", "-c", "-overlay", rungs(options), "-o", str(made), package)
            programs[package] = str(made)
        return programs[package]


def rungs(options):
    """An overlay in which routes of cgo alone, which links archives, open the shared library, as all others can."""
    registry, changed = options.root / "goside/registry/registry.go", options.out / "registry.go"
    text, count = re.subn(
        r'cgoRoute\(("c-simd-rung\d")\)', r'puregoRoute(\1, "libtoll_c_simd.so")', registry.read_text()
    )
    if count == 0:
        raise RuntimeError(f"{registry} has no rungs")
    changed.write_text(text)
    overlay = options.out / "overlay.json"
    overlay.write_text(json.dumps({"Replace": {str(registry): str(changed)}}))
    return str(overlay)


KERNELS = ("call", "diffusion", "julia", "ols", "transpose")


def kernel_of(path):
    stem = Path(path).stem
    return {"interchanged": "diffusion|ols", "certificate": "julia"}.get(stem, stem if stem in KERNELS else "")


class CMake(Native):
    """C and Fortran, by the commands of the build, in a copy of the sources and the objects."""

    def __init__(self, folder, options):
        super().__init__(folder, options)
        self.copy = [
            (self.root / "csrc", folder / "csrc"),
            (self.root / "fortran", folder / "fortran"),
            (self.root / "build" / "cmake", folder / "cmake"),
        ]
        for source, target in self.copy:
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.so", ".ninja*", "_deps", "*.wasm"))
        self.commands = commands(self.root)
        self.originals = {}

    def here(self, text):
        for source, target in [*self.copy, (self.root / "build" / "lib", self.lib)]:
            text = text.replace(str(source), str(target))
        return text

    @functools.cache  # noqa: B019 - there is one for each worker
    def units(self, path):
        """The libraries that a mutant of the file may be built into, as (library, objects, tests). It is built into the
        first whose objects change."""
        stem, units = Path(path).stem, []

        def add(library, pattern, steps):
            objects = [o for o in self.commands.objects if re.search(pattern, o) and path in self.commands.sources(o)]
            if objects:
                units.append((library, objects, steps))

        kernel = kernel_of(path)
        own = {"TOLL_LIB": str(self.lib)}
        if path.startswith("csrc/calls/") or path == "csrc/include/calls.h":
            add(
                "libtoll_calls.so",
                "/toll_calls_objects.dir/",
                [
                    (self.conform, "goside/conform", "^TestCalls$/^(purego|syscalln|libffi|trampoline)$", own),
                    (program(self.options, "./goside/via/purego"), "goside/via/purego", ".", own),
                ],
            )
        elif path.startswith("csrc/worker/"):
            routes = {
                **own,
                "TOLL_ROUTES": "c/process c/socket c/shm c/shm-spin",
                "TOLL_REQUIRE": "c/process c/socket c/shm c/shm-spin",
            }
            add(
                "toll-worker-c",
                "/toll-worker-c.dir/",
                [
                    (self.conform, "goside/conform", "^Test(Routes|Offered)$", routes),
                    (self.conform, "goside/conform", "^TestCallsBeside$", routes),
                    (program(self.options, "./goside/via/process"), "goside/via/process", ".", own),
                ],
            )
        elif path.startswith("csrc/limits/"):
            for level in ("avx512", "avx2", "baseline"):
                add(
                    f"libtoll_limits_{level}.so",
                    f"/toll_limits_{level}.dir/",
                    [
                        (
                            program(self.options, "./goside/study/limits"),
                            "goside/study/limits",
                            ".",
                            {**own, "TOLL_SIMD": level},
                        )
                    ],
                )
        elif path.startswith(("csrc/simd/", "fortran/simd/")):
            lang = "c" if path.startswith("csrc/") else "fortran"
            for level in ("avx2", "avx512", "baseline"):
                names = [f"simd-{level}"] + ["simd-rung1"] * (lang == "c")
                if kernel in ("", "call", "julia"):  # what these have, too
                    names += [f"simd-brute-{level}"] + ["simd-rung2"] * (lang == "c")
                routes = " ".join(f"{lang}-{name}/purego" for name in names)
                steps = self.tests(routes, kernel, [f"{lang}_simd"])
                add(
                    f"libtoll_{lang}_simd.so",
                    f"/toll_{lang}_simd_{level}(_kernels)?.dir/",
                    [(*step[:3], {**step[3], "TOLL_SIMD": level}) for step in steps],
                )
            add(
                f"libtoll_{lang}_simd.so",
                f"/toll_{lang}_simd_objects.dir/",
                [
                    *self.tests(f"{lang}-simd*/purego", "call", [f"{lang}_simd"]),
                    (program(self.options, "./goside/via/purego"), "goside/via/purego", "Level", own),
                ],
            )
        else:
            lang = "c" if path.startswith("csrc/") else "fortran"
            if stem != "openmp":
                add(f"libtoll_{lang}.so", f"/toll_{lang}_objects.dir/", self.tests(f"{lang}/purego", kernel, [lang]))
            add(
                f"libtoll_{lang}_omp.so",
                f"/toll_{lang}_omp_objects.dir/",
                self.tests(f"{lang}-omp/purego", kernel, [f"{lang}_omp"]),
            )
        if not units:
            raise RuntimeError(f"no library has {path}")
        return units

    def compile(self, output):
        """Compiles an object, and returns it with the modules that it writes."""
        for command in self.commands.objects[output]:
            shell(self.here(command), self.folder / "cmake")
        return (self.folder / "cmake" / output).read_bytes()

    def modules(self, objects):
        found = {}
        for output in objects:
            if folder := self.commands.modules(output):
                for file in sorted((self.folder / "cmake" / folder).glob("*.mod")):
                    found[str(file)] = file.read_bytes()
        return found

    def build(self, path, text):
        file = self.folder / path
        self.built = None
        for library, objects, steps in self.units(path):
            if (path, library, objects[0]) not in self.originals:  # from the same place, since some compilers note it
                self.originals[path, library, objects[0]] = {o: self.compile(o) for o in objects}, self.modules(objects)
            originals, modules = self.originals[path, library, objects[0]]
            file.write_text(text)
            changed = {}
            try:
                for output in objects:
                    made = self.compile(output)
                    if made != originals[output]:
                        changed[output] = made
                if self.modules(objects) != modules:
                    # What uses a module comes behind it.
                    all_objects = self.commands.link(library)[1]
                    folder = self.commands.modules(objects[0])
                    for output in all_objects[all_objects.index(objects[0]) + 1 :]:
                        if self.commands.modules(output) == folder:
                            before = (self.folder / "cmake" / output).read_bytes()
                            if self.compile(output) != before:
                                changed[output] = (self.folder / "cmake" / output).read_bytes()
                if changed:
                    self.check(steps, mutant=False)
                    self.replace(library)
                    try:
                        shell(self.here(self.commands.link(library)[0]), self.folder / "cmake")
                    except Wrong:
                        self.restore(library)
                        raise
                    self.built = library, steps
                    return digest(*changed.values())
            finally:
                shutil.copyfile(self.root / path, file)
                self.put_back(objects, originals, modules, library, changed)
        raise Same

    def put_back(self, objects, originals, modules, library, changed):
        for output in {*objects, *changed}:
            shutil.copyfile(self.root / "build" / "cmake" / output, self.folder / "cmake" / output)
        for name, data in modules.items():
            Path(name).write_bytes(data)

    def test(self, path):
        library, steps = self.built
        try:
            return self.check(steps)
        finally:
            self.restore(library)


class Commands:
    """The commands of the build, by what they make."""

    def __init__(self, root):
        self.root, self.cmake = root, root / "build" / "cmake"
        self.objects, self.links, self.known = {}, {}, {}
        listed = subprocess.run(
            ["ninja", "-C", str(self.cmake), "-t", "compdb"], stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        listed = listed[listed.index("[") :]
        preprocess = {}
        for entry in json.loads(listed):
            output, command = entry["output"], entry["command"]
            if output.endswith("-pp.f90"):
                preprocess[output] = command.split(" && ")[0]
            elif output.endswith(".o"):
                self.objects[output] = [command]
            elif Path(output).parent == root / "build" / "lib" and output.endswith((".so", "toll-worker-c")):
                self.links[Path(output).name] = command
        for output in self.objects:
            pp = output.removesuffix(".f90.o") + ".f90-pp.f90"
            if pp in preprocess:
                self.objects[output].insert(0, preprocess[pp])

    def link(self, library):
        command = self.links[library]
        return command, [word for word in shlex.split(command) if word.endswith(".o")]

    @functools.cache  # noqa: B019 - there is one
    def sources(self, output):
        """The sources of the tree that an object is made of."""
        words = shlex.split(" ".join(self.objects[output]))
        found = {word for word in words if word.startswith(f"{self.root}/") and Path(word).suffix in (".c", ".f90")}
        if output.endswith(".c.o"):
            listed = subprocess.run(
                ["ninja", "-C", str(self.cmake), "-t", "deps", output], stdout=subprocess.PIPE, text=True, check=True
            ).stdout
            found |= {
                os.path.normpath(self.cmake / line.strip()) for line in listed.splitlines() if line.startswith("    ")
            }
        return {str(Path(file).relative_to(self.root)) for file in found if file.startswith(f"{self.root}/")}

    def modules(self, output):
        """The folder of Fortran modules that an object is compiled with."""
        found = re.search(r" -J(\S+)", self.objects[output][-1])
        return found.group(1) if found else None


commands = functools.cache(Commands)


# The levels of the tuned kernels, by their types.
LEVELS = {"Baseline": "baseline", "Avx2": "avx2", "Avx512": "avx512"}


class Rust(Native):
    """The crate by rustc, without what a mutant has no part in: the tuned kernels, or all but one of their levels."""

    def __init__(self, folder, options):
        super().__init__(folder, options)
        self.crate = folder / "rust"
        self.original = {}
        deps = self.root / "build" / "rust" / "release" / "deps"
        newest = {name: max(deps.glob(f"lib{name}-*.rlib"), key=os.path.getmtime) for name in ("libc", "rayon")}
        arch = next(
            (
                line.split("=", 1)[1].strip()
                for line in (self.root / "build/cmake/CMakeCache.txt").read_text().splitlines()
                if line.startswith("TOLL_ARCH:")
            ),
            "",
        )
        # A line's number and column are in the message of a panic, and would make any two mutants differ.
        self.command = [
            "rustc",
            "--crate-name",
            "toll_rust",
            "--edition=2024",
            "rust/src/lib.rs",
            "--crate-type",
            "cdylib",
            "--cap-lints",
            "allow",
            "-C",
            "opt-level=3",
            "-C",
            "embed-bitcode=no",
            "-C",
            "codegen-units=1",
            "-C",
            "strip=debuginfo",
            "-Zlocation-detail=file",
            "-L",
            f"dependency={deps}",
            "-C",
            "link-arg=-Wl,-z,nodelete",
            *(["-C", f"target-cpu={arch}"] if arch else []),
            *(word for name, file in newest.items() for word in ("--extern", f"{name}={file}")),
        ]
        header = digest((self.root / "csrc/include/toll.h").read_bytes())
        self.env = {
            **os.environ,
            "RUSTC_BOOTSTRAP": "1",
            "TOLL_HEADER_HASH": header,
            "TOLL_COMPILER": "rustc of the mutants",
            "TOLL_FLAGS": "-C opt-level=3",
        }

    def tree(self, path, text, level):
        """Writes the crate with the mutant, and as little of the tuned kernels as it needs."""
        shutil.rmtree(self.crate, ignore_errors=True)
        shutil.copytree(self.root / "rust", self.crate)
        if path:
            (self.folder / path).write_text(text)
        lib, simd = self.crate / "src/lib.rs", self.crate / "src/simd/mod.rs"
        if level is None:
            lib.write_text(re.sub(r"(?m)^pub mod simd;$", "", lib.read_text()))
            return
        mod = re.sub(r"(?s)\nlanguage!\(par: .*?\);", "\n", simd.read_text())
        for other in LEVELS:
            if other != level:
                mod = re.sub(
                    rf"(return )?offered::<{other}>\(&\$module::\w+\(\)\[(\d)\]\)",
                    lambda m: (m.group(1) or "") + "null()",
                    mod,
                )
        simd.write_text(mod)

    def units(self, path):
        if not path.startswith("rust/src/simd/"):
            return [(None, self.tests("rust/purego rust-par/purego", kernel_of(path), ["rust", "rust_par"]))]
        levels = {"portable": ["Baseline"], "x86": ["Avx2", "Avx512"]}.get(Path(path).stem, ["Avx2"])
        names = ["simd", "simd-brute"] if kernel_of(path) in ("", "julia") else ["simd"]
        routes = {level: " ".join(f"rust-{name}-{LEVELS[level]}/purego" for name in names) for level in levels}
        return [(level, self.tests(routes[level], kernel_of(path), [])) for level in levels]

    def compile(self, path, text, level):
        self.tree(path, text, level)
        target = self.replace("libtoll_rust.so")
        try:
            shell([*self.command, "-o", str(target)], self.folder, self.env)
            return target.read_bytes()
        except Wrong:
            self.restore("libtoll_rust.so")
            raise

    def build(self, path, text):
        self.built = None
        for level, steps in self.units(path):
            if level not in self.original:
                self.original[level] = self.compile(None, None, level)
            made = self.compile(path, text, level)
            if made != self.original[level]:
                self.restore("libtoll_rust.so")
                self.check(steps, mutant=False)
                self.replace("libtoll_rust.so").write_bytes(made)
                self.built = steps
                return digest(made)
        self.restore("libtoll_rust.so")
        raise Same

    def test(self, path):
        try:
            return self.check(self.built)
        finally:
            self.restore("libtoll_rust.so")


# The conformance of each package of via: routes, and crossings of TestCalls.
ROUTES = {
    "abi": ("c/purego c/cgo rust/trampoline", "purego"),
    "cgo": ("c/cgo rust-par/cgo", "cgo"),
    "cpython": ("capi/cpython python/cpython", ""),
    "direct": ("go/direct gonum/direct", "direct"),
    "dl": ("c/purego c/trampoline", "purego|trampoline|libffi"),
    "handle": ("c/purego", "purego|cgo|trampoline|libffi"),
    "libffi": ("c/purego", "libffi"),
    "mem": ("c/purego c/process c/shm c/shm-spin c/wasm", "purego|cgo"),
    "netlib": ("*/netlib", ""),
    "process": ("c/process c/socket c/shm c/shm-spin go/process go/shm", ""),
    "purego": ("c/purego c/syscalln", "purego|syscalln"),
    "thread": ("c/purego c-omp/cgo", ""),
    "trampoline": ("c/trampoline rust-par/trampoline", "trampoline"),
    "wasm": ("c/wasm rust/wasm", "wasm"),
}
VETTED = "-atomic -bool -buildtags -directive -errorsas -ifaceassert -nilfunc -printf -stringintconv -tests".split()
SUITE = "Routes|Offered|Team|DisjointRanges|Memory"


class Go:
    """Packages of Go, by an overlay."""

    def __init__(self, folder, options):
        self.options, self.root = options, options.root
        self.folder = fresh(folder)
        self.tester = Tester(options, folder)
        self.lib = self.root / "build" / "lib"
        self.original, self.checked = {}, set()

    def steps(self, path):
        """Packages whose tests see a mutant, and which of them, the cheapest first."""
        package = str(Path(path).parent)
        own = {"TOLL_LIB": str(self.lib)}
        if package == "goside/conform":
            routes = {**own, "TOLL_ROUTES": "go/direct c/cgo c/purego lapack/netlib", "TOLL_REQUIRE": "go/direct c/cgo"}
            return [
                (package, "^Test(CallMutants|Reason|Watch|Stopped|MutantChecks)$", own),
                (package, "^Test(Routes|Concurrent)$", {**routes, "TOLL_CASES": "^(call|ols|transpose)/"}),
                (package, "^TestMutants.*$", own),
                (package, "^Test(Routes|Calls|MutantFusedLibrary|.*Environment|Memory)$", routes),
            ]
        steps = []
        if any((self.root / package).glob("*_test.go")):
            steps.append((package, ".", own))
        via = package.removeprefix("goside/via/")
        if via in ROUTES:
            routes, crossings = ROUTES[via]
            env = {**own, "TOLL_ROUTES": routes, "TOLL_REQUIRE": routes}
            steps.append(("goside/conform", f"^Test({SUITE})$", env))
            if crossings:
                steps.append(("goside/conform", f"^TestCalls$/^({crossings})$", env))
        if via == "thread":
            steps.append(("goside/conform", "^Test(.*Environment|PoolsEnd)$", env))
        if via == "process":
            steps.append(("goside/conform", "^TestCallsBeside$", env))
            if (self.root / "build" / "python").read_text().strip() != "none":
                python = {
                    **own,
                    "TOLL_ROUTES": "python/process",
                    "TOLL_REQUIRE": "python/process",
                    "TOLL_CASES": "^call/",
                }
                steps.append(("goside/conform", "^TestRoutes$", python))
        more = {"abi": "goside/via/purego", "limits": "goside/study/limits", "perf": "goside/study/limits"}
        if via in more:
            steps.append((more[via], ".", own))
        return steps

    def object(self, path, overlay):
        """The code that is linked, without what says how it was made."""
        package = "./" + str(Path(path).parent)
        arguments = ["-overlay", overlay] if overlay else []
        done = subprocess.run(
            ["go", "list", "-export", "-f", "{{.Export}}", *arguments, package],
            check=False,
            cwd=self.root,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0 or not done.stdout.strip():
            raise Wrong(done.stderr)
        data = Path(done.stdout.strip()).read_bytes()
        members, at = [], len(b"!<arch>\n")
        while at < len(data):
            name, size = data[at : at + 16].strip(), int(data[at + 48 : at + 58])
            body = data[at + 60 : at + 60 + size]
            at += 60 + size + size % 2
            if name == b"__.PKGDEF":  # names, types, and where they stand
                continue
            if name == b"_go_.o":
                _, _, code = body.partition(b"\n!\n")
                body = code[:8] + code[16:]  # magic, and then the fingerprint of what is left out above
            members.append(body)
        return digest(*members)

    def build(self, path, text):
        file = self.folder / "mutant.go"
        file.write_text(text)
        overlay = self.folder / "overlay.json"
        overlay.write_text(json.dumps({"Replace": {str(self.root / path): str(file)}}))
        self.overlay = str(overlay)
        package = str(Path(path).parent)
        if package not in self.original:
            self.original[package] = self.object(path, None)
        made = self.object(path, self.overlay)
        if made == self.original[package]:
            raise Same
        if package not in self.checked:
            for step in self.steps(path):
                self.tester.original(self.name(step), program(self.options, "./" + step[0]), *step)
            self.checked.add(package)
        return made

    @staticmethod
    def name(step):
        return f"{step[0]} {step[1]} {step[2].get('TOLL_ROUTES')} {step[2].get('TOLL_CASES')}"

    def test(self, path):
        built = {}
        for step in self.steps(path):
            if step[0] not in built:
                built[step[0]] = str(self.folder / "mutant.test")
                done = subprocess.run(
                    ["go", "test", "-vet=off", "-c", "-overlay", self.overlay, "-o", built[step[0]], "./" + step[0]],
                    check=False,
                    cwd=self.root,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
                if done.returncode != 0:
                    return "its test does not compile"
            if found := self.tester.test(self.name(step), built[step[0]], *step):
                return found
            if len({s[0] for s in self.steps(path)}) > 1 and step[0] != "goside/conform":
                built.clear()  # one program at a time is kept
        # What `go test` has vet look at: the programs above are built without it, since most mutants need no such look.
        vet = subprocess.run(
            ["go", "vet", "-overlay", self.overlay, *VETTED, "./" + str(Path(path).parent)],
            check=False,
            cwd=self.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return "vet" if vet.returncode != 0 else ""


def builder(group, folder, options):
    return {"c": CMake, "fortran": CMake, "rust": Rust}.get(group, Go)(folder, options)
