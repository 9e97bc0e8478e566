// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package include holds toll.h and calls.h, so that Go can tell whether a library was built from them.
package include

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
)

//go:embed toll.h
var header []byte

//go:embed calls.h
var calls []byte

// Hash returns the header hash that a table of this interface carries: the first 8 bytes, big-endian, of
// the SHA-256 of toll.h.
func Hash() uint64 { return hash(header) }

// CallsHash returns what toll_calls_header_hash returns: the same of calls.h.
func CallsHash() uint64 { return hash(calls) }

func hash(text []byte) uint64 {
	sum := sha256.Sum256(text)
	return binary.BigEndian.Uint64(sum[:8])
}
