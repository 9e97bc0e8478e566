// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package toll holds the documents that the command shows.
package toll

import _ "embed"

// Methodology says how figures are made, and why one might not believe them, in Markdown.
//
//go:embed METHODOLOGY.md
var Methodology string
