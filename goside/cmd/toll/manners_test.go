// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/spf13/cobra"

	"toll/goside/seam"
	"toll/goside/studies"
	"toll/goside/study/studytest"
)

// TestExamples runs each example of each command, in a folder that has the files which examples name. A study that takes
// long is interrupted, as a user would do, and then ends with 130.
func TestExamples(t *testing.T) {
	toll := build(t)
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "docs"), os.DirFS("../../../docs")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(folder, "build/results"), 0o755); err != nil {
		t.Fatal(err)
	}
	for to, from := range map[string]string{"README.md": "README.md", "build/results/bench.txt": "docs/bench.txt.gz"} {
		text, err := os.ReadFile(filepath.Join("../../..", from))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, to), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	twoRecords(t, folder)
	browsers := t.TempDir()
	for _, browser := range []string{"xdg-open", "open"} { // none is to be opened
		if err := os.Symlink("/bin/true", filepath.Join(browsers, browser)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", strings.Join([]string{filepath.Dir(toll), browsers, os.Getenv("PATH")}, string(filepath.ListSeparator)))
	var names []string // of studies
	for _, s := range studies.All {
		names = append(names, s.Name)
	}
	// may is the exit code that one example is made for, beside 0.
	may := map[string]int{"toll compare old.txt new.txt --fail-over 5%": exitFailed}
	ran := map[string]bool{}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Hidden || slices.Contains([]string{"help", "completion"}, c.Name()) { // the library's
			return
		}
		for _, below := range c.Commands() {
			walk(below)
		}
		examples := strings.Split(strings.TrimSpace(c.Example), "\n")
		if len(examples) < 2 {
			t.Errorf("%s has the examples %q, want at least two", c.CommandPath(), c.Example)
			return
		}
		for _, example := range examples {
			if example = strings.TrimSpace(example); ran[example] {
				continue
			}
			ran[example] = true
			t.Run(example, func(t *testing.T) {
				if !strings.HasPrefix(example, c.CommandPath()) {
					t.Errorf("%q, want an example of %s", example, c.CommandPath())
				}
				code, said := runExample(t, folder, example, slices.Contains(names, strings.Fields(example)[1]))
				switch {
				case code == exitUnavailable:
					studytest.Available(t, errors.Join(seam.ErrUnavailable, errors.New(said)))
				case code != may[example]:
					t.Errorf("exit code %d, want %d; said:\n%s", code, may[example], said)
				}
			})
		}
	}
	walk(newRoot(io.Discard))
	if len(ran) < 20 {
		t.Errorf("found %d examples, want more", len(ran))
	}
}

// runExample runs an example by a shell. What may be interrupted is, after a moment; its exit code is then 0 instead of 130.
func runExample(t *testing.T, folder, example string, interrupt bool) (code int, said string) {
	t.Helper()
	limit, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // against hanging
	defer cancel()
	cmd := exec.CommandContext(limit, "sh", "-c", "exec "+example)
	cmd.Dir = folder
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	interrupted := make(chan bool, 1)
	moment := time.AfterFunc(3*time.Second, func() {
		if interrupt {
			interrupted <- cmd.Process.Signal(os.Interrupt) == nil
		}
	})
	_ = cmd.Wait()
	stopped := !moment.Stop() && interrupt && <-interrupted
	if code = cmd.ProcessState.ExitCode(); stopped && code == 128+int(syscall.SIGINT) {
		code = 0
	}
	return code, errs.String()
}

