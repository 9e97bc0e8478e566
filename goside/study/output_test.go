// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"toll/goside/study"
)

// TestOutput: a file is replaced as a whole, with its mode, behind a link too; nothing else stays in its folder, and
// one that is not written stays as it was.
func TestOutput(t *testing.T) {
	folder := t.TempDir()
	path := func(name string) string { return filepath.Join(folder, name) }
	old := func(name string) string {
		if err := os.WriteFile(path(name), []byte("what was there, and is longer"), 0o640); err != nil {
			t.Fatal(err)
		}
		return path(name)
	}
	link := func(name, to string) string {
		if err := os.Symlink(to, path(name)); err != nil {
			t.Fatal(err)
		}
		return path(name)
	}
	old("target")
	for _, file := range []string{path("new"), path("sub/new"), old("old"), link("link", "target"), link("dangling", "later")} {
		was, _ := os.ReadFile(file)
		open := func() *study.Output {
			o, err := study.OpenOutput(io.Discard, io.Discard, file)
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		open()
		if is, _ := os.ReadFile(file); !bytes.Equal(is, was) {
			t.Errorf("%s: opened, it holds %q, want %q", file, is, was)
		}
		if err := open().Write([]byte("new")); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if is, err := os.ReadFile(file); err != nil || string(is) != "new" {
			t.Errorf("%s: written, it holds %q, error %v", file, is, err)
		}
		if info, err := os.Stat(file); err != nil || was != nil && info.Mode().Perm() != 0o640 {
			t.Errorf("%s: written, it has mode %v, want that from before, error %v", file, info.Mode(), err)
		}
	}
	for _, name := range []string{"link", "dangling"} {
		if _, err := os.Readlink(path(name)); err != nil {
			t.Errorf("the link is no longer one: %v", err)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 7 {
		t.Errorf("the folder holds %v, error %v, want new, sub, old, target, link, dangling, later", entries, err)
	}
}
