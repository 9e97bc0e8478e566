// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study/studytest"
	"toll/goside/via/stdout"
)

// short are the arguments of a run of toll bench that takes a moment.
var short = []string{"bench", "--quick", "--kernel", "call", "--route", "go/direct", "--limits=false"}

// TestStandardOutput gives every command that prints an output that is full, one that is closed, and a pipe that
// nobody reads.
func TestStandardOutput(t *testing.T) {
	toll := build(t)
	here := t.TempDir()
	record := filepath.Join(here, "record.txt")
	if out, err := exec.Command(toll, append(short, "-o", record)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// start runs the command by a shell, which does to standard output what then says.
	start := func(then string, args []string) (int, string) {
		cmd := exec.Command("sh", append([]string{"-c", `exec "$0" "$@" ` + then, toll}, args...)...)
		cmd.Dir = here
		var said bytes.Buffer
		cmd.Stderr = &said
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stdout = write
		if err := errors.Join(cmd.Start(), write.Close(), read.Close()); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
			return 128 + int(status.Signal()), said.String()
		}
		return cmd.ProcessState.ExitCode(), said.String()
	}
	for _, args := range [][]string{
		{"list"}, {"list", "--json"},
		{"verify", "--route", "go/direct", "--kernel", "call"}, {"verify", "--route", "go/direct", "--kernel", "call", "--json"},
		{"show", record}, {"show", "--markdown", record}, {"report", record, "-o", "page"}, {"compare", record, record},
		append(short, "-o", "again.txt"), {"calls", "--part", "slots", "-o", "calls.txt"},
		{"draw", "julia", "--size", "8", "-o", "julia.png"},
		{"help"}, {"show", "--help"}, {"completion", "bash"},
	} {
		t.Run(strings.Join(args[:min(2, len(args))], " "), func(t *testing.T) {
			if code, said := start(">/dev/full", args); code != 1 || !strings.HasSuffix(said, "toll: standard output: no space left on device\n") {
				t.Errorf("full: exit code %d, said %q", code, said)
			}
			if stdout.Known {
				if code, said := start(">&-", args); code != 1 || !strings.HasSuffix(said, "toll: standard output: bad file descriptor\n") {
					t.Errorf("closed: exit code %d, said %q", code, said)
				}
			}
			if code, said := start("", args); code != 128+int(syscall.SIGPIPE) || strings.Contains(said, "standard output") {
				t.Errorf("not read: exit code %d, said %q, want the end that SIGPIPE makes", code, said)
			}
			if code, said := start(">/dev/null", args); code != 0 {
				t.Errorf("thrown away: exit code %d, said %q", code, said)
			}
		})
	}
}

// TestRecordIsKept: a record that cannot be written leaves the one that was there, or is elsewhere; the tables are
// printed all the same, and the exit code is 1.
func TestRecordIsKept(t *testing.T) {
	toll := build(t)
	here := t.TempDir()
	bench := func(before, output string) (out, said string, code int) {
		cmd := exec.Command("sh", append([]string{"-c", before + ` exec "$0" "$@"`, toll}, append(short, "-o", output)...)...)
		cmd.Dir = here
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		_ = cmd.Run()
		return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
	}
	record := filepath.Join(here, "record.txt")
	if out, said, code := bench("", record); code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, out, said)
	}
	before, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	out, said, code := bench("ulimit -f 2;", record)
	if code != 1 || out != "" || strings.Contains(said, "routes") || !strings.Contains(said, "the record cannot be written") || !strings.Contains(said, "file too large") {
		t.Errorf("with files of 1024 bytes at most: exit code %d, want 1, and why there can be no record, before any work:\n%s%s", code, out, said)
	}
	if after, err := os.ReadFile(record); err != nil || !bytes.Equal(before, after) {
		t.Errorf("what was there is lost: error %v, %d bytes of %d", err, len(after), len(before))
	}
	out, said, code = bench("", "/dev/full")
	tables, file, ok := strings.Cut(strings.TrimSpace(out), "Record: ")
	if code != 1 || !ok || !strings.Contains(said, "toll: the record is in "+file+" instead of /dev/full: ") || !strings.Contains(said, "no space left") {
		t.Errorf("to a full device: exit code %d, want 1, and where the record is:\n%s%s", code, out, said)
	}
	if shown, err := run(t, showCommand(), filepath.Join(here, file)); err != nil || shown != tables {
		t.Errorf("error %v, the record shows\n%s\nwant\n%s", err, shown, tables)
	}
	if left, err := os.ReadDir(here); err != nil || len(left) != 2 {
		t.Errorf("the folder holds %v, error %v, want record.txt and build", left, err)
	}
	both := exec.Command("sh", append([]string{"-c", `exec "$0" "$@" >both.txt`, toll}, append(short, "-o", "/dev/stdout")...)...)
	both.Dir = here
	if err := both.Run(); err != nil {
		t.Fatal(err)
	}
	if shown, err := run(t, showCommand(), filepath.Join(here, "both.txt")); err != nil || !strings.Contains(shown, "│ go/direct") {
		t.Errorf("a record to standard output, with the tables behind it: error %v, it shows\n%s", err, shown)
	}
}

