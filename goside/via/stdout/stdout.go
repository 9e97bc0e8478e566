// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package stdout knows whether the program was started with standard output closed. Go's runtime opens /dev/null in its
// place before any code in Go runs, so only C code that runs earlier can see it.
package stdout
