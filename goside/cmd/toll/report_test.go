// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"toll/goside/page/browsertest"
	"toll/goside/record"
)

// reported returns the page of the records.
func reported(t *testing.T, records ...string) string {
	t.Helper()
	folder := t.TempDir()
	if _, err := run(t, reportCommand(), append(records, "-o", folder)...); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, "report.html")
}

// docs returns the records under docs.
func docs(t *testing.T) []string {
	t.Helper()
	records, err := filepath.Glob("../../../docs/*.txt.gz")
	if err != nil || len(records) < 4 {
		t.Fatalf("found the records %q, error %v, want at least four", records, err)
	}
	return records
}

// browsed opens a page as readers may, and holds it to every check, as it opens and with all of it unfolded.
func browsed(t *testing.T, file string) {
	t.Helper()
	browser := browsertest.Start(t)
	for _, width := range []int{390, 900, 1600} {
		for _, dark := range []bool{false, true} {
			o := browsertest.Options{Width: width, Dark: dark}
			t.Run(o.String(), func(t *testing.T) {
				tab := browser.Open(t, file, o)
				if folder := os.Getenv("TOLL_SCREENSHOTS"); folder != "" { // to look at
					tab.Screenshot(filepath.Join(folder, filepath.Base(filepath.Dir(file))+"-"+o.String()+".png"))
				}
				none := func(name string, found []string) {
					t.Helper()
					if len(found) > 0 {
						t.Errorf("%s: %s, want none", name, strings.Join(found, "\n"))
					}
				}
				none("horizontal scroll", tab.HorizontalScroll())
				none("overlapping text", tab.OverlappingText())
				none("tab order", tab.TabOrder())
				none("accessibility", tab.Accessibility())
				tab.OpenDetails()
				none("horizontal scroll, unfolded", tab.HorizontalScroll())
				none("overlapping text, unfolded", tab.OverlappingText())
				none("messages", tab.Messages())
				none("requests", tab.Requests())
			})
		}
	}
}

// TestReportOfAll looks at the page of all records under docs.
func TestReportOfAll(t *testing.T) {
	file := reported(t, docs(t)...)
	const share = 1.5 // of the records' own files: the page holds the records whole, beside their tables and pictures
	most := 0.0
	for _, name := range docs(t) {
		of, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		most += share * float64(of.Size())
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if float64(info.Size()) > most {
		t.Errorf("the page has %d bytes, want at most %.0f", info.Size(), most)
	}
	browsed(t, file)
}

// TestReportSideBySide looks at the page of two records of one study.
func TestReportSideBySide(t *testing.T) {
	browsed(t, reported(t, "../../../docs/bench.txt.gz", later(t)))
}

// later returns a record of toll bench of another day, in which Rust's Julia takes longer.
func later(t *testing.T) string {
	t.Helper()
	text, err := record.ReadText("../../../docs/bench.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	text = regexp.MustCompile(`(?m)^date: .*`).ReplaceAll(text, []byte("date: 2031-01-02T03:04:05Z"))
	text = regexp.MustCompile(`(?m)^(BenchmarkKernels/kernel=julia/lang=rust/\S+ \d+) (\S+) ns/op`).ReplaceAllFunc(text, func(line []byte) []byte {
		fields := strings.Fields(string(line))
		ns, err := strconv.ParseFloat(fields[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Appendf(nil, "%s %s %.6g ns/op", fields[0], fields[1], 1.5*ns)
	})
	file := filepath.Join(t.TempDir(), "later.txt")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestReportHoldsAll: without scripts, a page has each figure of its records' pages in Markdown.
func TestReportHoldsAll(t *testing.T) {
	tab := browsertest.Start(t).Open(t, reported(t, "../../../docs/python.txt.gz"), browsertest.Options{Width: 900, NoScripts: true})
	tab.OpenDetails()
	shown := map[string]bool{}
	for _, cell := range tab.Text("td, th") {
		shown[cell] = true
	}
	markdown, err := os.ReadFile("../../../docs/PYTHON.md")
	if err != nil {
		t.Fatal(err)
	}
	cells := 0
	for line := range strings.Lines(string(markdown)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| --") {
			continue
		}
		for cell := range strings.SplitSeq(strings.Trim(line, "| \n"), " | ") {
			cell = strings.Trim(strings.ReplaceAll(cell, "`", ""), " |")
			if strings.ContainsAny(cell, "0123456789") && !strings.ContainsAny(cell, `[\`) {
				cells++
				if !shown[cell] {
					t.Errorf("the page lacks %q", cell)
				}
			}
		}
	}
	if cells < 100 {
		t.Errorf("found %d figures, want at least 100", cells)
	}
}

// TestReportOfStudy: a study makes the page beside its record if asked to, and says what it begins with.
func TestReportOfStudy(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "record.txt")
	out, err := run(t, command(t, "bench"), "--report", "--rounds", "6", "--kernel", "call", "--route", "go/direct,c/purego", "--limits=false", "-o", file)
	if err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(folder, "report.html")
	if _, after, ok := strings.Cut(out, "Record: "+file+"\nPage: "+page+"\n"); !ok || !strings.HasPrefix(after, "A call that passes nothing takes ") {
		t.Errorf("toll bench --report ends with\n%s", out)
	}
	if _, err := os.Stat(page); err != nil {
		t.Error(err)
	}
}

// TestReportRefuses: what is no record is said before anything is written.
func TestReportRefuses(t *testing.T) {
	folder := t.TempDir()
	for want, args := range map[string][]string{
		"at least 1":      {},
		"no such file":    {filepath.Join(folder, "none.txt")},
		"no benchmark re": {"../../../README.md"},
	} {
		if _, err := run(t, reportCommand(), append(args, "-o", folder)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one that says %q", args, err, want)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind are %v, %v", left, err)
	}
}
