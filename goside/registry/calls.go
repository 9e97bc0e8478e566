// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package registry

import (
	"errors"
	"fmt"
	"strings"

	"toll/goside/calls"
	"toll/goside/seam"
	"toll/goside/via/libffi"
	"toll/goside/via/purego"
)

// crossings are the crossings of toll calls.
var crossings = []struct {
	name string
	open func() (*calls.Funcs, error)
}{
	{"direct", func() (*calls.Funcs, error) { return calls.Go(), nil }},
	{"cgo", cgoCalls},
	{"purego", purego.OpenCalls},
	{"syscalln", purego.OpenCallsSyscallN},
	{"libffi", libffi.OpenCalls},
}

// Crossings opens all crossings that toll calls studies, the baseline "direct" first. It omits those that are not
// available here; missing names them and says why. The error is that of a crossing that is present but wrong.
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

// OpenCrossing opens one of [Crossings] alone.
func OpenCrossing(name string) (calls.Crossing, error) {
	var names []string
	for _, c := range crossings {
		if c.name == name {
			f, err := c.open()
			return calls.Crossing{Name: name, Funcs: f}, err
		}
		names = append(names, c.name)
	}
	return calls.Crossing{}, seam.Usagef("registry: crossing is %q, want one of %s", name, strings.Join(names, ", "))
}
