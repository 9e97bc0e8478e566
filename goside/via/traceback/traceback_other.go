// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !cgo || !linux || !(amd64 || arm64)

package traceback

func unavailable() string { return "it needs cgo, on Linux on amd64 or arm64" }

func on() {}
