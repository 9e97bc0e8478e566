// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCalls runs the part of toll calls that starts processes of its own, since that needs the command itself.
func TestCalls(t *testing.T) {
	toll := build(t)
	file := filepath.Join(t.TempDir(), "calls.txt.gz")
	out, err := exec.Command(toll, "calls", "--part", "slots", "-o", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "room for 2000 callbacks") {
		t.Errorf("the slots are not told:\n%s", out)
	}
	packed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gzip.NewReader(bytes.NewReader(packed)); err != nil {
		t.Errorf("a record whose name ends in .gz is not compressed: %v", err)
	}
	again, err := run(t, showCommand(), file)
	if err != nil || !strings.Contains(string(out), strings.TrimSpace(again)) {
		t.Errorf("error %v; toll show prints\n%s\nwhere toll calls printed\n%s", err, again, out)
	}
	// A child times a round of what it is told, and writes the record of it.
	child, err := exec.Command(toll, "child", "knobs", "1", "false").Output()
	if err != nil || !strings.Contains(string(child), "BenchmarkKnobs/") {
		t.Errorf("calls-child knobs: error %v, output\n%s", err, child)
	}
}

func TestCallsRefuses(t *testing.T) {
	if _, err := run(t, command(t, "calls"), "--part", "nothing"); err == nil || !strings.Contains(err.Error(), "payloads") {
		t.Errorf("error %v, want one that names the parts", err)
	}
	if _, err := run(t, childCommand(), "nothing"); err == nil || !strings.Contains(err.Error(), "want one of ") {
		t.Errorf("error %v, want one that says what there is", err)
	}
}
