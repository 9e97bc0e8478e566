// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build timing

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/record"
	"toll/goside/study"
)

// TestSlowed measures one build twice, and then one of which a single row is slowed by a tenth, build/lib/slow:
// toll compare must find no difference between the first two, and exactly that row in the third. It takes
// a minute and a machine that is not busy with other tests, so it is there only with the build tag timing.
func TestSlowed(t *testing.T) {
	dir := t.TempDir()
	toll := filepath.Join(dir, "toll")
	if out, err := exec.Command("go", "build", "-o", toll, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lib, err := filepath.Abs("../../../build/lib")
	if err != nil {
		t.Fatal(err)
	}
	bench := func(name, lib string) *record.Record {
		file := filepath.Join(dir, name)
		bench := exec.Command(toll, "bench", "--kernel", "diffusion,ols", "--route", "go/direct,c/cgo,fortran/cgo,rust/cgo,c/purego,c/syscalln",
			"--limits=false", "-o", file)
		bench.Env = append(os.Environ(), "TOLL_LIB="+lib)
		out, err := bench.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		t.Logf("%s:\n%s", name, out)
		r, err := record.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first, second, slowed := bench("first", lib), bench("second", lib), bench("slowed", filepath.Join(lib, "slow"))
	found := func(before, after *record.Record) []string {
		c, err := study.Compare(before, after)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		c.Print(&text, true, func(v study.Verdict) string { return string(v) })
		t.Log(text.String())
		var rows []string
		for _, r := range c.Rows {
			if r.Slower() || r.Faster() {
				rows = append(rows, r.New.Facts["problem"]+" by "+r.New.Route())
			}
		}
		return rows
	}
	if rows := found(first, second); len(rows) != 0 {
		t.Errorf("between two runs of one build these differ: %q", rows)
	}
	if rows, want := found(second, slowed), "diffusion row n=512 by c/purego"; len(rows) != 1 || rows[0] != want {
		t.Errorf("with %s slowed by a tenth these differ: %q", want, rows)
	}
}
