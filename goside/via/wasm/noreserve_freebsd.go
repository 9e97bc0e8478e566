// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package wasm

// noReserve is nothing: FreeBSD reserves no memory for addresses, and has no such flag.
const noReserve = 0
