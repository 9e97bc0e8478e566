// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package try is the study of a user's own function: what a call costs through each crossing, and whether all return the same
// bits. Its parts run the function in child processes only, by packages program and harness, so whatever the function does is a
// row of the answer.
package try

import (
	_ "github.com/expr-lang/expr" // of --check

	"toll/goside/study"
)

// Study shows records of toll try. What measures is made by the command, for one request.
var Study = study.Study{Name: "try"}
