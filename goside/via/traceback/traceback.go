// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package traceback has Go's CPU profiler note where native code is when a sample is taken, by runtime.SetCgoTraceback.
// Without it a sample of native code ends at the Go frame that called it.
//
// Note: a process switches it on for good, and only the innermost native frame is noted: compiled without frame pointers,
// native code tells no more in a signal handler. The profile then holds addresses, which its reader resolves by its mappings.
package traceback

import (
	"fmt"

	"toll/goside/seam"
)

// Can returns an error that is seam.ErrUnavailable where it cannot be switched on.
func Can() error {
	if why := unavailable(); why != "" {
		return fmt.Errorf("traceback: %w: %s", seam.ErrUnavailable, why)
	}
	return nil
}

// On switches it on, where that can be.
func On() error {
	if err := Can(); err != nil {
		return err
	}
	on()
	return nil
}
