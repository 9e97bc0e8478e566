// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package harness

// noop is the address of a C function that does nothing: a call of it costs what the border does. Its result must not be a
// structure in memory.
var noop uintptr
