// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/seam"
)

func TestBuild(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	if err := Build(dir, out); !errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), dir) {
		t.Errorf("without sources the error is %v, want %v, naming %s", err, seam.ErrUnavailable, dir)
	}
	command := filepath.Join(dir, "goside", "cmd", "toll")
	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(command, 0o755); err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(dir, "go.mod"), "module toll\n")
	write(filepath.Join(command, "main.go"), "package main\n\nfunc main() { wrong() }\n")
	if err := Build(dir, out, "CGO_ENABLED=0"); err == nil || errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), "undefined: wrong") {
		t.Errorf("sources that do not compile give the error %v, want what the compiler says", err)
	}
	t.Setenv("PATH", dir)
	if err := Build(dir, out); !errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), "go command") {
		t.Errorf("without a go command the error is %v, want %v", err, seam.ErrUnavailable)
	}
}