// TestExitCodes: the same code for the same reason, whichever command it is.
func TestExitCodes(t *testing.T) {
	toll := build(t)
	folder := t.TempDir()
	before, after := twoRecords(t, folder)
	nothing := filepath.Join(folder, "nothing")
	if err := os.Mkdir(nothing, 0o755); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(folder, "other.txt")
	if err := os.WriteFile(other, []byte("BenchmarkOther/n=1 1 5 ns/op\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code int
		args []string
	}{
		{0, nil},
		{0, []string{"help", "list"}},
		{0, []string{"list"}}, // of much that is not there
		{0, []string{"verify", "--route", "go/direct", "--kernel", "call"}},
		{0, []string{"compare", before, after}},
		{exitFailed, []string{"compare", before, after, "--fail-over", "5%"}},
		{exitFailed, []string{"compare", before, after, "--fail-over", "5%", "--json"}},
		{exitFailed, []string{"bench", "--quick", "-o", folder}},
		{exitUsage, []string{"lits"}},
		{exitUsage, []string{"help", "lits"}},
		{exitUsage, []string{"completion", "csh"}},
		{exitUsage, []string{"list", "routes"}},
		{exitUsage, []string{"list", "--fast"}},
		{exitUsage, []string{"show"}},
		{exitUsage, []string{"show", "none.txt"}},
		{exitUsage, []string{"show", other}},
		{exitUsage, []string{"show", "--headline", before}},
		{exitUsage, []string{"show", "--json", "--brief", before}},
		{exitUsage, []string{"show", "--into", other, before}},
		{exitUsage, []string{"draw", "none.txt"}},
		{exitUsage, []string{"draw", before}}, // no picture is made of it
		{exitUsage, []string{"draw", "julia", "--size", "1"}},
		{exitUsage, []string{"draw", "julia", "--route", "gonum/direct"}},
		{exitUsage, []string{"draw", "difference", "--kernel", "fft"}},
		{exitUsage, []string{"report", "none.txt"}},
		{exitUsage, []string{"compare", before}},
		{exitUsage, []string{"compare", before, other}},
		{exitUsage, []string{"compare", before, after, "--fail-over", "5"}},
		{exitUsage, []string{"verify", "--route", "cobol/*"}},
		{exitUsage, []string{"verify", "--kernel", "fft"}},
		{exitUsage, []string{"verify", "--kernel", "["}},
		{exitUsage, []string{"bench", "--rounds", "0"}},
		{exitUsage, []string{"bench", "--rounds", "many"}},
		{exitUsage, []string{"bench", "--kernel", "fft"}},
		{exitUsage, []string{"book", "--route", "cobol/*"}},
		{exitUsage, []string{"calls", "--part", "fft"}},
		{exitUsage, []string{"instructions", "--route", "go-par/direct"}}, // it offers no call
		{exitUnavailable, []string{"verify", "--route", "c/purego"}},
		{exitUnavailable, []string{"verify", "--route", "c/purego", "--json"}},
		{exitUnavailable, []string{"verify", "--route", "c/purego,go/direct", "--kernel", "call"}},
		{exitUnavailable, []string{"draw", "julia", "--route", "c/purego"}},
		{exitUnavailable, []string{"bench", "--route", "c/purego"}},
		{exitUnavailable, []string{"instructions", "--route", "c/purego"}},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), toll, c.args...)
			cmd.Dir, cmd.Env = folder, append(os.Environ(), "TOLL_LIB="+nothing)
			var errs bytes.Buffer
			cmd.Stderr = &errs
			_ = cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != c.code || (code != 0) != strings.Contains(errs.String(), "toll: ") {
				t.Errorf("exit code %d, want %d, and if that is not 0, why; said:\n%s", code, c.code, errs.String())
			}
		})
	}
}

