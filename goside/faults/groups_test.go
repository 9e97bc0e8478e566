// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package faults

// groups are the tables.
var groups []Group

func init() { // a variable's value may not refer to itself, as by find
	groups = []Group{
		{"runtime", runtimeFaults},
		{"library", libraryFaults},
		{"workers", workerFaults},
		{"python", pythonFaults},
		{"fork", forkFaults},
	}
}
