// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !cgo

package registry

import (
	"fmt"

	"toll/goside/calls"
	"toll/goside/seam"
)

var errNoCgo = fmt.Errorf("cgo: %w: this program was built with CGO_ENABLED=0, want 1", seam.ErrUnavailable)

func noCgo() (*seam.Library, error) { return nil, errNoCgo }

func cgoCalls() (*calls.Funcs, error) { return nil, errNoCgo }

var dgels, dgelsMany, blas = noCgo, noCgo, noCgo

func cgoRoute(lang string) *seam.Route { return seam.NewRoute(lang, "cgo", noCgo) }

func netlibRoute(lang string, open func() (*seam.Library, error)) *seam.Route {
	return seam.NewRoute(lang, "netlib", open)
}
