// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"toll/goside/seam"
)

// Files of another module are no part of this one, so their names end in .txt here.
//
//go:embed example
var example embed.FS

// WriteExample writes an example into a folder, and says what it is. What is there is not overwritten.
func WriteExample(w io.Writer, folder string) error {
	type file struct {
		path string
		text []byte
	}
	var files []file
	err := fs.WalkDir(example, "example", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := example.ReadFile(path)
		name := strings.TrimSuffix(strings.TrimPrefix(path, "example/"), ".txt")
		files = append(files, file{filepath.Join(folder, filepath.FromSlash(name)), text})
		return err
	})
	if err != nil {
		return fmt.Errorf("try: the example: %w", err)
	}
	for _, f := range files {
		if _, err := os.Lstat(f.path); !errors.Is(err, fs.ErrNotExist) {
			return seam.Usagef("try: %s is there already, want a folder without it", f.path)
		}
	}
	for _, f := range files {
		err := os.MkdirAll(filepath.Dir(f.path), 0o755)
		if err == nil {
			err = os.WriteFile(f.path, f.text, 0o644)
		}
		if err != nil {
			return fmt.Errorf("try: the example: %w", err)
		}
		fmt.Fprintf(w, "Example: %s\n", f.path)
	}
	fmt.Fprintf(w, "Go on with the commands in %s\n", filepath.Join(folder, "README.md"))
	return nil
}
