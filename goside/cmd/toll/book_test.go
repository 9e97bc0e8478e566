// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestBook: a row is verified, timed, written and shown; the record shows it again.
func TestBook(t *testing.T) {
	file := filepath.Join(t.TempDir(), "book.txt")
	out, err := run(t, command(t, "book"), "--rounds", "1", "--route", "ctypes/cpython,go/direct,rust/syscalln", "-o", file)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"Table 7-2", "ctypes/cpython", "go/direct", "Table 6-1", "Diffusion, 512 x 512", "Record: " + file} {
		if !strings.Contains(out, part) {
			t.Errorf("this does not hold %q:\n%s", part, out)
		}
	}
	if strings.Contains(out, "Table 7-1") || strings.Contains(out, "rust/syscalln") {
		t.Errorf("shown are a table of which no row was asked for, or a route that no table has:\n%s", out)
	}
	again, err := run(t, showCommand(), file)
	if shown, _, _ := strings.Cut(out, "Record: "); err != nil || again != shown {
		t.Errorf("error %v, the record gives\n%s\nwhere toll book printed\n%s", err, again, shown)
	}
}

func TestBookRefuses(t *testing.T) {
	for want, args := range map[string][]string{
		"rounds is 0":         {"--rounds", "0"},
		"no route matches":    {"--route", "latin/*"},
		"want at least 1":     {"--rounds", "-3"},
		"syntax error in pat": {"--route", "[/cgo"},
	} {
		if _, err := run(t, command(t, "book"), args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one that says %q", args, err, want)
		}
	}
}
