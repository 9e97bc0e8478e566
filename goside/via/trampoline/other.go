// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !linux || !(amd64 || arm64)

package trampoline

import (
	"fmt"
	"runtime"

	"toll/goside/calls"
	"toll/goside/seam"
)

var errOther = fmt.Errorf("trampoline: %w: this is %s/%s, want linux/amd64 or linux/arm64", seam.ErrUnavailable, runtime.GOOS, runtime.GOARCH)

// Open returns an error.
func Open(string, string) (*seam.Library, error) { return nil, errOther }

// OpenCalls returns an error.
func OpenCalls() (*calls.Funcs, error) { return nil, errOther }
