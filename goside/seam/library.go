// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package seam

import (
	"fmt"
	"os"
	"path/filepath"
)

// FindLibrary returns the path of the shared library of that file name: in the folder $TOLL_LIB if that is
// set, else in ../lib of the executable, else in build/lib of the working directory or a folder above it.
// If there is none, the error is ErrUnavailable.
func FindLibrary(file string) (string, error) {
	var folders []string
	if set := os.Getenv("TOLL_LIB"); set != "" {
		folders = []string{set}
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
		// go test sees the os.Stat, and does not take a result from its cache once the library has changed.
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: %s is neither in $TOLL_LIB nor in build/lib: run %s", ErrUnavailable, file, Mend)
}
