// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/record"
)

// TestLayout: parts are verified, timed, written and shown; the record shows them again, and its pictures are drawn.
func TestLayout(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "layout.txt")
	out, err := run(t, command(t, "layout"), "--part", "matrices,transpose", "-o", file)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := run(t, showCommand(), file)
	if err != nil {
		t.Fatal(err)
	}
	printed, rest, ok := strings.Cut(out, "Record: "+file+"\n")
	if !ok || printed != shown {
		t.Errorf("toll layout printed:\n%s\ntoll show prints of its record:\n%s", out, shown)
	}
	for _, part := range []string{"HOW TO HOLD A MATRIX IN GO", "WHAT TO TRANSPOSE WITH", "go/direct copy", "How should Go hold a matrix?"} {
		if !strings.Contains(shown, part) {
			t.Errorf("this does not hold %q:\n%s", part, shown)
		}
	}
	if strings.Contains(shown, "THE WRONG LOOP ORDER") {
		t.Errorf("shown is a part that was not asked for:\n%s", shown)
	}
	picture := filepath.Join(folder, "layout-transpose.png")
	if !strings.Contains(rest, "Picture: "+picture+"\n") {
		t.Errorf("printed is no picture %s:\n%s", picture, rest)
	}
	if info, err := os.Stat(picture); err != nil || info.Size() < 1000 {
		t.Errorf("picture %s: %v, %v", picture, info, err)
	}
	r, err := record.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for k := range r.Rows {
		if row := &r.Rows[k]; len(row.Samples) < record.Fewest || r.Get("study") != "layout" {
			t.Errorf("%s has %d samples, want at least %d, of toll layout", row.Name.String(), len(row.Samples), record.Fewest)
		}
	}
	page := filepath.Join(folder, "page.md")
	if err := os.WriteFile(page, []byte("<!-- toll layout: begin -->\n<!-- toll layout: end -->\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, showCommand(), "--brief", "--into", page, file); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "- **And with what?** At 512², ") {
		t.Errorf("error %v, page:\n%s", err, text)
	}
}

func TestLayoutRefuses(t *testing.T) {
	for want, args := range map[string][]string{
		"no part matches [\"lops\"], want one of loops, counters": {"--part", "lops"},
		"syntax error in pattern":                                 {"--part", "["},
	} {
		if _, err := run(t, command(t, "layout"), args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v, want one that says %q", args, err, want)
		}
	}
	other := filepath.Join(t.TempDir(), "other.txt")
	if err := os.WriteFile(other, []byte("BenchmarkKernels/kernel=julia/lang=c/via=cgo/n=1 1 5 ns/op\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, drawCommand(), other, "-o", t.TempDir()); err == nil || !strings.Contains(err.Error(), "want one of toll calls, toll layout, toll book or toll kernels") {
		t.Errorf("pictures of another record: error %v", err)
	}
}
