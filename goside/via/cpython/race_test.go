// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build race

package cpython

// race says that the race detector runs, whose own memory grows.
const race = true
