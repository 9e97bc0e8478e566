// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package include holds toll_py.h, so that Go can tell whether libtoll_py was built from it.
package include

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
)

//go:embed toll_py.h
var header []byte

// Hash returns the header hash that the library's table carries: the first 8 bytes, big-endian, of the SHA-256 of
// toll_py.h.
func Hash() uint64 {
	sum := sha256.Sum256(header)
	return binary.BigEndian.Uint64(sum[:8])
}
