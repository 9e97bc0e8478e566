// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package purego

import (
	"fmt"

	"toll/goside/seam"
	"toll/goside/via/dl"
)

// Load opens the shared library with that file name, calls nothing in it, and keeps it open. It tests what opening
// alone does to a process.
func Load(file string) error {
	path, err := seam.FindLibrary(file)
	if err != nil {
		return fmt.Errorf("purego: %w", err)
	}
	if _, err := dl.Open(path, false); err != nil {
		return fmt.Errorf("purego: %s does not load: %w", file, err)
	}
	return nil
}
