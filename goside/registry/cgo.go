// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

package registry

import (
	"toll/goside/seam"
	"toll/goside/via/cgo"
	"toll/goside/via/netlib"
)

var cgoCalls = cgo.OpenCalls

var dgels, dgelsMany, blas = netlib.DGELS, netlib.DGELSMany, netlib.BLAS

func cgoRoute(lang string) *seam.Route {
	return seam.NewRoute(lang, "cgo", func() (*seam.Library, error) { return cgo.Open(lang) })
}

func netlibRoute(lang string, open func() (*seam.Library, error)) *seam.Route {
	return seam.NewRoute(lang, "netlib", open)
}
