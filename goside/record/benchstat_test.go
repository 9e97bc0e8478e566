// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package record_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/page/pagetest"
	"toll/goside/record"
)

// TestBenchstat: benchstat prints a matrix for each problem, and finds nothing mixed up in a cell.
func TestBenchstat(t *testing.T) {
	var b bytes.Buffer
	if err := record.Write(&b, pagetest.Facts, record.ProblemFacts, 2, pagetest.Routes()); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "record.txt")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "tool", "benchstat", "-row", "/lang", "-col", "/via", "-filter", "-/entry:again", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text := strings.Join(strings.Fields(string(out)), " ")
	for _, want := range []string{
		"problem: julia n=1000", "verified: bit-identical in 60 cases: c/cgo;",
		"│ cgo │ │ sec/op │ c 5.000m ± 60% rust-par 7.500m ± 60%", "│ cgo │ │ cpu-sec/op │", "│ cgo │ │ B/op │",
		"problem: ols row n=100", "rust-par 1.000m ± 0%", "c 23.50n ±",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	if strings.Contains(text, "vary in") {
		t.Errorf("different things share a cell:\n%s", out)
	}
}
