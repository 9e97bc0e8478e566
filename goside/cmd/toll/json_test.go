// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// keysOf adds the keys of what was read from JSON, but for those of objects whose keys are a record's own.
func keysOf(v any, all map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			all[key] = true
			if !slices.Contains([]string{"facts", "keys", "more"}, key) {
				keysOf(value, all)
			}
		}
	case []any:
		for _, value := range v {
			keysOf(value, all)
		}
	}
}

// promised fails the test unless the JSON has these keys and no others, in lower case, and the help of the command names each.
func promised(t *testing.T, text, help string, keys string) {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	keysOf(v, all)
	snake := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	for key := range all {
		if !snake.MatchString(key) || !slices.Contains(strings.Fields(keys), key) {
			t.Errorf("the key %q is there, want only %s", key, keys)
		}
	}
	for key := range strings.FieldsSeq(keys) {
		if !all[key] {
			t.Errorf("the key %q is nowhere", key)
		}
		if !regexp.MustCompile(`\b` + key + `\b`).MatchString(help) {
			t.Errorf("the help does not name the key %q", key)
		}
	}
}

// alike reports whether a number is what a record has, but for the end of its digits.
func alike(got page.Number, want float64) bool {
	return math.Abs(float64(got)-want) <= 1e-9*math.Abs(want)
}

// TestShowJSON holds what is shown of the records under docs to the records.
func TestShowJSON(t *testing.T) {
	files, err := filepath.Glob("../../../docs/*.txt.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("found the records %q, error %v", files, err)
	}
	var together []string
	for _, file := range files {
		out, err := run(t, showCommand(), "--json", file)
		if err != nil {
			t.Fatal(err)
		}
		together = append(together, out)
		var d page.Data
		if err := json.Unmarshal([]byte(out), &d); err != nil {
			t.Fatal(err)
		}
		r, err := record.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d.Study != studyOf(t, file).Name || d.Facts["date"] != r.Get("date") || len(d.Rows) != len(r.Rows) {
			t.Errorf("%s: as JSON a record of %q of %q with %d rows, want %q and %d rows", file, d.Study, d.Facts["date"], len(d.Rows), r.Get("date"), len(r.Rows))
			continue
		}
		for k, row := range d.Rows {
			want := &r.Rows[k]
			if row.Name != "Benchmark"+want.Name.String() || !alike(row.NS.Median, measure.Median(want.Wall()).Median) ||
				len(row.Samples) != len(want.Samples) || !alike(row.Samples[0].NS, want.Samples[0].Wall) || row.Verified != want.Verified() {
				t.Errorf("%s: row %d is %+v, want %s", file, k, row, want.Name.String())
			}
		}
		text, err := run(t, showCommand(), file)
		if err != nil {
			t.Fatal(err)
		}
		text = strings.Join(strings.Fields(text), " ")
		for _, a := range d.Answers {
			if want := a.Question + " " + a.Answer; !strings.Contains(text, want) {
				t.Errorf("%s: toll show does not print the answer %q", file, want)
			}
		}
		for _, w := range d.Warnings {
			if want := "Warning: " + w + "."; !strings.Contains(text, want) {
				t.Errorf("%s: toll show does not print %q", file, want)
			}
		}
		if d.Study == "calls" && (len(d.Answers) == 0 || len(d.Claims) == 0 || d.Claims[0].Verdict == "") {
			t.Errorf("%s: %d answers and %d claims, want some", file, len(d.Answers), len(d.Claims))
		}
	}
	promised(t, "["+strings.Join(together, ",")+"]", showCommand().Long, `study facts rows answers claims warnings question answer claim of title url found
		verdict name benchmark kernel op lang via layout n entry keys verified ns median lo hi bytes allocs more samples cpu_ns`)

	few := filepath.Join(t.TempDir(), "few.txt") // without an interval
	if err := os.WriteFile(few, []byte("BenchmarkKernels/kernel=julia/lang=c/via=cgo/n=7 1 5 ns/op 3 misses/op\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := run(t, showCommand(), "--json", few)
	if flat := strings.Join(strings.Fields(out), ""); err != nil || !strings.Contains(flat, `"n":7,`) || !strings.Contains(flat, `"ns":{"median":5,"lo":null,"hi":null}`) ||
		!strings.Contains(flat, `"more":{"misses/op":{"median":3,`) {
		t.Errorf("error %v, a row with one sample is\n%s", err, out)
	}
}

func TestCompareJSON(t *testing.T) {
	before, after := twoRecords(t, t.TempDir())
	out, err := run(t, compareCommand(), "--json", before, after)
	if err != nil {
		t.Fatal(err)
	}
	promised(t, out, compareCommand().Long, `differ problems problem rows change drift slower faster route name unit old new own noise verdict limits
		only_in_old only_in_new`)
	var d struct {
		Slower int
		Rows   []struct {
			Route, Verdict string
			Old, New       float64
			Change, Own    float64
			Noise          float64
		}
	}
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Rows) != 4 || d.Slower != 1 {
		t.Fatalf("got %+v, want 4 rows, one of them slower", d)
	}
	for _, r := range d.Rows {
		want, change := "same", 0.0
		if r.Route == "rust/x" {
			want, change = "slower", 0.2
		}
		if r.Verdict != want || r.Change < change-0.01 || r.Change > change+0.01 || r.Noise <= 0 || r.Old != 1004 {
			t.Errorf("%+v, want the verdict %s and a change of %v", r, want, change)
		}
	}
	if old, err := run(t, compareCommand(), before, after, "--json", "--fail-over", "5%"); err == nil || old != out {
		t.Errorf("with --fail-over: error %v, output\n%s", err, old)
	}
}

// TestStudyJSON: a study prints its record as toll show does, and nothing else.
func TestStudyJSON(t *testing.T) {
	file := filepath.Join(t.TempDir(), "record.txt")
	bench := command(t, "bench")
	var said strings.Builder
	bench.SetErr(&said)
	out, err := run(t, bench, "--route", "go/direct", "--kernel", "call", "--limits=false", "--rounds", "1", "--json", "-o", file)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := run(t, showCommand(), "--json", file)
	if err != nil || shown != out || !json.Valid([]byte(out)) || !strings.Contains(said.String(), "Record: "+file+"\n") {
		t.Errorf("error %v; toll bench printed\n%s\nand beside it\n%s\ntoll show prints\n%s", err, out, said.String(), shown)
	}
}
