// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build race

package cpython

// race says whether the race detector runs; its own memory grows.
const race = true
