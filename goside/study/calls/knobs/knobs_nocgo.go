// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !cgo

package knobs

import "toll/goside/calls"

// cgoKnobs returns none: a program built with CGO_ENABLED=0 is measured for what it can do.
func cgoKnobs() ([]calls.Knob, error) { return nil, nil }
