// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo && unix

package goside

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A tree is a copy of the sources; the scripts may build in it.
type tree struct {
	dir string
}

// copyTree copies the sources below root, without build outputs.
func copyTree(t *testing.T, root, dir string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, rel)
		switch {
		case rel == "build" || rel == ".git" || entry.Name() == "__pycache__":
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case entry.IsDir():
			return os.MkdirAll(to, 0o755)
		case entry.Type() == fs.ModeSymlink:
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(target, to)
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// environment returns this process's environment, without the variables that a test of the scripts sets, and then the
// given ones.
func environment(set ...string) []string {
	own := []string{"BASH_ENV=", "CDPATH=", "CFLAGS=", "CGO_CFLAGS=", "CGO_LDFLAGS=", "FFLAGS=", "GOFLAGS=", "LDFLAGS=", "RUSTFLAGS=",
		"TMPDIR=", "TOLL_", "CARGO_BUILD_", "CARGO_ENCODED_RUSTFLAGS=", "CARGO_TARGET_DIR=", "GIT_", "PIP_", "PWD="}
	env := slices.DeleteFunc(os.Environ(), func(s string) bool {
		return slices.ContainsFunc(own, func(prefix string) bool { return strings.HasPrefix(s, prefix) })
	})
	return append(append(env, "TOLL_PYTHON=none"), set...)
}

// run runs the command in dir, in the environment with set, and returns its output.
func run(t *testing.T, dir string, set []string, command ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = environment(set...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// must is run that fails the test if the command fails.
func must(t *testing.T, dir string, set []string, command ...string) string {
	t.Helper()
	out, err := run(t, dir, set, command...)
	if err != nil {
		t.Fatalf("%s in %s: %v\n%s", command, dir, err, out)
	}
	return out
}

// toll is the command that the scripts build last.
func (b tree) toll() string { return filepath.Join(b.dir, "build", "bin", "toll") }

// makes runs the command, and fails the test unless it makes the file in this tree.
func makes(t *testing.T, file, dir string, set []string, command ...string) string {
	t.Helper()
	if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	out := must(t, dir, set, command...)
	if _, err := os.Stat(file); err != nil {
		t.Fatalf("%s in %s is successful, but %v\n%s", command, dir, err, out)
	}
	return out
}

// revision returns the revision that toll prints.
func (b tree) revision(t *testing.T) string {
	t.Helper()
	info, err := buildinfo.ReadFile(b.toll())
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range info.Settings {
		if _, value, found := strings.Cut(setting.Value, "-X toll/goside/study.Revision="); found && setting.Key == "-ldflags" {
			return value
		}
	}
	t.Fatalf("%s was built without a revision: %v", b.toll(), info.Settings)
	return ""
}

// refuses fails the test unless the command fails and its output has all of the words.
func refuses(t *testing.T, dir string, set, command []string, words ...string) {
	t.Helper()
	out, err := run(t, dir, set, command...)
	if err == nil {
		t.Errorf("%s with %q is successful, want it refused", command, set)
	}
	for _, word := range words {
		if !strings.Contains(out, word) {
			t.Errorf("%s with %q does not say %q:\n%s", command, set, word, out)
		}
	}
}

// TestScripts builds a copy in environments that users have. The copy lies in another repository, is no repository at
// first, and is moved at the end.
func TestScripts(t *testing.T) {
	outer, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := tree{filepath.Join(outer, "toll")}
	copyTree(t, root, b.dir)
	git := []string{"git", "-c", "user.name=Toll", "-c", "user.email=toll@localhost"}
	commit := append(slices.Clone(git), "commit", "--quiet", "--allow-empty", "--message=First")
	must(t, outer, nil, "git", "init", "--quiet")
	must(t, outer, nil, commit...)
	const build = "scripts/build.sh"
	// The compiler's default; a build uses it only if told to.
	must(t, b.dir, nil, build, "-DTOLL_ARCH=")

	t.Run("revision", func(t *testing.T) {
		if got := b.revision(t); got != "unknown" {
			t.Errorf("in another repository toll says revision %q, want unknown", got)
		}
		must(t, b.dir, nil, "git", "init", "--quiet")
		must(t, b.dir, nil, commit...)
		want := strings.TrimSpace(must(t, b.dir, nil, "git", "rev-parse", "--short", "HEAD"))
		makes(t, b.toll(), b.dir, []string{"GIT_DIR=" + filepath.Join(outer, ".git"), "GIT_WORK_TREE=" + outer}, build)
		if got := b.revision(t); got != want {
			t.Errorf("in a hook of another repository toll says revision %q, want %q", got, want)
		}
	})

	t.Run("shell", func(t *testing.T) { testShell(t, b) })

	t.Run("workspaces", func(t *testing.T) {
		for name, text := range map[string]string{"go.work": "go 1.26\n", "Cargo.toml": "[workspace]\n"} {
			path := filepath.Join(outer, name)
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			defer os.Remove(path)
		}
		makes(t, b.toll(), b.dir, []string{"GOFLAGS=-mod=vendor"}, build)
	})

	t.Run("refused", func(t *testing.T) {
		refuses(t, b.dir, []string{"TMPDIR=" + filepath.Join(outer, "nowhere")}, []string{build}, "build.sh: TMPDIR", "nowhere")
		refuses(t, b.dir, []string{"TMPDIR=."}, []string{build}, "build.sh: TMPDIR")
		refuses(t, b.dir, []string{"CGO_LDFLAGS=-O2 -ffast-math"}, []string{build}, "CGO_LDFLAGS", "-ffast-math")
		refuses(t, b.dir, []string{`CGO_CFLAGS="-Ofast"`}, []string{build}, "CGO_CFLAGS", "-Ofast")
		refuses(t, b.dir, nil, []string{build, "-DCMAKE_C_FLAGS=-O2 -funsafe-math-optimizations"}, "CMAKE_C_FLAGS", "-funsafe-math")
		must(t, b.dir, nil, build, "-DCMAKE_C_FLAGS=")
		occupied := filepath.Join(outer, "occupied")
		copyTree(t, filepath.Join(b.dir, "scripts"), filepath.Join(occupied, "scripts"))
		if err := os.WriteFile(filepath.Join(occupied, "build"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"setup.sh", "build.sh", "test.sh", "bench.sh", "lint.sh"} {
			refuses(t, occupied, nil, []string{filepath.Join("scripts", name)}, name+": want a folder that can be written to", occupied)
		}
		for _, odd := range []string{`"`, "'", "$", ";", ":", "#", "%", "&", "*", "(", "[", "\\", "`", "<", "|", "?", "\n"} {
			dir := filepath.Join(outer, "a"+odd+"b")
			copyTree(t, filepath.Join(b.dir, "scripts"), filepath.Join(dir, "scripts"))
			refuses(t, dir, nil, []string{build}, "build.sh: the path of this folder")
			if _, err := os.Stat(filepath.Join(dir, "build")); err == nil {
				t.Errorf("in %q something was built before the path was refused", dir)
			}
		}
	})

	t.Run("TOLL_LIB", func(t *testing.T) {
		out := makes(t, b.toll(), b.dir, []string{"TOLL_LIB=/nowhere"}, filepath.Join("scripts", "bench.sh"), "--help")
		if want := "bench.sh: TOLL_LIB is '/nowhere'"; !strings.Contains(out, want) {
			t.Errorf("bench.sh does not say %q:\n%s", want, out)
		}
	})

	t.Run("cargo", func(t *testing.T) { testCargo(t, b, build) })

	t.Run("pip", func(t *testing.T) { testPip(t, b, build) })

	t.Run("moved", func(t *testing.T) {
		moved := tree{filepath.Join(outer, "a, é=b@~+c")}
		if err := os.Rename(b.dir, moved.dir); err != nil {
			t.Fatal(err)
		}
		interrupt(t, moved, build)
		out := makes(t, moved.toll(), moved.dir, []string{"CFLAGS=-ffast-math", "FFLAGS=-Ofast", "LDFLAGS=-ffast-math"}, build)
		for _, want := range []string{"build.sh: CFLAGS is", "build.sh: FFLAGS is", "build.sh: LDFLAGS is"} {
			if !strings.Contains(out, want) {
				t.Errorf("build.sh does not say %q:\n%s", want, out)
			}
		}
		for _, lib := range []string{"libtoll_c.so", "libtoll_fortran.so"} {
			path := filepath.Join(moved.dir, "build", "lib", lib)
			symbols := symbols(t, path)
			if slices.Contains(symbols, "set_fast_math") {
				t.Errorf("%s makes the process flush to zero when it is opened", path)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(text, []byte("fast-math")) || bytes.Contains(text, []byte("-Ofast")) || !bytes.Contains(text, []byte("-ffp-contract=off")) {
				t.Errorf("%s has not Toll's own flags", path)
			}
			if bytes.Contains(text, []byte("-march=")) {
				t.Errorf("%s is compiled for this machine, want the default, which was chosen before the move", path)
			}
		}
		if out := must(t, moved.dir, nil, moved.toll(), "verify", "--kernel", "call", "--route", "*/purego"); !strings.Contains(out, " 0 failed") {
			t.Errorf("in %s some routes fail:\n%s", moved.dir, out)
		}
	})
}

// testShell runs the shortest script as users' shells do. All scripts begin alike.
func testShell(t *testing.T, b tree) {
	const marker = ". scripts/environment.sh\n"
	heads := map[string][]string{}
	for _, name := range []string{"setup.sh", "build.sh", "lint.sh", "test.sh", "bench.sh"} {
		head, _, found := strings.Cut(string(read(t, filepath.Join("scripts", name))), marker)
		if !found {
			t.Errorf("%s does not read the environment: want the line %q", name, marker)
		}
		// Behind the head comment.
		lines := strings.Split(head, "\n")
		lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "#") })
		head = strings.Join(lines, "\n")
		heads[head] = append(heads[head], name)
	}
	if len(heads) != 1 {
		t.Errorf("the scripts begin in %d ways, want all alike: %q", len(heads), heads)
	}

	elsewhere := t.TempDir()
	if err := os.Mkdir(filepath.Join(elsewhere, "scripts"), 0o755); err != nil {
		t.Fatal(err)
	}
	setup := filepath.Join("scripts", "setup.sh")
	link := filepath.Join(elsewhere, "link")
	if err := os.Symlink(filepath.Join(b.dir, setup), link); err != nil {
		t.Fatal(err)
	}
	profile := filepath.Join(elsewhere, "profile")
	if err := os.WriteFile(profile, []byte("set -o noclobber\ncd() { builtin cd /; }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, of := range map[string]struct {
		dir     string
		set     []string
		command []string
	}{
		"CDPATH":            {b.dir, []string{"CDPATH=" + elsewhere}, []string{setup}},
		"BASH_ENV":          {b.dir, []string{"BASH_ENV=" + profile}, []string{setup}},
		"exported function": {b.dir, []string{"BASH_FUNC_cd%%=() { builtin cd /; }"}, []string{setup}},
		"sh":                {b.dir, nil, []string{"sh", setup}},
		"symbolic link":     {elsewhere, nil, []string{link}},
		"POSIX":             {b.dir, []string{"POSIXLY_CORRECT=1", "LC_ALL=tr_TR"}, []string{"bash", "--posix", setup}},
	} {
		t.Run(name, func(t *testing.T) {
			makes(t, filepath.Join(b.dir, "build", "python"), of.dir, of.set, of.command...)
		})
	}
	t.Run("umask", func(t *testing.T) {
		makes(t, b.toll(), b.dir, nil, "bash", "-c", "umask 0111; exec scripts/build.sh")
		must(t, b.dir, nil, b.toll(), "help")
	})
}

// symbols returns the names of all symbols of the file.
func symbols(t *testing.T, path string) []string {
	t.Helper()
	file, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := file.Symbols()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	names := make([]string, len(all))
	for i, symbol := range all {
		names[i] = symbol.Name
	}
	return names
}

// interrupt starts the build, and kills it with all its children once it compiles.
func interrupt(t *testing.T, b tree, build string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), build)
	cmd.Dir, cmd.Env = b.dir, environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		objects, err := filepath.Glob(filepath.Join(b.dir, "build", "cmake", "csrc", "CMakeFiles", "*", "*.o"))
		if err != nil {
			t.Fatal(err)
		}
		if len(objects) > 0 {
			break
		}
		select {
		case err := <-ended:
			t.Fatalf("%s in %s ends before it compiles: %v", build, b.dir, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s in %s was killed: %v", build, b.dir, <-ended)
}

// testCargo edits the crate, and builds with cargo settings that move the library or change how it is compiled.
func testCargo(t *testing.T, b tree, build string) {
	rustc := must(t, b.dir, nil, "rustc", "-vV")
	_, host, found := strings.Cut(rustc, "host: ")
	if !found {
		t.Fatalf("rustc -vV names no host:\n%s", rustc)
	}
	host, _, _ = strings.Cut(host, "\n")
	source := filepath.Join(b.dir, "rust", "build.rs")
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	for mark, set := range map[string][]string{
		"variables": {"CARGO_BUILD_TARGET=" + host, "CARGO_TARGET_DIR=" + t.TempDir(),
			"CARGO_ENCODED_RUSTFLAGS=-Copt-level=1", "CARGO_PROFILE_RELEASE_OPT_LEVEL=2"},
		"files": nil,
	} {
		config := filepath.Join(b.dir, ".cargo", "config.toml")
		if set == nil {
			settings := fmt.Sprintf("[build]\ntarget = %q\ntarget-dir = %q\nrustflags = [\"-Copt-level=1\"]\n[profile.release]\nopt-level = 2\n", host, t.TempDir())
			if err := os.MkdirAll(filepath.Dir(config), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(config, []byte(settings), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		// The build that the table describes.
		edited := strings.Replace(string(text), "-C opt-level={level}", mark+" -C opt-level={level}", 1)
		if edited == string(text) {
			t.Fatalf("%s has no opt-level, want another edit here", source)
		}
		if err := os.WriteFile(source, []byte(edited), 0o644); err != nil {
			t.Fatal(err)
		}
		makes(t, b.toll(), b.dir, set, build)
		for _, name := range []string{"libtoll_rust.so", "libtoll_rust.a"} {
			library, err := os.ReadFile(filepath.Join(b.dir, "build", "lib", name))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(library, []byte(mark+" -C opt-level=3")) {
				t.Errorf("with cargo's settings in %s, %s is not of the edited crate with its own profile", mark, name)
			}
			if bytes.Contains(library, []byte("-Copt-level=1")) {
				t.Errorf("with cargo's settings in %s, %s is compiled with their flags", mark, name)
			}
		}
		if err := os.RemoveAll(config); err != nil {
			t.Fatal(err)
		}
	}
}

// testPip makes the virtual environment with pip settings that install elsewhere. It installs a package named meson
// from a folder that the settings also name; that package ends the build where Meson would continue it.
func testPip(t *testing.T, b tree, build string) {
	python, err := os.ReadFile(filepath.Join(root, "build", "python"))
	interpreter, _, _ := strings.Cut(string(python), " ")
	if err != nil || strings.TrimSpace(interpreter) == "none" {
		t.Log("this build leaves out the Python side, and pip with it")
		return
	}
	wheels, elsewhere := t.TempDir(), t.TempDir()
	var wheel bytes.Buffer
	zipped := zip.NewWriter(&wheel)
	const ending = "this Meson is the test's"
	for _, file := range []struct{ name, text string }{
		{"meson-1.data/scripts/meson", "#!python\nimport sys\nsys.exit(\"" + ending + "\")\n"},
		{"meson-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: meson\nVersion: 1\n"},
		{"meson-1.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: toll\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{"meson-1.dist-info/RECORD", "meson-1.data/scripts/meson,,\nmeson-1.dist-info/METADATA,,\nmeson-1.dist-info/WHEEL,,\nmeson-1.dist-info/RECORD,,\n"},
	} {
		header := &zip.FileHeader{Name: file.name}
		header.SetMode(0o755)
		w, err := zipped.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(file.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		filepath.Join(wheels, "meson-1-py3-none-any.whl"):       wheel.String(),
		filepath.Join(elsewhere, "pip.conf"):                    "[global]\nno-index = yes\n[install]\nuser = yes\nfind-links = " + wheels + "\n",
		filepath.Join(b.dir, "cpython-ext", "requirements.txt"): fmt.Sprintf("meson==1 --hash=sha256:%x\n", sha256.Sum256(wheel.Bytes())),
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, set := range map[string][]string{
		"variables": {"PIP_USER=1", "PIP_TARGET=" + filepath.Join(elsewhere, "lib"), "PIP_NO_INDEX=1", "PIP_FIND_LINKS=" + wheels},
		"file":      {"PIP_CONFIG_FILE=" + filepath.Join(elsewhere, "pip.conf"), "PYTHONHOME=" + elsewhere, "DESTDIR=" + elsewhere},
	} {
		if err := os.RemoveAll(filepath.Join(b.dir, "build", "venv")); err != nil {
			t.Fatal(err)
		}
		out, err := run(t, b.dir, append(set, "TOLL_PYTHON="+interpreter), build)
		if err == nil || !strings.Contains(out, ending) {
			t.Errorf("with pip's settings in %s, build.sh does not find what pip installs (%v):\n%s", name, err, out)
		}
	}
}
