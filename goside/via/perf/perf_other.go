// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !linux

package perf

import (
	"fmt"
	"runtime"

	"toll/goside/seam"
)

var errOther = fmt.Errorf("perf: %w: counters are read on Linux only, this is %s", seam.ErrUnavailable, runtime.GOOS)

// Available returns seam.ErrUnavailable.
func Available(...Event) ([]Event, error) { return nil, errOther }

// Count returns seam.ErrUnavailable.
func Count([]Event, func() error) ([]float64, error) { return nil, errOther }
