// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"io"

	"toll/goside/machine"
	"toll/goside/via/thread"
)

// warner returns a function that prints, each time, what is to be known of the process's environment and was not printed
// before.
func warner(stderr io.Writer) func() {
	said := 0
	return func() {
		all := append(machine.Binding(), thread.Notes()...)
		for _, warning := range all[said:] {
			fmt.Fprintln(stderr, "toll:", warning)
		}
		said = len(all)
	}
}
