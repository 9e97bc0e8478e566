// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package goside tests the house rules that no compiler enforces.
package goside

import (
	"bytes"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = ".."

// sources returns the paths, from the root, of the project's own files with one of these endings.
func sources(t *testing.T, endings ...string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if entry.IsDir() && (rel == "build" || rel == ".git") {
			return filepath.SkipDir
		}
		if entry.Type().IsRegular() && slices.Contains(endings, filepath.Ext(path)) {
			files = append(files, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("found no files ending in %v", endings)
	}
	return files
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestUnsafeStaysInVia(t *testing.T) {
	inVia := 0
	for _, file := range sources(t, ".go") {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, read(t, file), parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range parsed.Imports {
			if path := spec.Path.Value; path == `"unsafe"` || path == `"C"` || path == `"github.com/ebitengine/purego"` {
				if strings.HasPrefix(file, "goside/via/") {
					inVia++
				} else {
					t.Errorf("%s imports %s: move what needs it into a package of goside/via", file, path)
				}
			}
		}
	}
	if inVia == 0 {
		t.Error("found no such import at all: this test looks at the wrong files")
	}
}

func TestGoIsFormatted(t *testing.T) {
	for _, file := range sources(t, ".go") {
		text := read(t, file)
		formatted, err := format.Source(text)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, formatted) {
			t.Errorf("%s is not formatted: run gofmt -w %s", file, file)
		}
	}
}

func TestFilesAreLicensed(t *testing.T) {
	for _, file := range sources(t, ".go", ".c", ".h", ".f90", ".rs", ".sh", ".cmake", ".py") {
		head := read(t, file)[:min(300, len(read(t, file)))]
		if !bytes.Contains(head, []byte("SPDX-License-Identifier: MIT")) {
			t.Errorf("%s does not begin with the two SPDX lines: copy them from another file", file)
		}
	}
}

// TestScriptsParse also checks that the scripts are executable.
func TestScriptsParse(t *testing.T) {
	for _, file := range append(sources(t, ".sh"), ".ci/run") {
		path := filepath.Join(root, file)
		if out, err := exec.Command("bash", "-n", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
		if info, err := os.Stat(path); err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("%s is not executable (%v): run chmod +x %s", file, err, file)
		}
	}
}

// TestPointersInDocuments follows the links between the documents.
func TestPointersInDocuments(t *testing.T) {
	for _, file := range sources(t, ".md") {
		text := string(read(t, file))
		folder := filepath.Dir(file)
		if strings.HasPrefix(file, "goside/study/") { // a template, of what is to lie there
			folder = "docs"
		}
		for _, part := range strings.Split(text, "](")[1:] {
			target, _, _ := strings.Cut(part, ")")
			target, _, _ = strings.Cut(target, "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, folder, target)); err != nil {
				t.Errorf("%s points at %s: %v", file, target, err)
			}
		}
	}
}

// TestImportable: what others may import says so in its package comment, has an Example that go test runs, and is in the list of
// ARCHITECTURE.md.
func TestImportable(t *testing.T) {
	const note = "Others may import it: its API follows semantic versioning from Toll 1.0 on; until then CHANGELOG.md says what changes."
	var noted, listed []string
	examples := map[string]bool{} // by the package's folder
	for _, file := range sources(t, ".go") {
		mode := parser.ParseComments
		if !strings.HasSuffix(file, "_test.go") {
			mode |= parser.PackageClauseOnly
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, read(t, file), mode)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.ReplaceAll(parsed.Doc.Text(), "\n", " "), note) {
			noted = append(noted, path.Dir(file))
		}
		for _, example := range doc.Examples(parsed) {
			if example.Output != "" {
				examples[path.Dir(file)] = true
			}
		}
	}
	_, section, _ := strings.Cut(string(read(t, "ARCHITECTURE.md")), "## What others may import\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.Lines(section) {
		if rest, ok := strings.CutPrefix(line, "- `"); ok {
			folder, _, _ := strings.Cut(rest, "`")
			listed = append(listed, folder)
		}
	}
	slices.Sort(noted)
	slices.Sort(listed)
	if len(listed) == 0 || !slices.Equal(noted, listed) {
		t.Errorf("ARCHITECTURE.md lists %q as what others may import, the package comments of %q say it (%q): want the same", listed, noted, note)
	}
	for _, folder := range listed {
		if !examples[folder] {
			t.Errorf("%s has no Example with an Output, want one: others may import it", folder)
		}
	}
}
