// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package findings holds one folder for each finding of Toll at the border between languages: the smallest program that
// shows it, and a run.sh that builds and runs it. docs/FINDINGS.md says who is affected and what to do.
//
// A run.sh prints what happened. Its last line is "holds", "does not hold", or "unavailable: " with what this machine
// lacks.
package findings

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"toll/goside/seam"
)

var update = flag.Bool("update", false, "write the outcomes on this machine into the table of docs/FINDINGS.md")

const (
	page  = "../../docs/FINDINGS.md"
	begin = "<!-- findings: begin -->\n"
	end   = "<!-- findings: end -->\n"
)

var outcomes = []string{"holds", "does not hold", "unavailable"}

// programs returns the folders of run.sh.
func programs(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*/run.sh")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d files */run.sh (%v), want one for each finding", len(files), err)
	}
	for _, file := range files {
		names = append(names, filepath.Dir(file))
	}
	return names
}

// TestFindings builds and runs each program, and says whether its finding holds on this machine.
func TestFindings(t *testing.T) {
	rows := map[string]string{}
	for _, name := range programs(t) {
		t.Run(name, func(t *testing.T) {
			seen, outcome := run(t, name)
			rows[name] = row(name, outcome, seen)
			if reason, missing := strings.CutPrefix(outcome, "unavailable: "); missing {
				t.Skipf("%v: %s", seam.ErrUnavailable, reason)
			}
			t.Logf("%s here: %s", outcome, seen)
		})
	}
	if !*update || t.Failed() {
		return
	}
	text := read(t)
	before, rest, _ := strings.Cut(text, begin)
	_, after, _ := strings.Cut(rest, end)
	var table strings.Builder
	table.WriteString("| finding | on this machine | what its program printed |\n|---|---|---|\n")
	for _, name := range sections(text) {
		table.WriteString(rows[name])
	}
	if err := os.WriteFile(page, []byte(before+begin+"\n"+table.String()+"\n"+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run returns what the program printed, in one line, and the outcome.
func run(t *testing.T, name string) (seen, outcome string) {
	t.Helper()
	files, err := filepath.Glob(name + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files { // so that go test sees them
		if _, err := os.Stat(file); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var stderr bytes.Buffer
	command := exec.CommandContext(ctx, filepath.Join(".", name, "run.sh"))
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s/run.sh: %v\n%s%s", name, err, out, stderr.String())
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	outcome = lines[len(lines)-1]
	word, _, _ := strings.Cut(outcome, ":")
	if !slices.Contains(outcomes, word) {
		t.Fatalf("%s/run.sh ended with %q, want one of %q", name, outcome, outcomes)
	}
	return strings.Join(lines[:len(lines)-1], "; "), outcome
}

func row(name, outcome, seen string) string {
	return fmt.Sprintf("| [%s](#%s) | %s | %s |\n", name, name, outcome, strings.ReplaceAll(seen, "|", "\\|"))
}

func read(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var section = regexp.MustCompile(`(?m)^### ([a-z0-9-]+)$`)

// sections returns the findings that the page describes, in its order.
func sections(text string) (names []string) {
	for _, m := range section.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// TestPage compares the page with the programs: each has a section with its link and its parts, and a row in the table.
func TestPage(t *testing.T) {
	text := read(t)
	described := sections(text)
	sorted := slices.Sorted(slices.Values(described))
	if want := programs(t); !slices.Equal(sorted, want) {
		t.Errorf("%s describes %v, want %v", page, sorted, want)
	}
	for k, part := range section.Split(text, -1)[1:] {
		part, _, _ = strings.Cut(part, "\n## ")
		for _, want := range []string{
			fmt.Sprintf("](../goside/findings/%s)", described[k]), "**What happens.**", "**Who is affected.**", "**What to do.**",
		} {
			if !strings.Contains(part, want) {
				t.Errorf("%s: the section %s lacks %q", page, described[k], want)
			}
		}
	}
	_, rest, found := strings.Cut(text, begin)
	table, _, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no table between %q and %q", page, begin, end)
	}
	var rows []string
	for line := range strings.Lines(table) {
		if m := regexp.MustCompile(`^\| \[([a-z0-9-]+)\]\(#([a-z0-9-]+)\) \| (holds|does not hold|unavailable)[ :|]`).FindStringSubmatch(line); m != nil && m[1] == m[2] {
			rows = append(rows, m[1])
		}
	}
	if !slices.Equal(rows, described) {
		t.Errorf("%s: the table has rows for %v, want %v: run go test ./goside/findings -update", page, rows, described)
	}
}
