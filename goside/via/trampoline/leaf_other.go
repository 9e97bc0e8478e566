// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !linux || !amd64

package trampoline

import (
	"fmt"
	"runtime"

	"toll/goside/calls"
	"toll/goside/seam"
)

// OpenLeaf returns an error.
func OpenLeaf() (*calls.Funcs, error) {
	return nil, fmt.Errorf("trampoline: %w: leaf calls are for linux/amd64, this is %s/%s", seam.ErrUnavailable, runtime.GOOS, runtime.GOARCH)
}
