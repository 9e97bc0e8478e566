// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"toll/goside/fit"
	"toll/goside/seam"
	"toll/goside/study/studytest"
)

// fitted runs toll fit as a program, and returns what it prints and its exit code.
func fitted(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, err bytes.Buffer
	c := exec.Command(build(t), append([]string{"fit"}, args...)...)
	c.Stdout, c.Stderr = &out, &err
	if failed := c.Run(); failed != nil {
		if _, ok := errors.AsType[*exec.ExitError](failed); !ok {
			t.Fatal(failed)
		}
	}
	return out.String(), err.String(), c.ProcessState.ExitCode()
}

func TestFit(t *testing.T) {
	studytest.AvailableFrames(t, fit.Available())
	folder := filepath.Join(t.TempDir(), "fits")
	args := []string{"--rows", "5000", "--windows", "30", "--window", "7", "--seed", "5"}
	stdout, stderr, code := fitted(t, append(args, "--workers", "2", "-o", folder)...)
	want, _, err := fit.Reference(5000, 36, 7, 5)
	if err != nil {
		t.Fatal(err)
	}
	if code != 0 || !strings.Contains(stdout, "150,000 fits in ") || !strings.Contains(stdout, "Checksum: "+want) {
		t.Errorf("exit code %d, standard output %q, want 150,000 fits with the checksum %s\n%s", code, stdout, want, stderr)
	}
	for _, says := range []string{"5,000 users x 36 days, window 7: 150,000 fits by C.", "partition: ", "a task of them costs the engine"} {
		if !strings.Contains(stderr, says) {
			t.Errorf("standard error does not hold %q:\n%s", says, stderr)
		}
	}
	if stdout, stderr, code = fitted(t, append(args, "--resume", "-o", folder, "--language", "fortran", "--json")...); code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	var result fit.Result
	if err := json.Unmarshal([]byte(stdout), &result); err != nil || result.Checksum != want || result.Kept == 0 || result.Tasks != 0 {
		t.Errorf("resumed: error %v, checksum %s, %d tasks kept and %d done, want %s, all and none", err, result.Checksum, result.Kept, result.Tasks, want)
	}
}

// TestFitExitCodes: 1 if it failed, 2 for wrong usage, 3 if something is missing, 130 if it was interrupted.
func TestFitExitCodes(t *testing.T) {
	studytest.AvailableFrames(t, fit.Available())
	nothing := filepath.Join(t.TempDir(), "nothing")
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"--window 1", 2, "window is 1 days"},
		{"--engine spark", 2, `engine is "spark"`},
		{"--days 20 --windows 3", 2, "days windows"},
		{"--windows 0", 2, "windows is 0"},
		{"--input " + nothing, 2, nothing},
		{"--output /dev/null/fits", 2, "/dev/null/fits"},
		{"--resume", 2, "want it as --output"},
		{"--engine dask://127.0.0.1:1", 3, "no Dask scheduler answers at 127.0.0.1:1"},
	} {
		if stdout, stderr, code := fitted(t, strings.Fields(c.args)...); code != c.code || !strings.Contains(stderr, c.want) || stdout != "" {
			t.Errorf("toll fit %s: exit code %d, standard output %q, standard error %q; want %d, none and %q", c.args, code, stdout, stderr, c.code, c.want)
		}
	}
	empty := t.TempDir() // no library, and so no environment
	c := exec.Command(build(t), "fit", "--rows", "10")
	c.Env = append(os.Environ(), "TOLL_LIB="+empty)
	if out, _ := c.CombinedOutput(); c.ProcessState.ExitCode() != exitUnavailable || !strings.Contains(string(out), seam.Mend) {
		t.Errorf("without an environment: exit code %d, %q, want %d and what to run", c.ProcessState.ExitCode(), out, exitUnavailable)
	}
}

// TestFitInterrupted: a signal keeps what is finished, and leaves no process.
func TestFitInterrupted(t *testing.T) {
	studytest.AvailableFrames(t, fit.Available())
	folder := filepath.Join(t.TempDir(), "fits")
	var out bytes.Buffer
	c := exec.Command(build(t), "fit", "--rows", "400000", "--partition", "2000", "--workers", "2", "-o", folder)
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	parts := func() int {
		files, _ := filepath.Glob(filepath.Join(folder, "part-*.parquet"))
		return len(files)
	}
	for until := time.Now().Add(time.Minute); parts() < 2 && time.Now().Before(until); {
		time.Sleep(20 * time.Millisecond)
	}
	_ = c.Process.Signal(os.Interrupt)
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != exitSignal+int(syscall.SIGINT) || parts() < 2 || !strings.Contains(out.String(), "--resume does the others") {
		t.Errorf("exit code %d, %d partitions, want 130, at least 2, and how to go on:\n%s", code, parts(), out.String())
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*.tmp")); left != nil {
		t.Errorf("left are %q", left)
	}
}
