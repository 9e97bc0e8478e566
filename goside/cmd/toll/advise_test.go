// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/seam"
	"toll/goside/study/studytest"
)

const overhead = "../../../docs/overhead.txt.gz"

func TestAdvise(t *testing.T) {
	out, err := run(t, adviseCommand(), overhead, "--rate", "20000", "--in", "4096", "--work", "2us")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"20,000 calls a second, 4 KiB in, 0 B out, 2.00 µs of work", "cgo", "process by gRPC", "What decides: the work", "Error of the model:"} {
		if !strings.Contains(out, want) {
			t.Errorf("this does not hold %q:\n%s", want, out)
		}
	}
	if out, err = run(t, adviseCommand(), "--json", overhead, "--rate", "5", "--no-c-compiler"); err != nil {
		t.Fatal(err)
	}
	promised(t, out, adviseCommand().Long, `record question rate in out work_ns goroutines callbacks ranking mechanism crossing ns border_ns median lo hi share_of_core
		workers batch copies_from copies_beyond_work not_told_apart measured excluded reason says error points winner_right held_out`)
}

// TestAdviseRecord: the newest record that will do is taken.
func TestAdviseRecord(t *testing.T) {
	text, err := os.ReadFile(overhead)
	if err != nil {
		t.Fatal(err)
	}
	tree := studytest.SourceTree(t)
	t.Chdir(t.TempDir())
	if file, warning, err := adviseRecord(nil); err != nil || file != filepath.Join(tree, "docs", "overhead.txt.gz") || warning == "" {
		t.Errorf("without a record here: %q, warning %q, error %v, want that of the tree", file, warning, err)
	}
	results := filepath.Join("build", "results")
	write := func(file string, text []byte) {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join("docs", "overhead.txt.gz"), text)
	if file, warning, err := adviseRecord(nil); err != nil || file != filepath.Join("docs", "overhead.txt.gz") || !strings.Contains(warning, "another run or machine") {
		t.Errorf("without a record of a run: %q, warning %q, error %v", file, warning, err)
	}
	newest := filepath.Join(results, "calls-20260102T000000Z.txt.gz")
	write(filepath.Join(results, "calls-20260101T000000Z.txt.gz"), text)
	write(newest, text)
	write(filepath.Join(results, "calls-20260103T000000Z.txt"), []byte("study: calls\n\nBenchmarkSlots/op=callback/lang=c/via=purego/n=1 1 5 ns/op\n"))
	write(filepath.Join(results, "calls-20260104T000000Z.txt"), []byte("nonsense"))
	if file, warning, err := adviseRecord(nil); err != nil || file != newest || warning != "" {
		t.Errorf("of several records: %q, warning %q, error %v, want %q", file, warning, err, newest)
	}
}

func TestAdviseRefuses(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{overhead, "--rate", "-1"}, "rate is -1, want a number of at least 0"},
		{[]string{overhead, "--work", "-1us"}, "work is -1000"},
		{[]string{overhead, "--goroutines", "0"}, "goroutines is 0"},
		{[]string{overhead, "--try", overhead}, "want one of toll try"},
		{[]string{overhead, "--function", "f"}, "want a record of toll try"},
		{[]string{"../../../docs/layout.txt.gz"}, "want one of toll calls"},
		{[]string{"nowhere.txt"}, "nowhere.txt"},
	} {
		_, err := run(t, adviseCommand(), c.args...)
		if _, usage := errors.AsType[seam.UsageError](err); !usage || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q gives the error %v, want one of usage with %q", c.args, err, c.want)
		}
	}
}