// TestInterrupted sends a signal while toll measures: what it had measured is a record that says so.
func TestInterrupted(t *testing.T) {
	toll := build(t)
	// interrupt sends the signal when the command has said that.
	interrupt := func(signal syscall.Signal, when string, args ...string) (file, said string, code int) {
		file = filepath.Join(t.TempDir(), "record.txt")
		limit, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // against hanging
		defer cancel()
		cmd := exec.CommandContext(limit, toll, append(args, "-o", file)...)
		stderr, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(stderr)
		for line := ""; err == nil && !strings.HasPrefix(line, when); said += line {
			line, err = lines.ReadString('\n')
		}
		_ = cmd.Process.Signal(signal)
		rest, _ := io.ReadAll(lines)
		_ = cmd.Wait()
		return file, said + string(rest), cmd.ProcessState.ExitCode()
	}
	file, said, code := interrupt(syscall.SIGINT, "1 of 100000 rounds", "bench", "--kernel", "call", "--route", "go/direct", "--limits=false", "--rounds", "100000")
	if code != 130 || !strings.Contains(said, "toll: interrupt: ") || !strings.HasSuffix(said, "toll: stopped by a signal: interrupt\n") {
		t.Errorf("exit code %d, want 130; said %q", code, said)
	}
	r, err := record.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := "in routes, stopped by a signal: interrupt"; r.Get("interrupted") != want {
		t.Errorf("the record has %q, want %q", r.Get("interrupted"), want)
	}
	rounds := len(r.Rows[0].Samples)
	for k := range r.Rows {
		if row := &r.Rows[k]; len(row.Samples) != rounds || rounds == 100000 {
			t.Errorf("%s has %d samples, others %d, want less than 100000", row.Route(), len(row.Samples), rounds)
		}
	}
	if shown, err := run(t, showCommand(), file); err != nil || !strings.Contains(shown, "Warning: the run was cut short in routes, stopped by a signal: interrupt.") {
		t.Errorf("error %v, the record shows\n%s", err, shown)
	}

	// A terminal that is closed is no reason to lose it either; nohup makes that no signal at all.
	if !signal.Ignored(syscall.SIGHUP) {
		file, said, code = interrupt(syscall.SIGHUP, "1 of 100000 rounds", "bench", "--kernel", "call", "--route", "go/direct", "--limits=false", "--rounds", "100000")
		if code != 129 || !strings.HasSuffix(said, "toll: stopped by a signal: hangup\n") {
			t.Errorf("exit code %d, want 129; said %q", code, said)
		}
		if r, err = record.ReadFile(file); err != nil || r.Get("interrupted") != "in routes, stopped by a signal: hangup" {
			t.Errorf("error %v, or the record does not say that it is cut short", err)
		}
	}

	// A part that measures in its own way ends first; those after it do not begin.
	file, said, code = interrupt(syscall.SIGTERM, "1 of 2: slots", "calls", "--part", "slots,concurrency")
	if code != 143 || strings.Contains(said, "2 of 2") {
		t.Errorf("exit code %d, want 143; said %q", code, said)
	}
	if r, err = record.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	if len(r.Rows) != 1 || r.Get("interrupted") != "in slots, stopped by a signal: terminated" {
		t.Errorf("the record has %d rows and %q, want that of slots", len(r.Rows), r.Get("interrupted"))
	}
}

// TestVerifyInterrupted sends the signal when the last library that is verified is loaded, seconds before the end. Before
// that, the cases are not chosen yet.
func TestVerifyInterrupted(t *testing.T) {
	for _, name := range []string{"libtoll_c.so", "libtoll_rust.so"} {
		if _, err := seam.FindLibrary(name); err != nil {
			studytest.Available(t, err)
		}
	}
	limit, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // against hanging
	defer cancel()
	cmd := exec.CommandContext(limit, build(t), "verify", "--route", "c/purego,rust/purego")
	var shown, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &shown, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for loaded := false; !loaded && limit.Err() == nil; {
		maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", cmd.Process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		loaded = bytes.Contains(maps, []byte("libtoll_rust.so"))
		time.Sleep(time.Millisecond)
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 143 || !strings.Contains(said.String(), "toll: stopped by a signal: terminated: not verified: ") ||
		!strings.HasSuffix(said.String(), "transpose row on 2 routes, transpose col on 2 routes\n") {
		t.Errorf("exit code %d, want 143; said %q, want what was not verified", code, said.String())
	}
	if strings.Contains(shown.String(), "transpose") || strings.Contains(shown.String(), "failed") && !strings.Contains(shown.String(), " 0 failed") {
		t.Errorf("what was not verified is shown:\n%s", shown.String())
	}
}
