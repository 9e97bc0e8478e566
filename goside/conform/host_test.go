// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"toll/goside/seam"
)

// TestHost tests every native library against the promises of toll.h to a host that is not Go: csrc/host.c has threads,
// OpenMP regions, a floating-point environment and children of its own. Each check is a process, with a time limit in
// case it hangs.
func TestHost(t *testing.T) {
	languages := []struct{ lang, file string }{
		{"c", "libtoll_c.so"}, {"c_omp", "libtoll_c_omp.so"}, {"fortran", "libtoll_fortran.so"},
		{"fortran_omp", "libtoll_fortran_omp.so"}, {"rust", "libtoll_rust.so"}, {"rust_par", "libtoll_rust.so"},
		{"c_simd", "libtoll_c_simd.so"}, {"c_simd_omp", "libtoll_c_simd_omp.so"},
		{"fortran_simd", "libtoll_fortran_simd.so"},
	}
	for _, l := range languages {
		for _, check := range []string{"environment", "schedule", "empty", "bounds", "one-line", "sum", "fork", "pools"} {
			t.Run(l.lang+"/"+check, func(t *testing.T) {
				if out, code := host(t, nil, l.file, l.lang, check); code != 0 {
					t.Errorf("exit code %d, want 0:\n%s", code, out)
				}
			})
		}
	}
	// All kernels by toll.h's formulas, from one thread and from several at once. Idle threads wait, as the others need the
	// processor.
	for _, l := range languages {
		for _, check := range []string{"kernels", "at-once"} {
			t.Run(l.lang+"/"+check, func(t *testing.T) {
				if out, code := host(t, []string{"OMP_WAIT_POLICY=passive"}, l.file, l.lang, check); code != 0 {
					t.Errorf("exit code %d, want 0:\n%s", code, out)
				}
			})
		}
	}
	// What toll.h says of each if no thread can be made: libgomp ends the process.
	alone, ends := "team 1, status 0\n", "libgomp: Thread creation failed"
	for k, want := range []string{alone, ends, alone, ends, alone, alone, alone, ends, alone} {
		l := languages[k]
		t.Run(l.lang+"/no-threads", func(t *testing.T) {
			out, code := host(t, nil, l.file, l.lang, "no-threads")
			if ended := code == 1; !strings.Contains(out, want) || ended != (want == ends) {
				t.Errorf("exit code %d, printed %q, want %q", code, out, want)
			}
		})
	}
	for k, want := range []string{"1\n", "3\n", "1\n", "3\n", "1\n", "3\n", "1\n", "3\n"} {
		l := languages[k]
		t.Run(l.lang+"/team", func(t *testing.T) {
			if out, code := host(t, nil, l.file, l.lang, "team"); code != 0 || out != want {
				t.Errorf("exit code %d, a team of %q, want %q", code, out, want)
			}
			if !strings.HasSuffix(l.lang, "_omp") {
				return
			}
			if out, code := host(t, []string{"OMP_THREAD_LIMIT=2"}, l.file, l.lang, "team"); code != 0 || out != "2\n" {
				t.Errorf("OMP_THREAD_LIMIT=2: exit code %d, a team of %q, want 2", code, out)
			}
		})
	}
}

// host runs a check of toll-host and returns what it printed, and its exit code.
func host(t *testing.T, env []string, file, lang, check string) (string, int) {
	t.Helper()
	program, err := seam.FindLibrary("../bin/toll-host")
	if err != nil {
		t.Fatal(err)
	}
	library, err := seam.FindLibrary(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, library, lang, check)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("it does not end:\n%s", out)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}
