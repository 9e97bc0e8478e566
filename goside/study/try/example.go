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

// readme is the file of the example that says how to go on.
const readme = "README.md"

// WriteExample writes an example into a folder, and says how to go on, by this program. What is there is not overwritten.
func WriteExample(w io.Writer, folder string) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("try: the example: %w", err)
	}
	commands := strings.NewReplacer("cd FOLDER", "cd "+folder, "    toll ", "    "+program+" ")
	type file struct {
		path string
		text []byte
	}
	var files []file
	var said string
	err = fs.WalkDir(example, "example", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := example.ReadFile(path)
		name := strings.TrimSuffix(strings.TrimPrefix(path, "example/"), ".txt")
		if name == readme {
			said = commands.Replace(string(text))
			text = []byte(said)
		}
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
	fmt.Fprintf(w, "\n%s", said)
	return nil
}
