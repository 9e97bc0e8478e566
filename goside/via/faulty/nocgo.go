// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !cgo

package faulty

import (
	"fmt"

	"toll/goside/seam"
)

func openCgo(string, string) (*seam.Library, error) {
	return nil, fmt.Errorf("faulty: %w: this program was built with CGO_ENABLED=0, want 1", seam.ErrUnavailable)
}

// JumpOverGo needs cgo.
func JumpOverGo() error { return seam.ErrUnavailable }
