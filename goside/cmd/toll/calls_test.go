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
	child, err := exec.Command(toll, "calls-child", "knobs").Output()
	if err != nil || !strings.Contains(string(child), "BenchmarkKnobs/kernel=store/lang=go") {
		t.Errorf("calls-child knobs: error %v, output\n%s", err, child)
	}
}

func TestCallsRefuses(t *testing.T) {
	if _, err := run(t, callsCommand(), "--part", "nothing"); err == nil || !strings.Contains(err.Error(), "payloads") {
		t.Errorf("error %v, want one that names the parts", err)
	}
	if _, err := run(t, callsChildCommand(), "nothing"); err == nil || !strings.Contains(err.Error(), "want slots or knobs") {
		t.Errorf("error %v, want one that says what there is", err)
	}
}

// TestPagesAreOfTheirRecords makes the pages of docs again, by the commands in their first lines, and
// what README has of them.
func TestPagesAreOfTheirRecords(t *testing.T) {
	t.Chdir(filepath.Join("..", "..", ".."))
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"docs/OVERHEAD.md", "docs/PYTHON.md", "docs/LAYOUT.md"} {
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(page), "\n")
		_, command, _ := strings.Cut(first, "`build/bin/toll show ")
		args, _, ok := strings.Cut(command, " > "+path+"`")
		if !ok {
			t.Fatalf("%s: the first line is %q, want it to hold `build/bin/toll show …`", path, first)
		}
		made, err := run(t, showCommand(), strings.Fields(args)...)
		if err != nil {
			t.Fatal(err)
		}
		if made != string(page) {
			t.Errorf("%s is not what its record gives: make it again by the command in its first line", path)
		}
		short, err := run(t, showCommand(), append(strings.Fields(args), "--brief")...)
		if err != nil {
			t.Fatal(err)
		}
		if short = strings.TrimSpace(short); short == "" || !strings.Contains(string(readme), short) {
			record := strings.Fields(args)[len(strings.Fields(args))-1]
			t.Errorf("README.md does not have what %s has in short: run build/bin/toll show --brief --into README.md %s", path, record)
		}
	}
}
