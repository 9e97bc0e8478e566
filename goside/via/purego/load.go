// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package purego

import (
	"fmt"

	"toll/goside/seam"
	"toll/goside/via/dl"
)

// Load opens the shared library of that file name, calls nothing of it, and keeps it. What the opening alone does to a
// process can so be tested.
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
