// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestOutputIsOpenedFirst asks for what cannot be written, and for what fails only later: the first is said.
func TestOutputIsOpenedFirst(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		command *cobra.Command
		args    []string
	}{
		"bench":           {command(t, "bench"), []string{"--route", "blas/netlib", "--kernel", "julia"}},
		"calls":           {command(t, "calls"), []string{"--part", "grain"}},
		"layout":          {command(t, "layout"), []string{"--part", "frame"}},
		"book":            {command(t, "book"), []string{"--route", "go/direct", "--rounds", "1"}},
		"draw julia":      {drawCommand(), []string{"julia", "--route", "blas/netlib"}},
		"draw diffusion":  {drawCommand(), []string{"diffusion", "--route", "blas/netlib"}},
		"draw difference": {drawCommand(), []string{"difference", "--route", "blas/netlib"}},
	} {
		for output, why := range map[string]string{filepath.Join(file, "in a file"): "not a directory", folder: "is a directory"} {
			t.Run(name+" "+why, func(t *testing.T) {
				var said bytes.Buffer
				c.command.SetErr(&said)
				_, err := run(t, c.command, append(c.args, "-o", output)...)
				if err == nil || !strings.Contains(err.Error(), why) || said.Len() > 0 {
					t.Errorf("error %v, and before it %q; want %q before any work is done", err, said.String(), why)
				}
			})
		}
	}
	page := filepath.Join(folder, "none.md")
	if _, err := run(t, showCommand(), "../../../docs/python.txt.gz", "--into", page); err == nil {
		t.Error("a page that is not there got tables")
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, error %v; want the one file that was there", left, err)
	}
}

// TestRecordElsewhere: what was measured is kept if the folder that it was to go to is gone, and is shown.
func TestRecordElsewhere(t *testing.T) {
	for _, c := range []struct{ name, build, want string }{
		{"into build/results", "", "build/results/bench-"},
		{"into the folder for temporary files", "a file", "tmp/bench-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			here := t.TempDir()
			t.Chdir(here)
			t.Setenv("TMPDIR", filepath.Join(here, "tmp"))
			if c.build != "" {
				if err := os.WriteFile("build", []byte(c.build), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			bench := command(t, "bench")
			bench.SetErr(&vanish{folder: "gone"}) // once it measures, and has opened what is in it
			out, err := run(t, bench, "--route", "go/direct", "--kernel", "call", "--limits=false", "--rounds", "2", "-o", "gone/record.txt.gz")
			if err == nil || !strings.Contains(err.Error(), "the record is in ") || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want one that says where the record is", err)
			}
			tables, file, ok := strings.Cut(strings.TrimSpace(out), "Record: ")
			if !ok || !strings.Contains(file, c.want) || !strings.HasSuffix(file, ".txt.gz") || !strings.Contains(tables, "go/direct") {
				t.Errorf("printed is\n%s\nwant the tables, and where the record is", out)
			}
			if shown, err := run(t, showCommand(), file); err != nil || shown != tables {
				t.Errorf("error %v, the record shows\n%s\nwant\n%s", err, shown, tables)
			}
		})
	}
}

// vanish is an output for errors at whose first line a folder is lost.
type vanish struct{ folder string }

func (v *vanish) Write(text []byte) (int, error) { return len(text), os.RemoveAll(v.folder) }

// TestReadRecord: a compressed record is known by what it begins with; whatever is wrong with a file, it is named.
func TestReadRecord(t *testing.T) {
	pack := func(text string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(text)); err != nil || z.Close() != nil {
			t.Fatal("gzip fails")
		}
		return b.String()
	}
	record := "date: 2026-01-01\ncores: 2\n\n" + strings.Repeat("BenchmarkKernels/kernel=julia/lang=c/via=cgo/n=1 1 5 ns/op\n", 20)
	second := "holds two records, the second begins at line 24 (date: 2026-01-01): split them"
	for _, c := range []struct{ name, text, want string }{
		{"record.txt", record, ""},
		{"record.txt.gz", pack(record), ""},
		{"packed.txt", pack(record), ""},
		{"plain.gz", record, ""},
		{"two.txt", record + record, second},
		{"two.gz", pack(record) + pack(record), second},
		{"cut.gz", pack(record)[:60], "is cut short"},
		{"head.gz", pack(record)[:4], "unexpected EOF"},
		{"broken.gz", pack(record)[:len(pack(record))-8] + "????????", "invalid checksum"},
		{"empty.txt", "", "holds no benchmark result"},
		{"empty.gz", "", "holds no benchmark result"},
		{"nothing.gz", pack(""), "holds no benchmark result"},
	} {
		file := filepath.Join(t.TempDir(), c.name)
		if err := os.WriteFile(file, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		for name, args := range map[string][]string{"show": {file}, "compare old": {file, file}, "draw": {file, "-o", t.TempDir()}} {
			command := map[string]*cobra.Command{"show": showCommand(), "compare old": compareCommand(), "draw": drawCommand()}[name]
			_, err := run(t, command, args...)
			if c.want == "" && name != "draw" { // which needs another record
				if err != nil {
					t.Errorf("%s %s: %v", name, c.name, err)
				}
			} else if err == nil || c.want != "" && (!strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), file)) {
				t.Errorf("%s %s: error %v, want one that names the file and says %q", name, c.name, err, c.want)
			}
		}
	}
}
