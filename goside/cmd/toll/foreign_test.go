// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build linux

package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/seam"
	"toll/goside/study/studytest"
)

// markVariable names the file that foreign code writes when it is loaded or run.
const markVariable = "TOLL_TEST_MARK"

// poison is a library that says that it was loaded.
const poison = `#include <stdio.h>
#include <stdlib.h>
__attribute__((constructor)) static void loaded(void) {
    FILE *mark = fopen(getenv("` + markVariable + `"), "a");
    if (mark) {
        fputs("a library\n", mark);
        fclose(mark);
    }
}
`

// poisonPython is a module and poisonProgram a program that do the same.
const (
	poisonPython  = "import os\nwith open(os.environ['" + markVariable + "'], 'a') as mark:\n    mark.write(__file__ + '\\n')\n"
	poisonProgram = "#!/bin/sh\necho \"$0\" >>\"$" + markVariable + "\"\n"
)

// plant writes a file, and the folders above it.
func plant(t *testing.T, path string, text []byte, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, mode); err != nil {
		t.Fatal(err)
	}
}

// foreignTree is somebody else's checkout, in which all that Toll loads or runs writes the mark.
func foreignTree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	source, library := filepath.Join(dir, "poison.c"), filepath.Join(dir, "poison.so")
	plant(t, source, []byte(poison), 0o644)
	if out, err := exec.Command("cc", "-shared", "-fPIC", "-o", library, source).CombinedOutput(); err != nil {
		studytest.Available(t, errors.Join(seam.ErrUnavailable, err, errors.New(string(out))))
	}
	code, err := os.ReadFile(library)
	if err != nil {
		t.Fatal(err)
	}
	tree := filepath.Join(dir, "tree")
	plant(t, filepath.Join(tree, "go.mod"), []byte("module toll\n"), 0o644)
	for _, lang := range []string{"c", "c_omp", "c_simd", "c_simd_omp", "fortran", "fortran_omp", "fortran_simd", "rust", "calls", "py",
		"limits_baseline", "limits_avx2", "limits_avx512"} {
		for _, folder := range []string{"build/lib", "lib", "."} {
			plant(t, filepath.Join(tree, folder, "libtoll_"+lang+".so"), code, 0o755)
		}
	}
	for _, system := range []string{"libffi.so.8", "libm.so.6", "libgomp.so.1"} {
		plant(t, filepath.Join(tree, system), code, 0o755)
	}
	for _, module := range []string{"toll_c", "toll_c_simd128", "toll_rust"} {
		plant(t, filepath.Join(tree, "build", "lib", module+".wasm"), []byte("\x00asm\x01\x00\x00\x00"), 0o644)
	}
	for _, program := range []string{"build/lib/toll-worker-c", "build/lib/toll-worker-go", "build/lib/toll-goplugin", "build/venv/bin/python",
		"valgrind", "go", "gcc", "pypy3"} {
		plant(t, filepath.Join(tree, program), []byte(poisonProgram), 0o755)
	}
	for _, module := range []string{"toll/__init__.py", "toll/_worker.py", "toll/ctypes.py", "numpy.py", "sitecustomize.py", "usercustomize.py", "_loops.py"} {
		plant(t, filepath.Join(tree, "build", "venv", "lib", "python3.11", "site-packages", module), []byte(poisonPython), 0o644)
		plant(t, filepath.Join(tree, module), []byte(poisonPython), 0o644)
	}
	for _, below := range []string{"goside/cmd/toll", "sub/sub"} {
		plant(t, filepath.Join(tree, below, "main.go"), []byte("package main\n"), 0o644)
	}
	return tree
}

// installed copies the command to a folder, as somebody does who installs it.
func installed(t *testing.T, to string) {
	t.Helper()
	text, err := os.ReadFile(build(t))
	if err != nil {
		t.Fatal(err)
	}
	plant(t, to, text, 0o755)
}

// standing runs the command in a folder, where foreign code writes mark, and returns its exit code and what it prints.
func standing(t *testing.T, toll, folder, mark, lib string, args ...string) (code int, out string) {
	t.Helper()
	cmd := exec.Command(toll, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "TOLL_LIB="+lib, markVariable+"="+mark)
	var shown bytes.Buffer
	cmd.Stdout, cmd.Stderr = &shown, &shown
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), shown.String()
}

