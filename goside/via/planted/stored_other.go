// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build planted && !cgo

package main

// stored needs C's memory.
func stored() {}
