// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package faulty

import "github.com/ebitengine/purego"

// Callback returns the address of a C function that calls f. It is never freed.
func Callback(f func()) uintptr {
	return purego.NewCallback(func() uintptr {
		f()
		return 0
	})
}
