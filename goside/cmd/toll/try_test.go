// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/page/pagetest"
	"toll/goside/seam"
	"toll/goside/study/studytest"
)

// TestTryUsage: what is wrong is said before anything is built, and is a mistake in the use.
func TestTryUsage(t *testing.T) {
	const cos = "double cos(double x)"
	for want, args := range map[string][]string{
		"no library is named":       {},
		"want none":                 {"--init", "example", "libm.so.6"},
		"none.so":                   {"./none.so", "f"},
		"cosine":                    {"libm.so.6", "cosine"},
		"budget, column 1":          {"libm.so.6", "--sig", cos, "--budget", "p99"},
		"goroutines is":             {"libm.so.6", "--sig", cos, "--goroutines", "1,x"},
		"time-limit is 0s":          {"libm.so.6", "--sig", cos, "--time-limit", "0"},
		"fail-over is":              {"libm.so.6", "--sig", cos, "--fail-over", "5"},
		"none.txt":                  {"libm.so.6", "--sig", cos, "--against", "none.txt"},
		"x is many":                 {"libm.so.6", "--sig", cos, "--arg", "x=many"},
		"if any flags in the group": {"libm.so.6", "--sig", cos, "--json", "--markdown"},
	} {
		root := newRoot(&bytes.Buffer{})
		root.SetArgs(append([]string{"try"}, args...))
		err := execute(root, func() {})
		if err == nil || !strings.Contains(err.Error(), want) || exitCode(err, nil) != exitUsage {
			t.Errorf("%q: error %v, want one of usage that says %q", args, err, want)
		}
	}
}

// functions are tried together: one that holds, and others that do not.
const functions = `
#include <stdint.h>
#include <stdlib.h>
double sum(const double *p, int64_t n) { double s = 0; for (int64_t k = 0; k < n; k++) s += p[k]; return s; }
void beyond(double *p, int64_t n) { for (int64_t k = 0; k < n + 3; k++) p[k] = 1; }
int64_t leave(int64_t x) { exit(3); return x; }
int64_t count(int64_t x) { static int64_t n; return x + n++; }
`

// TestTry tries a library: whatever its functions do is in the record, and toll show shows it again.
func TestTry(t *testing.T) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		studytest.Available(t, errors.Join(seam.ErrUnavailable, err))
	}
	toll, folder := build(t), t.TempDir()
	source, library, file := filepath.Join(folder, "f.c"), filepath.Join(folder, "libf.so"), filepath.Join(folder, "record.txt")
	if err := os.WriteFile(source, []byte(functions), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), cc, "-O1", "-g", "-fPIC", "-shared", "-o", library, source).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), toll, "try", library, "sum", "beyond", "leave", "count", "--via", "purego,syscalln,trampoline", "--quick",
		"--goroutines", "2", "--check", "sum: n == len(p)", "--arg", "x=0", "--arg", "sum.n=100", "--budget", "purego:allocs<1", "-o", file)
	cmd.Dir = folder
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, _ := cmd.Output()
	if code := cmd.ProcessState.ExitCode(); code == exitUnavailable {
		studytest.Available(t, errors.Join(seam.ErrUnavailable, errors.New(errs.String())))
	} else if code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	said := strings.Join(strings.Fields(errs.String()), " ")
	pagetest.Holds(t, said, "double sum(const double *p, int64_t n), by the debugging information of libf.so", "n = 100",
		"left out: syscalln: SyscallN returns integers and pointers only",
		"beyond holds through no crossing: it writes 24 bytes behind p (1000 × double)", "leave holds through no crossing: it called exit(3)",
		"budget: purego:allocs<1: sum by c/purego is 3.00, want < 1.00")
	again, err := exec.CommandContext(t.Context(), toll, "show", file).Output()
	if err != nil || !bytes.HasPrefix(out, again) {
		t.Errorf("error %v; toll show prints\n%s\nwhere toll try printed\n%s", err, again, out)
	}
	text := strings.Join(strings.Fields(string(again)), " ")
	pagetest.Holds(t, text, "│ bit-identical, 20 calls │", "beyond failed through purego's RegisterFunc, purego's SyscallN and the trampoline: writes 24 bytes behind p (1000 × double).",
		"leave failed through purego's RegisterFunc, purego's SyscallN and the trampoline: called exit(3).",
		"count: it keeps state: two calls with the same arguments differ: result: 0 and 1;", "count: bit-identical in",
		"trampoline: Go assembly, no cgo, 2 goroutines")
}
