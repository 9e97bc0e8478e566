// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package page

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"toll/goside/record"
)

// TestWide: a terminal has parts that it has room for, which hold every figure once; Markdown has one table.
func TestWide(t *testing.T) {
	for columns := 2; columns < 40; columns++ {
		header := []string{"what"}
		short, long := []string{"short"}, []string{strings.Repeat("l", 30)}
		for k := 1; k < columns; k++ {
			header = append(header, fmt.Sprintf("%d²", k))
			long = append(long, fmt.Sprintf("%d.01", 100+k))
			if k == 1 {
				short = append(short, "░ 2")
			} else {
				short = append(short, "")
			}
		}
		for _, markdown := range []bool{false, true} {
			var b bytes.Buffer
			New(&b, &record.Record{}, Style{Markdown: markdown}).Wide("Title", header, Lines([][]string{long, short}))
			text := b.String()
			for _, cell := range append(header[1:], long[1:]...) {
				if strings.Count(text, " "+cell+" ") != 1 {
					t.Errorf("of %d columns, %q is there %d times, want once, in\n%s", columns, cell, strings.Count(text, " "+cell+" "), text)
				}
			}
			if strings.Count(text, "Title") != 1 || strings.Count(text, "short") != 1 {
				t.Errorf("the title and the line that has one figure are not there once in\n%s", text)
			}
			widest := 0
			for line := range strings.Lines(text) {
				widest = max(widest, utf8.RuneCountInString(strings.TrimRight(line, "\n")))
			}
			if tables := strings.Count(text, " what "); markdown && tables != 1 || !markdown && (widest > 120 || tables > 1+(columns-1)/5) {
				t.Errorf("%d columns make %d tables, the widest of %d characters, want one or within 120:\n%s", columns, tables, widest, text)
			}
		}
	}
}
