// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/valgrind"
)

// TestInstructions: a route is counted, written and shown; the record shows it again.
func TestInstructions(t *testing.T) {
	v, err := valgrind.Find()
	switch required := os.Getenv("TOLL_REQUIRE"); {
	case err != nil && required != "":
		t.Fatalf("required by TOLL_REQUIRE=%q: %v", required, err)
	case err != nil:
		t.Skip(err)
	}
	file := filepath.Join(t.TempDir(), "instructions.txt")
	cmd := exec.Command(build(t), "instructions", "--route", "go/direct", "-o", file)
	out, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		errors.As(err, &failed)
		t.Fatalf("%v\n%s\n%s", err, out, failed.Stderr)
	}
	for _, want := range []string{"│ route ", "│ noop │", "│ sum 1000 │", "│ go/direct │", v.Version, "GOMAXPROCS=1"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	shown, err := run(t, showCommand(), file)
	if err != nil || string(out) != shown+"Record: "+file+"\n" {
		t.Errorf("error %v, toll show prints\n%s\nwhere toll instructions printed\n%s", err, shown, out)
	}
	compared, err := run(t, compareCommand(), file, file)
	if err != nil || !strings.Contains(compared, "0 slower") {
		t.Errorf("error %v, compared with itself it shows\n%s", err, compared)
	}
}

// TestInstructionsFail runs under programs that take valgrind's place.
func TestInstructionsFail(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"absent", "", "apt-get install valgrind"},
		{"broken", "exit 1", "valgrind does not run"},
		{"unknown instruction", `echo "vex amd64->IR: unhandled instruction bytes: 0x62 0xF1" >&2; kill -ILL $$`,
			"go/direct under valgrind-0: signal: illegal instruction: it met an instruction that valgrind does not know"},
		{"fails", "echo why >&2; exit 3", "exit status 3; the last it said:\nwhy"},
		{"counts nothing", "exit 0", "callgrind.out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if c.script != "" {
				script := "#!/bin/sh\n" + c.script + "\n"
				if c.name != "broken" {
					script = "#!/bin/sh\nif [ $1 = --version ]; then echo valgrind-0; exit; fi\n" + c.script + "\n"
				}
				if err := os.WriteFile(filepath.Join(dir, "valgrind"), []byte(script), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", dir)
			_, err := run(t, command(t, "instructions"), "--route", "go/direct", "-o", filepath.Join(t.TempDir(), "record.txt"))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
	if _, err := run(t, childCommand(), "repeat", "go/direct", "fft"); err == nil {
		t.Error("a function that does not exist was called")
	}
}
