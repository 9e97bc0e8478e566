// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const goside = "../.."

func TestGeneratedIsFresh(t *testing.T) {
	var outputs []string
	err := filepath.WalkDir(goside, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go.tmpl") {
			return err
		}
		outputs = append(outputs, filepath.ToSlash(strings.TrimPrefix(output(path), goside+string(filepath.Separator))))
		want, err := generate(path)
		if err != nil {
			return err
		}
		switch found, err := os.ReadFile(output(path)); {
		case err != nil:
			t.Errorf("%v: run go generate ./... with cgo enabled", err)
		case !bytes.Equal(found, want):
			t.Errorf("%s is not what %s makes, or was edited: run go generate ./... with cgo enabled", output(path), filepath.Base(path))
		}
		if !asked(t, path) {
			t.Errorf("no Go file beside %s has the line that go generate looks for: see this package's comment", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"calls/zarity.go", "via/cgo/zarity.go", "via/cgo/zknobs.go", "via/purego/zarity.go"} {
		if !slices.Contains(outputs, want) {
			t.Errorf("found templates for %v, want one for %s, too", outputs, want)
		}
	}
}

// asked returns whether a Go file beside the template has it generated.
func asked(t *testing.T, path string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(text, []byte("\n//go:generate go run toll/goside/internal/generate "+filepath.Base(path)+"\n"))
	})
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"no-template": "package p\n{{",
		"no-field":    "package p\n{{.Unknown}}\n",
		"no-go":       "package p\nfunc {\n",
	} {
		path := filepath.Join(dir, name+".go.tmpl")
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := write(path); err == nil || !strings.Contains(err.Error(), name+".go.tmpl") {
			t.Errorf("%s: found the error %v, want one that names the template", name, err)
		}
		if _, err := os.Stat(output(path)); err == nil {
			t.Errorf("%s: an output was written", name)
		}
	}
}
