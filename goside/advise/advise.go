// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package advise ranks the ways to call native code for a program, from what a record measured.
package advise
