// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"toll/goside/record"
	"toll/goside/studies"
	"toll/goside/study"
)

// madeBy is how a text says by which command something of it is made: with this, and from what is captured.
var madeBy = regexp.MustCompile("`build/bin/toll (show|draw|certify) ([^`>]*?)( > ([^`]*))?`")

// TestPagesAreOfTheirRecords makes the page of each record under docs again, by the command in the page's first line.
func TestPagesAreOfTheirRecords(t *testing.T) {
	t.Chdir(filepath.Join("..", "..", ".."))
	for _, s := range studies.All {
		if s.Name == "instructions" || s.Name == "try" { // no page shows a record of theirs
			continue
		}
		page := "docs/" + s.Page
		text, err := os.ReadFile(page)
		if err != nil {
			t.Error(err)
			continue
		}
		first, _, _ := strings.Cut(string(text), "\n")
		command := madeBy.FindStringSubmatch(first)
		if command == nil || command[1] != "show" || command[4] != page {
			t.Errorf("%s: the first line is %q, want it to hold `build/bin/toll show … > %s`", page, first, page)
			continue
		}
		args := strings.Fields(command[2])
		file := named(args)
		if made := studyOf(t, file); made != s {
			t.Errorf("%s: %s is a record of toll %s, want one of toll %s", page, file, made.Name, s.Name)
		}
		made, err := run(t, showCommand(), args...)
		if err != nil {
			t.Error(err)
		} else if made != string(text) {
			t.Errorf("%s is not what its record gives, from %s: make it again by the command in its first line", page, differs(made, string(text)))
		}
		r, err := record.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		if _, err := s.Draw(r, folder); err != nil {
			t.Error(err)
		}
		pictures, err := filepath.Glob(filepath.Join(folder, "*.svg"))
		if err != nil {
			t.Fatal(err)
		}
		for _, picture := range pictures {
			kept := filepath.Join("docs", filepath.Base(picture))
			drawn, _ := os.ReadFile(picture)
			if had, err := os.ReadFile(kept); err != nil || !bytes.Equal(had, drawn) {
				t.Errorf("%s is not what its record gives (%v): draw it again by build/bin/toll draw %s -o docs", kept, err, file)
			}
			if _, err := os.Stat(strings.TrimSuffix(kept, ".svg") + ".png"); err != nil {
				t.Error(err)
			}
		}
	}
	records, err := filepath.Glob("docs/*.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range records {
		page := "docs/" + studyOf(t, file).Page
		if text, err := os.ReadFile(page); err != nil || !strings.Contains(strings.SplitN(string(text), "\n", 2)[0], file) {
			t.Errorf("no page is made of %s: %s does not name it in its first line (%v)", file, page, err)
		}
	}
}

// named returns the record that a command names.
func named(args []string) string {
	for _, arg := range args {
		if strings.HasSuffix(arg, ".txt.gz") {
			return arg
		}
	}
	return ""
}

// studyOf returns the study that made a record.
func studyOf(t *testing.T, file string) *study.Study {
	t.Helper()
	r, err := record.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := studies.Of(r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// differs says where two texts begin to differ.
func differs(made, had string) string {
	a, b := strings.Split(made, "\n"), strings.Split(had, "\n")
	for k := range a {
		if k == len(b) || a[k] != b[k] {
			was := ""
			if k < len(b) {
				was = b[k]
			}
			return fmt.Sprintf("line %d, %q, which is %q in it", k+1, a[k], was)
		}
	}
	return fmt.Sprintf("line %d", len(a))
}

// TestReadmeIsOfRecords makes again what stands between the marks of README, by the command that it names beside each.
func TestReadmeIsOfRecords(t *testing.T) {
	t.Chdir(filepath.Join("..", "..", ".."))
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	commands := madeBy.FindAllStringSubmatch(readme, -1)
	into := filepath.Join(t.TempDir(), "README.md")
	made := map[string]bool{} // marks, by the study
	for _, command := range commands {
		of := map[string]func() *cobra.Command{"show": showCommand, "certify": certifyCommand}[command[1]]
		if of == nil || !strings.Contains(command[2], "--into README.md") {
			continue
		}
		var args []string
		for arg := range strings.FieldsSeq(command[2]) {
			switch files, _ := filepath.Glob(arg); { // as the shell does
			case arg == "README.md":
				args = append(args, into)
			case strings.Contains(arg, "*"):
				args = append(args, files...)
			default:
				args = append(args, arg)
			}
		}
		if err := os.WriteFile(into, text, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := run(t, of(), args...); err != nil {
			t.Errorf("%s: %v", command[0], err)
			continue
		}
		again, err := os.ReadFile(into)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again, text) {
			t.Errorf("README.md does not have what its record gives, from %s: run %s", differs(string(again), readme), command[0])
		}
		if name := command[1]; name == "certify" {
			made[name] = true
		} else {
			made[studyOf(t, named(args)).Name] = true
		}
	}
	marks := regexp.MustCompile(`<!-- toll ([\w-]+): begin -->`).FindAllStringSubmatch(readme, -1)
	if len(marks) == 0 {
		t.Error("README.md has no mark <!-- toll STUDY: begin -->")
	}
	for _, mark := range marks {
		if !made[mark[1]] {
			t.Errorf("README.md has the mark %q, but names no command `build/bin/toll … --into README.md …` that fills it", mark[0])
		}
	}
}

// TestLanguagesOfCertificates holds the table in docs/CERTIFICATES.md to the certificates.
func TestLanguagesOfCertificates(t *testing.T) {
	t.Chdir(filepath.Join("..", "..", "..", "docs"))
	text, err := os.ReadFile("CERTIFICATES.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("certificates/*.txt")
	if err != nil || files == nil {
		t.Fatalf("found the certificates %q (%v)", files, err)
	}
	table, err := run(t, certifyCommand(), append([]string{"--languages"}, files...)...)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), table) {
		t.Error("docs/CERTIFICATES.md does not have the table of its certificates: run the command that it names above it")
	}
}

// TestTablesFit: what a terminal shows of the records under docs is at most 120 columns wide.
func TestTablesFit(t *testing.T) {
	records, err := filepath.Glob("../../../docs/*.txt.gz")
	if err != nil || len(records) == 0 {
		t.Fatalf("found the records %q, error %v", records, err)
	}
	for _, file := range records {
		for _, flags := range [][]string{nil, {"--brief"}} {
			out, err := run(t, showCommand(), append(flags, file)...)
			if err != nil {
				t.Error(err)
			}
			heading := ""
			wide := map[string]int{} // the widest line, by the last heading
			last := ""
			for line := range strings.Lines(out) {
				line = strings.TrimRight(line, "\n")
				if strings.HasPrefix(line, "===") {
					heading = last
				}
				if width := utf8.RuneCountInString(line); width > 120 {
					wide[heading] = max(wide[heading], width)
				}
				last = line
			}
			for heading, width := range wide {
				t.Errorf("toll show %s %s: below %q a line has %d columns, want at most 120", strings.Join(flags, " "), filepath.Base(file), heading, width)
			}
		}
	}
}
