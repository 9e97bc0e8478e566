// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"fmt"

	"toll/goside/calls"
	"toll/goside/seam"
)

func openLeaf() (*calls.Funcs, error) {
	return nil, fmt.Errorf("knobs: no leaf: %w", seam.ErrUnavailable)
}