// unmarked fails the test if foreign code ran.
func unmarked(t *testing.T, mark, what string) {
	t.Helper()
	if text, err := os.ReadFile(mark); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s ran foreign code (%v): %s", what, err, text)
		_ = os.Remove(mark)
	}
}

// TestForeignTree runs the command, installed outside of any tree, in somebody else's checkout: nothing of that is loaded or run.
func TestForeignTree(t *testing.T) {
	tree := foreignTree(t)
	mark := filepath.Join(t.TempDir(), "mark")
	toll := filepath.Join(t.TempDir(), "bin", "toll")
	installed(t, toll)
	_, want := standing(t, toll, t.TempDir(), mark, "", "list")
	for _, folder := range []string{".", "sub/sub", "build/lib"} {
		at := filepath.Join(tree, folder)
		if _, out := standing(t, toll, at, mark, "", "list"); out != want {
			t.Errorf("in %s of a foreign tree the routes are\n%s\nwant, as elsewhere,\n%s", folder, out, want)
		}
		for _, args := range [][]string{
			{"verify", "--route", "c/purego,c/trampoline,c/wasm,c/process,go/process,python/process,pypy/process,ctypes/cpython"},
			{"advise"},
			{"try", "libm.so.6", "--sig", "double hypot(double x, double y)", "--quick"},
		} {
			if code, out := standing(t, toll, at, mark, "", args...); code != exitUnavailable {
				t.Errorf("toll %s in %s of a foreign tree ends with %d, want %d:\n%s", strings.Join(args, " "), folder, code, exitUnavailable, out)
			}
			unmarked(t, mark, "toll "+strings.Join(args, " ")+" in "+folder)
		}
		unmarked(t, mark, "toll list in "+folder)
	}
}

// TestForeignTreeWithLibraries runs the command with libraries of its own in somebody else's checkout: by each crossing that
// loads or starts something it uses those.
func TestForeignTreeWithLibraries(t *testing.T) {
	path, err := seam.FindLibrary("libtoll_c.so")
	studytest.Available(t, err)
	lib := filepath.Dir(path)
	tree := foreignTree(t)
	mark := filepath.Join(t.TempDir(), "mark")
	toll := build(t)
	for _, args := range [][]string{
		{"child", "opening", "c", "purego"},
		{"child", "opening", "c", "trampoline"},
		{"child", "opening", "c", "libffi"},
		{"child", "opening", "c", "wasm"},
		{"child", "opening", "c", "process"},
		{"child", "opening", "go", "socket"},
		{"child", "opening", "python", "process"},
		{"verify", "--kernel", "ols", "--route", "ctypes/cpython"},
	} {
		what := "toll " + strings.Join(args, " ")
		code, out := standing(t, toll, tree, mark, lib, args...)
		without := code == exitUnavailable && (os.Getenv("TOLL_REQUIRE") == "" || strings.Contains(what, "python"))
		if code != 0 && !without {
			t.Errorf("%s in a foreign tree ends with %d:\n%s", what, code, out)
		}
		unmarked(t, mark, what)
	}
	relative, err := filepath.Rel(tree, lib)
	if err != nil {
		t.Fatal(err)
	}
	// To the worker, a relative path would mean another folder.
	if code, out := standing(t, toll, tree, mark, relative, "child", "opening", "c", "process"); code != 0 {
		t.Errorf("with TOLL_LIB=%s it ends with %d:\n%s", relative, code, out)
	}
}

// TestSharedFolder runs the command in a folder of one like /tmp, where anybody may make a folder lib beside it.
func TestSharedFolder(t *testing.T) {
	tree := foreignTree(t)
	mark := filepath.Join(t.TempDir(), "mark")
	toll := filepath.Join(tree, "mine", "toll")
	installed(t, toll)
	code, out := standing(t, toll, "/", mark, "", "verify", "--route", "c/purego")
	if text, _ := os.ReadFile(mark); code == 0 || len(text) == 0 {
		t.Fatalf("a library beside the program's folder is not loaded, so that this test sees nothing: %d, %s", code, out)
	}
	if err := os.Remove(mark); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(tree, 0o777|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	code, out = standing(t, toll, "/", mark, "", "verify", "--route", "c/purego")
	if code != exitUnavailable || !strings.Contains(out, "everybody may create files in "+tree) {
		t.Errorf("it ends with %d, want %d and why:\n%s", code, exitUnavailable, out)
	}
	unmarked(t, mark, "toll beside a shared folder")
}
