// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package registry

import (
	"errors"
	"fmt"

	"toll/goside/calls"
	"toll/goside/seam"
	"toll/goside/via/purego"
)

// crossings are the ways in which toll calls calls.
var crossings = []struct {
	name string
	open func() (*calls.Funcs, error)
}{
	{"direct", func() (*calls.Funcs, error) { return calls.Go(), nil }},
	{"cgo", cgoCalls},
	{"purego", purego.OpenCalls},
	{"syscalln", purego.OpenCallsSyscallN},
}

// Crossings opens all crossings that toll calls studies, the baseline "direct" first. Those that cannot be had
// here are left out; missing says which and why. The error is of one that is here but not as it should be.
func Crossings() (open []calls.Crossing, missing, err error) {
	for _, c := range crossings {
		f, err := c.open()
		switch {
		case errors.Is(err, seam.ErrUnavailable):
			missing = errors.Join(missing, fmt.Errorf("%s: %w", c.name, err))
		case err != nil:
			return nil, missing, fmt.Errorf("%s: %w", c.name, err)
		default:
			open = append(open, calls.Crossing{Name: c.name, Funcs: f})
		}
	}
	return open, missing, nil
}
