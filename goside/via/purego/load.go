// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package purego

import (
	"fmt"
	"runtime"

	"github.com/ebitengine/purego"

	"toll/goside/seam"
)

// Load opens the shared library of that file name, calls nothing of it, and keeps it. What the opening alone does to a
// process can so be tested.
func Load(file string) error {
	path, err := seam.FindLibrary(file)
	if err != nil {
		return fmt.Errorf("purego: %w", err)
	}
	runtime.LockOSThread() // the reason is kept for each thread
	defer runtime.UnlockOSThread()
	if _, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL); err != nil {
		return fmt.Errorf("purego: %s does not load: %w", file, err)
	}
	return nil
}
