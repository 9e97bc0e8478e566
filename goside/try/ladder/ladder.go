// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package ladder times a user's function in one small program built by each release of Go that can be had.
package ladder
