// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package seam

import (
	"fmt"
	"os"
	"path/filepath"
)

// FindLibrary returns the absolute path of the shared library with that file name. It looks in the folder $TOLL_LIB if
// that is set and not empty; else in ../lib of the executable; else in build/lib of the working directory and of the
// folders above it. If there is no such file, the error is ErrUnavailable; if $TOLL_LIB is no folder, it is another.
func FindLibrary(file string) (string, error) {
	var folders []string
	if set := os.Getenv("TOLL_LIB"); set != "" {
		// The loader would look for a name without a slash in its own folders.
		folder, err := filepath.Abs(set)
		if err != nil {
			return "", fmt.Errorf("TOLL_LIB is %q, want a folder: %w", set, err)
		}
		info, err := os.Stat(folder)
		if err != nil {
			return "", fmt.Errorf("TOLL_LIB is %q, want a folder: %w", set, err)
		}
		if !info.IsDir() {
			return "", fmt.Errorf("TOLL_LIB is %q, want a folder: %s is none", set, folder)
		}
		folders = []string{folder}
	} else {
		if exe, err := os.Executable(); err == nil {
			folders = append(folders, filepath.Join(filepath.Dir(exe), "..", "lib"))
		}
		if dir, err := os.Getwd(); err == nil {
			for {
				folders = append(folders, filepath.Join(dir, "build", "lib"))
				parent := filepath.Dir(dir)
				if parent == dir {
					break
				}
				dir = parent
			}
		}
	}
	for _, folder := range folders {
		path := filepath.Join(folder, file)
		// go test sees the os.Stat, and takes no result from its cache once the library has changed.
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: %s is neither in $TOLL_LIB nor in build/lib: run %s", ErrUnavailable, file, Mend)
}
