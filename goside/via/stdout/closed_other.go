// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !cgo || !unix

package stdout

// Known says whether this program can tell: not without cgo.
const Known = false

// Closed reports whether standard output was closed when the program started; false if that is not known.
func Closed() bool { return false }
