// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package page

import (
	"slices"

	"github.com/jedib0t/go-pretty/v6/text"
)

// Wide prints a table as [Page.Grid] does. What is too wide for a terminal is broken into tables below each other, each
// with the first column and with as many of the others, without the lines that have nothing in them.
func (p *Page) Wide(title string, header []string, lines [][]Cell) {
	parts := 1
	for !p.Markdown && parts < len(header)-1 && tooWide(header, lines, parts) {
		parts++
	}
	each := (len(header) - 2 + parts) / parts
	for from := 1; from < len(header); from += each {
		to := min(from+each, len(header))
		cut := func(line []Cell) []Cell { return append([]Cell{line[0]}, line[from:to]...) }
		var some [][]Cell
		for _, line := range lines {
			if parts == 1 || slices.ContainsFunc(line[from:to], func(c Cell) bool { return c.Text != "" }) {
				some = append(some, cut(line))
			}
		}
		if some != nil {
			p.Grid(title, append([]string{header[0]}, header[from:to]...), some)
			title = ""
		}
	}
}

// tooWide reports whether one of that many parts of a table is.
func tooWide(header []string, lines [][]Cell, parts int) bool {
	width := func(column int) int {
		most := text.LongestLineLen(header[column])
		for _, line := range lines {
			most = max(most, text.LongestLineLen(line[column].Text))
		}
		return most + 3 // two blanks and a border
	}
	each := (len(header) - 2 + parts) / parts
	for from := 1; from < len(header); from += each {
		all := 1 + width(0)
		for column := from; column < min(from+each, len(header)); column++ {
			all += width(column)
		}
		if all > terminal {
			return true
		}
	}
	return false
}
