// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package include gives Go programs the identity of toll.h, the binary interface of the native
// libraries. The header is embedded, so that an edit to it rebuilds and retests all Go that depends on it.
package include

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
)

//go:embed toll.h
var header []byte

// Hash returns the header hash that a table of this interface carries: the first 8 bytes, big-endian, of
// the header's SHA-256.
func Hash() uint64 {
	sum := sha256.Sum256(header)
	return binary.BigEndian.Uint64(sum[:8])
}
