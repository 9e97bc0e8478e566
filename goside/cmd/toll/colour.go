// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"io"
	"os"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

// coloured reports whether what goes to a file may have colours: it is a terminal that has them, and nobody minds.
func coloured(file *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(file.Fd()))
}

// colourful reports whether what a command prints may have colours.
func colourful(out io.Writer) bool {
	p, ok := out.(*printer)
	return ok && p.colour
}

// paint returns a word in a colour, if on.
func paint(on bool, colour text.Color, word string) string {
	if !on {
		return word
	}
	return text.Escape(word, colour.EscapeSeq())
}
