// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

package knobs

import (
	"toll/goside/via/cgo"
)

var cgoKnobs = cgo.Knobs