// TestComplete: names and records are completed as the shell's script asks for them.
func TestComplete(t *testing.T) {
	for _, c := range []struct {
		args []string // the last is begun
		want []string // all that is offered, but for descriptions; the last is the directive
	}{
		{[]string{"verify", "--route", "rust/c"}, []string{"rust/cgo", ":36"}},
		{[]string{"verify", "--route", "go/direct,c/pu"}, []string{"go/direct,c/purego", ":36"}},
		{[]string{"bench", "--kernel", "julia,o"}, []string{"julia,ols", ":36"}},
		{[]string{"layout", "--part", "ma"}, []string{"matrices", ":36"}},
		{[]string{"calls", "--part", "first"}, []string{"firstuse", "first-use", ":36"}},
		{[]string{"show", ""}, []string{"txt", "txt.gz", ":8"}}, // the shell shows files that end so, and folders
		{[]string{"show", "a.txt", ""}, []string{":4"}},
		{[]string{"compare", "a.txt", ""}, []string{"txt", "txt.gz", ":8"}},
		{[]string{"show", "--into", ""}, []string{"md", ":8"}},
		{[]string{"list", ""}, []string{":4"}},
		{[]string{"bench", "--simd", "avx"}, []string{"avx2", "avx512", ":36"}},
		{[]string{"draw", "julia", "--simd", ""}, []string{"baseline", "avx2", "avx512", ":36"}},
		{[]string{"ver"}, []string{"verify", ":4"}},
		{[]string{"bench", "-o", ""}, []string{":0"}},
	} {
		var out bytes.Buffer
		root := newRoot(&out)
		root.SetErr(io.Discard)
		root.SetArgs(append([]string{"__complete"}, c.args...))
		if err := root.Execute(); err != nil {
			t.Errorf("%q: %v", c.args, err)
		}
		var got []string
		for line := range strings.Lines(out.String()) {
			name, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			got = append(got, name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.args, got, c.want)
		}
	}
	// Whatever takes a route completes it.
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, flag := range []string{"route", "against", "kernel", "part"} {
			if _, completed := c.GetFlagCompletionFunc(flag); c.Flags().Lookup(flag) != nil && !completed {
				t.Errorf("%s --%s is not completed", c.CommandPath(), flag)
			}
		}
		for _, below := range c.Commands() {
			walk(below)
		}
	}
	walk(newRoot(io.Discard))
}

// TestColours runs commands on a terminal, and elsewhere.
func TestColours(t *testing.T) {
	toll := build(t)
	folder := t.TempDir()
	before, after := twoRecords(t, folder)
	const red, green, yellow = "\x1b[31m", "\x1b[32m", "\x1b[33m"
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"verify", "--route", "go/direct", "--kernel", "call"}, green + "9 identical"},
		{[]string{"verify", "--route", "c/purego", "--kernel", "call"}, yellow + "1 unavailable"},
		{[]string{"compare", before, after}, red + "slower"},
		{[]string{"compare", after, before}, green + "faster"},
		{[]string{"verify", "--route", "cobol/*"}, red + "toll:"},
	} {
		_, plain, _ := strings.Cut(c.want, "m")
		for name, env := range map[string][]string{"": {"TERM=xterm"}, "no colour": {"TERM=xterm", "NO_COLOR=1"}, "dumb": {"TERM=dumb"}, "no terminal": {"TERM=xterm"}} {
			cmd := exec.CommandContext(t.Context(), toll, c.args...)
			cmd.Dir, cmd.Env = folder, append(append(os.Environ(), "NO_COLOR=", "TOLL_LIB="+folder), env...)
			var said []byte
			if name == "no terminal" {
				said, _ = cmd.CombinedOutput()
			} else {
				terminal, err := pty.Start(cmd)
				if err != nil {
					t.Fatal(err)
				}
				said, _ = io.ReadAll(terminal) // it ends with an error
				_ = cmd.Wait()
			}
			if has := bytes.Contains(said, []byte(c.want)); has != (name == "") {
				t.Errorf("%q, %s: %q is in it: %t, want it only on a terminal:\n%q", c.args, name, c.want, has, said)
			}
			if name != "" && (!bytes.Contains(said, []byte(plain)) || bytes.Contains(said, []byte("\x1b[3"))) {
				t.Errorf("%q, %s: want %q without colours:\n%q", c.args, name, plain, said)
			}
		}
	}
}
