// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package stdout knows whether standard output was closed when the program started. Go's runtime opens /dev/null in its
// place before any Go code runs, so only C code that runs earlier can see it.
package stdout
